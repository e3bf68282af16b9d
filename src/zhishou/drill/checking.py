"""One expectation held against the desk: met or not, what was expected and what was found, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhishou.acts import Happened
from zhishou.desk import Desk
from zhishou.desk.kinds import incident_stream
from zhishou.drill import times
from zhishou.drill.expected import (
    AssessedExpected,
    DutyExpected,
    EventExpected,
    Expectation,
    IncidentExpected,
    LevelExpected,
    Refusal,
    RoomExpected,
    TaskExpected,
)
from zhishou.drill.naming import duty_of, plan_of, post_key, task_id
from zhishou.drill.outcome import Checked
from zhishou.drill.reading import Script, timed
from zhishou.errors import NotFoundError, RefusedError, ZhishouError
from zhishou.incident.filing import AssessmentFiled
from zhishou.incident.index import EVENTS
from zhishou.incident.state import Incident
from zhishou.projections import STANDING
from zhishou.supply.returns.record import CATALOGUE as RETURN_EVENTS
from zhishou.watch.events import CATALOGUE

LABELS = {kind.type: kind.label for kind in (*EVENTS, *CATALOGUE, *RETURN_EVENTS)}
Difference = tuple[str, object, object]
"""What is compared, what was expected, what was found."""


@dataclass(frozen=True)
class Checking:
    """What expectations are held against."""

    desk: Desk
    script: Script
    names: Mapping[str, str]
    since: tuple[Happened, ...]
    """What happened since the step before."""
    everything: tuple[Happened, ...]
    now: datetime
    on: str
    """The step's incident; empty: the first."""

    def one(self, expected: Expectation, place: str) -> Checked:
        """An expectation, checked."""
        inside: Any = getattr(expected, expected.kind)
        try:
            # An event is looked for in every incident, unless one is named.
            on = expected.on or ("" if expected.kind == "event" else self.on)
            what, found = self._kinds[expected.kind](inside, on)
        except ZhishouError as error:
            what, found = expected.kind, str(error)
        because = f"（{expected.because}）" if expected.because else ""
        return Checked(place, self.now, f"{what}{because}", not found, found)

    def refusal(self, expected: Refusal | None, refused: ZhishouError | None, place: str) -> Checked:
        """Whether a command was refused as it should be; or was carried out as it should."""
        if expected is None:
            return Checked(place, self.now, "办成", met=refused is None, found=f"被拒：{refused}")
        cited = "、".join(expected.clause)
        what = f"被拒{f'，代码 {expected.code}' if expected.code else ''}{f'，引〔{cited}〕' if cited else ''}"
        if refused is None:
            return Checked(place, self.now, what, met=False, found="没有被拒，已办成")
        code = refused.code if isinstance(refused, RefusedError) else ""
        clauses = refused.clause if isinstance(refused, RefusedError) else ()
        met = (
            (not expected.code or code == expected.code)
            and set(expected.clause) <= set(clauses)
            and expected.says in str(refused)
        )
        found = f"代码 {code or '无'}，引〔{'、'.join(clauses) or '无'}〕：{refused}"
        return Checked(place, self.now, what, met, "" if met else found)

    @property
    def _kinds(self) -> Mapping[str, Callable[[Any, str], tuple[str, str]]]:
        return {
            "event": self._event, "level": self._level, "assessed": self._assessed, "duty": self._duty,
            "task": self._task, "incident": self._standing_of, "room": self._room,
        }  # fmt: skip

    # Each kind gives what was expected in words, and what was found instead; nothing where it was met.

    def _event(self, expected: EventExpected, on: str) -> tuple[str, str]:
        scope = self.since if expected.between is None and self.since else self.everything
        window = tuple(self._moment(text) for text in expected.between or ())
        post = post_key(expected.post, self.script.scenario, self.script.library) if expected.post else ""
        same = [one for one in scope if one.event.type == expected.type and self._of(one, on)]
        where = timed(expected.where, self.script.scenario.start, self.now)
        matching = [
            one
            for one in same
            if _holds(one.event.model_dump(mode="json"), where)
            and set(expected.clause) <= set(getattr(one.event, "clause", ()))
            and (not post or one.post == post)
            and (not window or window[0] <= one.recorded <= window[1])
        ]
        count = len(matching)
        what = f"{LABELS[expected.type]} {_shown(expected.where)}".strip()
        what += f"〔{'、'.join(expected.clause)}〕" if expected.clause else ""
        what += f" {window[0]:%m-%d %H:%M} 至 {window[1]:%m-%d %H:%M} 之间" if window else ""
        what += f" {expected.times} 次" if expected.times is not None else ""
        if count == expected.times or (expected.times is None and count):
            return what, ""
        near = "；".join(
            f"{one.recorded:%m-%d %H:%M} {_shown(_near(one, expected.where))}"
            f"〔{'、'.join(getattr(one.event, 'clause', ()))}〕{one.post}"
            for one in same[-4:]
        )
        return what, f"有 {count} 次；同类的有 {len(same)} 次{f'：{near}' if near else ''}"

    def _level(self, expected: LevelExpected, on: str) -> tuple[str, str]:
        pack = plan_of(expected.plan, self.script.scenario, self.script.library)
        active = self._incident(on).ladder(pack.id, expected.ladder)
        level = active.level if active else None
        what = f"{pack.plan.short}{_ladder(expected.ladder)}{expected.level or '没有'}级在生效"
        return what, "" if level == expected.level else f"在生效的是{level or '没有'}"

    def _assessed(self, expected: AssessedExpected, on: str) -> tuple[str, str]:
        pack = plan_of(expected.plan, self.script.scenario, self.script.library)
        state = self._incident(on)
        key = f"{pack.id}|{expected.ladder}"
        filed = [
            one.event
            for one in self.everything
            if isinstance(one.event, AssessmentFiled)
            and one.stream == incident_stream(state.id)
            and f"{one.event.plan}|{one.event.ladder}" == key
        ]
        last = filed[-1] if filed else None
        rows = [row for row in self.desk.suggestions([state.area]) if row.key == f"{state.id}|{key}"]
        suggested = any((row.data or {}).get("level") == expected.level for row in rows)
        cited = "、".join(expected.clause)
        what = f"{pack.plan.short}{_ladder(expected.ladder)}研判为{expected.level or '没有够格的级别'}"
        what += f"〔{cited}〕" if cited else ""
        differences: list[Difference] = [
            ("级别", expected.level, last.level if last else None),
            ("至少", expected.at_least, (last.at_least if last else False) if expected.at_least is not None else None),
            ("提示", expected.suggested, suggested if expected.suggested is not None else None),
        ]
        if set(expected.clause) - set(last.clause if last else ()):
            differences.append(("依据", cited, "、".join(last.clause) if last else ""))
        return what, _told(differences)

    def _duty(self, expected: DutyExpected, on: str) -> tuple[str, str]:
        found = duty_of(self._incident(on), expected.is_)
        what = f"时限 {expected.is_} {expected.status} {expected.due}".strip()
        if found is None:
            return what, f"没有这项时限；有：{'、'.join(self._incident(on).duties) or '无'}"
        _, duty = found
        return what, _told(
            [
                ("状态", expected.status or duty.status, duty.status),
                ("应于", self._due(expected.due, duty.due), duty.due),
                ("逾期次数", duty.late if expected.late is None else expected.late, duty.late),
                ("由外报来", duty.incoming if expected.incoming is None else expected.incoming, duty.incoming),
                ("条款", expected.clause or duty.clause, duty.clause),
                ("承担", expected.by or duty.by, duty.by),
                ("报给", expected.to or duty.to, duty.to),
            ]
        )

    def _task(self, expected: TaskExpected, on: str) -> tuple[str, str]:
        what = f"任务“{expected.is_}” {expected.status}".strip()
        state = self._incident(on)
        task = state.tasks[task_id(state, expected.is_)]
        return what, _told(
            [
                ("状态", expected.status or task.status, task.status),
                ("条款", expected.clause or task.clause, task.clause),
                ("承担", expected.by or task.by, task.by),
                ("应于", self._due(expected.due, task.due), task.due),
            ]
        )

    def _standing_of(self, expected: IncidentExpected, on: str) -> tuple[str, str]:
        state = self._incident(on)
        pack = plan_of(expected.plan, self.script.scenario, self.script.library)
        tasks = Counter(task.status for task in state.tasks.values())
        owed = sum(duty.status in {"open", "missed"} for duty in state.duties.values())
        plans = {self.script.library.pack(plan).id for plan in expected.plans or state.plans}
        commanded = state.commanded_by.get(pack.id, "")
        superior = self.names.get(expected.superior, expected.superior)
        differences: list[Difference] = [
            ("状态", expected.status or state.status, state.status),
            ("指挥", commanded if expected.commanded_by is None else expected.commanded_by, commanded),
            ("上级事件", superior or state.superior, state.superior),
            ("适用预案", plans, set(state.plans)),
            ("待办时限", owed if expected.owed is None else expected.owed, owed),
            *((f"伤亡 {kind}", count, state.casualties.get(kind, 0)) for kind, count in expected.casualties.items()),
            *((f"任务 {status}", count, tasks[status]) for status, count in expected.tasks.items()),
        ]
        return f"事件 {_shown(expected.model_dump(exclude_defaults=True))}", _told(differences)

    def _room(self, expected: RoomExpected, _: str) -> tuple[str, str]:
        area = self.script.library.lexicon.area(expected.area or self.script.scenario.rooms[0])
        watch = self.desk.room(area).watch
        logged = any(expected.logged in entry.text for entry in self.desk.log(area))
        on_watch = watch.person if watch else ""
        return f"值班室 {_shown(expected.model_dump(exclude_defaults=True))}", _told(
            [
                ("当班", expected.on_watch or on_watch, on_watch),
                ("日志有此记载", True, logged or not expected.logged),
            ]
        )

    def _incident(self, on: str) -> Incident:
        own = [one for one in self.names if not one.startswith(STANDING)]
        name = on or next(iter(own), "")
        if name not in self.names:
            raise NotFoundError(f"没有登记过叫“{name or '…'}”的事件")
        if name.startswith(STANDING):
            return self.desk.standing(name.removeprefix(STANDING))
        return self.desk.incident(self.names[name])

    def _of(self, one: Happened, on: str) -> bool:
        return not on or one.stream == incident_stream(self.names.get(on, ""))

    def _moment(self, text: str) -> datetime:
        return times.moment(text, self.script.scenario.start, self.now)

    def _due(self, written: str, found: datetime | None) -> datetime | None:
        return None if written == "none" else self._moment(written) if written else found


def _ladder(kind: str) -> str:
    return {"warning": "预警", "response": "响应"}.get(kind, kind)


def _told(differences: Iterable[Difference]) -> str:
    """What differs, in words; empty where nothing does."""
    return "；".join(
        f"{what}应为{_value(wanted)}，是{_value(found)}" for what, wanted, found in differences if wanted != found
    )


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%m-%d %H:%M}"
    if isinstance(value, tuple | set | frozenset):
        return "、".join(map(str, value)) or "无"
    return (
        {None: "无", True: "是", False: "否", "": "无"}.get(value, str(value))
        if isinstance(value, str | bool | None)
        else str(value)
    )


def _shown(data: Mapping[str, Any]) -> str:
    return "，".join(f"{key}={value}" for key, value in data.items())


def _near(one: Happened, where: Mapping[str, Any]) -> dict[str, Any]:
    data = one.event.model_dump(mode="json")
    return {key: data.get(key) for key in where}


def _holds(data: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    return all(key in data and _same(data[key], value) for key, value in where.items())


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, datetime):
        return isinstance(found, str) and datetime.fromisoformat(found) == wanted
    if isinstance(found, dict) and isinstance(wanted, dict):
        return _holds(found, wanted)
    if isinstance(found, list) and isinstance(wanted, list):
        return all(any(_same(one, value) for one in found) for value in wanted)
    if isinstance(found, list):
        return any(_same(one, wanted) for one in found)
    if isinstance(found, str) and isinstance(wanted, str):
        return found == wanted or found.endswith(f"/{wanted}")
    return bool(found == wanted)
