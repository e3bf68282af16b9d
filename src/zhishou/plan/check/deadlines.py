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
    yield from _targets(pack)
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
    if not pack.reporting.contents:
        yield Finding(
            "report.no-contents", (pack.id,), joined(list(pack.response.clause)), "没有写信息报告应当包括哪些内容",
            "the plan does not say what a report must contain", {}, pack.place("reporting"),
        )  # fmt: skip
    follow = [duty for duty in pack.reporting.duties if duty.kind == "follow_up"]
    if not any(clock.minutes(duty.every or "") for duty in follow):
        clauses = list(dict.fromkeys(clause for duty in follow or firsts for clause in duty.clause))
        yield Finding(
            "deadline.no-interval", (pack.id,), joined(clauses or list(pack.response.clause)),
            "续报只说“及时”“随时”之类，没有写明隔多久报一次",
            "no follow-up report has an interval in figures",
            {"duties": [duty.id for duty in follow]}, pack.place("reporting"),
        )  # fmt: skip
    for one, other in combinations(firsts, 2):
        if conflict := _conflict(pack, one, other):
            yield conflict


def _targets(pack: Pack) -> Iterator[Finding]:
    """Targets that nobody can be late for."""
    targets = pack.reporting.targets
    open_ = [target for target in targets if not target.by]
    if open_:
        yield Finding(
            "target.no-deadline", (pack.id,), joined(list(dict.fromkeys(c for target in open_ for c in target.clause))),
            f"没有写哪一天以前达到：{joined([target.label for target in open_])}",
            f"{len(open_)} targets have no day by which they must be reached",
            {"targets": [target.id for target in open_]}, pack.place("reporting", "targets", targets.index(open_[0])),
        )  # fmt: skip


def together(packs: tuple[Pack, ...]) -> Iterator[Finding]:
    """Between accident plans of one area: the same sender, receiver and grade, and different times."""
    for area in dict.fromkeys(pack.plan.area for pack in packs):
        beside = [pack for pack in packs if pack.plan.area == area and pack.plan.kind == "accident"]
        told: set[tuple[tuple[str, tuple[str, ...]], ...]] = set()
        for (sender, grade), times in _times(beside).items():
            minutes = {clock.minutes(time) for time in times}
            key = tuple(sorted((time, tuple(pack.id for pack, _ in uses)) for time, uses in times.items()))
            if len(minutes) > 1 and key not in told and len({pack for uses in times.values() for pack, _ in uses}) > 1:
                told.add(key)
                yield _between(sender, grade, times)


_Uses = dict[str, list[tuple[Pack, ReportingDuty]]]


def _times(packs: list[Pack]) -> dict[tuple[str, str], _Uses]:
    """Sender and grade → time → the duties to the city that set it."""
    found: dict[tuple[str, str], _Uses] = {}
    for pack in packs:
        own = f"{pack.plan.area}_"
        grades = [row.grade for row in pack.lexicon.grades.table]
        for duty in pack.reporting.duties:
            to_city = any(unit_id(pack, name).startswith(own) or name in {"headquarters", "office"} for name in duty.to)
            if duty.kind != "first" or clock.minutes(duty.within or "") is None or not to_city:
                continue
            for sender in {unit_id(pack, name) for name in duty.by}:
                special = _own_grades(pack, sender)  # a rule for a grade comes before the rule for all
                for grade in duty.grades or [grade for grade in grades if grade not in special]:
                    found.setdefault((sender, grade), {}).setdefault(str(duty.within), []).append((pack, duty))
    return found


def _own_grades(pack: Pack, sender: str) -> set[str]:
    """The grades for which a sender has a first report of its own."""
    return {
        grade
        for duty in pack.reporting.duties
        if duty.kind == "first" and sender in {unit_id(pack, name) for name in duty.by}
        for grade in duty.grades
    }


def _between(sender: str, grade: str, times: _Uses) -> Finding:
    uses = [use for found in times.values() for use in found]
    packs = list(dict.fromkeys(pack for pack, _ in uses))
    told = "；".join(
        f"{time}（{joined(list(dict.fromkeys(f'《{pack.plan.short}》' for pack, _ in found)))}）"
        for time, found in times.items()
    )
    first, duty = uses[0]
    return Finding(
        "deadline.conflict", tuple(pack.id for pack in packs),
        joined(list(dict.fromkeys(clause for _, item in uses for clause in item.clause))),
        f"{_label(first, sender)}上报{grade}事故的时限各预案不一：{told}，同一起事故两个预案都适用时无所适从",
        f"the deadline for the same first report differs between plans: {', '.join(times)}",
        {time: [pack.id for pack, _ in found] for time, found in times.items()},
        first.place("reporting", "duties", first.reporting.duties.index(duty)),
    )  # fmt: skip


def _conflict(pack: Pack, one: ReportingDuty, other: ReportingDuty) -> Finding | None:
    first, second = clock.minutes(one.within or ""), clock.minutes(other.within or "")
    if first is None or second is None or first == second:
        return None
    senders = {unit_id(pack, name) for name in one.by} & {unit_id(pack, name) for name in other.by}
    receivers = {unit_id(pack, name) for name in one.to} & {unit_id(pack, name) for name in other.to}
    grades = set(one.grades) & set(other.grades) if one.grades and other.grades else set(one.grades or other.grades)
    if not senders or not receivers or (one.grades and other.grades and not grades):
        return None
    about = f"{joined(sorted(grades))}事故" if grades else "同一事故"
    labels = joined(sorted(_label(pack, id_) for id_ in senders))
    return Finding(
        "deadline.conflict", (pack.id,), joined(list(dict.fromkeys([*one.clause, *other.clause]))),
        f"本预案两处对{labels}上报{about}的时限不一：一处 {one.within}，一处 {other.within}",
        f"the deadlines for the same first report differ: {one.within} and {other.within}",
        {one.id: one.within, other.id: other.within},
        pack.place("reporting", "duties", pack.reporting.duties.index(one)),
    )  # fmt: skip


def _label(pack: Pack, id_: str) -> str:
    organisation = pack.lexicon.organisations.get(id_)
    return organisation.label if organisation else pack.actor(id_).label
