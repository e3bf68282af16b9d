"""Who proposes, approves, decides and ends a level, as the plan has it: its own rule, its special cases, its silence.

Nothing is repaired: where the text says nothing, the nearest rule that it does give is taken and the answer says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, named, office, pack_of
from zhishou.incident.context import Context
from zhishou.incident.seen import assessed, grade
from zhishou.incident.state import Active, Incident
from zhishou.plan.ladder import Ladder, Level, Rule
from zhishou.plan.pack import LADDER_LABELS, LadderKind, Pack
from zhishou.plan.truth import Verdict


@dataclass(frozen=True, slots=True)
class Procedure:
    """How a level comes about."""

    proposers: Permitted
    named_proposer: bool
    """False where the text names nobody who proposes."""
    approvers: Permitted | None
    """None where no approval is needed."""
    deciders: Permitted
    jointly: bool
    authorities: tuple[str, ...]
    """Those who decide, as the plan names them."""
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
class _Deciding:
    """Who decides, and what is to be said of it."""

    decided: tuple[str, ...]
    approved: tuple[str, ...]
    clause: tuple[str, ...]
    jointly: bool = False
    note: str = ""


def procedure(of: Rung, state: Incident, context: Context) -> Procedure:
    """How a level comes about tonight."""
    pack, active = of.pack, of.active(state)
    rule = _adjusting(of, active, of.change(state)) if active is not None else _starting(of)
    rule = _special(of, rule, state, context)
    deciders = named(pack, rule.decided, state, rule.clause)
    if active is not None and any(one.by_starter for one in of.ladder.adjusting):
        deciders = deciders | Permitted((active.decided.post,), (), rule.clause, pack.id)
    note = rule.note
    if not deciders.posts:
        deciders = named(pack, ("headquarters",), state, rule.clause)
        note = f"原文没有写由谁决定{LADDER_LABELS[of.kind]}，按指挥部办理"
    approvers = named(pack, rule.approved, state, rule.clause) if rule.approved else None
    proposed = of.level.proposed_by
    proposers = named(pack, proposed, state, of.clause) if proposed else office(pack) | deciders
    direct = not proposed or (active is not None and bool(of.ladder.adjusting))
    return Procedure(proposers, not direct, approvers, deciders, rule.jointly, rule.decided, note)


def _starting(of: Rung) -> _Deciding:
    return _Deciding(of.level.decided_by, of.level.approved_by, of.clause, of.level.jointly)


def _adjusting(of: Rung, active: Active, change: str) -> _Deciding:
    """The plan's own rule of adjusting; where it has none, the procedure of the graver of the two levels."""
    rules = of.ladder.adjusting
    if rules:
        clauses = tuple(dict.fromkeys(clause for rule in rules for clause in rule.clause))
        return _Deciding(tuple(dict.fromkeys(who for rule in rules for who in rule.by)), (), clauses)
    graver = of if change != "lower" else replace(of, level=level_of(of.pack, of.kind, active.level))
    which = "现行级别" if change == "lower" else "拟调整的级别"
    return replace(_starting(graver), note=f"原文没有级别调整的规定，按{which}的启动程序办理")


def _special(of: Rung, rule: _Deciding, state: Incident, context: Context) -> _Deciding:
    """The plan's special cases: one that tonight's facts tell replaces the rule, one that only people can tell adds to it."""
    if of.change(state) == "lower":
        return rule
    for case in of.ladder.exceptions:
        if of.level.level not in case.levels:
            continue
        if case.when is None:
            rule = replace(rule, decided=(*rule.decided, *case.decided_by))
        elif _holds(of, case.case, state, context):
            rule = replace(
                rule, decided=case.decided_by or rule.decided, approved=case.approved_by or rule.approved,
                clause=case.clause, note=f"{case.case}：按特别规定办理",
            )  # fmt: skip
    return rule


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
    conditions: tuple[str, ...]
    """Each must be confirmed."""
    any_of: bool
    """True where one of them suffices."""
    clause: tuple[str, ...]


def endings(pack: Pack, kind: LadderKind, active: Active, state: Incident, context: Context) -> tuple[EndingRule, ...]:
    """Who may end a level, and what must be confirmed first."""
    ladder = pack.ladders[kind]
    level = level_of(pack, kind, active.level)
    certain = grade(state, pack, context)
    rules = tuple(rule for rule in ladder.ending if not rule.grades or not certain or certain in rule.grades)
    if level.ended_by:
        own = named(pack, level.ended_by, state, level.ended_clause)
        conditions = tuple(dict.fromkeys(text for rule in rules for text in rule.when))
        return (EndingRule(own, conditions, any(rule.any_of for rule in rules), level.ended_clause),)
    found = tuple(
        EndingRule(_by(pack, rule, state, active), rule.when, rule.any_of, rule.clause)
        for rule in rules
        if rule.by or rule.by_starter
    )
    if found:
        return found
    conditions = tuple(dict.fromkeys(text for rule in rules for text in rule.when))
    clause = level.decision_clause or level.clause
    deciders = named(pack, level.decided_by or ("headquarters",), state, clause)
    return (EndingRule(deciders, conditions, any_of=False, clause=clause),)


def _by(pack: Pack, rule: Rule, state: Incident, active: Active) -> Permitted:
    found = named(pack, rule.by, state, rule.clause) if rule.by else Permitted((), (), rule.clause, pack.id)
    return found | Permitted((active.decided.post,), (), rule.clause, pack.id) if rule.by_starter else found
