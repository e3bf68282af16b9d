"""What the hydraulic check says in plain Chinese, the worst first; it stands alone as the words of the desk and papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from zhishou.supply.curtail.hydraulics.result import Failure, HydraulicCheck, Intake, Passage, Pressure

_GASES = {
    "hgas": "天然气（相对密度 0.57）",
    "lgas": "低热值天然气（相对密度 0.63）",
    "methane": "纯甲烷（相对密度 0.55）",
}

_Row = TypeVar("_Row", Pressure, Intake, Passage)


def summary(checked: HydraulicCheck) -> tuple[str, ...]:
    """What the check comes to, a few sentences: the verdict, what is short, what is unknown, what to note, on what basis.

    Args:
        checked: the check.
    """
    return (
        _verdict(checked),
        *(f"{line}。" for line in (*_short(checked), *_unknown(checked), *_notes(checked))),
        _basis(checked),
    )


def _verdict(checked: HydraulicCheck) -> str:
    many = len(checked.steps)
    if not many:
        return "水力校核：没有可查的时段。"
    if checked.allowed:
        return f"水力校核：所查 {many} 个时段，各交付点压力均不低于最低压力。"
    if checked.allowed is None:
        return f"水力校核：所查 {many} 个时段未见压力不足，但数据不全，不能断定。"
    bad = {row.step for row in checked.rows if row.verdict in {"below", "negative", "unconverged"}}
    return f"水力校核：所查 {many} 个时段中有 {len(bad)} 个压力不允许，方案须调整。"


def _short(checked: HydraulicCheck) -> list[str]:
    told = [
        f"{moment(worst.at)} {worst.label}{_pressed(worst)}{_also(others, '也不足')}"
        for worst, others in _worst(checked.wanting, "node")
    ]
    seen: dict[tuple[str, ...], list[Failure]] = {}
    for failure in checked.failures:
        seen.setdefault(failure.labels, []).append(failure)
    for labels, failures in seen.items():
        worst = min(failures, key=lambda one: one.share or 0.0)
        told.append(f"{moment(worst.at)} {_area(labels)}{_unsolved(worst)}{_also(len(failures) - 1, '也不收敛')}")
    return told


def _pressed(row: Pressure) -> str:
    pressure = row.pressure or 0.0
    if pressure < 0:
        return f"算得负压（{_figures(pressure, 0.0)[0]} MPa），按计划气量送不到"
    shown, least = _figures(pressure, row.minimum or 0.0)
    return f"压力 {shown} MPa，低于最低 {least} MPa"


def _unsolved(failure: Failure) -> str:
    if failure.share is None:
        return "水力计算不收敛，压力不能判断"
    return f"水力计算不收敛，按计划气量很可能送不到；全部降到约 {failure.share:.0%} 才有解"


def _area(labels: Sequence[str]) -> str:
    if len(labels) > 3:
        return f"{'、'.join(labels[:3])}等 {len(labels)} 处"
    return "、".join(labels) or "管网"


def _unknown(checked: HydraulicCheck) -> list[str]:
    rows = [row for row in checked.rows if row.verdict == "unknown" and row.delivered > 0]
    reasons: dict[str, list[str]] = {}
    for row in rows:
        labels = reasons.setdefault(row.why, [])
        if row.label not in labels:
            labels.append(row.label)
    told = [f"{'、'.join(labels)}压力不能判断：{why}" for why, labels in reasons.items()]
    return [
        *told,
        *checked.remarks[:3],
        *([f"另有 {len(checked.remarks) - 3} 条管道数据不全"] if checked.remarks[3:] else []),
    ]


def _notes(checked: HydraulicCheck) -> list[str]:
    fast = sorted((one for one in checked.passages if one.fast), key=lambda one: -one.velocity)
    told = [
        f"注意：{moment(worst.at)} {worst.label}流速 {worst.velocity:.1f} m/s，超过 {checked.assumptions.velocity:g} m/s"
        f"{_also(others, '也超过')}"
        for worst, others in _worst(fast, "pipe")
    ]
    told += [
        f"注意：{moment(worst.at)} {worst.label}按压力会倒流 {abs(worst.flow):.2f} 万立方米/日，与其输气方向相反{_also(others, '同样')}"
        for worst, others in _worst([one for one in checked.passages if one.backward], "pipe")
    ]
    throttled = sorted((one for one in checked.intakes if one.throttled), key=lambda one: one.pressure)
    for place, others in _worst(throttled, "node"):
        pressure, offered = _figures(place.pressure, place.offered)
        told.append(
            f"注意：{moment(place.at)} {place.label}受{place.limited_by}出站压力所限，须由 {offered} MPa 调压到 {pressure} MPa，"
            f"方能按计划各自进气{_also(others, '同样')}"
        )
    over = [one for one in checked.passages if one.over and not one.backward]
    told += [
        f"注意：{moment(worst.at)} {worst.label}按压力通过 {abs(worst.flow):.2f} 万立方米/日，超过输气能力{_also(others, '同样')}"
        for worst, others in _worst(sorted(over, key=lambda one: -abs(one.flow)), "pipe")
    ]
    return told


def _basis(checked: HydraulicCheck) -> str:
    taken = checked.assumptions
    return (
        f"依据：{_GASES[taken.fluid]}，管壁粗糙度 {taken.roughness:g} mm，{taken.celsius:g} ℃等温稳态，"
        "压力均为表压，未计地形高差和调压设施。"
    )


def _worst(rows: Iterable[_Row], key: str) -> list[tuple[_Row, int]]:
    """The first row of every node or pipe, and how many more steps there are."""
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(getattr(row, key), []).append(row)
    return [(mine[0], len(mine) - 1) for mine in found.values()]


def _also(others: int, so: str) -> str:
    return f"（另有 {others} 个时段{so}）" if others else ""


def _figures(one: float, other: float) -> tuple[str, str]:
    """Two pressures with two decimals, more where they would look the same or vanish."""
    for digits in range(2, 5):
        shown, against = f"{one:.{digits}f}", f"{other:.{digits}f}"
        if shown.lstrip("-") != against:
            return shown, against
    return f"{one:.6f}", f"{other:.6f}"


def moment(at: datetime) -> str:
    """A moment as a duty room writes it: 12月16日08:00."""
    return f"{at.month}月{at.day}日{at:%H:%M}"
