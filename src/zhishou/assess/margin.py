"""How far each known number is from changing the level, and whether tonight lies in a hole of the text."""

from __future__ import annotations

from collections.abc import Callable

from zhishou.assess.known import Known
from zhishou.assess.result import Gap, LevelJudged, Margin
from zhishou.plan.judge import LadderRules, View, amount
from zhishou.plan.lexicon import Fact
from zhishou.plan.regions import points_beyond

def margins(rules: LadderRules, levels: list[LevelJudged], rank: int, found: Known) -> tuple[Margin, ...]:
    """For each number known exactly, the nearest change of the level upward and downward in severity."""
    by_rank = {level.rank: level for level in levels}
    result: list[Margin] = []
    for fact, bounds in rules.bounds.items():
        seen = found.view.numbers.get(fact)
        if seen is None or seen[0] != seen[1]:
            continue
        value, spec = seen[0], rules.facts[fact]
        for step in (1, -1):
            worse = (step == 1) == (spec.worse != "lower")
            for point, threshold, exact in points_beyond(value, bounds, step, spec):
                there = rules.claimed(_moved(rules, found.view, fact, point))
                if (there > rank) if worse else (there < rank):
                    level = by_rank.get(there)
                    result.append(_margin(fact, spec, value, threshold, level, exact=exact, worse=worse, step=step))
                    break
    return tuple(result)


def gaps(rules: LadderRules, levels: list[LevelJudged], rank: int, found: Known) -> tuple[Gap, ...]:
    """Holes at tonight's facts: making one fact milder, all else equal, calls for a more severe level."""
    by_rank = {level.rank: level for level in levels}
    result: list[Gap] = []

    def look(fact: str, label: str, now: str, milder: list[tuple[str, Callable[[], View]]]) -> None:
        best: tuple[int, str] | None = None
        for words, view in milder:
            there = rules.claimed(view())
            if there > rank and (best is None or there > best[0]):
                best = (there, words)
        if best is None:
            return
        level = by_rank[best[0]]
        was = by_rank[rank].label if rank else "任何级别都不主张"
        text = (
            f"{label}现为{now}，{was}；若减轻到{best[1]}，反而够{level.label}。"
            "原文在此有空档，请指挥部认定，不低于较轻情形的级别"
        )
        result.append(Gap(fact, text, best[1], level.level, level.clause))

    for fact, bounds in rules.bounds.items():
        seen, spec = found.view.numbers.get(fact), rules.facts[fact]
        if seen is not None and seen[0] == seen[1] and spec.worse != "none":
            step = -1 if spec.worse == "higher" else 1
            points = [point for point, _, _ in points_beyond(seen[0], bounds, step, spec)]
            look(
                fact, spec.label, f" {amount(seen[0], spec)} ",
                [(f" {amount(p, spec)} ", lambda f=fact, p=p: _moved(rules, found.view, f, p)) for p in points],  # type: ignore[misc]
            )  # fmt: skip
    for of in rules.grades:
        low, high = found.view.grades.get(of, (0, rules.table.top))
        if low == high and low > 1:
            label = "事故等级" if of == "actual" else "预计事故等级"
            look(
                rules.table.stated[of], label, f"“{rules.table.labels[low]}”",
                [
                    (f"“{rules.table.labels[r]}”", lambda o=of, r=r: found.view.with_grade(o, r))  # type: ignore[misc]
                    for r in range(1, low)
                ],
            )  # fmt: skip
    for fact in rules.values:
        spec, value = rules.facts[fact], found.view.values.get(fact)
        if spec.kind in {"choice", "level"} and spec.worse == "higher" and value is not None:
            milder = spec.values[: spec.values.index(str(value))]
            look(
                fact, spec.label, f"“{value}”",
                [(f"“{v}”", lambda f=fact, v=v: found.view.with_value(f, v)) for v in milder],  # type: ignore[misc]
            )  # fmt: skip
    return tuple(result)


def _moved(rules: LadderRules, view: View, fact: str, value: float) -> View:
    moved = view.with_number(fact, value)
    for of, columns in rules.table.bounds.items():
        if fact in columns and of in view.grades:
            numbers = moved.numbers
            grade = rules.table.possible(of, numbers.get, view.values.get)
            moved = View(moved.numbers, moved.values, moved.judgements, {**moved.grades, of: grade})
    return moved


def _margin(
    fact: str, spec: Fact, value: float, threshold: float, level: LevelJudged | None, *, exact: bool, worse: bool,
    step: int,
) -> Margin:  # fmt: skip
    distance = round(abs(threshold - value), 9)
    verb = {(1, True): "升到", (1, False): "超过", (-1, True): "降到", (-1, False): "低于"}[step, exact]
    outcome = f"{level.label}" if level else "不够任何级别"
    away = f"还差 {amount(distance, spec)}" if distance else "就在界上"
    direction = "再" if worse else ""
    text = f"{spec.label}现为 {amount(value, spec)}，{direction}{verb} {amount(threshold, spec)}（{away}）即为{outcome}"
    return Margin(
        fact=fact, label=spec.label, value=value, unit=spec.unit, direction="up" if worse else "down",
        threshold=threshold, reached=exact, distance=distance, level=level.level if level else None, text=text,
    )  # fmt: skip


