"""What happened, in words, for the story of an incident and for what a command would bring about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from zhishou.acts import Event, Happened
from zhishou.drill.saying import Saying
from zhishou.incident.state import Incident
from zhishou.plan.load import Library
from zhishou.plan.posts import post_label

QUIET = frozenset(
    {
        "duty_set",
        "duty_told",
        "duty_voided",
        "duty_resumed",
        "duty_moved",
        "plan_attached",
        "superior_linked",
        "proposal_overtaken",
    }
)
"""Book-keeping that something else leads to; told in a count."""
WEIGHTY = frozenset({
    "level_decided", "level_ended", "level_proposed", "command_handed_over", "command_taken_back", "notice_published",
    "proposal_refused", "incident_closed", "incident_merged", "incident_unmerged", "review_filed", "cut_list_signed", "cut_list_sent",
})  # fmt: skip


MEANWHILE = 10
"""Lines that somebody reads before he presses the button again."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a story."""

    version: int
    at: datetime
    recorded: datetime
    says: str
    who: str
    post: str
    sort: str
    """`weighty`, `missed`, `quiet` or nothing."""


def story(happened: Iterable[Happened], state: Incident, library: Library) -> list[Line]:
    """Every event as a line, the latest first; book-keeping is marked as quiet."""
    say = Saying(library, {state.id: state})
    found = []
    for one in happened:
        kind = one.event.type
        sort = "missed" if kind == "duty_missed" else "weighty" if kind in WEIGHTY else "quiet" if kind in QUIET else ""
        post = _post(one.post, library)
        found.append(Line(one.version, one.at, one.recorded, _says(say, one, state), one.name, post, sort))
    return found[::-1]


def meanwhile(lines: Iterable[Line]) -> list[str]:
    """What others did since a form was opened, for whoever is asked again: decisions on top, the latest first, no more than he can read.

    Calls are left out: they follow from what was done, and stand in the story.
    """
    told = [one for one in lines if one.version and one.sort != "quiet"]
    told.sort(key=lambda one: one.sort != "weighty")
    more = [f"另有 {len(told) - MEANWHILE} 条，见“经过”"] if len(told) > MEANWHILE else []
    return [f"{one.at:%H:%M} {one.who} {one.says}" for one in told[:MEANWHILE]] + more


def _says(say: Saying, one: Happened, state: Incident) -> str:
    duty = state.duties.get(str(getattr(one.event, "duty", "")))
    if duty is not None and one.event.type.startswith("duty_"):
        late = "，晚于时限" if getattr(one.event, "late", False) else ""
        times = getattr(one.event, "times", 1)
        return f"{one.event.label}：{duty.label}{late}{f'，连续 {times} 次' if times > 1 else ''}"
    return say(one)


def would(events: Iterable[Event], state: Incident, library: Library, at: datetime) -> list[str]:
    """What events would be, as lines; tasks and deadlines as counts with their first few."""
    say = Saying(library, {state.id: state})
    lines: list[str] = []
    tasks: list[str] = []
    duties = 0
    for event in events:
        if event.type == "task_issued":
            tasks.append(str(getattr(event, "text", "")))
        elif event.type == "duty_set":
            duties += getattr(event, "kind", "") != "task"
        elif event.type not in QUIET:
            lines.append(say(Happened(event, at, f"incident/{state.id}", 0, 0, at, "", "", "")))
    if tasks:
        lines.append(f"下达 {len(tasks)} 项任务：{'；'.join(tasks)}")
    if duties:
        lines.append(f"列入 {duties} 项时限")
    return lines


def _post(post: str, library: Library) -> str:
    """A post in words; of a reporter that it is one: what it did says by its name who it is."""
    if post.startswith("reporter:"):
        return "报送单位"
    return post_label(post, library.packs, library.lexicon) if post else ""
