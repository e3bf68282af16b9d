"""Who proposes, approves, decides and ends a level, as the plan has it: its own rule, its special cases, its silence.

Nothing is repaired: where the text says nothing, the nearest rule that it does give is taken and the answer says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, named, office, pack_of
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.seen import assessed, grade
from zhishou.incident.sides import parties
from zhishou.incident.state import Active, Incident
from zhishou.plan.ladder import Ladder, Level, Rule
from zhishou.plan.pack import LADDER_LABELS, LadderKind, Pack
from zhishou.plan.truth import Verdict


@dataclass(frozen=True, slots=True)
class Procedure:
    """How a level comes about."""

    proposers: Permitted
    approvers: Permitted | None
    """None where no approval is needed."""
    deciders: Permitted
    """Those who may decide a proposal."""
    direct: Permitted
    """Those of them who need neither a proposal nor an approval; nobody where the text wants a proposal first."""
    joint: tuple[str, ...]
    """Those who must decide together, as the plan names them; empty where one suffices."""
    authorities: tuple[str, ...]
    """Those who decide, as the plan names them."""
    approving: tuple[str, ...]
    """Those who approve, as the plan names them."""
    note: str = ""
    """What the text leaves open."""


def ladder_of(pack: Pack, kind: str) -> tuple[LadderKind, Ladder]:
    """A ladder of the plan.

    Raises:
        RefusedError: the plan has no such ladder.
    """
    for own, ladder in pack.ladders.items():
        if own == kind:
            return own, ladder
    label = {"warning": "预警", "response": "应急响应"}.get(kind, kind)
    raise RefusedError(f"本预案没有{label}级别", where=pack.plan.short, mend="换用有该级别的预案", code="plan")


def level_of(pack: Pack, kind: str, level: str) -> Level:
    """A level of a ladder.

    Raises:
        RefusedError: there is none.
    """
    _, ladder = ladder_of(pack, kind)
    for one in ladder.levels:
        if one.level == level:
            return one
    known = "、".join(f"{one.level}（{one.label}）" for one in ladder.levels)
    raise RefusedError(f"没有“{level}”这一级", where=pack.plan.short, mend=f"级别有：{known}", code="plan")


@dataclass(frozen=True, slots=True)
class Rung:
    """A level of a plan's ladder."""

    pack: Pack
    kind: LadderKind
    ladder: Ladder
    level: Level

    @property
    def clause(self) -> tuple[str, ...]:
        """Where the plan says who decides it."""
        return self.level.decision_clause or self.level.clause

    def active(self, state: Incident) -> Active | None:
        """The level of its ladder that is in force."""
        return state.ladder(self.pack.id, self.kind)

    def change(self, state: Incident) -> str:
        """start, raise or lower; empty where the level is in force already."""
        active = self.active(state)
        if active is None:
            return "start"
        order = [one.level for one in self.ladder.levels]
        now, then = order.index(active.level), order.index(self.level.level)
        return "" if now == then else "raise" if then < now else "lower"


def rung(state: Incident, context: Context, plan: str, ladder: str, level: str) -> Rung:
    """The level that a command speaks of.

    Raises:
        RefusedError: the plan is not attached, or has no such ladder or level.
    """
    pack = pack_of(state, context, plan)
    kind, found = ladder_of(pack, ladder)
    return Rung(pack, kind, found, level_of(pack, kind, level))


@dataclass(frozen=True, slots=True)
class _Start:
    """Who decides and approves a level as it is started, and what is to be said of it."""

    decided: tuple[str, ...] = ()
    approved: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
    clause: tuple[str, ...] = ()
    jointly: bool = False
    elsewhere: tuple[str, ...] = ()
    """Those who decide in a case that only people can tell: their decision is recorded."""
    note: str = ""


def procedure(of: Rung, state: Incident, context: Context) -> Procedure:
    """How a level comes about tonight.

    A level is started as its own clause says. One in force is raised by those whom the plan lets adjust, or as the graver
    level is started; it is lowered by those whom the plan lets adjust alone. Where the plan says nothing of adjusting, the
    way in which the graver of the two levels is started holds.
    """
    pack, active, change = of.pack, of.active(state), of.change(state)
    rules = _adjusting(of, change) if active is not None else ()
    start = _Start() if rules and change == "lower" else _start(of, state, context)
    adjusters = tuple(dict.fromkeys(who for rule in rules for who in rule.by))
    clauses = tuple(dict.fromkeys((*(clause for rule in rules for clause in rule.clause), *start.clause)))
    adjusting = named(pack, adjusters, state, clauses)
    if active is not None and not active.authority and any(rule.by_starter for rule in rules):
        adjusting = adjusting | Permitted((active.decided.post,), (), clauses, pack.id)
    deciders = replace(adjusting | named(pack, start.decided, state), clause=clauses)
    approvers = named(pack, start.approved, state, clauses) if start.approved else None
    proposers = named(pack, start.proposed, state, of.clause) if start.proposed else office(pack) | deciders
    return Procedure(
        proposers, approvers, deciders, adjusting if start.proposed or start.approved else deciders,
        start.decided if start.jointly else (), (*adjusters, *start.decided, *start.elsewhere), start.approved, start.note,
    )  # fmt: skip


def _adjusting(of: Rung, change: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in of.ladder.adjusting if rule.change in {"", change})


def _start(of: Rung, state: Incident, context: Context) -> _Start:
    """How the level is started tonight; by the headquarters where the text names nobody."""
    start = _special(*_starting(of, of.active(state), of.change(state)), state, context)
    if start.decided:
        return start
    said = f"原文没有写由谁决定{LADDER_LABELS[of.kind]}，按指挥部办理"
    return replace(start, decided=("headquarters",), note="；".join(filter(None, (start.note, said))))


def _starting(of: Rung, active: Active | None, change: str) -> tuple[Rung, _Start]:
    """The level whose way of being started holds, and that way."""
    note = ""
    graver = of
    if active is not None and not of.ladder.adjusting:
        graver = of if change != "lower" else replace(of, level=level_of(of.pack, of.kind, active.level))
        which = "现行级别" if change == "lower" else "拟调整的级别"
        note = f"原文没有级别调整的规定，按{which}的启动程序办理"
    elif active is not None and change == "lower":
        graver = replace(of, level=level_of(of.pack, of.kind, active.level))
        note = "原文没有降低级别的规定，按现行级别的启动程序办理"
    level = graver.level
    start = _Start(
        level.decided_by, level.approved_by, level.proposed_by, graver.clause, jointly=level.jointly, note=note
    )
    return graver, start


def _special(of: Rung, start: _Start, state: Incident, context: Context) -> _Start:
    """The plan's special cases: one that tonight's facts tell replaces the rule; one that only people can tell is recorded."""
    for case in of.ladder.exceptions:
        if of.level.level not in case.levels:
            continue
        if case.when is None:
            start = replace(start, elsewhere=(*start.elsewhere, *case.decided_by))
        elif _holds(of, case.case, state, context):
            start = replace(
                start, decided=case.decided_by or start.decided, approved=case.approved_by or start.approved,
                clause=case.clause, note="；".join(filter(None, (start.note, f"{case.case}：按特别规定办理"))),
            )  # fmt: skip
    return start


def _holds(of: Rung, case: str, state: Incident, context: Context) -> bool:
    judged = (one for one in assessed(state, of.pack, context).ladders if one.ladder == of.kind)
    return any(
        special.case == case and special.verdict is Verdict.MET
        for ladder in judged
        for level in ladder.levels
        if level.level == of.level.level
        for special in level.cases
    )


@dataclass(frozen=True, slots=True)
class EndingRule:
    """One way in which a level ends."""

    permitted: Permitted
    authorities: tuple[str, ...]
    """Those who end it, as the plan names them; where another authority started it, that one."""
    conditions: tuple[str, ...]
    """Each must be confirmed."""
    any_of: bool
    """True where one of them suffices."""
    clause: tuple[str, ...]


def endings(pack: Pack, kind: LadderKind, active: Active, state: Incident, context: Context) -> tuple[EndingRule, ...]:
    """Who may end a level, and what must be confirmed first.

    What another authority published in a special case is that authority's to lift, whoever may lift it otherwise.
    """
    ladder = pack.ladders[kind]
    level = level_of(pack, kind, active.level)
    certain = grade(state, pack, context)
    rules = tuple(rule for rule in ladder.ending if not rule.grades or not certain or certain in rule.grades)
    conditions = tuple(dict.fromkeys(text for rule in rules for text in rule.when))
    any_of = any(rule.any_of for rule in rules)
    usual = not active.authority or active.authority in parties(pack, level.decided_by, state)
    if level.ended_by and usual:
        own = named(pack, level.ended_by, state, level.ended_clause)
        return (EndingRule(own, level.ended_by, conditions, any_of, level.ended_clause),)
    found = tuple(
        EndingRule(*_by(pack, rule, state, active), rule.when, rule.any_of, rule.clause)
        for rule in rules
        if rule.by or rule.by_starter
    )
    if found:
        return found
    clause = level.decision_clause or level.clause
    if not usual:
        return (EndingRule(Permitted((), (), clause, pack.id), (active.authority,), conditions, any_of, clause),)
    who = level.decided_by or ("headquarters",)
    return (EndingRule(named(pack, who, state, clause), who, conditions, any_of, clause),)


def _by(pack: Pack, rule: Rule, state: Incident, active: Active) -> tuple[Permitted, tuple[str, ...]]:
    found = named(pack, rule.by, state, rule.clause) if rule.by else Permitted((), (), rule.clause, pack.id)
    if not rule.by_starter:
        return found, rule.by
    if active.authority:
        return found, (*rule.by, active.authority)
    return found | Permitted((active.decided.post,), (), rule.clause, pack.id), rule.by
