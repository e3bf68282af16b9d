"""The level that a view calls for, and those that views differing in a few facts call for.

Only the conditions that look at what differs are judged anew, so that margins, holes and ranges cost little.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product

from zhishou.plan.judge import Rule, View
from zhishou.plan.regions import points_within
from zhishou.plan.rules import LadderRules
from zhishou.plan.truth import YES, Truth

Ranks = tuple[int, int]
"""Rank of the most severe level, 0 for none: under any reading, and under every reading."""

_NOTHING: frozenset[str] = frozenset()
_GRADES = frozenset(("actual", "expected"))
_MOST_COMBINATIONS = 400


class Standing:
    """A ladder judged at one view."""

    __slots__ = ("_base", "_graded", "_here", "_moved", "_ranged", "_settled_at", "_split", "rules", "view")

    def __init__(self, rules: LadderRules, view: View) -> None:
        self.rules = rules
        self.view = view
        self._base: list[tuple[int, Rule, frozenset[str], Truth]] = []
        broad = narrow = 0
        for rank, branches in rules.branches:
            for branch, looks_at in branches:
                truth = branch.truth(view)
                self._base.append((rank, branch, looks_at, truth))
                if truth[1] == YES:
                    broad = broad or rank  # the most severe stand first
                    if truth[0] == YES:
                        narrow = narrow or rank
        self._here = (broad, narrow)
        self._split: dict[frozenset[str], tuple[int, int, list[tuple[int, Rule]]]] = {}
        self._ranged = any(True for _ in self._ranges(view))
        self._moved: dict[tuple[str, float], Ranks] = {}
        self._graded: dict[tuple[tuple[int, int] | None, ...], Ranks] = {}
        self._settled_at: dict[tuple[tuple[int, int] | None, ...], Ranks] = {}

    def claimed(self, view: View | None = None, changed: frozenset[str] = _NOTHING) -> Ranks:
        """The most severe level claimed at the view, or at another that differs only in `changed`."""
        if view is None:
            return self._here
        if (split := self._split.get(changed)) is None:
            split = self._split[changed] = self._unmoved(changed)
        broad, narrow, moving = split
        for rank, branch in moving:
            if rank <= narrow:
                break  # the most severe stand first
            truth = branch.truth(view)
            if truth[1] == YES and rank > broad:
                broad = rank
            if truth[0] == YES:
                narrow = rank
        return broad, narrow

    def at(self, fact: str, point: float, moved: Callable[[], tuple[View, frozenset[str]]]) -> Ranks:
        """The level proposed with one number elsewhere; `moved` gives the view where judging it alone is not enough."""
        if self._ranged or fact not in self.rules.alone:
            if (found := self._moved.get((fact, point))) is None:  # margins and holes ask for the same points
                found = self._moved[fact, point] = self.proposed(*moved())
            return found
        key = frozenset([fact])
        if (split := self._split.get(key)) is None:
            split = self._split[key] = self._unmoved(key)
        stair = self.rules.stair(fact, point)
        return max(split[0], stair[0]), max(split[1], stair[1])

    def _unmoved(self, changed: frozenset[str]) -> tuple[int, int, list[tuple[int, Rule]]]:
        """The ranks that what does not change claims, and the conditions that look at what changes."""
        broad = narrow = 0
        moving: list[tuple[int, Rule]] = []
        for rank, branch, looks_at, truth in self._base:
            if not changed.isdisjoint(looks_at):
                moving.append((rank, branch))
                continue
            if truth[1] == YES and rank > broad:
                broad = rank
            if truth[0] == YES and rank > narrow:
                narrow = rank
        return broad, narrow, moving

    def proposed(self, view: View | None = None, changed: frozenset[str] = _NOTHING) -> Ranks:
        """The level proposed: what is claimed, or what is certain although numbers or the grade are only in a range.

        Every combination of what is still possible is judged. A combination that no level claims does not undo the
        claim of the mildest combination: that is a hole in the text, not a milder night.
        """
        if view is None and not self._ranged:
            return self._here
        here = self.view if view is None else view
        if changed and changed <= _GRADES:
            key = tuple(here.grades.get(of) for of in self.rules.grades)
            if (kept := self._graded.get(key)) is None:
                kept = self._graded[key] = self._proposed(here, changed)
            return kept
        return self._proposed(here, changed)

    def _proposed(self, here: View, changed: frozenset[str]) -> Ranks:
        broad, narrow = self.claimed(here, changed)
        axes = list(self._ranges(here)) if self._ranged or changed & _GRADES else []
        if not axes or math.prod(len(values) for _, _, values in axes) > _MOST_COMBINATIONS:
            return broad, narrow
        changing = changed | {name for _, name, _ in axes}
        least: list[int] | None = None
        for combination in product(*(values for _, _, values in axes)):
            there = here
            for (kind, name, _), point in zip(axes, combination, strict=True):
                there = _settled(there, kind, name, point)
            key = tuple(there.grades.get(of) for of in self.rules.grades) if changing <= _GRADES else None
            if key is None or (ranks := self._settled_at.get(key)) is None:
                ranks = self.claimed(there, changing)
                if key is not None:
                    self._settled_at[key] = ranks  # other ranges of grades pass through the same grades
            if least is None:
                least = list(ranks)
                if least == [0, 0]:
                    break
            else:
                least = [min(old, new) if new else old for old, new in zip(least, ranks, strict=True)]
        found = least or [0, 0]
        return max(broad, found[0]), max(narrow, found[1])

    def _ranges(self, view: View) -> Iterator[tuple[str, str, Sequence[float | bool | str]]]:
        """What is known only within a range, each with its possible values, the mildest first.

        A flag or choice that is unknown counts where already its mildest value can meet a condition.
        """
        rules = self.rules
        for of in rules.grades:
            least, most = view.grades.get(of, (0, rules.table.top))
            if least != most and (least, most) != (0, rules.table.top):
                yield "grade", of, [float(rank) for rank in range(least, most + 1)]
        for fact, bounds in rules.own_bounds.items():
            low, high = view.numbers.get(fact, (0.0, 0.0))
            if low != high:
                points = points_within(low, high, bounds, integer=rules.facts[fact].integer)
                yield "number", fact, points[::-1] if rules.facts[fact].worse == "lower" else points
        for fact, values in rules.mild_values.items():
            if fact not in view.values:
                yield "value", fact, values


def _settled(view: View, kind: str, name: str, point: float | str | bool) -> View:  # noqa: FBT001 - a flag's value
    if kind == "grade":
        return view.with_grade(name, int(point))
    return view.with_value(name, point) if kind == "value" else view.with_number(name, float(point))  # type: ignore[arg-type]
