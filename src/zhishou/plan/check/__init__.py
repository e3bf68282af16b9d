"""The check: what is wrong with a plan, found before the night it is needed, each finding with a witness."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from zhishou.plan.check import (
    authority,
    contacts,
    deadlines,
    ladders,
    priority,
    roster,
    scope,
    sisters,
    texts,
    upkeep,
)
from zhishou.plan.check.finding import CODES, Finding, Severity
from zhishou.plan.pack import Pack

__all__ = ["CODES", "Finding", "Severity", "check"]

_ALONE: tuple[Callable[[Pack], Iterable[Finding]], ...] = (
    ladders.findings,
    authority.findings,
    roster.findings,
    deadlines.alone,
    contacts.alone,
    upkeep.annexes,
    upkeep.stocks,
    texts.findings,
)
_TOGETHER: tuple[Callable[[tuple[Pack, ...]], Iterable[Finding]], ...] = (
    deadlines.together,
    contacts.together,
    scope.findings,
    sisters.findings,
    priority.findings,
)


def check(packs: Iterable[Pack], on: date, *, among: Iterable[Pack] | None = None) -> tuple[Finding, ...]:
    """Everything found wrong with the plans, the gravest first within each plan.

    Args:
        packs: the plans to check.
        on: the day for which dates (revision, drills) are judged.
        among: all plans that stand beside each other, for what only shows between plans; `packs` where left out.
    """
    wanted = tuple(packs)
    beside = tuple(among) if among is not None else wanted
    found: list[Finding] = []
    for pack in wanted:
        for look in _ALONE:
            found += look(pack)
        found += upkeep.dates(pack, on)
    ids = {pack.id for pack in wanted}
    for look_together in _TOGETHER:
        found += [finding for finding in look_together(beside) if _concerns(finding, ids)]
    order = {pack.id: index for index, pack in enumerate(wanted)}
    return tuple(
        sorted(found, key=lambda f: (min(order.get(p, len(order)) for p in f.plans), f.severity.rank, f.code, f.clause))
    )


_MUTUAL = {"deadline.conflict", "contact.shared", "contact.several"}
"""Findings that concern every plan they name alike; the others concern the first."""


def _concerns(finding: Finding, ids: set[str]) -> bool:
    return bool(ids & set(finding.plans)) if finding.code in _MUTUAL else finding.plans[0] in ids
