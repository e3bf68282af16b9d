"""The two tables that a forecast rests on: the history of daily demand and temperature, and the weather of the days ahead.

Both come out of Excel and WPS, so encoding, separator, and the way a day is written are those of returns; every bad line is
told with its number and its mend, all at once, before anything is reckoned.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from zhishou.errors import ProblemsError, ZhishouError
from zhishou.supply.forecast import History
from zhishou.supply.forecast.almanac import Floats
from zhishou.supply.forecast.history import COLDEST, HOTTEST, LEADS
from zhishou.supply.returns.reading import figures, text
from zhishou.supply.returns.reading.grid import UnreadableError

_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "day": ("day", "date", "日期", "气日"),
    "demand": ("demand", "用气量", "需求", "需求量", "日用气量"),
    "temperature": ("temperature", "气温", "日平均气温", "平均气温"),
    "supply": ("supply", "可供", "可供量", "可供气量"),
}
"""Column → the headings under which it may stand; a unit in brackets behind them is passed over."""

_MEMBER = re.compile(r"(temperature|气温|member|成员)[_\-]?\d+")
"""A column of an ensemble: temperature_1, 成员2."""

_NEAR = date(2026, 1, 1)
"""Days must carry their year, so what is near does not matter."""


@dataclass(frozen=True, eq=False)
class Past:
    """What a history file holds."""

    history: History
    supply: Mapping[date, float]
    """Day → the gas that was available, 万立方米/日; empty where the file has no such column."""
    marked: bool
    """Whether the file says that its figures are made up."""


@dataclass(frozen=True, eq=False)
class Ahead:
    """What a weather file holds."""

    days: tuple[date, ...]
    temperatures: Floats
    """(members, days), °C; one row where it is no ensemble."""

    def of(self, first: date) -> Floats:
        """The temperatures of the seven days from a day on, (members, 7), °C.

        Raises:
            ZhishouError: a day is not in the file.
        """
        wanted = [first + timedelta(days=ahead) for ahead in range(LEADS)]
        if absent := [day for day in wanted if day not in self.days]:
            raise ZhishouError(
                f"没有{'、'.join(map(str, absent))}的气温预报",
                where="气温预报",
                mend=f"补齐 {wanted[0]} 至 {wanted[-1]} 每天的日平均气温；不能以 0 代替",
            )
        found: Floats = self.temperatures[:, [self.days.index(day) for day in wanted]]
        return found


@dataclass(frozen=True, slots=True)
class _Row:
    where: str
    day: date
    cells: Mapping[str, str]


class _File:
    """One CSV with its problems."""

    def __init__(self, name: str, content: bytes, needed: Sequence[str], mend: str) -> None:
        self.problems: list[ZhishouError] = []
        self._name = name
        try:
            self._sheet = text.read(content)
        except UnreadableError as error:
            raise ZhishouError(error.message, where=name, mend=error.mend) from None
        rows = self._sheet.rows()
        self.marked = any("示意数据" in row[1].text for row in rows.values() if 1 in row and row[1].text[:1] == "#")
        self._rows = {number: row for number, row in rows.items() if not next(iter(row.values())).text.startswith("#")}
        if not self._rows:
            raise ZhishouError("文件是空的", where=self._name, mend=mend)
        self._head = next(iter(self._rows))
        self.columns = {
            column: name for column, cell in self._rows[self._head].items() if (name := _heading(cell.text))
        }
        known = set(self.columns.values())
        lacking = [name for name in needed if name not in known and not (name == "temperature" and self.members)]
        if lacking:
            wanted = "、".join(
                f"{_HEADINGS[name][0]}（{_HEADINGS[name][2 if name == 'day' else 1]}）" for name in lacking
            )
            raise ZhishouError(f"没有 {wanted} 列", where=f"{self._name}:{self._head}", mend="第一行写列名，如 " + mend)

    @property
    def members(self) -> list[str]:
        """The columns of an ensemble."""
        return [name for name in self.columns.values() if name not in _HEADINGS]

    def rows(self) -> Iterator[_Row]:
        """The lines whose day can be read; the others become problems."""
        for number, row in self._rows.items():
            if number == self._head:
                continue
            where = f"{self._name}:{number}"
            cells = {name: row[column] for column, name in self.columns.items() if column in row}
            if "day" not in cells:
                self.tell(where, "没有日期", "补上日期，或删去这一行")
                continue
            day, why = figures.day(cells["day"], _NEAR)
            if day is None or why:
                self.tell(where, why if day is None else f"“{cells['day'].text}”没有写年份", "写成 2026-12-15 的样子")
                continue
            told = {name: "" if figures.blank(cell) else cell.text for name, cell in cells.items()}
            yield _Row(where, day, told)

    def number(self, row: _Row, name: str, unit: str) -> float:
        """A number of a line; NaN where the cell is empty, or wrong, which becomes a problem."""
        written = row.cells.get(name, "")
        if not written:
            return math.nan
        try:
            found = float(figures.normal(written))
        except ValueError:
            found = math.inf
        if not math.isfinite(found):
            self.tell(row.where, f"“{written}”不是数", f"只写数字，单位为{unit}；不知道的留空")
            return math.nan
        return found

    def warmth(self, row: _Row, name: str) -> float:
        """A temperature of a line, °C."""
        found = self.number(row, name, "℃")
        if found < COLDEST or found > HOTTEST:
            self.tell(row.where, f"气温 {found:g} ℃，不可能", "单位应为 ℃，核对是否写成了十分之一度；不知道的留空")
            return math.nan
        return found

    def tell(self, where: str, message: str, mend: str) -> None:
        """Note a problem."""
        self.problems.append(ZhishouError(message, where=where, mend=mend))


def _heading(written: str) -> str:
    name = re.sub(r"[(（].*", "", figures.normal(written)).lower()
    if _MEMBER.fullmatch(name):
        return name
    return next((column for column, names in _HEADINGS.items() if name in names), "")


HISTORY_HEAD = "day,demand,temperature（或 日期,用气量,气温）"
WEATHER_HEAD = "day,temperature（或 日期,气温）；集合预报写 气温1,气温2……"


def history(name: str, content: bytes) -> Past:
    """The history: a line for each day, empty cells where nothing is known.

    Raises:
        ProblemsError: with every line that is wrong, by file and line.
        ZhishouError: it is no table with these columns.
    """
    file = _File(name, content, ("day", "demand", "temperature"), HISTORY_HEAD)
    days: list[date] = []
    demand: list[float] = []
    warmth: list[float] = []
    supply: dict[date, float] = {}
    for row in file.rows():
        if days and row.day < days[-1]:
            file.tell(row.where, f"{row.day}排在{days[-1]}之后", "按日期先后排列")
        days.append(row.day)
        demand.append(file.number(row, "demand", "万立方米/日"))
        warmth.append(file.warmth(row, "temperature"))
        given = file.number(row, "supply", "万立方米/日")
        if given < 0:
            file.tell(row.where, f"可供气量为 {given:g}，不能小于 0", "核对后改正；不知道的留空")
        elif math.isfinite(given):
            supply[row.day] = given
    if file.problems:
        raise ProblemsError(file.problems)
    return Past(History(tuple(days), np.array(demand), np.array(warmth)), supply, file.marked)


def weather(name: str, content: bytes) -> Ahead:
    """The temperatures of the days ahead: one course, or an ensemble with a column for each member.

    Raises:
        ProblemsError: with every line that is wrong, by file and line.
        ZhishouError: it is no table with these columns.
    """
    file = _File(name, content, ("day", "temperature"), WEATHER_HEAD)
    names = file.members or ["temperature"]
    found: dict[date, list[float]] = {}
    for row in file.rows():
        if row.day in found:
            file.tell(row.where, f"{row.day}写了两次", "只留一行")
        before = len(file.problems)
        found[row.day] = [file.warmth(row, member) for member in names]
        if len(file.problems) == before and any(math.isnan(one) for one in found[row.day]):
            file.tell(row.where, f"{row.day}的气温缺失", "补齐后再预测；不能以 0 代替")
    if not found and not file.problems:
        file.tell(name, "没有任何一天的气温", "每天一行，写日期和日平均气温（℃）")
    if file.problems:
        raise ProblemsError(file.problems)
    return Ahead(tuple(found), np.array(list(found.values())).T)


def until(past: History, first: date, ahead: Ahead) -> tuple[History, str]:
    """The history up to the day before the first day ahead, and what is to be told of the days that are lacking.

    Days of which no demand is known yet, but whose temperature the weather file has, are laid in as not reported.

    Raises:
        ZhishouError: the history ends earlier than that.
    """
    kept = past.until(first - timedelta(days=1)) if past.days[0] < first else None
    if kept is None or not kept.days:
        raise ZhishouError(f"{first}之前没有数据", where="历史数据", mend="换一个气日，或补充更早的数据")
    lacking = [kept.days[-1] + timedelta(days=one) for one in range(1, (first - kept.days[-1]).days)]
    if not lacking:
        return kept, ""
    if absent := [day for day in lacking if day not in ahead.days]:
        more = f" 至 {absent[-1]} 间的 {len(absent)} 天" if len(absent) > 1 else ""
        raise ZhishouError(
            f"历史数据到 {kept.days[-1]}，预测从 {first} 起，中间缺 {absent[0]}{more}",
            where="历史数据",
            mend="补上这几天的用气量和气温（用气量不知道可留空），或用 --day 换一个气日",
        )
    warmth = [float(np.mean(ahead.temperatures[:, ahead.days.index(day)])) for day in lacking]
    joined = History(
        (*kept.days, *lacking),
        np.concatenate([kept.demand, np.full(len(lacking), np.nan)]),
        np.concatenate([kept.temperature, warmth]),
    )
    return joined, f"{'、'.join(map(str, lacking))}还没有用气量，按缺报计；气温取自气温预报文件"
