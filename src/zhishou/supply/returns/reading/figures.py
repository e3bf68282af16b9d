"""Reading what people write for a number, a date or a unit; it stands alone because every format needs it alike."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from zhishou.supply.returns.held import Code
from zhishou.supply.returns.reading.grid import Cell
from zhishou.supply.returns.roster import visible
from zhishou.supply.units import REFERENCE, at_reference

BLANKS = frozenset(
    {"-", "--", "---", "—", "——", "–", "/", "\\", "无", "未报", "暂无", "n/a", "na", "空", "*", "、", "."}
)
"""What people write where they have no figure."""

_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "。": ".", "，": ",", "٫": "."})
_NUMBER = re.compile(r"([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[-+]?\d{1,3})?)([^\d].*)?")

_VOLUME = {
    "万立方米": 1.0, "万方": 1.0, "万m3": 1.0, "万m^3": 1.0, "万": 1.0, "亿立方米": 1e4, "亿m3": 1e4, "亿方": 1e4, "亿": 1e4,
    "立方米": 1e-4, "立方": 1e-4, "方": 1e-4, "m3": 1e-4, "m^3": 1e-4, "千立方米": 0.1, "千方": 0.1,
}  # fmt: skip
_AT_ZERO = {"nm3": 1e-4, "nm^3": 1e-4, "万nm3": 1.0, "万nm^3": 1.0}
_TONNES = {"t": 1.0, "吨": 1.0, "万吨": 1e4, "万t": 1e4, "kg": 1e-3, "千克": 1e-3, "公斤": 1e-3}
_HOURS = {"h": 1.0, "小时": 1.0, "时": 1.0, "天": 24.0, "日": 24.0, "d": 24.0, "分钟": 1 / 60, "min": 1 / 60}
_PER_DAY = ("/日", "/天", "/d", "每日", "每天")


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell as a number in the unit asked for, or why it is none; and what was done to read it."""

    amount: float | None
    code: Code | None = None
    """Why it cannot be used; None where it can."""
    message: str = ""
    mend: str = ""
    told: tuple[tuple[Code, str], ...] = ()
    """What is to be told though it is used."""


def blank(cell: Cell) -> bool:
    """Whether a cell says in some sign that there is no figure."""
    return isinstance(cell.value, str) and cell.formula is None and cell.text.lower() in BLANKS


def normal(text: str) -> str:
    """Text with letters and digits of one width, without spaces and without the marks that nobody sees."""
    return "".join(unicodedata.normalize("NFKC", visible(text)).translate(_SIGNS).split())


def figure(cell: Cell, unit: str, m3_per_tonne: float) -> Figure:
    """Read a cell as a number.

    Args:
        cell: the cell; not a blank one.
        unit: the unit in which the figure is wanted (`万立方米/日`, `万立方米`, `吨`, `万吨`, `%`, `h`).
        m3_per_tonne: m³ at 20 °C and 101.325 kPa that a tonne of LNG gives, for a figure told in tonnes.
    """
    if cell.error:
        return Figure(None, "formula_error", f"公式出错（{cell.text}）", "请检查公式引用的单元格，或直接填数")
    if cell.formula is not None and cell.value is None:
        return Figure(None, "not_calculated", "公式没有保存计算结果", "请用 Excel 或 WPS 打开后保存一次，或直接填数")
    if isinstance(cell.value, bool):
        return Figure(None, "not_a_number", "是逻辑值，不是数", f"请填数，单位为{unit}")
    told: tuple[tuple[Code, str], ...] = ()
    if cell.formula is not None and "[" in cell.formula:
        told = (("stale_formula", "公式引用了别的文件，结果可能不是最新"),)
    if isinstance(cell.value, float):
        return _stored(cell, unit, told)
    return _written(cell.text, unit, m3_per_tonne, told)


def _stored(cell: Cell, unit: str, told: tuple[tuple[Code, str], ...]) -> Figure:
    amount = cell.value
    assert isinstance(amount, float)  # noqa: S101 - the caller has looked
    if cell.dated:
        return Figure(None, "not_a_number", "单元格被识别成了日期", f"请把单元格格式改为“常规”后重填，单位为{unit}")
    if cell.percent:
        if unit != "%":
            return Figure(None, "wrong_unit", f"单元格是百分数，应为{unit}", "请把单元格格式改为“常规”后重填")
        return Figure(round(amount * 100, 10), told=(*told, ("converted", f"百分数格式，读作 {amount * 100:.10g}%")))
    return Figure(amount, told=told)


def _written(text: str, unit: str, m3_per_tonne: float, told: tuple[tuple[Code, str], ...]) -> Figure:
    clean = normal(text)
    match = _NUMBER.fullmatch(clean.lower())
    amount = float(match[1].replace(",", "")) if match and any(sign.isdigit() for sign in match[1]) else math.inf
    if match is None or not math.isfinite(amount) or len(clean) > 60:
        return Figure(None, "not_a_number", "不是数", f"请只填数，单位为{unit}；零请填 0，没有数请留空")
    suffix = (match[2] or "").strip("()")
    if suffix[:1] in tuple("-~.,+至到") or any(sign.isdigit() for sign in suffix.replace("m3", "").replace("m^3", "")):
        comma = suffix.startswith(",")
        message = "逗号的位置看不出是千分位还是小数点" if comma else "不是一个数"
        return Figure(None, "not_a_number", message, f"请只填一个数，小数点用“.”，单位为{unit}")
    if not suffix:
        return Figure(amount, told=(*told, ("as_text", "以文字形式存放的数，已按数读")))
    if (found := converted(amount, suffix, unit, m3_per_tonne)) is None:
        return Figure(None, "wrong_unit", f"单位“{suffix}”不能换算为{unit}", f"请只填数，单位为{unit}")
    result, how = found
    return Figure(result, told=(*told, ("converted", how or f"带单位书写，读作 {result:.10g} {unit}")))


def converted(amount: float, written: str, unit: str, m3_per_tonne: float) -> tuple[float, str] | None:
    """An amount in the unit asked for, and how it was converted, in words (empty where it was not).

    Args:
        amount: the figure.
        written: its unit as written.
        unit: the unit asked for.
        m3_per_tonne: m³ at the reference conditions from a tonne of LNG.

    Returns:
        None where the units do not fit each other. 标方 alone is refused, since it means 0 °C to some and 20 °C to others.
    """
    given = normal(written).lower()
    if given == normal(unit).lower():
        return amount, ""
    for ending in _PER_DAY:
        given = given.removesuffix(ending)
    basis, wanted = _basis(given), _basis(normal(unit).lower().removesuffix("/日"))
    if basis is None or wanted is None:
        return None
    (kind, factor), (target, into) = basis, wanted
    base = amount * factor
    how = f"{amount:.10g} {written} 换算为 "
    if kind == "at_zero" and target == "volume":
        result = at_reference(base, 0.0) / into
        how = f"按 0 ℃ 立方米换算到 {REFERENCE}：{how}"
    elif kind == "tonnes" and target == "volume":
        result = base * m3_per_tonne / 1e4 / into
        how = f"按每吨 LNG {m3_per_tonne:g} 立方米：{how}"
    elif kind == "volume" and target == "tonnes" and into == 1.0:  # tonnes of LNG; coal is counted in 万吨
        result = base * 1e4 / m3_per_tonne / into
        how = f"按每吨 LNG {m3_per_tonne:g} 立方米：{how}"
    elif kind == target:
        result = base / into
    else:
        return None
    result = round(result, 10)
    return result, "" if result == amount and kind == target else f"{how}{result:.10g} {unit}"


def contradicts(written: str, unit: str) -> bool:
    """Whether a unit counts the same thing as another and counts it otherwise (m³ and 10⁴ m³, 0 °C and 20 °C)."""
    given, asked = normal(written).lower(), normal(unit).lower()
    for ending in _PER_DAY:
        given, asked = given.removesuffix(ending), asked.removesuffix(ending)
    basis, wanted = _basis(given), _basis(asked)
    if basis is None or wanted is None:
        return False
    gas = {basis[0], wanted[0]} <= {"volume", "at_zero"}
    return basis != wanted and (gas or basis[0] == wanted[0])


def _basis(unit: str) -> tuple[str, float] | None:
    tables: Mapping[str, Mapping[str, float]] = {
        "volume": _VOLUME, "at_zero": _AT_ZERO, "tonnes": _TONNES, "hours": _HOURS, "percent": {"%": 1.0},
    }  # fmt: skip
    return next(((kind, table[unit]) for kind, table in tables.items() if unit in table), None)


_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[t ]?\d{1,2}[:时].*)?")
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
"""As programs set to another country write dates: month and day can be told apart only where one exceeds 12."""
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)([一二三四五六日天])\)?$")
_WEEKDAYS = "一二三四五六日"
_SERIALS = range(36526, 73051)
"""Excel's numbers of the days from 2000 to 2099."""


def day(cell: Cell, near: date, *, epoch_1904: bool = False) -> tuple[date | None, str]:
    """The day that a cell names, and what is to be told of the reading.

    Args:
        cell: a date, a serial number, or text such as 2026-12-15, 2026年12月15日, 2026/12/15, 20261215, 12月15号, 12.15,
            with the day of the week or without.
        near: a day that one without a year is nearest to.
        epoch_1904: whether serial numbers count from 1904.

    Returns:
        The day, or None with the reason.
    """
    if isinstance(cell.value, float):
        serial = int(cell.value) + (1462 if epoch_1904 else 0)
        if serial in _SERIALS:
            return date(1899, 12, 30) + timedelta(days=serial), "" if cell.dated else f"{cell.text} 是日期序号"
        text = f"{cell.value:.10g}"
        if re.fullmatch(r"\d{1,2}\.\d", text):
            return None, f"“{text}”看不出是几日（{text} 还是 {text}0）"
    else:
        text = normal(cell.text).lower().replace("号", "日").rstrip(".")
    if (weekday := _WEEKDAY.search(text)) is None:
        return _told(text, cell, near)
    found, told = _told(text[: weekday.start()], cell, near)
    if found is not None and found.weekday() != _WEEKDAYS.index(weekday[1].replace("天", "日")):
        return None, f"{found:%Y-%m-%d} 是星期{_WEEKDAYS[found.weekday()]}，写的却是“{cell.text}”"
    return found, told


def _told(text: str, cell: Cell, near: date) -> tuple[date | None, str]:
    if match := _FULL.fullmatch(text) or _COMPACT.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(int(match[3]), int(match[1]), int(match[2]))
    if match := _SHORT.fullmatch(text):
        found = [_date(near.year + shift, int(match[1]), int(match[2]))[0] for shift in (-1, 0, 1)]
        days = [one for one in found if one is not None]
        if days:
            best = min(days, key=lambda one: abs((one - near).days))
            return best, f"没有写年份，按 {best:%Y-%m-%d} 读"
    return None, f"“{cell.text}”不是日期"


def _year_last(year: int, first: int, second: int) -> tuple[date | None, str]:
    if first <= 12 and second <= 12 and first != second:
        return None, f"{first} 和 {second} 看不出哪个是月、哪个是日"
    return _date(year, first, second) if first <= 12 else _date(year, second, first)


def _date(year: int, month: int, number: int) -> tuple[date | None, str]:
    try:
        return date(year, month, number), ""
    except ValueError:
        return None, f"没有 {year} 年 {month} 月 {number} 日"
