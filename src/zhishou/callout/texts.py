"""What a message says: by kind and need to know, short enough for one SMS where it can be; pure but for its own file.

Nobody is told more than his post needs: who is only informed gets neither place nor casualties nor the incident's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

import yaml

from zhishou.callout.matters import KINDS, Matter

SHORT = 70
"""Characters of one SMS in Chinese."""
MARK, DRILL = "【值守】", "【演练】"


@dataclass(frozen=True, slots=True)
class Said:
    """A message in words."""

    title: str
    """For channels that have a subject."""
    text: str


Texts = Mapping[str, Mapping[str, str]]
"""Kind of matter → need to know → text with its places to fill in."""
WORDS = ("title", "plan", "level", "party", "due", "due_at", "tasks", "ref", "what")
"""What may be filled in."""


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load((files("zhishou.callout") / "texts.yaml").read_text("utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class About:
    """What a text may speak of besides the matter; whoever renders it hands over no more than this."""

    title: str = ""
    """What the incident is called."""
    plan: str = ""
    """The plan's short name."""
    ref: str = ""
    """What a cancel cancels, as people can find it again."""


def said(matter: Matter, about: About, now: datetime, *, exercise: bool, room: int = SHORT, answer: str = "",
    own: Texts | None = None,
) -> Said:  # fmt: skip
    """A message of a matter.

    Args:
        matter: the matter.
        about: names.
        now: the moment, for how a time is written.
        exercise: whether it is an exercise.
        room: characters that the channel has for it; what is too long is cut at what the matter is about, never at its end.
        answer: how to answer, as the channel can say it; empty where no answer is wanted.
        own: the deployment's own texts, where it has some.
    """
    template = (own or {}).get(matter.kind, {}).get(matter.need) or _texts()[matter.kind][matter.need]
    head = f"{DRILL if exercise else ''}{MARK}"
    names = {
        "title": about.title or KINDS[matter.kind],
        "plan": f"{about.plan}：" if about.plan else "",
        "level": matter.level_label,
        "party": matter.party.label,
        "due": f"，{_time(matter.due, now)}前" if matter.due else "",
        "due_at": _time(matter.due, now) if matter.due else "",
        "tasks": f"（{len(matter.tasks)} 项任务）" if matter.tasks else "",
        "ref": about.ref,
    }
    tail = f"。{answer}" if answer else ""
    # Where there is room, a report of several names every one.
    whole = f"{matter.what}：{'、'.join(matter.names)}" if len(matter.names) > 1 and room > SHORT else matter.what
    left = room - len(head + template.format(**names | {"title": "", "what": ""}) + tail)
    if "{title}" in template:  # the name of the incident leaves half of the room to what is to be done
        names["title"] = _cut(names["title"], max(left - len(whole), left // 2))
        left -= len(names["title"])
    body = template.format(what=_cut(whole, max(8, left)), **names)
    return Said(f"{head}{KINDS[matter.kind]}", f"{head}{_cut(body, room - len(head + tail))}{tail}")


def _cut(text: str, length: int) -> str:
    """A text of at most so many characters."""
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: max(0, length - 1)]}…"


def _time(at: datetime, now: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at.month}月{at.day}日{at:%H:%M}"
