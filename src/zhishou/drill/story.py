"""A drill told: when, who in which post, what, under which clause, deadlines kept and missed, and the record's seal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from zhishou.acts import SYSTEM, Happened
from zhishou.desk.kinds import INCIDENT_STREAMS
from zhishou.drill.outcome import PASSING, Outcome, Played
from zhishou.drill.reading import command_of
from zhishou.drill.saying import Saying, clock_time, short
from zhishou.errors import RefusedError
from zhishou.incident.deadlines import DutyMet, DutyMissed, DutySet
from zhishou.incident.state import Duty
from zhishou.plan.posts import post_label
from zhishou.projections import STANDING

_INDENT = "　　　 "
_QUIET = frozenset(
    {
        "duty_set",
        "duty_told",
        "duty_voided",
        "duty_resumed",
        "plan_attached",
        "superior_linked",
        "proposal_overtaken",
        "duty_moved",
        "incident_absorbed",
        "incident_parted",
    }
)
"""Told in a count, or not at all, where something else leads."""
_DEADLINES = frozenset({"duty_met", "duty_missed"})
_ALIKE = frozenset(
    {"task_issued", "task_accepted", "task_done", "directive_acknowledged", "group_set_up", "step_checked"}
)
"""Told in one line where there are several."""
_SMALL = frozenset({
    "directive_acknowledged", "resource_requested", "resource_lent", "resource_returned", "property_returned",
    "property_compensated", "task_accepted", "on_scene_dissolved", "shift_handover_offered", "step_checked",
    "role_filled", "shift_begun",
})  # fmt: skip
"""Left out where the story is told in brief."""
_FEW = 3
Line = tuple[datetime, str]


def told(outcome: Outcome, *, brief: bool = False) -> str:
    """The whole story with its end: expectations and the verdict on the record."""
    return "\n".join((*head(outcome), "", *story(outcome, brief=brief), "", *end(outcome)))


def head(outcome: Outcome) -> Iterator[str]:
    """The title, and that all of it is made up."""
    scenario, library = outcome.script.scenario, outcome.script.library
    yield f"演练　{scenario.title}"
    yield f"※ {scenario.note}"
    plans = (library.pack(plan).plan for plan in scenario.plans)
    yield "预案　" + "；".join(f"{plan.short}（{plan.number}）" for plan in plans)


def story(outcome: Outcome, *, brief: bool = False) -> Iterator[str]:
    """What happened, step by step, without title and end.

    Args:
        outcome: the drill.
        brief: whether small steps and what is yet to fall due are left out.
    """
    return _Telling(outcome, brief).lines()


def end(outcome: Outcome) -> Iterator[str]:
    """How many expectations were met, those that were not, and the verdict on the record."""
    met = len(outcome.checks) - len(outcome.unmet)
    yield f"期望　{met}/{len(outcome.checks)} 条达到"
    for one in outcome.unmet:
        yield f"  ✗ {one.place}　{one.at:%m-%d %H:%M}　应：{one.what}　实：{one.found}"
    verdict = outcome.verdict
    yield f"记录　{'✓' if verdict.good else '✗'} {verdict.message}"
    yield f"封印　{verdict.seal}"


@dataclass
class _Telling:
    """A drill being told."""

    outcome: Outcome
    brief: bool

    def __post_init__(self) -> None:
        script = self.outcome.script
        self.library = script.library
        self.many = len(script.scenario.rooms) > 1
        self.by_id = {state.id: state for state in self.outcome.incidents.values()}
        self.say = Saying(self.library, self.by_id)

    def lines(self) -> Iterator[str]:
        """Every line, with a line where a new day begins."""
        day = None
        for at, line in self._dated():
            if at.date() != day:
                day = at.date()
                yield f"── {day.month}月{day.day}日 ──"
            yield line

    def _dated(self) -> Iterator[Line]:
        played = (one for one in self.outcome.played if one.number >= PASSING)
        for number, group in groupby(played, key=lambda one: one.number):
            several = tuple(group)
            if number == PASSING:
                yield from ((one.at, line) for one in several for line in self._passing(one))
            else:
                yield from ((several[0].at, line) for line in (*self._says(number), *self._step(number, several)))

    def _says(self, number: int) -> Iterator[str]:
        step, at = self.outcome.script.scenario.steps[number], self.outcome.script.moments[number]
        if step.says:
            yield f"{at:%H:%M}　◇ {step.says}"
        if step.restart:
            yield f"{at:%H:%M}　▣ 值守台停机后重新打开，记录照旧"
        if step.clock:
            yield f"{at:%H:%M}　▣ 时钟跳动 {step.clock}，其间值守台没有运行"

    def _passing(self, one: Played) -> Iterator[str]:
        """What the desk did of itself when time passed: the deadlines that it marked as missed."""
        for _, group in groupby(one.happened, key=lambda happened: happened.stream):
            several = tuple(group)
            for line in self._deadlines(several):
                yield f"{one.at:%H:%M}　{self._place(several[0])}{line}"

    def _step(self, number: int, played: Sequence[Played]) -> Iterator[str]:
        happened = tuple(h for one in played for h in one.happened)
        leading = [one for one in happened if one.event.type not in _QUIET | _DEADLINES and one.person != SYSTEM.person]
        if self.brief:
            yield from self._in_brief(happened, [one for one in leading if one.event.type not in _SMALL])
        else:
            for first, line in self._grouped(leading):
                opening = (
                    f"{self._opening(first)}{line}{self._when(first)}" if first is leading[0] else f"{_INDENT}{line}"
                )
                yield opening
            yield from (f"{_INDENT}{line}" for line in self._deadlines(happened))
            yield from self._coming(happened)
            yield from self._assessed(happened)
        yield from self._refused(number, played)

    def _in_brief(self, happened: Sequence[Happened], leading: Sequence[Happened]) -> Iterator[str]:
        """The first thing that happened, with tasks, the assessment and deadlines as notes at the end of the line."""
        if not leading:
            return
        line = next(line for _, line in self._grouped(leading))
        tasks = sum(one.event.type == "task_issued" for one in leading[1:])
        notes = [
            "→ 上级已登记" if any(one.event.type == "superior_linked" for one in happened) else "",
            f"下达任务 {tasks} 项" if tasks else "",
            *dict.fromkeys(
                f"→ 研判{self.say(one).partition('：')[2].partition('：')[0]}{_cited(getattr(one.event, 'clause', ()))}"
                for one in self._filed(happened)
            ),
        ]
        said = "".join(f"　{note}" for note in notes if note)
        yield f"{self._opening(leading[0])}{short(line, 90)}{said}{self._marks(happened)}"

    def _grouped(self, leading: Sequence[Happened]) -> Iterator[tuple[Happened, str]]:
        """What happened in words, several alike in one line."""
        for type_, run in groupby(leading, key=lambda one: one.event.type if one.event.type in _ALIKE else id(one)):
            several = tuple(run)
            line = self._several(several) if isinstance(type_, str) and len(several) > 1 else self.say(several[0])
            yield several[0], line

    def _opening(self, first: Happened) -> str:
        return f"{first.recorded:%H:%M}　{self._place(first)}{self._who(first)}　"

    def _refused(self, number: int, played: Sequence[Played]) -> Iterator[str]:
        scenario = self.outcome.script.scenario
        step = scenario.steps[number]
        for one in played:
            if one.refused is not None:
                kind = command_of(step)
                clause = one.refused.clause if isinstance(one.refused, RefusedError) else ()
                wanted = (
                    kind.label if kind else "报送报表" if step.return_ else "核定报表" if step.decide else "登记要素"
                )
                said = short(one.refused.message.partition("（您现任")[0])
                yield f"{one.at:%H:%M}　⊘ {scenario.people[step.by].name}要“{wanted}”，被拒：{said}{_cited(clause)}"

    def _deadlines(self, happened: Sequence[Happened]) -> Iterator[str]:
        """Deadlines kept, kept late and missed, each kind in one line."""
        found = [(self._mark(one), one) for one in happened if one.event.type in _DEADLINES]
        for mark in dict.fromkeys(mark for mark, _ in found):
            several = [one for own, one in found if own == mark]
            length = 60 if len(several) == 1 else 30
            names = list(dict.fromkeys(self._what(one, length) for one in several))
            more = f" 等 {len(several)} 项" if len(several) > _FEW else ""
            clauses = dict.fromkeys(clause for duty in map(self._duty, several) if duty for clause in duty.clause)
            yield f"{mark}：{'；'.join(names[:_FEW])}{more}{_cited(clauses)}"

    def _marks(self, happened: Sequence[Happened]) -> str:
        """The same in a few signs, for the end of a line."""
        count = Counter(self._mark(one) for one in happened if one.event.type in _DEADLINES)
        return "".join(f"　{mark}{f' {number} 项' if number > 1 else ''}" for mark, number in count.items())

    def _mark(self, one: Happened) -> str:
        duty = self._duty(one)
        if isinstance(one.event, DutyMissed):
            return "✗ 逾期未收到" if duty and duty.incoming else "✗ 逾期未办"
        late = isinstance(one.event, DutyMet) and one.event.late
        return "△ 迟办" if late else "✓ 按时" if duty and duty.due else "✓ 已办"

    def _what(self, one: Happened, length: int) -> str:
        event: Any = one.event
        duty = self._duty(one)
        what = short(duty.label if duty else event.duty, length)
        many = f" 至 {event.round + event.times - 1}" if getattr(event, "times", 1) > 1 else ""
        times = f" 第 {event.round}{many} 次" if duty and duty.every else ""
        late = isinstance(event, DutyMissed) and one.recorded - event.due > timedelta(minutes=1)
        return f"{what}{times}{f'（应于 {clock_time(event.due, one.recorded)}）' if late else ''}"

    def _coming(self, happened: Sequence[Happened]) -> Iterator[str]:
        """What will fall due because of it."""
        met = {(one.stream, getattr(one.event, "duty", "")) for one in happened if one.event.type == "duty_met"}
        duties = [one for one in happened if isinstance(one.event, DutySet) and (one.stream, one.event.duty) not in met]
        dated = sorted((one for one in duties if _due(one) is not None), key=lambda one: str(_due(one)))
        for at, run in groupby(dated, key=_due):
            several = tuple(run)
            names = list(dict.fromkeys(_named(one.event) for one in several))
            more = f" 等 {len(names)} 项" if len(names) > _FEW else ""
            clauses = dict.fromkeys(c for one in several for c in getattr(one.event, "clause", ()))
            if at is not None:
                before = clock_time(at, several[0].recorded)
                yield f"{_INDENT}⏱ {before} 前　{'；'.join(names[:_FEW])}{more}{_cited(clauses)}"
        if loose := len(duties) - len(dated):
            yield f"{_INDENT}⏱ 另有 {loose} 项原文没有写多久"

    def _assessed(self, happened: Sequence[Happened]) -> Iterator[str]:
        """What the assessment says now; the same of two incidents is told once."""
        said = (f"研判　{self._short_plan(one)}{self.say(one).partition('：')[2]}" for one in self._filed(happened))
        yield from (f"{_INDENT}{line}" for line in dict.fromkeys(said))
        for one in happened:
            # A report passed up: what the duty room above took in.
            if (
                one.person == SYSTEM.person
                and one.event.type in {"incident_opened", "report_received"}
                and STANDING not in one.stream
            ):
                yield f"{_INDENT}{self._place(one)}{self.say(one)}"

    @staticmethod
    def _filed(happened: Sequence[Happened]) -> list[Happened]:
        return [one for one in happened if one.event.type == "assessment_filed" and STANDING not in one.stream]

    def _short_plan(self, one: Happened) -> str:
        plan = getattr(one.event, "plan", "")
        state = self.by_id.get(one.stream.removeprefix(INCIDENT_STREAMS))
        several = state is not None and len(state.plans) > 1
        return f"{self.library.packs[plan].plan.short}：" if several and plan in self.library.packs else ""

    def _several(self, several: Sequence[Happened]) -> str:
        events: list[Any] = [one.event for one in several]
        if events[0].type == "task_issued":
            clauses = "、".join(dict.fromkeys(clause for event in events for clause in event.clause))
            units = Counter(self.say.actors(event.plan, event.by) for event in events)
            shared = "，".join(f"{unit} {count} 项" for unit, count in units.most_common(5))
            return f"任务已下达 {len(events)} 项：{shared}{'等' if len(units) > 5 else ''}〔{clauses}〕"
        few = "；".join(self.say(one).partition("：")[2] for one in several[:_FEW])
        return f"{events[0].label} {len(events)} 项：{few}{'等' if len(several) > _FEW else ''}"

    def _duty(self, one: Happened) -> Duty | None:
        state = self.by_id.get(one.stream.removeprefix(INCIDENT_STREAMS))
        return state.duties.get(getattr(one.event, "duty", "")) if state else None

    def _place(self, one: Happened) -> str:
        if not self.many:
            return ""
        id_ = one.stream.rpartition("/")[2].removeprefix(STANDING)
        state = self.by_id.get(id_)
        area = state.area if state else id_
        areas = self.library.lexicon.areas
        return f"【{areas[area].label}】" if area in areas else ""

    def _who(self, one: Happened) -> str:
        post = post_label(one.post, self.library.packs, self.library.lexicon) if one.post else ""
        for plan in self.outcome.script.scenario.plans:
            post = post.removeprefix(f"{self.library.pack(plan).plan.short} ")
        return f"{one.name}（{post}）" if post else one.name

    @staticmethod
    def _when(one: Happened) -> str:
        """Where it is told later than it happened."""
        return f"（{clock_time(one.at, one.recorded)} 的事）" if one.recorded - one.at > timedelta(minutes=1) else ""


def _due(one: Happened) -> datetime | None:
    return one.event.due if isinstance(one.event, DutySet) else None


def _cited(clauses: Iterable[str]) -> str:
    found = "、".join(clauses)
    return f"〔{found}〕" if found else ""


def _named(event: Any) -> str:
    return short(event.what) + (f"（每 {event.every:g} 分钟）" if event.every else "")
