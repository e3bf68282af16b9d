"""aftermath.yaml: information release, and what follows the end of the response."""

from __future__ import annotations

from typing import Literal

from zhishou.plan.base import Actors, Clause, Model, Names, Span


class Release(Model):
    """Who tells the public."""

    by: Actors
    """Who releases."""
    provided_by: Actors = ()
    """Who provides and verifies the content."""
    rules: tuple[str, ...] = ()
    """How, in short words."""
    clause: Clause
    """The clause."""


class AftermathDuty(Model):
    """Something owed after the response has ended."""

    kind: Literal[
        "settlement",
        "requisition",
        "compensation",
        "insurance",
        "relief",
        "inquiry",
        "assessment",
        "recovery",
        "pollution",
        "comfort",
    ]
    """settlement 费用清算 · requisition 征用归还 · compensation 补偿 · insurance 保险 · relief 救助 · inquiry 调查 ·
    assessment 评估报告 · recovery 恢复 · pollution 污染处置 · comfort 安抚抚恤."""
    what: str
    """What, in short words."""
    by: Actors = ()
    """Who owes it."""
    to: Names = ()
    """To whom a report goes."""
    grades: tuple[str, ...] = ()
    """The accident grades for which it holds; empty for all."""
    within: Span | None = None
    """By when."""
    settled_by: Literal["return", "compensation"] | None = None
    """What, done with all the property requisitioned, meets it; none: it is met by an entry of the aftermath."""
    clause: Clause
    """The clause."""


class Aftermath(Model):
    """aftermath.yaml."""

    release: tuple[Release, ...] = ()
    """Information release."""
    duties: tuple[AftermathDuty, ...] = ()
    """What is owed afterwards."""
