"""A drill or an incident scored for the review: how soon each unit took its tasks on and finished them, deadlines kept, reports complete.

Pure: it looks at what happened and at nothing else, so that a real incident can be scored in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhishou.acts import Happened
from zhishou.errors import NotFoundError
from zhishou.plan.load import Library


@dataclass
class UnitScore:
    """How a unit did."""

    unit: str
    issued: int = 0
    accepted: int = 0
    done: int = 0
    refused: int = 0
    to_accept: list[float] = field(default_factory=list)
    """Minutes from issue to acceptance."""
    to_finish: list[float] = field(default_factory=list)
    """Minutes from issue to the end."""
    kept: int = 0
    """Deadlines met in time."""
    late: int = 0
    """Deadlines met after their time."""
    missed: int = 0
    """Times that a deadline passed."""


@dataclass(frozen=True, slots=True)
class ReportScore:
    """How complete a report was."""

    sender: str
    at: datetime
    given: int
    demanded: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """The score of a drill."""

    units: tuple[UnitScore, ...]
    reports: tuple[ReportScore, ...]

    @property
    def punctual(self) -> float | None:
        """Share of deadlines that were met in time; None where none fell due."""
        kept = sum(one.kept for one in self.units)
        all_ = kept + sum(one.missed for one in self.units)
        return kept / all_ if all_ else None

    @property
    def finished(self) -> float | None:
        """Share of tasks done; None where there were none."""
        issued = sum(one.issued for one in self.units)
        return sum(one.done for one in self.units) / issued if issued else None

    @property
    def complete(self) -> float | None:
        """Share of what the plans demand of reports that they held; None where nothing was demanded."""
        demanded = sum(one.demanded for one in self.reports)
        return sum(one.given for one in self.reports) / demanded if demanded else None


def review(happened: Iterable[Happened], library: Library) -> Review:
    """Score what happened.

    Args:
        happened: everything, in order; of one incident or several.
        library: the plans, for the names of units.
    """
    return _Scoring(library).all(happened)


@dataclass
class _Scoring:
    library: Library
    units: dict[str, UnitScore] = field(default_factory=dict)
    reports: list[ReportScore] = field(default_factory=list)
    tasks: dict[tuple[str, str], tuple[tuple[str, ...], datetime]] = field(default_factory=dict)
    duties: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    passed: set[tuple[str, str, int]] = field(default_factory=set)
    """Times that were marked as missed and not shown since to have been kept."""
    finished: set[tuple[str, str]] = field(default_factory=set)
    demanded: dict[str, dict[str, None]] = field(default_factory=dict)

    def all(self, happened: Iterable[Happened]) -> Review:
        for one in happened:
            if (take := getattr(self, f"_{one.event.type}", None)) is not None:
                take(one, one.event)
        return Review(tuple(self.units.values()), tuple(self.reports))

    def _named(self, plan: str, names: Sequence[str]) -> tuple[str, ...]:
        pack = self.library.packs.get(plan)
        found: list[str] = []
        for name in names:
            try:
                found.append(pack.actor(name).label if pack else name)
            except NotFoundError:
                found.append(name)
        return tuple(found)

    def _of(self, names: Sequence[str]) -> Iterator[UnitScore]:
        for name in names:
            yield self.units.setdefault(name, UnitScore(name))

    def _plan_attached(self, one: Happened, event: Any) -> None:
        pack = self.library.packs.get(event.plan)
        items = (item for content in pack.reporting.contents for item in content.items) if pack else ()
        self.demanded.setdefault(one.stream, {}).update(dict.fromkeys(items))

    def _report_received(self, one: Happened, event: Any) -> None:
        demanded = len(self.demanded.get(one.stream, {}))
        organisation = self.library.lexicon.organisations.get(event.sender)
        sender = organisation.label if organisation else event.sender
        given = demanded - len(event.missing)
        self.reports.append(ReportScore(sender, one.at, given, demanded, event.missing))

    def _task_issued(self, one: Happened, event: Any) -> None:
        units = self._named(event.plan, event.by)
        self.tasks[one.stream, event.task] = (units, one.at)
        for unit in self._of(units):
            unit.issued += 1

    def _task_accepted(self, one: Happened, event: Any) -> None:
        units, since = self.tasks.get((one.stream, event.task), ((), one.at))
        for unit in self._of(units):
            unit.accepted += 1
            unit.to_accept.append((one.at - since).total_seconds() / 60)

    def _task_done(self, one: Happened, event: Any) -> None:
        if (one.stream, event.task) in self.finished:
            return
        self.finished.add((one.stream, event.task))
        units, since = self.tasks.get((one.stream, event.task), ((), one.at))
        for unit in self._of(units):
            unit.done += 1
            unit.to_finish.append((one.at - since).total_seconds() / 60)

    def _task_reported(self, one: Happened, event: Any) -> None:
        """One that recurs is done once it was done a first time; the times left out afterwards count as missed."""
        self._task_done(one, event)

    def _task_refused(self, one: Happened, event: Any) -> None:
        for unit in self._of(self.tasks.get((one.stream, event.task), ((), one.at))[0]):
            unit.refused += 1

    def _duty_set(self, one: Happened, event: Any) -> None:
        if event.due is not None:
            self.duties[one.stream, event.duty] = self._named(event.plan, event.by) or ("（原文未写）",)

    def _duty_met(self, one: Happened, event: Any) -> None:
        for unit in self._of(self.duties.get((one.stream, event.duty), ())):
            unit.late += event.late
            unit.kept += not event.late
            # Done in time and entered late: what was marked meanwhile is marked no longer.
            unit.missed -= not event.late and (one.stream, event.duty, event.round) in self.passed
        self.passed.discard((one.stream, event.duty, event.round))

    def _duty_missed(self, one: Happened, event: Any) -> None:
        self.passed |= {(one.stream, event.duty, event.round + number) for number in range(event.times)}
        for unit in self._of(self.duties.get((one.stream, event.duty), ())):
            unit.missed += event.times


def told(found: Review) -> str:
    """The score in words."""
    shares: Mapping[str, float | None] = {
        "按时办理": found.punctual, "任务完成": found.finished, "报告要素齐全": found.complete,
    }  # fmt: skip
    lines = ["评分　" + "　".join(f"{what} {share:.0%}" for what, share in shares.items() if share is not None)]
    for one in sorted(found.units, key=lambda unit: (-unit.missed, -unit.issued, unit.unit)):
        parts = [
            f"任务 {one.issued} 项，接受 {one.accepted}，完成 {one.done}" + (f"，不能承担 {one.refused}" if one.refused else "")
            if one.issued else "",
            f"平均 {_mean(one.to_accept)} 接受" if one.to_accept else "",
            f"平均 {_mean(one.to_finish)} 完成" if one.to_finish else "",
            f"时限按时 {one.kept}、迟办 {one.late}、逾期 {one.missed}" if one.kept or one.late or one.missed else "",
        ]  # fmt: skip
        lines.append(f"  {one.unit}　{'；'.join(filter(None, parts))}")
    lines += [
        f"  {one.sender} {one.at:%m-%d %H:%M} 的报告　{one.given}/{one.demanded} 项"
        + (f"，缺：{'、'.join(one.missing[:3])}{'等' if len(one.missing) > 3 else ''}" if one.missing else "")
        for one in found.reports
        if one.demanded
    ]
    return "\n".join(lines)


def _mean(minutes: Sequence[float]) -> str:
    mean = sum(minutes) / len(minutes)
    return f"{mean:.0f} 分钟" if mean < 120 else f"{mean / 60:.1f} 小时"
