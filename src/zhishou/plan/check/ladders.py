"""Holes, overlaps and other faults of a ladder, found by judging every cell of the space of its facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zhishou.plan.check import overlaps, wording
from zhishou.plan.check.finding import Finding, joined, label
from zhishou.plan.check.overlaps import unstated_bounds
from zhishou.plan.check.space import Axis, Cell, Family, families
from zhishou.plan.conditions import GradeCondition, leaves
from zhishou.plan.judge import NumberRule, Rule, View, amount
from zhishou.plan.ladder import Ladder
from zhishou.plan.pack import LADDER_LABELS, LadderKind, Pack
from zhishou.plan.rules import LadderRules, ladder_rules
from zhishou.plan.truth import YES


def findings(pack: Pack) -> Iterator[Finding]:
    """Everything wrong with the ladders of one plan."""
    for kind, ladder in pack.ladders.items():
        rules = ladder_rules(pack, kind)
        split = families(rules)
        yield from _without_condition(pack, kind, ladder)
        for family in split:
            yield from _not_rising(pack, rules, family)
            yield from _unstated(pack, rules, family)
            yield from _at_rest(pack, rules, family)
        yield from overlaps.findings(pack, rules)
        yield from _unreachable(pack, rules, split)
    yield from wording.findings(pack)


def _level(pack: Pack, rules: LadderRules, rank: int) -> str:
    return next(label(pack, rules.kind, level.level) for level in rules.levels if level.rank == rank)


def _id(rules: LadderRules, rank: int) -> str:
    return next(level.level for level in rules.levels if level.rank == rank)


def _clause(family: Family, rules: LadderRules, rank: int, axis: Axis) -> str:
    level = next(level.level for level in rules.levels if level.rank == rank)
    found: list[str] = []
    for branch in family.branches.get(level, ()):
        for leaf in branch.leaves:
            if getattr(leaf, "fact", getattr(leaf, "of", "")) == axis.name:
                found += leaf.clause or branch.clause
    return joined(list(dict.fromkeys(found)))


@dataclass(frozen=True, slots=True)
class _Fall:
    axis: int
    milder: Cell
    worse: Cell
    on_thresholds: int

    @property
    def weight(self) -> tuple[int, int, int, int]:
        """The plainest witness first: the deepest fall, other facts clear of thresholds and mild, the first point."""
        others = sum(index for place, index in enumerate(self.worse.at) if place != self.axis)
        return (self.worse.broad, self.on_thresholds, others, self.worse.at[self.axis])


def _on_thresholds(family: Family, cell: Cell, place: int) -> int:
    """How many other facts lie exactly on a threshold, which makes a witness easy to dispute."""
    return sum(
        index > 0 and axis.points[index] in axis.thresholds
        for other, (axis, index) in enumerate(zip(family.axes, cell.at, strict=True))
        if other != place
    )


def _not_rising(pack: Pack, rules: LadderRules, family: Family) -> Iterator[Finding]:
    """Worse facts that fall to a milder level or to none, along every axis."""
    falls: dict[tuple[int, int], _Fall] = {}
    for place, axis in enumerate(family.axes):
        if not axis.ordered:
            continue
        for at, cell in family.cells.items():
            told: set[int] = set()
            for step in range(at[place] - 1, -1, -1):
                milder = family.cells[(*at[:place], step, *at[place + 1 :])]
                if milder.broad > cell.broad and milder.broad not in told:
                    told.add(milder.broad)
                    fall = _Fall(place, milder, cell, _on_thresholds(family, cell, place))
                    key = (place, milder.broad)
                    if key not in falls or fall.weight < falls[key].weight:
                        falls[key] = fall
    for (place, rank), fall in sorted(falls.items()):
        axis = family.axes[place]
        # The same fall seen from a milder level adds nothing where a more severe level falls at the same point.
        if any(
            other.axis == place and other_rank > rank and other.worse.at == fall.worse.at
            for (_, other_rank), other in falls.items()
        ):
            continue
        facts = family.facts(fall.worse.at, rules)
        milder_words = axis.words(axis.points[fall.milder.at[place]], rules)
        worse = axis.words(axis.points[fall.worse.at[place]], rules)
        held = _held(family, rules, fall)
        was = _level(pack, rules, rank)
        if fall.worse.broad:
            code, now = "ladder.drop", f"只够{_level(pack, rules, fall.worse.broad)}"
            english_now = f"only reaches level {_id(rules, fall.worse.broad)}"
        else:
            code, now, english_now = "ladder.hole", "没有任何级别主张", "is claimed by no level"
        yield Finding(
            code,
            (pack.id,),
            _clause(family, rules, rank, axis),
            f"{LADDER_LABELS[rules.kind]}：{held}{axis.label}为“{milder_words}”时够{was}，加重到“{worse}”{now}",
            f"{rules.kind}: {axis.fact(rules)} at {axis.english(axis.points[fall.milder.at[place]], rules)} reaches level "
            f"{_id(rules, rank)}, yet the worse {axis.english(axis.points[fall.worse.at[place]], rules)} {english_now}",
            {"facts": facts, "milder": {axis.fact(rules): axis.value(axis.points[fall.milder.at[place]], rules)}},
            pack.place(rules.kind),
        )


def _held(family: Family, rules: LadderRules, fall: _Fall) -> str:
    """The other facts of a witness that are not at their mildest, in words."""
    parts = [
        f"{axis.label}为“{axis.words(axis.points[index], rules)}”"
        for place, (axis, index) in enumerate(zip(family.axes, fall.worse.at, strict=True))
        if place != fall.axis and index > 0
    ]
    return "、".join(parts) + "的情况下，" if parts else ""


def _unstated(pack: Pack, rules: LadderRules, family: Family) -> Iterator[Finding]:
    """Points whose level hangs on whether a bound belongs to a range."""
    for place, axis in enumerate(family.axes):
        if axis.kind != "number":
            continue
        points: dict[float, tuple[Cell, set[str]]] = {}
        clauses: list[str] = []
        for level, branches in family.branches.items():
            for branch in branches:
                for leaf in branch.leaves:
                    if isinstance(leaf, NumberRule) and leaf.fact == axis.name:
                        for bound in unstated_bounds(leaf):
                            index = axis.points.index(bound)
                            cell = _plainest(family, rules, place, index)
                            points.setdefault(bound, (cell, set()))[1].add(level)
                            clauses += leaf.clause or branch.clause
        if not points:
            continue
        told = []
        for bound, (cell, _) in sorted(points.items()):
            claims = _claims(family, rules, cell.at)
            certain = [label(pack, rules.kind, level) for level, sure in claims if sure]
            open_ = [label(pack, rules.kind, level) for level, sure in claims if not sure]
            told.append(f"{amount(bound, rules.facts[axis.name])}（{_told(certain, open_)}）")
        first = points[min(points)][0]
        english = ", ".join(f"{bound:g}" for bound in sorted(points))
        yield Finding(
            "bound.unstated",
            (pack.id,),
            joined(list(dict.fromkeys(clauses))),
            f"{LADDER_LABELS[rules.kind]}：{axis.label}恰在界上时归哪一级未说明：{'；'.join(told)}",
            f"{rules.kind}: the text does not say to which level {axis.name} belongs at exactly {english}",
            {"facts": family.facts(first.at, rules)},
            pack.place(rules.kind),
        )


def _told(certain: list[str], open_: list[str]) -> str:
    if certain and open_:
        return f"{joined(certain)}明确包含，{joined(open_)}也可主张"
    if len(open_) > 1:
        return f"{joined(open_)}都可主张，若都不含则无级别"
    return f"只有{joined(open_)}可主张，若不含则无级别" if open_ else f"{joined(certain)}主张"


def _claims(family: Family, rules: LadderRules, at: tuple[int, ...]) -> list[tuple[str, bool]]:
    """The levels that claim a cell, the most severe first, and whether under every reading."""
    view = View()
    for axis, index in zip(family.axes, at, strict=True):
        view = axis.place(view, axis.points[index])
    found = []
    for level in rules.levels:
        truths = [branch.truth(view) for branch in family.branches.get(level.level, ())]
        if any(truth[1] == YES for truth in truths):
            found.append((level.level, any(truth[0] == YES for truth in truths)))
    return found


def _plainest(family: Family, rules: LadderRules, place: int, index: int) -> Cell:
    """The cell at a point of an axis where most levels claim it, the other facts clear of thresholds and mildest."""
    here = [cell for at, cell in family.cells.items() if at[place] == index]
    clear = min(_on_thresholds(family, cell, place) for cell in here)
    plain = [cell for cell in here if _on_thresholds(family, cell, place) == clear]

    def weight(cell: Cell) -> tuple[bool, int, int]:
        claims = _claims(family, rules, cell.at)
        disputed = len(claims) if any(not sure for _, sure in claims) else 0
        settled = cell.broad == cell.narrow  # another fact calls for a level that does not hang on this bound
        return (settled, -disputed, sum(cell.at))

    return min(plain, key=weight)


def _at_rest(pack: Pack, rules: LadderRules, family: Family) -> Iterator[Finding]:
    """A level that is claimed where every fact is at its mildest: nothing has happened, yet a level holds."""
    rest = family.cells[tuple(0 for _ in family.axes)]
    if rest.broad and all(axis.ordered for axis in family.axes):
        level = next(level for level in rules.levels if level.rank == rest.broad)
        name = label(pack, rules.kind, level.level)
        clauses = [
            clause
            for way in rules.ways[level.level]
            for leaf in way
            if _holds_at_rest(leaf, family)
            for clause in leaf.clause
        ]
        yield Finding(
            "ladder.at-rest",
            (pack.id,),
            joined(list(dict.fromkeys(clauses)) or list(pack.ladders[rules.kind].clause)),
            f"{LADDER_LABELS[rules.kind]}：照字面，什么都没有发生也够{name}",
            f"{rules.kind}: taken literally, level {level.level} holds although nothing has happened",
            {"facts": family.facts(rest.at, rules)},
            pack.place(rules.kind),
        )


def _holds_at_rest(leaf: Rule, family: Family) -> bool:
    view = View()
    for axis in family.axes:
        view = axis.place(view, axis.points[0])
    return leaf.truth(view)[1] == YES


def _without_condition(pack: Pack, kind: LadderKind, ladder: Ladder) -> Iterator[Finding]:
    bare = [level for level in ladder.levels if level.when is None]
    if bare:
        yield Finding(
            "ladder.no-condition",
            (pack.id,),
            joined(list(dict.fromkeys(c for level in bare for c in level.clause))),
            f"{LADDER_LABELS[kind]}：{joined([level.label for level in bare])}只列了级别和发布权限，没有写什么情形属于哪一级",
            f"{kind}: levels {', '.join(level.level for level in bare)} have no condition",
            {"levels": [level.level for level in bare]},
            pack.place(kind, "levels", ladder.levels.index(bare[0])),
        )
    implied = [
        level
        for level in ladder.levels
        if any(isinstance(leaf, GradeCondition) and leaf.implied for leaf in leaves(level.when))
    ]
    if implied:
        yield Finding(
            "ladder.implied",
            (pack.id,),
            joined(list(dict.fromkeys(c for level in implied for c in level.clause))),
            f"{LADDER_LABELS[kind]}：只说依据事故分级标准确定级别，没有写明{joined([level.label for level in implied])}各对应哪一等级",
            f"{kind}: the text points to the accident grades without saying which grade goes with which level",
            {"levels": [level.level for level in implied]},
            pack.place(kind, "levels", ladder.levels.index(implied[0])),
        )


def _unreachable(pack: Pack, rules: LadderRules, split: tuple[Family, ...]) -> Iterator[Finding]:
    for level in rules.levels:
        if level.rule is None:
            continue
        mine = [family for family in split if level.level in family.branches]
        if mine and not any(cell.broad == level.rank for family in mine for cell in family.cells.values()):
            name = label(pack, rules.kind, level.level)
            yield Finding(
                "ladder.unreachable",
                (pack.id,),
                joined(list(level.rule.clause) or list(pack.ladders[rules.kind].clause)),
                f"{LADDER_LABELS[rules.kind]}：凡够{name}条件的情形都同时够更高级别，{name}永远不会被单独建议",
                f"{rules.kind}: level {level.level} can never be proposed on its own",
                {"level": level.level},
                pack.place(rules.kind),
            )
