"""Holes, overlaps and other faults of a ladder, found by judging every cell of the space of its facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zhishou.plan.check.finding import Finding, joined
from zhishou.plan.check.space import Axis, Cell, Family, families
from zhishou.plan.conditions import GradeCondition, NumberCondition, leaves
from zhishou.plan.judge import JudgementRule, LadderRules, NumberRule, Rule, View, amount, ladder_rules, terms
from zhishou.plan.ladder import Ladder
from zhishou.plan.pack import LADDER_LABELS, LadderKind, Pack
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
        yield from _gate(pack, rules)
        yield from _twice(pack, rules)
        yield from _unreachable(pack, rules, split)
    yield from _wording(pack)
    yield from _between_ladders(pack)


def _label(pack: Pack, kind: LadderKind, level: str) -> str:
    return next(found.label for found in pack.ladders[kind].levels if found.level == level)


def _level(pack: Pack, rules: LadderRules, rank: int) -> str:
    return next(_label(pack, rules.kind, level.level) for level in rules.levels if level.rank == rank)


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
        milder = axis.words(axis.points[fall.milder.at[place]], rules)
        worse = axis.words(axis.points[fall.worse.at[place]], rules)
        held = _held(family, rules, fall)
        was = _level(pack, rules, rank)
        if fall.worse.broad:
            code, now = "ladder.drop", f"只够{_level(pack, rules, fall.worse.broad)}"
            english_now = f"only reaches {_level(pack, rules, fall.worse.broad)}"
        else:
            code, now, english_now = "ladder.hole", "没有任何级别主张", "is claimed by no level"
        yield Finding(
            code,
            (pack.id,),
            _clause(family, rules, rank, axis),
            f"{LADDER_LABELS[rules.kind]}：{held}{axis.label}为“{milder}”时够{was}，加重到“{worse}”{now}",
            f"{rules.kind}: {axis.fact(rules)} at {milder} reaches {was}, yet the worse {worse} {english_now}",
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
                        for bound in _unstated_bounds(leaf):
                            index = axis.points.index(bound)
                            cell = _plainest(family, place, index)
                            points.setdefault(bound, (cell, set()))[1].add(level)
                            clauses += leaf.clause or branch.clause
        if not points:
            continue
        told = []
        for bound, (cell, _) in sorted(points.items()):
            claims = _claims(family, rules, cell.at)
            certain = [_label(pack, rules.kind, level) for level, sure in claims if sure]
            open_ = [_label(pack, rules.kind, level) for level, sure in claims if not sure]
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


def _unstated_bounds(leaf: NumberRule) -> list[float]:
    found = []
    if leaf.unstated_lower and leaf.at_least is not None:
        found.append(leaf.at_least)
    if leaf.unstated_upper and leaf.at_most is not None:
        found.append(leaf.at_most)
    return found


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


def _plainest(family: Family, place: int, index: int) -> Cell:
    """The cell at a point of an axis where most levels claim it and the other facts are mildest."""
    here = [cell for at, cell in family.cells.items() if at[place] == index]
    return min(here, key=lambda cell: (cell.broad == 0, cell.broad == cell.narrow, sum(cell.at)))


def _twice(pack: Pack, rules: LadderRules) -> Iterator[Finding]:
    """Conditions listed under two levels, and ranges of two levels that meet or contain each other."""
    for level, other_level, term in rules.duplicates:
        yield _duplicate(pack, rules, level, other_level, term)
    known = [
        (level.level, term)
        for level in rules.levels
        if level.rule is not None
        for term in terms(level.rule)
        if not any(isinstance(leaf, JudgementRule) for leaf in term)
    ]
    seen: set[tuple[str, str, str]] = set()
    nested: dict[str, list[str]] = {}
    for index, (level, term) in enumerate(known):
        for other_level, other in known[index + 1 :]:
            if other_level == level:
                continue
            if (meeting := _meeting(term, other)) is not None:
                fact, relation, point = meeting
                key = (fact, relation, f"{level}/{other_level}")
                if key in seen:
                    continue
                seen.add(key)
                if relation == "nested":
                    nested.setdefault(fact, []).append(
                        f"{_label(pack, rules.kind, other_level)}的条件在{_label(pack, rules.kind, level)}时也成立"
                    )
                else:
                    yield _overlap(pack, rules, level, other_level, term, fact, point)
    for fact, told in nested.items():
        yield Finding(
            "ladder.nested",
            (pack.id,),
            joined(rules_clause(pack, rules.kind)),
            f"{LADDER_LABELS[rules.kind]}：{rules.facts[fact].label}的较低级别没有写上限，{joined(told)}，只能靠就高执行",
            f"{rules.kind}: the ranges of {fact} are nested, so that only 'the more severe wins' tells them apart",
            {"fact": fact},
            pack.place(rules.kind),
        )


def rules_clause(pack: Pack, kind: LadderKind) -> list[str]:
    """The clause of a ladder."""
    return list(pack.ladders[kind].clause)


def _duplicate(pack: Pack, rules: LadderRules, level: str, other: str, term: tuple[Rule, ...]) -> Finding:
    words = "且".join(dict.fromkeys(leaf.text for leaf in term))
    labels = [_label(pack, rules.kind, name) for name in (level, other)]
    clauses = list(dict.fromkeys(clause for leaf in term for clause in leaf.clause))
    return Finding(
        "ladder.duplicate",
        (pack.id,),
        joined(clauses),
        f"{LADDER_LABELS[rules.kind]}：“{words}”同时列为{joined(labels)}的条件，较低一级因此落空",
        f"{rules.kind}: the same condition stands under {level} and {other}",
        {"condition": words, "levels": [level, other]},
        pack.place(rules.kind),
    )


def _overlap(
    pack: Pack, rules: LadderRules, level: str, other: str, term: tuple[Rule, ...], fact: str, point: float
) -> Finding:
    labels = [_label(pack, rules.kind, name) for name in (level, other)]
    spec = rules.facts[fact]
    clauses = list(dict.fromkeys(clause for leaf in term for clause in leaf.clause))
    return Finding(
        "ladder.overlap",
        (pack.id,),
        joined(clauses),
        f"{LADDER_LABELS[rules.kind]}：{spec.label}为 {amount(point, spec)} 时{joined(labels)}都主张",
        f"{rules.kind}: {fact} at {point:g} is claimed by both {level} and {other}",
        {"facts": {fact: point}, "levels": [level, other]},
        pack.place(rules.kind),
    )


def _meeting(term: tuple[Rule, ...], other: tuple[Rule, ...]) -> tuple[str, str, float] | None:
    """How two terms over the same facts meet: the fact, `nested` or `overlap`, and a point; None where they do not."""
    mine = {leaf.fact: leaf for leaf in term if isinstance(leaf, NumberRule)}
    theirs = {leaf.fact: leaf for leaf in other if isinstance(leaf, NumberRule)}
    rest = {getattr(leaf, "fact", getattr(leaf, "of", leaf.text)) for leaf in term if not isinstance(leaf, NumberRule)}
    others = {getattr(leaf, "fact", getattr(leaf, "of", leaf.text)) for leaf in other if not isinstance(leaf, NumberRule)}
    if mine.keys() != theirs.keys() or not mine or rest != others:
        return None
    moving = [fact for fact in mine if mine[fact].text != theirs[fact].text]
    if len(moving) != 1:
        return None
    one, two = mine[moving[0]], theirs[moving[0]]
    low = max(_low(one), _low(two))
    high = min(_high(one), _high(two))
    if low[0] > high[0] or (low[0] == high[0] and (low[1] or high[1])):
        return None
    if low[0] == high[0]:
        if _unstated_bounds(one).count(low[0]) or _unstated_bounds(two).count(low[0]):
            return None  # told by bound.unstated
        return moving[0], "overlap", low[0]
    inner = (_low(one) == low and _high(one) == high) or (_low(two) == low and _high(two) == high)
    middle = (low[0] + high[0]) / 2 if high[0] != float("inf") and low[0] != float("-inf") else (
        low[0] + 1 if high[0] == float("inf") else high[0] - 1
    )  # fmt: skip
    return moving[0], "nested" if inner else "overlap", middle


def _low(leaf: NumberRule) -> tuple[float, bool]:
    """Lower bound and whether it is open, so that the greater tuple is the tighter bound."""
    if leaf.at_least is not None:
        return leaf.at_least, False
    return (leaf.above, True) if leaf.above is not None else (leaf.whole[0], False)


def _high(leaf: NumberRule) -> tuple[float, bool]:
    if leaf.at_most is not None:
        return leaf.at_most, False
    return (leaf.below, True) if leaf.below is not None else (leaf.whole[1], False)


def _gate(pack: Pack, rules: LadderRules) -> Iterator[Finding]:
    """A condition that every way to every level demands: without it the worst situation reaches no level."""
    ways = [term for level in rules.levels if level.rule is not None for term in terms(level.rule)]
    if len(ways) < len(rules.levels) or any(level.rule is None for level in rules.levels):
        return
    common = set.intersection(*({leaf.text for leaf in way} for way in ways))
    if not common or all(len(way) == len(common) for way in ways):
        return
    words = "且".join(sorted(common))
    clauses = [clause for way in ways for leaf in way if leaf.text in common for clause in leaf.clause]
    yield Finding(
        "ladder.gate",
        (pack.id,),
        joined(list(dict.fromkeys(clauses)) or rules_clause(pack, rules.kind)),
        f"{LADDER_LABELS[rules.kind]}：每一级的每一种情形都以“{words}”为前提，不满足时再重的事故也不够任何级别，指挥部也无从认定",
        f"{rules.kind}: every way to every level demands the same condition; without it nothing reaches any level",
        {"condition": words},
        pack.place(rules.kind),
    )


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
            label = _label(pack, rules.kind, level.level)
            yield Finding(
                "ladder.unreachable",
                (pack.id,),
                joined(list(level.rule.clause) or rules_clause(pack, rules.kind)),
                f"{LADDER_LABELS[rules.kind]}：凡够{label}条件的情形都同时够更高级别，{label}永远不会被单独建议",
                f"{rules.kind}: level {level.level} can never be proposed on its own",
                {"level": level.level},
                pack.place(rules.kind),
            )


def _wording(pack: Pack) -> Iterator[Finding]:
    numeric = [
        leaf
        for ladder in pack.ladders.values()
        for level in ladder.levels
        for leaf in leaves(level.when)
        if isinstance(leaf, NumberCondition | GradeCondition)
    ]
    words = {"以上": pack.plan.wording.at_least, "以下": pack.plan.wording.below}
    open_ = [word for word, use in words.items() if use.includes_number is None]
    if numeric and open_:
        quoted = joined([f"“{word}”" for word in open_])
        yield Finding(
            "wording.undefined",
            (pack.id,),
            joined(list(pack.plan.wording.at_least.clause) or list(pack.plan.scope.clause)),
            f"预案用数量划分级别，却没有说明{quoted}是否包含本数",
            f"the plan uses figures to tell levels apart but does not define {', '.join(open_)}",
            {"words": open_},
            pack.place("plan", "wording"),
        )


def _between_ladders(pack: Pack) -> Iterator[Finding]:
    if pack.response is not None and pack.warning is None:
        yield Finding(
            "ladder.no-warning",
            (pack.id,),
            joined(list(pack.response.clause)),
            "预案有响应分级而没有预警分级，谁在什么情形下发布预警无从判断",
            "the plan has response levels but no warning levels",
            {},
            pack.place("plan"),
        )
    if pack.warning is None or pack.response is None:
        return
    facts = pack.lexicon.facts
    used: dict[str, dict[str, list[str]]] = {}
    for kind, ladder in pack.ladders.items():
        for level in ladder.levels:
            for leaf in leaves(level.when):
                name = getattr(leaf, "fact", "")
                if name and facts[name].quantity:
                    found = used.setdefault(facts[name].quantity, {}).setdefault(kind, [])
                    if name not in found:
                        found.append(name)
                if kind == "warning" and name and facts[name].level_of == pack.id:
                    used.setdefault("", {}).setdefault(level.label, []).append(name)
    for label, names in used.pop("", {}).items():
        yield Finding(
            "ladder.warning-after-response",
            (pack.id,),
            joined(list(pack.warning.clause)),
            f"预警：{label}以本预案的响应已经启动为前提，预警反而落在响应之后",
            f"warning {label} presupposes that a response has been started ({', '.join(names)})",
            {"facts": names},
            pack.place("warning"),
        )
    for sides in used.values():
        if len(sides) == 2 and not set(sides["warning"]) & set(sides["response"]):  # noqa: PLR2004
            told = {kind: joined([facts[name].label for name in names]) for kind, names in sides.items()}
            yield Finding(
                "ladder.basis",
                (pack.id,),
                joined([*pack.warning.clause, *pack.response.clause]),
                f"预警看的是{told['warning']}，响应看的是{told['response']}，口径不同，本市缺口再大也不触发预警",
                f"warning looks at {', '.join(sides['warning'])}, response at {', '.join(sides['response'])}",
                dict(sides),
                pack.place("warning"),
            )
