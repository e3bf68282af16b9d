"""What each kind of paper says, as pure functions from the record's state; one entry for each kind made from an incident."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zhishou.paper.case import Case
from zhishou.paper.content import decided
from zhishou.paper.content.cuts import cut_list_directive
from zhishou.paper.content.directives import task_directive
from zhishou.paper.content.flash import flash_report
from zhishou.paper.content.handover import command_handover
from zhishou.paper.content.press import press_draft
from zhishou.paper.content.reports import situation_report
from zhishou.paper.content.review import review
from zhishou.paper.content.wish import Wish, finished
from zhishou.paper.value import Paper

FROM_INCIDENT: Mapping[str, Callable[[Case, Wish], Paper]] = {
    "warning_notice": decided.warning_notice,
    "warning_lifting": decided.warning_lifting,
    "response_start": decided.response_start,
    "response_adjustment": decided.response_adjustment,
    "response_end": decided.response_end,
    "situation_report": situation_report,
    "flash_report": flash_report,
    "task_directive": task_directive,
    "cut_list_directive": cut_list_directive,
    "press_draft": press_draft,
    "command_handover": command_handover,
    "review": review,
}
"""Kind → how its paper is written."""

__all__ = ["FROM_INCIDENT", "Case", "Wish", "finished"]
