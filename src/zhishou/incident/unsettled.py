"""What is still in hand in an incident: it stands alone because closing and merging both must say it before they end it."""

from __future__ import annotations

from zhishou.incident.state import Incident
from zhishou.incident.tasks import OPEN

CLOSED = "事件已归档"
"""Why what was still owed falls away on closing; by it is known what comes back when the incident is opened again."""


def in_hand(state: Incident) -> tuple[str, ...]:
    """Cut lists not wholly taken back, tasks not done, things lent or requisitioned and not given back, each in words."""
    cut = [id_.removeprefix("k") for id_, one in state.cut_lists.items() if one.status in {"signed", "sent"}]
    tasks = (f"任务：{task.text}" for task in state.tasks.values() if task.status in OPEN)
    lent = (f"资源未归还：{one.what}" for one in state.resources.values() if one.status == "lent")
    taken = (f"征用未归还：{one.what}" for one in state.property.values() if one.status == "requisitioned")
    lists = (f"第{number}号压减清单还没有全部恢复供气" for number in cut)
    return tuple(dict.fromkeys((*lists, *tasks, *lent, *taken)))
