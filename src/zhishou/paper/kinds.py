"""The kinds of paper: what each is called, the word in its number, and whether it goes out under a red head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from zhishou.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper."""

    id: str
    label: str
    word: str
    """What its numbers say before 〔year〕; each kind has its own, so that no two papers share a number."""
    form: Literal["letter", "sheet"] = "letter"
    """letter: red head, number, recipients, seal, imprint (GB/T 9704); sheet: a form or inner paper under its title."""
    about: Literal["incident", "supply", "room", "record"] = "incident"
    """What it is made from: an incident, an area's returns, a duty room, a drill's record."""


KINDS: Mapping[str, Kind] = {
    one.id: one
    for one in (
        Kind("warning_notice", "预警通知", "预警"),
        Kind("warning_lifting", "预警解除通知", "解警"),
        Kind("response_start", "应急响应启动通知", "启动"),
        Kind("response_adjustment", "应急响应调整通知", "调整"),
        Kind("response_end", "应急响应结束通知", "终止"),
        Kind("situation_report", "情况报告", "情况"),
        Kind("flash_report", "信息快报表", "快报", "sheet"),
        Kind("task_directive", "任务指令", "任务"),
        Kind("cut_list_directive", "压减用气指令", "压减"),
        Kind("supply_brief", "供需日报", "日报", "sheet", about="supply"),
        Kind("press_draft", "新闻通稿", "通稿", "sheet"),
        Kind("command_handover", "指挥权移交备忘录", "移交", "sheet"),
        Kind("review", "应急处置评估报告", "评估"),
        Kind("shift_handover", "交接班单", "交接", "sheet", about="room"),
        Kind("exercise_report", "应急演练评估报告", "演评", about="record"),
    )
}
"""Kinds by id."""


def kind(name: str) -> Kind:
    """The kind of an id or label.

    Raises:
        NotFoundError: there is none.
    """
    found = KINDS.get(name) or next((one for one in KINDS.values() if one.label == name), None)
    if found is None:
        raise NotFoundError(
            f"没有“{name}”这种文件", mend="有：" + "、".join(f"{k.label}（{k.id}）" for k in KINDS.values())
        )
    return found
