"""A warning on its way out. It stands alone because here it is decided, once, whether a message is real.

A `Notice` has no field for its status. It carries the entry of the record that it rests on, and the status is read off
that entry: what an exercise has decided can be written as an exercise or a test and as nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zhishou import clock
from zhishou.acts import Happened
from zhishou.errors import ProblemsError, ZhishouError
from zhishou.paper.cap.values import Info, Named, Resource, Status

OutgoingType = Literal["Alert", "Update", "Cancel"]

EXERCISE_MARK = "【演练】"
"""Stands before every headline and description of an exercise, whatever the language."""

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NAME = re.compile(r"[!-~]+")
_FORBIDDEN = re.compile(r"[\s,<&]")


@dataclass(frozen=True, slots=True)
class Published:
    """What is needed of a message that went out, to refer to it."""

    identifier: str
    sender: str
    sent: datetime
    exercise: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to the public.

    Raises:
        ProblemsError: an update or cancel that follows nothing, a first alert that follows something, an exercise that
            follows a real message or the other way round, a name that CAP does not allow, unreadable characters.
    """

    happened: Happened
    """The decision on record."""
    identifier: str
    sender: str
    msg_type: OutgoingType
    infos: tuple[Info, ...]
    follows: tuple[Published, ...] = ()
    """Every message of the same warning that went before, oldest first."""
    note: str = ""
    incidents: str = ""
    renewed: datetime | None = None
    """When the same decision was told anew, corrected or prolonged; None: the first message of the decision."""

    def __post_init__(self) -> None:
        if problems := list(self._problems()):
            raise ProblemsError(problems)

    @property
    def exercise(self) -> bool:
        """Whether the record says that it belongs to a drill."""
        return self.happened.exercise

    @property
    def status(self) -> Status:
        """`Actual`, or `Exercise` where the record says so."""
        return "Exercise" if self.exercise else "Actual"

    @property
    def sent(self) -> datetime:
        """When the decision was put on record, or told anew, to the second."""
        return clock.moment(self.renewed or self.happened.recorded).replace(microsecond=0)

    @property
    def published(self) -> Published:
        """By what later messages refer to it."""
        return Published(self.identifier, self.sender, self.sent, self.exercise)

    def marked(self, text: str) -> str:
        """A headline or description with the mark of an exercise where it is one."""
        return EXERCISE_MARK + text if self.exercise and not text.startswith(EXERCISE_MARK) else text

    def _problems(self) -> Iterator[ZhishouError]:
        where = f"预警信息 {self.identifier}"
        if self.msg_type != "Alert" and not self.follows:
            yield ZhishouError("更新或解除没有指明原来的预警", where=where, mend="写明它所更新、解除的信息")
        if self.msg_type == "Alert" and self.follows:
            yield ZhishouError("首次发布不能指向以前的信息", where=where, mend="改为更新，或去掉引用")
        if any(one.exercise != self.exercise for one in self.follows):
            yield ZhishouError("演练信息和真实信息不能互相更新或解除", where=where, mend="各发各的")
        if not self.infos:
            yield ZhishouError("预警信息没有正文", where=where, mend="至少写一种语言")
        for label, name in (("标识", self.identifier), ("发送单位标识", self.sender)):
            if not _NAME.fullmatch(name) or _FORBIDDEN.search(name):
                yield ZhishouError(f"{label}“{name}”不能用", where=where, mend="只用字母、数字和点、横线，不留空格")
        for text in _texts((self.note, self.incidents, self.infos)):
            if _UNREADABLE.search(text):
                yield ZhishouError("文字里有看不见的控制字符", where=where, mend="去掉后重发")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, Info | Named | Resource) or hasattr(value, "geocodes"):
        for name in type(value).__slots__:  # type: ignore[attr-defined]
            yield from _texts(getattr(value, name))
