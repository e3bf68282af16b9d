"""Whether a single figure is believable: sign, range, capacity, and the level that the reporter itself has shown lately.

The level is the median of the last accepted days, because one wrong day must not move it; where nothing has been
received yet, what the system states as usual stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from zhishou.supply.returns import limits
from zhishou.supply.returns.held import Code, Held, Key, Severity, key
from zhishou.supply.returns.model import Value
from zhishou.supply.returns.roster import Roster
from zhishou.supply.units import VOLUME

ENOUGH = 3
"""Accepted days from which a reporter's own level is believed."""
KEPT = 14
"""Days that make up the level."""
SPIKE = 5.0
"""Times the level from which a figure is held: a slip of one decimal place is ten."""
LARGE = 2.0
"""Times the level from which a change is told."""
SMALL = 0.2
"""万立方米 (or 万吨): a change below this is never held; a small customer doubles on any cold day."""
OVER = 1.02
"""How far above a stated capacity a figure may lie before it is held: meters differ."""
SLIP = 1e4
"""m³ in a 万立方米."""
_ROOM = 3.3
"""How far from 10⁴ a ratio may lie and still be read as a slip of the unit."""
_EVER = 1e6
"""万立方米/日, 万立方米, tonnes or 万吨: a hundred thousand million m³ of gas a day is burnt nowhere."""
_CHECK = "请核对小数点和单位"
_COMPARED = frozenset(
    {"supplied", "available", "allocated", "taken", "demand", "stock", "withdrawable", "coal_stock", "coal_stock_mean"}
)
"""Items that have a level; shares of load shed or of heat lost rise from nothing when it matters."""


def judged(value: Value, roster: Roster, recent: tuple[tuple[date, float], ...]) -> Held | None:
    """What is wrong with a figure alone; None where nothing is.

    Args:
        value: the figure.
        roster: the system's objects and limits.
        recent: the days and figures of the same item and object lately accepted.
    """
    if isinstance(value.amount, str):
        choices = roster.choices.get(value.item) or (value.amount,)
        fits = value.amount in choices
        return None if fits else _held("out_of_range", value, roster, "没有这个级别", f"可填：{'、'.join(choices)}")
    amount, unit = value.amount, VOLUME if value.hour is not None else roster.unit(value.item, value.of)
    if amount < 0:
        return _held("negative", value, roster, "不可能为负", f"请核对符号，填不小于 0 的数，单位为{unit}")
    low, high = roster.limits.get(value.item, (None, None))
    if (low is not None and amount < low) or (high is not None and amount > high):
        mend = f"请填 {low or 0:g} 到 {high:g} 之间的数" if high is not None else f"请填不小于 {low or 0:g} 的数"
        return _held("out_of_range", value, roster, f"超出可能的范围，单位为{unit}", mend)
    if value.item in _COMPARED and value.hour is None:
        return _compared(value, roster, amount, unit, recent)
    if amount <= _EVER:
        return _small_share(value, roster, amount) if unit == "%" else None
    return _held("out_of_range", value, roster, f"大得不可能，单位为{unit}", _CHECK)


def _small_share(value: Value, roster: Roster, amount: float) -> Held | None:
    """A share below one per cent may be meant as a fraction: it is used as written, and told."""
    if not 0 < amount < 1:
        return None
    message = f"读作 {amount:.10g}%；如果是 {amount * 100:.10g}%，是把百分数写成了小数"
    return _held("small_share", value, roster, message, f"确是 {amount * 100:.10g}% 的，请更正重报", "noted")


def _compared(
    value: Value, roster: Roster, amount: float, unit: str, recent: tuple[tuple[date, float], ...]
) -> Held | None:
    own = [figure for _, figure in recent[-KEPT:]]
    known = _Known(
        median(own) if len(own) >= ENOUGH else limits.usual(value.item, value.of, roster) or 0.0,
        min(own) if own else None, len(own) if len(own) >= ENOUGH else 0, limits.most(value.item, value.of, roster), unit,
    )  # fmt: skip
    found = next(
        (one for test in (_slip, _zero, _over, _ever, _moved) if (one := test(value.item, amount, known))), None
    )
    return _held(found[0], value, roster, *found[1:]) if found is not None else None


@dataclass(frozen=True, slots=True)
class _Known:
    """What a figure is compared with."""

    usual: float
    """The level; 0 where none is known."""
    least: float | None
    """The least of the days of its own."""
    days: int
    """How many days of its own make up the level; 0 where the level is the system's."""
    most: float | None
    """The most that the object can do."""
    unit: str

    @property
    def words(self) -> str:
        return f"{'近日水平' if self.days else '名录所列水平'} {self.usual:.6g} {self.unit}"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 20 else f"{ratio:.2g}"


_Found = tuple[Code, str, str, Severity] | None


def _slip(_: str, amount: float, known: _Known) -> _Found:
    if not known.usual or not amount:
        return None
    ratio = amount / known.usual
    if not ratio:  # too small a figure even to be divided
        return None
    if SLIP / _ROOM <= ratio <= SLIP * _ROOM:
        message = f"约为{known.words}的 {_times(ratio)} 倍，疑似把立方米当作万立方米"
        return ("unit_slip", message, f"如是单位错，应为 {amount / SLIP:.6g} {known.unit}", "held")
    if SLIP / _ROOM <= 1 / ratio <= SLIP * _ROOM:
        message = f"约为{known.words}的 {_times(1 / ratio)} 分之一，疑似单位错"
        return ("unit_slip", message, f"如是单位错，应为 {amount * SLIP:.6g} {known.unit}", "held")
    return None


def _zero(item: str, amount: float, known: _Known) -> _Found:
    flows = item in {"supplied", "available", "taken", "demand"}
    never = (known.least or 0.0) > 0 if known.days else bool(known.usual) and flows
    if amount or not never:
        return None
    since = f"近 {known.days} 个气日" if known.days else f"{known.words}，"
    mend = "没有数的请留空；确已停供或停用的，由值班员核实后照用"
    return ("zero", f"{since}从未为零，现报零", mend, "held")


def _ever(_: str, amount: float, known: _Known) -> _Found:
    return ("out_of_range", f"大得不可能，单位为{known.unit}", _CHECK, "held") if amount > _EVER else None


def _over(_: str, amount: float, known: _Known) -> _Found:
    if known.most is None or amount <= known.most * OVER:
        return None
    message = f"超出能力 {known.most:g} {known.unit}"
    if known.usual and amount >= known.usual * SPIKE:
        message += f"，且为{known.words}的 {_times(amount / known.usual)} 倍"
    return ("over_capacity", message, "请核对小数点和单位；能力确有变化的，先改名录", "held")


def _moved(_: str, amount: float, known: _Known) -> _Found:
    if not known.usual or not amount or abs(amount - known.usual) < SMALL:
        return None  # a zero that got here has been seen before
    ratio = amount / known.usual
    mend = "请核对小数点和单位；确属实情的，由值班员核实后照用"
    if ratio >= SPIKE:
        return ("spike", f"为{known.words}的 {_times(ratio)} 倍", mend, "held")
    if not known.days:
        return None  # a level that the system states tells nothing of how low a figure may be
    if ratio <= 1 / SPIKE:
        return ("drop", f"只有{known.words}的 {ratio:.2%}", mend, "held")
    if ratio >= LARGE or ratio <= 1 / LARGE:
        return ("large_change", f"与{known.words}相差较大（{_times(ratio)} 倍）", "", "noted")
    return None


def _held(code: Code, value: Value, roster: Roster, message: str, mend: str, severity: Severity = "held") -> Held:
    sheet, _, cell = value.place.partition("!")
    written = value.amount if isinstance(value.amount, str) else f"{value.amount:.10g}"
    values = (value,) if severity == "held" else ()
    label = roster.label(value.item, value.of)
    return Held(code, message, mend, severity, sheet, cell, written, label, (key(value),), values)


def stocks(
    values: Mapping[Key, Value], roster: Roster, recent: Mapping[tuple[str, str], tuple[tuple[date, float], ...]]
) -> Iterable[Held]:
    """Stocks that fell or rose by more than the storage can give or take since the last accepted day: told, not held."""
    for (item, of, day, _), value in values.items():
        storage = roster.system.storages_by_id.get(of) if item == "stock" else None
        before = [one for one in recent.get((item, of), ()) if day is not None and one[0] < day]
        if storage is None or not before or isinstance(value.amount, str):
            continue
        last_day, last = before[-1]
        days = (value.day - last_day).days
        change = roster.system.volume(storage, value.amount - last)
        most = storage.withdrawal if change < 0 else storage.injection
        if abs(change) > most * days * OVER + SMALL and not (change > 0 and storage.injection == 0):
            way = "下降" if change < 0 else "上升"
            yield _held(
                "stock_change", value, roster,
                f"自 {last_day} 以来库存{way} {abs(change):.6g} {VOLUME}，{days} 天最多能{way} {most * days:.6g} {VOLUME}",
                "请核对库存或名录所列采气、注气能力", "noted",
            )  # fmt: skip
