"""A drill told: when, who in which post, what, under which clause, deadlines kept and missed, and the record's seal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from zhishou.acts import Happened
from zhishou.desk.kinds import INCIDENT_STREAMS
from zhishou.drill.outcome import PASSING, Outcome, Played
from zhishou.drill.reading import command_of
from zhishou.drill.saying import Saying, clock_time, short
from zhishou.errors import RefusedError
from zhishou.incident.state import Duty
from zhishou.plan.posts import post_label
from zhishou.projections import STANDING

_INDENT = "　　　 "
_QUIET = frozenset({"duty_set", "duty_told", "duty_voided", "plan_attached", "superior_linked", "proposal_overtaken"})
"""Told in a count, or not at all, where something else leads."""
_ALIKE = frozenset({"task_issued", "task_accepted", "task_done", "directive_acknowledged", "group_set_up"})
"""Told in one line where there are several."""
_FEW = 3
Line = tuple[datetime, str]


def told(outcome: Outcome) -> str:
    """The whole story with its end: expectations and the verdict on the record."""
    return "\n".join((*head(outcome), "", *story(outcome), "", *end(outcome)))


def head(outcome: Outcome) -> Iterator[str]:
    """The title, and that all of it is made up."""
    scenario, library = outcome.script.scenario, outcome.script.library
    yield f"演练　{scenario.title}"
    yield f"※ {scenario.note}"
    plans = (library.pack(plan).plan for plan in scenario.plans)
    yield "预案　" + "；".join(f"{plan.short}（{plan.number}）" for plan in plans)


def story(outcome: Outcome) -> Iterator[str]:
    """What happened, step by step, without title and end."""
    return _Telling(outcome).lines()


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
        told = 0
        played = (one for one in self.outcome.played if one.number >= PASSING)
        for number, group in groupby(played, key=lambda one: one.number):
            several = tuple(group)
            if number == PASSING:
                yield from ((one.at, line) for one in several for line in self._passing(one))
                continue
            yield from self._says(range(told, number + 1))
            told = number + 1
            yield from ((several[0].at, line) for line in self._step(number, several))
        yield from self._says(range(told, len(self.outcome.script.scenario.steps)))

    def _says(self, numbers: range) -> Iterator[Line]:
        for number in numbers:
            step = self.outcome.script.scenario.steps[number]
            at = self.outcome.script.moments[number]
            if step.says:
                yield at, f"{at:%H:%M}　◇ {step.says}"
            if step.restart:
                yield at, f"{at:%H:%M}　▣ 值守台停机后重新打开，记录照旧"
            if step.clock:
                yield at, f"{at:%H:%M}　▣ 时钟跳动 {step.clock}，其间值守台没有运行"

    def _passing(self, one: Played) -> Iterator[str]:
        """What the desk did of itself when time passed: the deadlines that it marked as missed."""
        for stream, group in groupby(one.happened, key=lambda happened: happened.stream):
            several = tuple(group)
            if len(several) <= _FEW:
                yield from (f"{one.at:%H:%M}　{self._place(each)}{self._deadline(each)}" for each in several)
                continue
            duties = [self._duty(each, getattr(each.event, "duty", "")) for each in several]
            names = dict.fromkeys(short(duty.label, 16) for duty in duties if duty)
            clauses = dict.fromkeys(clause for duty in duties if duty for clause in duty.clause)
            shown = "；".join(list(names)[:_FEW])
            yield (
                f"{one.at:%H:%M}　{self._place(several[0])}✗ 逾期未办 {len(several)} 项：{shown}等〔{'、'.join(clauses)}〕"
                if stream
                else ""
            )

    def _step(self, number: int, played: Sequence[Played]) -> Iterator[str]:
        scenario = self.outcome.script.scenario
        step = scenario.steps[number]
        happened = tuple(h for one in played for h in one.happened)
        leading = [one for one in happened if one.event.type not in _QUIET and one.person != "system"]
        for type_, run in groupby(leading, key=lambda one: one.event.type if one.event.type in _ALIKE else id(one)):
            several = tuple(run)
            if isinstance(type_, str) and len(several) > _FEW:
                line = self._several(several)
            elif several[0].event.type == "duty_met":
                yield f"{_INDENT}{self._deadline(several[0])}"
                continue
            else:
                line = "；".join([self.say(several[0]), *(self._bare(one) for one in several[1:])])
            if several[0] is leading[0]:
                yield f"{several[0].recorded:%H:%M}　{self._place(several[0])}{self._who(several[0])}　{line}{self._when(several[0])}"
            else:
                yield f"{_INDENT}{line}"
        yield from self._follows(happened)
        for one in played:
            if one.refused is not None:
                kind = command_of(step)
                who = scenario.people[step.by].name
                clause = one.refused.clause if isinstance(one.refused, RefusedError) else ()
                cited = f"〔{'、'.join(clause)}〕" if clause else ""
                wanted = kind.label if kind else "登记要素"
                yield f"{one.at:%H:%M}　⊘ {who}要“{wanted}”，被拒：{short(one.refused.message)}{cited}"

    def _follows(self, happened: Sequence[Happened]) -> Iterator[str]:
        """What followed by itself: what falls due, what is no longer owed, what the assessment says."""
        duties = [one for one in happened if one.event.type == "duty_set"]
        dated = [one for one in duties if getattr(one.event, "due", None) is not None]
        for at, run in groupby(sorted(dated, key=_due_of), key=_due_of):
            several = tuple(run)
            all_names = list(dict.fromkeys(_named(one.event) for one in several))
            names = "；".join(all_names[:_FEW]) + (f"等 {len(all_names)} 项" if len(all_names) > _FEW else "")
            clauses = "、".join(dict.fromkeys(c for one in several for c in getattr(one.event, "clause", ())))
            yield f"{_INDENT}⏱ {clock_time(at, several[0].recorded)} 前　{names}〔{clauses}〕"
        if loose := len(duties) - len(dated):
            yield f"{_INDENT}⏱ 另有 {loose} 项原文没有写多久"
        own = [one for one in happened if one.person == "system" and STANDING not in one.stream]
        said = (
            f"研判　{self._short_plan(one)}{self.say(one).partition('：')[2]}"
            if one.event.type == "assessment_filed"
            else self._deadline(one) or self.say(one)
            for one in own
            if one.event.type not in {*_QUIET, "facts_stated"}
        )
        yield from (f"{_INDENT}{line}" for line in dict.fromkeys(said))

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
            return f"下达任务 {len(events)} 项：{shared}{'等' if len(units) > 5 else ''}〔{clauses}〕"
        return f"{events[0].label} {len(events)} 项"

    def _bare(self, one: Happened) -> str:
        return self.say(one).removeprefix(f"{one.event.label}：")

    def _deadline(self, one: Happened) -> str:
        """A deadline kept, kept late or missed; empty where the event is another."""
        event: Any = one.event
        if event.type not in {"duty_met", "duty_missed"}:
            return ""
        duty = self._duty(one, event.duty)
        what = duty.label if duty else event.duty
        times = f" 第 {event.round} 次" if duty and duty.every else ""
        clause = f"〔{'、'.join(duty.clause)}〕" if duty and duty.clause else ""
        if event.type == "duty_missed":
            who = "应收到而未收到" if duty and duty.incoming else "未办"
            return f"✗ 逾期{who}：{what}{times}（应于 {clock_time(event.due, one.recorded)}）{clause}"
        return f"{'△ 迟办' if event.late else '✓ 按时' if duty and duty.due else '✓ 已办'}：{what}{times}{clause}"

    def _duty(self, one: Happened, id_: str) -> Duty | None:
        state = self.by_id.get(one.stream.removeprefix(INCIDENT_STREAMS))
        return state.duties.get(id_) if state else None

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


def _due_of(one: Happened) -> datetime:
    due: datetime = getattr(one.event, "due")  # noqa: B009 - only duties with a moment come here
    return due


def _named(event: Any) -> str:
    return short(event.what) + (f"（每 {event.every:g} 分钟）" if event.every else "")
