"""Who has not reported, since when, and which clause asks it of them; and which figures are therefore unknown.

The plans say who reports, none of them by what hour. The hour is the deployment's own and is always told as such, and
where no clause asks a kind of reporter for a daily return, that is told too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from zhishou.clock import SHANGHAI
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.plan.pack import Pack
from zhishou.plan.reporting import ReportingDuty
from zhishou.supply.returns.held import Key
from zhishou.supply.returns.lines import items
from zhishou.supply.returns.model import ITEMS
from zhishou.supply.returns.register import Register
from zhishou.supply.returns.roster import Roster
from zhishou.supply.system import REPORTER_LABELS, Reporter, ReporterKind

_GAS = ("gas_supply_shortage", "winter_supply_preparation")
_SUBJECTS: Mapping[ReporterKind, tuple[str, ...]] = {
    "producer": _GAS, "pipeline": _GAS, "liquefaction": _GAS, "city_gas": _GAS, "storage": _GAS, "county": _GAS,
    "coal_user": ("coal_supply_shortage",), "power": ("power_supply_shortage",), "heat": ("heating_interruption",),
    "superior": (),
}  # fmt: skip
"""Kind of reporter → the subjects of the lexicon whose plans can ask it for a return."""

_SPOKEN: Mapping[ReporterKind, tuple[str, ...]] = {
    "producer": ("extraction_enterprises", "enterprises_concerned"),
    "pipeline": ("pipeline_enterprises", "enterprises_concerned"),
    "liquefaction": ("liquefaction_enterprises", "enterprises_concerned"),
    "city_gas": ("city_gas_enterprises", "gas_suppliers", "enterprises_concerned"),
    "storage": ("storage_operators", "enterprises_concerned"),
    "county": ("governments_county", "governments_city_county"),
    "heat": ("heating_enterprises",),
}
"""Kind of reporter → the organisations of the lexicon by which plans speak of it."""

HOUR = "20:00"
"""Until when returns are due where the deployment says nothing else."""
_RECURRENT = frozenset({"return", "monitoring"})


@dataclass(frozen=True, slots=True)
class Demand:
    """A clause that asks for a report."""

    plan: str
    """Plan id."""
    short: str
    """What duty officers call the plan."""
    clause: str
    """The clause."""
    strength: Literal["daily", "regular", "event"]
    """`daily`: a report every day; `regular`: a report, without saying how often; `event`: only when something happens."""
    note: str
    """What the pack tells of it."""
    over: str = ""
    """The time for which the document was made, where that is past."""

    @property
    def text(self) -> str:
        """The demand in words."""
        how = {
            "daily": "每日报送",
            "regular": "报送，原文没有写多久一报",
            "event": "只要求有情况时报告，没有要求每日报送",
        }
        over = f"（该文只为 {self.over}，是否继续执行请核实）" if self.over else ""
        return f"〔{self.short} {self.clause}〕{how[self.strength]}{over}"


@dataclass(frozen=True, slots=True)
class Late:
    """A reporter without a return for a gas day."""

    reporter: str
    """Reporter id."""
    label: str
    """Its name."""
    kind: ReporterKind
    """What sort of return it sends."""
    gas_day: date
    """The gas day that is missing."""
    due: datetime
    """When it was due, by the deployment's own hour."""
    overdue: timedelta
    """How long it has been overdue; zero or less where it is not yet."""
    demands: tuple[Demand, ...]
    """The clauses that ask for it, the strongest first; empty where none does."""

    @property
    def text(self) -> str:
        """Who, since when, by which clause, in one sentence."""
        minutes = int(self.overdue.total_seconds() // 60)
        since = f"已迟 {minutes // 60} 小时 {minutes % 60} 分" if minutes > 0 else "未到时限"
        hour = f"时限 {self.due:%m月%d日 %H:%M}（本单位自定，预案没有规定几点前报）"
        if self.kind == "superior":
            clause = "上级通报，不是应报报表；没有登记的要素按不明处理"
        elif not self.demands:
            clause = "预案没有要求这类单位报送，依据是本单位的约定"
        else:
            clause = "；".join(one.text for one in self.demands)
        return f"{self.label}（{REPORTER_LABELS[self.kind]}）{self.gas_day} 未报，{since}，{hour}。{clause}"


def late(
    register: Register, roster: Roster, gas_day: date, at: datetime, packs: Iterable[Pack], hour: str = HOUR
) -> tuple[Late, ...]:
    """Who has no return for a gas day.

    Args:
        register: what has been received.
        roster: who reports.
        gas_day: the gas day asked about.
        at: the moment of asking.
        packs: the plans, for the clauses.
        hour: until when returns are due on the gas day's own date, by the deployment's own rule.

    Raises:
        ZhishouError: the hour is none.
    """
    try:
        due = datetime.combine(gas_day, time.fromisoformat(hour), SHANGHAI)
    except ValueError:
        raise ZhishouError(f"“{hour}”不是时刻", mend="写成 20:00 的样子") from None
    shelf = tuple(packs)
    return tuple(
        Late(one.id, one.label, one.kind, gas_day, due, at - due, demands(one, shelf, gas_day))
        for one in roster.system.reporters
        if register.current(one.id, gas_day) is None
    )


def demands(reporter: Reporter, packs: Iterable[Pack], on: date) -> tuple[Demand, ...]:
    """The clauses that ask a reporter to report on a day, the strongest first, of the plans of its area and of those above."""
    found: list[Demand] = []
    order = ("daily", "regular", "event")
    for pack in packs:
        if pack.plan.area not in pack.lexicon.upward(reporter.area):
            continue
        if not {one.subject for one in pack.plan.scope.covers} & set(_SUBJECTS[reporter.kind]):
            continue
        names = _names(reporter, pack)
        over = _over(pack, on)
        found += [
            Demand(pack.id, pack.plan.short, "、".join(duty.clause), _strength(duty), duty.note, over)
            for duty in (*pack.reporting.duties, *pack.reporting.monitoring)
            if any(_is(name, names, pack) for name in duty.by)
        ]
    strongest = min((order.index(one.strength) for one in found), default=0)
    # what is asked only when something happens matters where nothing else is asked
    kept = [one for one in found if one.strength != "event" or strongest == order.index("event")]
    unique = {(one.plan, one.clause, one.strength): one for one in kept}
    return tuple(sorted(unique.values(), key=lambda one: order.index(one.strength)))


def _over(pack: Pack, on: date) -> str:
    """The season of one year for which a document was made, where it is past on a day."""
    first, _, last = pack.plan.scope.season.partition("/")
    return f"{first} 至 {last}" if len(last) == 10 and date.fromisoformat(last) < on else ""


def _names(reporter: Reporter, pack: Pack) -> frozenset[str]:
    """The organisations by which a plan may speak of a reporter; `members` where it is one of its member units."""
    own = pack.lexicon.organisation(reporter.organisation or reporter.label, reporter.area)
    names = {*_SPOKEN.get(reporter.kind, ()), *((own,) if own else ())}
    units = (unit for member in pack.organisation.members for unit in member.units)
    if own and any(pack.lexicon.organisation(unit, pack.plan.area) == own for unit in units):
        names.add("members")
    return frozenset(names)


def _is(name: str, names: frozenset[str], pack: Pack) -> bool:
    try:
        return pack.actor(name).id in names
    except NotFoundError:
        return False


def _strength(duty: ReportingDuty) -> Literal["daily", "regular", "event"]:
    if duty.kind in _RECURRENT and not duty.levels:
        return "daily" if duty.every == "1 d" else "regular"
    return "event"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A figure that a return owes and that may not be used, and why."""

    about: Key
    """Which figure."""
    label: str
    """Item and object, in words."""
    reporter: str
    """Who owes it."""
    reason: Literal["late", "held", "rejected"]
    """`late`: no return; `held`: waiting for a person; `rejected`: a person decided not to use it."""
    held: str = ""
    """Id of what holds it."""


def unknown(register: Register, roster: Roster, gas_day: date) -> tuple[Unknown, ...]:
    """Every figure of a gas day that is owed and may not be used."""
    unclear = register.unclear(gas_day)
    found = []
    for reporter, rows in roster.rows.items():
        entry = register.current(reporter, gas_day)
        values = entry.returned.values if entry is not None and entry.returned is not None else ()
        there = {(one.item, one.of, one.day) for one in values}
        for row in rows:
            for item in items(row.line):
                if not ITEMS[item].needed:
                    continue
                of, day = row.of or reporter, gas_day + timedelta(days=ITEMS[item].when == "expected")
                if (item, of, day) in there:
                    continue
                about: Key = (item, of, day, None)
                reason: Literal["late", "held", "rejected"] = "rejected"
                held = unclear.get(about)
                if entry is None:
                    reason = "late"
                elif held is not None or any(one.whole for one in entry.held):
                    reason = "held"
                found.append(Unknown(about, roster.label(item, of), reporter, reason, held.id if held else ""))
    return tuple(found)
