"""The seven days ahead for screens: forecast once for each set of returns and tables, beside whoever looks meanwhile.

A forecast takes a second or two; a board must not. So whoever comes first sets it going, and pages that cannot wait show
it once it is there.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from zhishou.assess.ahead import Job, week
from zhishou.assess.week_chances import LadderWeek
from zhishou.bootstrap import House
from zhishou.errors import ZhishouError
from zhishou.supply.forecast import files
from zhishou.supply.storage_ahead import StorageDay, storage_ahead


@dataclass(frozen=True)
class WeekAhead:
    """The forecast with what the storages do about it."""

    job: Job
    storage: tuple[StorageDay, ...]

    @property
    def responses(self) -> tuple[LadderWeek, ...]:
        """The ladders of response, and those of warning of which something is known on most days."""
        most = len(self.job.days) / 2
        return tuple(
            one for one in self.job.chances
            if one.kind == "response" or sum(day.unknown for day in one.days) < most
        )  # fmt: skip


_Key = tuple[str, str, int, date, tuple[tuple[str, int], ...]]
_kept: OrderedDict[_Key, WeekAhead | ZhishouError] = OrderedDict()
_working: dict[_Key, threading.Lock] = {}
_turn = threading.Lock()
_MOST = 16


def at_hand(house: House, area: str) -> WeekAhead | None:
    """The forecast, where it has been worked out already; None where it has not, or where there can be none.

    Raises:
        ZhishouError: it cannot be worked out: a table is wrong or does not reach far enough.
    """
    key = _key(house, area)
    return _given(_kept[key]) if key in _kept else None


def has_tables(house: House, area: str) -> bool:
    """Whether the deployment gives what a forecast needs."""
    return area in house.settings.supply and area in house.settings.history and area in house.settings.weather


def week_ahead(house: House, area: str) -> WeekAhead:
    """The forecast; worked out where nobody has asked for it yet, once for all who ask meanwhile.

    Raises:
        ZhishouError: it cannot be worked out: a table is missing, wrong, or does not reach far enough.
    """
    key = _key(house, area)
    with _turn:
        turn = _working.setdefault(key, threading.Lock())
    with turn:
        if key not in _kept:
            try:
                _kept[key] = _worked_out(house, area)
            except ZhishouError as error:
                _kept[key] = error
            with _turn:
                _working.pop(key, None)
                while len(_kept) > _MOST:
                    _kept.popitem(last=False)
    return _given(_kept[key])


def _given(found: WeekAhead | ZhishouError) -> WeekAhead:
    if isinstance(found, ZhishouError):
        raise found
    return found


def _key(house: House, area: str) -> _Key:
    evening = house.desk.returns.evening(area)
    tables = tuple((str(file), _changed(file)) for file in (_history(house, area), _weather(house, area)))
    return str(house.folder), area, len(evening.register.entries), evening.day, tables


def _history(house: House, area: str) -> Path:
    return house.folder / house.settings.history.get(area, "")


def _weather(house: House, area: str) -> Path:
    return house.folder / house.settings.weather.get(area, "")


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _worked_out(house: House, area: str) -> WeekAhead:
    if not has_tables(house, area):
        raise ZhishouError(
            "没有登记历年用气量和气温预报，算不出七天预测", mend="在 house.yaml 里写明 history 和 weather"
        )
    history, weather = _history(house, area), _weather(house, area)
    past = _past(history, _changed(history))
    evening = house.desk.returns.evening(area)
    job = week(evening, past, files.weather(weather.name, _bytes(weather)))
    return WeekAhead(job, storage_ahead(job.week, evening.balances().city.stores))


@lru_cache(8)
def _past(file: Path, _: int) -> files.Past:
    return files.history(file.name, _bytes(file))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise ZhishouError("读不了", where=file.name, mend="核对 house.yaml 的 history 和 weather") from None
