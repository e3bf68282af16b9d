"""Deadlines of reports: those that are missing, and those that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from zhishou import clock
from zhishou.plan.check.finding import Finding, joined, unit_id
from zhishou.plan.pack import Pack
from zhishou.plan.reporting import ReportingDuty


def alone(pack: Pack) -> Iterator[Finding]:
    """Within one plan."""
    if pack.response is None:
        return
    firsts = [duty for duty in pack.reporting.duties if duty.kind == "first"]
    if not any(clock.minutes(duty.within or "") for duty in firsts):
        clauses = list(dict.fromkeys(clause for duty in firsts for clause in duty.clause)) or list(pack.response.clause)
        yield Finding(
            "deadline.none", (pack.id,), joined(clauses),
            "首报只说“立即”“按规定”之类，没有写明几小时之内报到",
            "no first report has a time limit in figures",
            {"duties": [duty.id for duty in firsts]}, pack.place("reporting"),
        )  # fmt: skip
    for one, other in combinations(firsts, 2):
        if conflict := _conflict(pack, one, pack, other):
            yield conflict


def together(packs: tuple[Pack, ...]) -> Iterator[Finding]:
    """Between plans of one area that can apply to the same accident."""
    for one, other in combinations(packs, 2):
        if one.plan.area != other.plan.area or {one.plan.kind, other.plan.kind} != {"accident"}:
            continue
        told: set[tuple[float, float]] = set()
        for first in (duty for duty in one.reporting.duties if duty.kind == "first"):
            for second in (duty for duty in other.reporting.duties if duty.kind == "first"):
                if conflict := _conflict(one, first, other, second):
                    pair = (clock.minutes(first.within or "") or 0, clock.minutes(second.within or "") or 0)
                    if pair not in told:
                        told.add(pair)
                        yield conflict


def _conflict(pack: Pack, one: ReportingDuty, other_pack: Pack, other: ReportingDuty) -> Finding | None:
    first, second = clock.minutes(one.within or ""), clock.minutes(other.within or "")
    if first is None or second is None or first == second:
        return None
    senders = {unit_id(pack, name) for name in one.by} & {unit_id(other_pack, name) for name in other.by}
    receivers = {unit_id(pack, name) for name in one.to} & {unit_id(other_pack, name) for name in other.to}
    grades = set(one.grades) & set(other.grades) if one.grades and other.grades else set(one.grades or other.grades)
    if not senders or not receivers or (one.grades and other.grades and not grades):
        return None
    about = f"{joined(sorted(grades))}事故" if grades else "同一事故"
    place = (pack.id,) if pack is other_pack else (pack.id, other_pack.id)
    names = "本预案两处" if pack is other_pack else f"《{pack.plan.short}》与《{other_pack.plan.short}》"
    labels = joined(sorted(_label(pack, id_) for id_ in senders))
    return Finding(
        "deadline.conflict", place, joined(list(dict.fromkeys([*one.clause, *other.clause]))),
        f"{names}对{labels}上报{about}的时限不一：一处 {one.within}，一处 {other.within}",
        f"the deadlines for the same first report differ: {one.within} and {other.within}",
        {pack.id: {one.id: one.within}, other_pack.id: {other.id: other.within}}
        if pack is not other_pack
        else {pack.id: {one.id: one.within, other.id: other.within}},
        pack.place("reporting", "duties", pack.reporting.duties.index(one)),
    )  # fmt: skip


def _label(pack: Pack, id_: str) -> str:
    organisation = pack.lexicon.organisations.get(id_)
    return organisation.label if organisation else pack.actor(id_).label
