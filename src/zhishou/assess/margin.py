"""How far each known number is from changing the level, and whether tonight lies in a hole of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from zhishou.assess.known import Known
from zhishou.assess.result import Gap, LevelJudged, Margin
from zhishou.assess.standing import Standing
from zhishou.plan.judge import View, amount
from zhishou.plan.lexicon import Fact
from zhishou.plan.regions import points_beyond
from zhishou.plan.rules import LadderRules


def margins(standing: Standing, levels: Sequence[LevelJudged], rank: int, found: Known) -> tuple[Margin, ...]:
    """For each number known exactly, the nearest change of the level upward and downward in severity."""
    rules = standing.rules
    by_rank = {level.rank: level for level in levels}
    result: list[Margin] = []
    for fact in rules.bounds:
        seen = found.view.numbers.get(fact)
        if seen is None or seen[0] != seen[1]:
            continue
        value, spec = seen[0], rules.facts[fact]
        for step in (1, -1):
            worse = (step == 1) == (spec.worse != "lower")
            if rank == (len(levels) if worse else 0):
                continue  # there is no level beyond
            for point, threshold, exact in _points(rules, fact, value, step):
                there, narrow = standing.at(fact, point, partial(_moved, rules, found.view, fact, point))
                if (there > rank) if worse else (there < rank):
                    level = by_rank.get(there)
                    change = _Change(threshold, level, exact=exact, worse=worse, step=step, sure=there == narrow)
                    result.append(_margin(fact, spec, value, change))
                    break
    return tuple(result)


def gaps(standing: Standing, levels: Sequence[LevelJudged], rank: int, found: Known) -> tuple[Gap, ...]:
    """Holes at tonight's facts: making one fact milder, all else equal, calls for a more severe level."""
    by_rank = {level.rank: level for level in levels}
    result: list[Gap] = []
    for fact, label, now, milder in _milder(standing, found):
        best: tuple[int, str] | None = None
        for words, there in milder:
            if there > rank and (best is None or there > best[0]):
                best = (there, words())
        if best is not None:
            was = by_rank[rank].label if rank else "任何级别都不主张"
            level = by_rank[best[0]]
            text = (
                f"{label}现为{now}，{was}；若减轻到{best[1]}，反而够{level.label}。"
                "原文在此有空档，请指挥部认定，不低于较轻情形的级别"
            )
            result.append(Gap(fact, text, best[1], level.level, level.clause))
    return tuple(result)


_Moved = tuple[View, frozenset[str]]
"""A view, and what differs in it: facts, and accident grades as `actual` or `expected`."""

_Milder = tuple[str, str, str, Iterable[tuple[Callable[[], str], int]]]
"""A fact, its label, its value in words, and its milder values in words, each with the level certain there."""


def _milder(standing: Standing, found: Known) -> Iterator[_Milder]:
    """Every known fact that could be milder."""
    view, rules = found.view, standing.rules
    for fact in rules.bounds:
        seen, spec = view.numbers.get(fact), rules.facts[fact]
        if seen is not None and seen[0] == seen[1] and spec.worse != "none":
            points = _points(rules, fact, seen[0], -1 if spec.worse == "higher" else 1)
            milder = [
                (partial(_amount, point, spec), standing.at(fact, point, partial(_moved, rules, view, fact, point))[1])
                for point, _, _ in points
            ]
            yield fact, spec.label, f" {amount(seen[0], spec)}", milder
    for of in rules.grades:
        low, high = view.grades.get(of, (0, rules.table.top))
        if low == high and low > 1:
            label = "事故等级" if of == "actual" else "预计事故等级"
            names = rules.table.labels
            ranks = [(rank, standing.proposed(view.with_grade(of, rank), frozenset([of]))[1]) for rank in range(1, low)]
            milder = [(partial(_quoted, names[rank]), there) for rank, there in ranks]
            yield rules.table.stated[of], label, f"“{names[low]}”", milder
    for fact in rules.values:
        spec, value = rules.facts[fact], view.values.get(fact)
        if spec.kind in {"choice", "level"} and spec.worse == "higher" and value is not None:
            below = spec.values[: spec.values.index(str(value))]
            milder = [
                (partial(_quoted, name), standing.proposed(view.with_value(fact, name), frozenset([fact]))[1])
                for name in below
            ]
            yield fact, spec.label, f"“{value}”", milder


def _points(rules: LadderRules, fact: str, value: float, step: int) -> Iterator[tuple[float, float, bool]]:
    """From `value` along an axis: each point at which the level can change, its threshold, and whether it is on it.

    A number that counts through the accident grade alone changes it on reaching a bound, never on passing it.
    """
    for point, threshold, exact in points_beyond(value, rules.bounds[fact], step, rules.facts[fact]):
        if fact in rules.own_bounds or exact == (step > 0) or not threshold:
            yield point, threshold, exact


def _amount(value: float, spec: Fact) -> str:
    return f" {amount(value, spec)}"


def _quoted(value: str) -> str:
    return f"“{value}”"


def _moved(rules: LadderRules, view: View, fact: str, value: float) -> _Moved:
    """The view with one number moved, and the accident grade with it."""
    moved = view.with_number(fact, value)
    changed = {fact} if fact in rules.own_bounds else set()
    for of in rules.grades:
        if fact in rules.table.bounds[of] and of in view.grades:
            moved.grades = {**moved.grades, of: rules.table.possible(of, moved.numbers.get, view.values.get)}
            changed.add(of)
    return moved, frozenset(changed)


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of the level along an axis."""

    threshold: float
    level: LevelJudged | None
    exact: bool
    worse: bool
    step: int
    sure: bool


def _margin(fact: str, spec: Fact, value: float, change: _Change) -> Margin:
    distance = round(abs(change.threshold - value), 9)
    verb = {(1, True): "升到", (1, False): "超过", (-1, True): "降到", (-1, False): "低于"}[change.step, change.exact]
    # Where other facts are unknown, no level is claimed there, and none is ruled out either.
    outcome = f"即为{change.level.label}" if change.level else "，现有要素即不够任何级别"
    gap = f"{distance:g} 个百分点" if spec.unit == "%" else amount(distance, spec)
    away = f"还差 {gap}" if distance else "就在界上"
    again = "再" if change.worse else ""
    doubt = "" if change.sure else "，但这一点的归属原文未明"
    bound = amount(change.threshold, spec)
    text = f"{spec.label}现为 {amount(value, spec)}，{again}{verb} {bound}（{away}）{outcome}{doubt}"
    return Margin(
        fact=fact, label=spec.label, value=value, unit=spec.unit, direction="up" if change.worse else "down",
        threshold=change.threshold, reached=change.exact, distance=distance,
        level=change.level.level if change.level else None, text=text,
    )  # fmt: skip
