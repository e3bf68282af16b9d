"""The head kept outside the database, so that a cut tail is found: a chain alone cannot tell that its end is missing.

An anchor is one line: position, seal, moment and the record's id, parted by spaces. It goes to a file on another disk, into
an e-mail, or onto paper; whoever holds one can later say whether the record still contains it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from zhishou import clock
from zhishou.errors import ZhishouError, why
from zhishou.journal.contract import Journal
from zhishou.journal.seals import moment_text

_LINE = re.compile(r"(?P<position>\d+) (?P<seal>[0-9a-f]{64}) (?P<recorded>\S+) (?P<journal>\S+)")
NOTHING = "-"
"""Stands for the moment where the record was still empty."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a record stood."""

    position: int
    seal: str
    recorded: datetime | None
    """When the entry at that position was recorded."""
    journal: str
    """The record's id."""

    def __str__(self) -> str:
        recorded = NOTHING if self.recorded is None else moment_text(self.recorded)
        return f"{self.position} {self.seal} {recorded} {self.journal}"


def taken(journal: Journal) -> Anchor:
    """The anchor of a record as it stands."""
    head = journal.head()
    return Anchor(head.position, head.seal, head.recorded, journal.id)


def parsed(line: str) -> Anchor:
    """The anchor that a line writes; spaces around and between may have grown in the post.

    Raises:
        ZhishouError: it writes none.
    """
    found = _LINE.fullmatch(" ".join(line.split()))
    if found is None:
        raise ZhishouError(f"“{line.strip()[:80]}”不是锚", mend="一行四段：条数、封印（64 位十六进制）、时间、记录编号")
    recorded = None if found["recorded"] == NOTHING else clock.moment(found["recorded"])
    return Anchor(int(found["position"]), found["seal"], recorded, found["journal"])


def cast(anchor: Anchor, file: Path) -> None:
    """Add an anchor to a file; it is on the disk when this returns.

    Raises:
        ZhishouError: the file cannot be written.
    """
    try:
        with file.open("ab+") as held:
            held.seek(0, os.SEEK_END)
            torn = False
            if held.tell():
                held.seek(-1, os.SEEK_END)
                torn = held.read(1) != b"\n"  # the power went while a line was written
            held.write(("\n" if torn else "").encode() + f"{anchor}\n".encode())
            held.flush()
            os.fsync(held.fileno())
    except OSError as error:
        raise ZhishouError(
            f"锚写不进去（{why(error)}）", where=str(file), mend="核对磁盘是否接好、有没有权限"
        ) from None


def kept(files: Sequence[Path]) -> tuple[tuple[Anchor, ...], tuple[str, ...]]:
    """The anchors of files in order of position, and the places of lines that are none: the power may have gone in one.

    Raises:
        ZhishouError: a file cannot be read.
    """
    found: list[Anchor] = []
    unreadable: list[str] = []
    for file in files:
        try:
            lines = file.read_text("utf-8", errors="replace").splitlines()
        except OSError as error:
            raise ZhishouError(f"锚文件读不了（{why(error)}）", where=str(file), mend="核对文件名") from None
        for number, line in enumerate(lines, start=1):
            try:
                found += [parsed(line)] if line.strip() else []
            except ZhishouError:
                unreadable.append(f"{file} 第 {number} 行")
    return in_order(found), tuple(unreadable)


def in_order(anchors: Iterable[Anchor]) -> tuple[Anchor, ...]:
    """Anchors by position."""
    return tuple(sorted(anchors, key=lambda one: one.position))
