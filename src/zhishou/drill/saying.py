"""Each event in a few Chinese words, as a story or a log tells it; it stands alone as the one table of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from zhishou.acts import Event, Happened
from zhishou.errors import NotFoundError
from zhishou.incident.casualties import CASUALTIES
from zhishou.incident.deadlines import KINDS
from zhishou.incident.state import Incident
from zhishou.plan.load import Library
from zhishou.watch.words import REMINDERS

REPORTS: Mapping[str, str] = {"first": "首报", "follow_up": "续报", "final": "终报"}
HOWS: Mapping[str, str] = {"phone": "电话", "written": "书面", "console": "系统"}
CHANGES: Mapping[str, str] = {"start": "启动", "raise": "提级", "lower": "降级"}
LADDERS: Mapping[str, str] = {"warning": "预警", "response": "响应"}
_OF_TASK = frozenset({"task_accepted", "task_reported", "task_done", "task_refused", "task_cancelled", "task_resumed"})


class Saying:
    """Events in words.

    Args:
        library: the plans, for the names of posts, units and facts.
        incidents: by id, for what tasks and incidents are called.
    """

    def __init__(self, library: Library, incidents: Mapping[str, Incident]) -> None:
        self.library, self.incidents = library, incidents

    def __call__(self, happened: Happened) -> str:
        """What happened, without who and when; with the clause where the event cites one."""
        event = happened.event
        words = _SAID.get(event.type)
        said = words(event, self) if words else ""
        if event.type == "report_forwarded":
            said += "、".join(self._told(happened))
        if event.type in _OF_TASK:
            said = "，".join(filter(None, (self._task(happened), said)))
        clause = getattr(event, "clause", ())
        if isinstance(clause, str):
            clause = (clause,)
        cited = f"〔{'、'.join(clause)}〕" if clause and event.type != "task_issued" else ""
        return f"{event.label}{'：' if said else ''}{said}{cited}"

    def unit(self, name: str) -> str:
        """An organisation by its id or name."""
        found = self.library.lexicon.organisations.get(name)
        return found.label if found else name

    def actor(self, plan: str, name: str) -> str:
        """Whom a plan means by a name."""
        pack = self.library.packs.get(plan)
        try:
            return pack.actor(name).label if pack else name
        except NotFoundError:
            return name

    def actors(self, plan: str, names: Iterable[str]) -> str:
        """Several of them."""
        return "、".join(self.actor(plan, name) for name in names)

    def fact(self, id_: str, given: Mapping[str, Any]) -> str:
        """A fact with its value."""
        fact = self.library.lexicon.facts.get(id_)
        label, unit = (fact.label, fact.unit or "") if fact else (id_, "")
        value = given.get("value")
        if isinstance(value, bool):
            return f"{label}：{'是' if value else '否'}"
        shown = f"{value:g}" if isinstance(value, float) else str(value) if value is not None else ""
        if value is None:
            shown = "".join(f"{word} {given[key]:g}" for key, word in (("at_least", "≥"), ("at_most", "≤")) if given.get(key) is not None)  # fmt: skip
        return f"{label} {shown}{unit if unit == '%' else f' {unit}' if unit else ''}"

    def incident(self, id_: str) -> str:
        """An incident as people call it."""
        found = self.incidents.get(id_)
        return f"《{found.title}》" if found else id_

    def area(self, id_: str) -> str:
        """The area of an incident."""
        found = self.incidents.get(id_)
        areas = self.library.lexicon.areas
        return areas[found.area].label if found and found.area in areas else id_

    def _told(self, happened: Happened) -> tuple[str, ...]:
        state = self.incidents.get(happened.stream.partition("/")[2])
        plan = next(iter(state.plans), "") if state else ""
        return tuple(self.actor(plan, name) for name in getattr(happened.event, "to", ()))

    def _task(self, happened: Happened) -> str:
        state = self.incidents.get(happened.stream.partition("/")[2])
        id_ = str(getattr(happened.event, "task", ""))
        task = state.tasks.get(id_) if state else None
        return f"“{short(task.text)}”" if task else id_


def short(text: str, length: int = 46) -> str:
    """A text cut to a length."""
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"


def clock_time(at: datetime, beside: datetime) -> str:
    """A moment beside another: the hour, with the day where it is another one."""
    return f"{at:%H:%M}" if at.date() == beside.date() else f"{at.month}月{at.day}日 {at:%H:%M}"


def _level(event: Any, saying: Saying) -> str:
    by = f"，{event.authority}决定（{event.document}）" if event.authority else ""
    pack = saying.library.packs.get(event.plan)
    ladder = pack.ladders.get(event.ladder) if pack else None
    label = next((one.label for one in ladder.levels if one.level == event.was), "") if ladder else ""
    was = f"（原{label or f' {event.was} 级'}）" if event.was else ""
    return f"{_change(event)}{event.level_label}{was}{by}"


def _change(event: Any) -> str:
    return "发布" if (event.ladder, event.change) == ("warning", "start") else CHANGES.get(event.change, "")


def _ended(event: Any, _: Saying) -> str:
    conditions = f"，条件 {len(event.confirmed)} 条已确认" if event.confirmed else ""
    by = f"，{event.authority}决定（{event.document}）" if event.authority else ""
    return f"{event.level_label}{conditions}{by}"


def _assessed(event: Any, _: Saying) -> str:
    if event.level is None:
        return f"{LADDERS.get(event.ladder, '')}没有够格的级别"
    return f"够{event.level_label}{'以上' if event.at_least else ''}" + (
        f"：{short('；'.join(event.reasons))}" if event.reasons else ""
    )


def _list(event: Any) -> str:
    return f"第{event.list.removeprefix('k')}号"


def _total(lines: Iterable[Any]) -> float:
    return sum(sum(one.hours) for one in lines)


def _property(event: Any, _: Saying) -> str:
    return short("，".join(filter(None, (event.property, event.note))))


def _returned(entry: Mapping[str, Any]) -> str:
    """A line of the register of returns."""
    told = entry.get("return", {})
    which = f"第 {told['version']} 版，" if told.get("version", 1) > 1 else ""
    held = len(entry.get("held", ()))
    of = f"{entry.get('name', '')}（{which}气日 {told['gas_day']}）" if told else entry.get("name", "")
    return f"{of}{f'，{held} 处待核' if held else ''}"


_SAID: Mapping[str, Callable[[Any, Saying], str]] = {
    "incident_opened": lambda e, s: e.title + (f"（{s.area(e.origin)}报来）" if e.origin else ""),
    "plan_attached": lambda e, s: s.library.packs[e.plan].plan.short if e.plan in s.library.packs else e.plan,
    "role_filled": lambda e, s: f"{s.unit(e.role)}为{'、'.join(map(s.unit, e.units))}",
    "incident_merged": lambda e, s: f"并入 {s.incident(e.into)}，{short(e.reason)}",
    "incident_absorbed": lambda e, _: e.title + (f"；没有带过来的：{'；'.join(e.left)}" if e.left else ""),
    "incident_unmerged": lambda e, s: f"不再并入 {s.incident(e.into)}，{short(e.reason)}",
    "incident_parted": lambda e, s: s.incident(e.incident),
    "particulars_corrected": lambda e, _: short(e.reason),
    "incident_reopened": lambda e, _: short(e.reason),
    "note_added": lambda e, _: short(e.text),
    "acted_by_delegation": lambda e, _: f"委托 {e.delegation}",
    "superior_linked": lambda e, s: s.incident(e.incident),
    "report_received": lambda e, s: f"{s.unit(e.sender)}{HOWS.get(e.how, '')}{REPORTS.get(e.kind, '')}"
    + (f"，{short(e.text)}" if e.text else "")
    + (f"（内容缺 {len(e.missing)} 项）" if e.missing else ""),
    "report_verified": lambda e, _: short(e.how),
    "report_refuted": lambda e, _: short(e.reason),
    "report_forwarded": lambda e, _: f"{HOWS.get(e.how, '')}{REPORTS.get(e.kind, '')}报",
    "query_received": lambda e, s: f"{s.unit(e.by)}问：{short(e.text)}",
    "query_answered": lambda e, _: short(e.text),
    "enquiry_sent": lambda e, s: f"问{s.unit(e.to)}：{short(e.text)}",
    "enquiry_answered": lambda e, s: f"{s.unit(e.by)}：{short(e.text)}",
    "facts_stated": lambda e, s: "，".join(s.fact(id_, given) for id_, given in e.facts.items()),
    "fact_corrected": lambda e, s: f"{s.fact(e.fact, e.was)} 改为 {s.fact(e.fact, e.now) if e.now else '不详'}，{short(e.reason)}",
    "judgement_given": lambda e, _: f"应为 {e.level} 级，{short(e.reason)}",
    "judgement_withdrawn": lambda e, _: f"{e.level} 级，{short(e.reason)}",
    "casualties_updated": lambda e, _: "，".join(f"{CASUALTIES[kind]} {count} 人" for kind, count in e.counts.items()),
    "assessment_filed": _assessed,
    "level_proposed": lambda e, _: f"{_change(e)}{e.level_label}" + (f"，{short(e.reason)}" if e.reason else ""),
    "proposal_withdrawn": lambda e, _: short(e.reason),
    "proposal_approved": lambda e, _: short(e.note),
    "proposal_refused": lambda e, _: short(e.reason),
    "level_decided": _level,
    "decision_joined": lambda e, _: short(e.note),
    "level_ended": _ended,
    "notice_published": lambda e, _: f"{e.level_label}，{'、'.join(e.channels)}，内容 {len(e.items)} 项",
    "task_issued": lambda e, s: f"{short(e.text)} → {s.actors(e.plan, e.by)}",
    "task_accepted": lambda e, _: short(e.note),
    "task_reported": lambda e, _: short(e.note),
    "task_done": lambda e, _: short(e.note),
    "task_refused": lambda e, _: short(e.reason),
    "task_cancelled": lambda e, _: short(e.reason),
    "task_resumed": lambda e, _: short(e.reason),
    "directive_issued": lambda e, s: f"{short(e.text)} → {s.actors(e.plan, e.to)}",
    "directive_acknowledged": lambda e, s: s.unit(e.unit),
    "cut_list_drafted": lambda e, _: f"{_list(e)}，{e.level_label}，压减 {_total(e.lines):.2f} 万立方米，{len({one.customer for one in e.lines})} 户",
    "cut_list_adjusted": lambda e, _: f"{_list(e)}，改 {len(e.changes)} 行，{short(e.reason)}",
    "cut_list_signed": lambda e, _: _list(e) + (f"，{short(e.note)}" if e.note else "")
    + (f"（第{'、'.join(one.removeprefix('k') for one in e.replaces)}号停止执行）" if e.replaces else ""),
    "cut_list_sent": lambda e, _: f"{_list(e)}，发给{'、'.join(e.directives.values())}",
    "gas_restored": lambda e, _: f"{_list(e)}，{len(e.lines)} 行，{short(e.note)}",
    "command_handed_over": lambda e, _: f"移交{e.to}（{e.document}）",
    "command_taken_back": lambda e, _: e.document,
    "on_scene_set_up": lambda e, _: f"{e.commander}，设在{e.place}",
    "checklist_opened": lambda e, _: f"{e.of_label} {len(e.steps)} 条",
    "step_checked": lambda e, _: f"第 {e.step} 条，{short(e.note)}",
    "on_scene_dissolved": lambda e, _: short(e.reason),
    "group_set_up": lambda e, s: f"{e.group_label}，牵头{s.actors(e.plan, e.lead) or '（原文未写）'}",
    "unit_appointed": lambda e, s: s.unit(e.unit),
    "resource_requested": lambda e, s: f"向{s.unit(e.owner)}调 {e.what} {e.quantity:g} {e.unit}",
    "resource_lent": lambda e, _: f"{e.resource} 调出 {e.quantity:g}" + (f"，{short(e.note)}" if e.note else ""),
    "resource_refused": lambda e, _: short(e.reason),
    "resource_returned": lambda e, _: f"{e.resource} 归还 {e.quantity:g}",
    "property_requisitioned": lambda e, _: f"{e.what}（{e.owner}）",
    "property_returned": _property,
    "property_compensated": lambda e, _: f"{e.amount:g} 万元",
    "information_released": lambda e, _: f"{e.channel}：{short(e.text)}",
    "aftermath_settled": lambda e, _: f"{KINDS.get(e.kind, e.kind)}，{short(e.what)}" + (f"，{e.amount:g} 万元" if e.amount else ""),
    "review_filed": lambda e, _: short(e.text),
    "plan_change_proposed": lambda e, _: short(e.text),
    "incident_closed": lambda e, _: f"带着 {len(e.left)} 项未办事项：{short(e.reason)}" if e.left else short(e.reason),
    "shift_begun": lambda e, _: e.person_name,
    "shift_handover_offered": lambda e, _: f"{e.outgoing_name} → {e.incoming_name}，未了事项 {len(e.open_matters)} 件",
    "shift_handover_accepted": lambda e, _: f"{e.outgoing_name} → {e.incoming_name}",
    "log_written": lambda e, _: short(e.text),
    "return_entered": lambda e, _: _returned(e.entry),
    "delegation_reminded": lambda e, _: f"{e.delegation} {REMINDERS[e.what]}",
    "posts_delegated": lambda e, _: f"{e.holder_name}委托{e.person_name}（{e.document}）",
}  # fmt: skip
"""Type of event → what is said of it beside its label."""


def unsaid(kinds: Iterable[type[Event]]) -> tuple[str, ...]:
    """Types of event that only their label tells."""
    return tuple(kind.type for kind in kinds if kind.type not in _SAID)
