"""The space of the facts of a ladder, cut at every threshold: exact, because no verdict changes within a cell.

Conditions of different levels that share no fact cannot contradict each other in an interesting way; the space is
therefore cut family by family, where a family is a set of conditions tied together by shared facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from zhishou.plan.judge import GradeRule, JoinedRule, JudgementRule, NumberRule, Rule, ValueRule, View, amount
from zhishou.plan.regions import points
from zhishou.plan.rules import LadderRules
from zhishou.plan.truth import YES

Point = float | bool | str | int


@dataclass(frozen=True, slots=True)
class Axis:
    """One fact, or an accident grade, with a point for every stretch on which no verdict changes, mildest first."""

    kind: str
    """`number`, `value` or `grade`."""
    name: str
    """Fact id, or `actual`/`expected` for a grade."""
    points: tuple[Point, ...]
    ordered: bool
    """Whether the points rise in severity."""
    label: str
    thresholds: frozenset[float] = frozenset()

    def place(self, view: View, point: Point) -> View:
        """The view with this axis at a point."""
        if self.kind == "number":
            return view.with_number(self.name, float(point))
        if self.kind == "grade":
            return view.with_grade(self.name, int(point))
        return view.with_value(self.name, point)  # type: ignore[arg-type]

    def fact(self, rules: LadderRules) -> str:
        """The fact that states it."""
        return rules.table.stated[self.name] if self.kind == "grade" else self.name

    def value(self, point: Point, rules: LadderRules) -> Point:
        """The value that states a point."""
        return rules.table.labels[int(point)] if self.kind == "grade" else point

    def words(self, point: Point, rules: LadderRules) -> str:
        """A point in words; a point that stands for a stretch is told by the thresholds around it."""
        if self.kind == "number":
            fact = rules.facts[self.name]
            exact, below, above = self._around(float(point), rules)
            if exact or (below is None and above is None):
                return amount(float(point), fact)
            if below is not None and above is not None:
                return f"{amount(below, fact)} 与 {amount(above, fact)} 之间"
            return f"大于 {amount(below, fact)}" if below is not None else f"小于 {amount(above or 0, fact)}"
        if isinstance(point, bool):
            return "是" if point else "否"
        return str(self.value(point, rules))

    def english(self, point: Point, rules: LadderRules) -> str:
        """The same in English; values of choices and grades stay as the lexicon has them."""
        if self.kind == "number":
            exact, below, above = self._around(float(point), rules)
            if exact or (below is None and above is None):
                return f"{float(point):g}"
            if below is not None and above is not None:
                return f"between {below:g} and {above:g}"
            return f"above {below:g}" if below is not None else f"below {above:g}"
        if isinstance(point, bool):
            return "yes" if point else "no"
        return str(self.value(point, rules))

    def _around(self, value: float, rules: LadderRules) -> tuple[bool, float | None, float | None]:
        """Whether a point is told as it is, and the thresholds below and above it."""
        fact = rules.facts[self.name]
        exact = value in self.thresholds or value in {fact.minimum, fact.maximum}
        below = max((bound for bound in self.thresholds if bound < value), default=None)
        above = min((bound for bound in self.thresholds if bound > value), default=None)
        return exact, below, above


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a point on every axis, and the ranks claimed there."""

    at: tuple[int, ...]
    """Index on every axis."""
    broad: int
    """Rank of the most severe level claimed under any reading."""
    narrow: int
    """Rank of the most severe level claimed under every reading."""


@dataclass(frozen=True, slots=True)
class Family:
    """A set of conditions tied together by shared facts, with its cells."""

    axes: tuple[Axis, ...]
    branches: Mapping[str, tuple[Rule, ...]]
    """Level → the conditions of this family, any of which claims the level."""
    cells: Mapping[tuple[int, ...], Cell]

    def facts(self, at: tuple[int, ...], rules: LadderRules) -> dict[str, Point]:
        """A cell as concrete facts."""
        return {
            axis.fact(rules): axis.value(axis.points[index], rules) for axis, index in zip(self.axes, at, strict=True)
        }


def families(rules: LadderRules) -> tuple[Family, ...]:
    """The families of a ladder, each with its cells judged under both readings."""
    branches = [(level, branch) for level in rules.levels if level.rule for branch in _branches(level.rule)]
    groups: list[tuple[set[tuple[str, str]], list[int]]] = []
    for index, (_, branch) in enumerate(branches):
        keys, members = _keys(branch), [index]
        if not keys:
            continue
        for group in [g for g in groups if g[0] & keys]:
            keys, members = keys | group[0], group[1] + members
            groups.remove(group)
        groups.append((keys, members))
    return tuple(_family(rules, keys, [branches[i] for i in sorted(members)]) for keys, members in groups)


def _branches(rule: Rule) -> Iterator[Rule]:
    if isinstance(rule, JoinedRule) and rule.join == "any":
        for part in rule.parts:
            yield from _branches(part)
    elif not isinstance(rule, JudgementRule):
        yield rule


def _keys(rule: Rule) -> set[tuple[str, str]]:
    keys: set[tuple[str, str]] = set()
    for leaf in rule.leaves:
        if isinstance(leaf, NumberRule):
            keys.add(("number", leaf.fact))
        elif isinstance(leaf, ValueRule):
            keys.add(("value", leaf.fact))
        elif isinstance(leaf, GradeRule):
            keys.add(("grade", leaf.of))
    return keys


def _family(rules: LadderRules, keys: set[tuple[str, str]], members: list[tuple[object, Rule]]) -> Family:
    axes = tuple(_axis(rules, kind, name, members) for kind, name in sorted(keys))
    by_level: dict[str, tuple[Rule, ...]] = {}
    ranks: dict[str, int] = {}
    for level, branch in members:
        by_level[level.level] = (*by_level.get(level.level, ()), branch)  # type: ignore[attr-defined]
        ranks[level.level] = level.rank  # type: ignore[attr-defined]
    worst_first = sorted(by_level, key=lambda name: -ranks[name])
    cells: dict[tuple[int, ...], Cell] = {}
    for at in product(*(range(len(axis.points)) for axis in axes)):
        view = View()
        for axis, index in zip(axes, at, strict=True):
            view = axis.place(view, axis.points[index])
        broad = narrow = 0
        for name in worst_first:
            truths = [branch.truth(view) for branch in by_level[name]]
            if not broad and any(truth[1] == YES for truth in truths):
                broad = ranks[name]
            if any(truth[0] == YES for truth in truths):
                narrow = ranks[name]
                break
        cells[at] = Cell(at, broad, narrow)
    return Family(axes, by_level, cells)


def _axis(rules: LadderRules, kind: str, name: str, members: list[tuple[object, Rule]]) -> Axis:
    if kind == "grade":
        label = "事故等级" if name == "actual" else "预计事故等级"
        return Axis(kind, name, tuple(range(rules.table.top + 1)), ordered=True, label=label)
    fact = rules.facts[name]
    if kind == "number":
        bounds = [
            bound
            for _, branch in members
            for leaf in branch.leaves
            if isinstance(leaf, NumberRule) and leaf.fact == name
            for bound in leaf.bounds
        ]
        found = points(bounds, fact)
        if fact.worse == "lower":
            found.reverse()
        return Axis(kind, name, tuple(found), fact.worse != "none", fact.label, frozenset(bounds))
    if fact.kind == "flag":
        return Axis(kind, name, (False, True), fact.worse != "none", fact.label)
    return Axis(kind, name, fact.values, fact.worse != "none", fact.label)
