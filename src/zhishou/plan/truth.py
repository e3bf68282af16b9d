"""Three-valued truth under two readings of the text; it stands alone because every room that judges uses it.

A condition is judged twice: narrowly (a bound the text leaves open does not count) and broadly (it counts). Within
each reading Kleene's strong logic holds: 0 no, 1 unknown, 2 yes; `and` is the least, `or` the greatest. A missing fact
is never "no".
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

NO, UNKNOWN, YES = 0, 1, 2

Truth = tuple[int, int]
"""Narrow and broad truth; the narrow never exceeds the broad."""


class Verdict(StrEnum):
    """What can be said of a condition."""

    MET = "met"
    """Met under every reading of the text."""
    ARGUABLE = "arguable"
    """Met under one reading of the text, not under another."""
    UNKNOWN = "unknown"
    """It hangs on a fact that is not known."""
    NOT_MET = "not_met"
    """Not met under any reading."""


def every(truths: Iterable[Truth]) -> Truth:
    """`and`."""
    narrow = broad = YES
    for one, other in truths:
        narrow = min(narrow, one)
        if other < broad:
            broad = other
            if broad == NO:
                break
    return (NO, NO) if broad == NO else (narrow, broad)


def some(truths: Iterable[Truth]) -> Truth:
    """`or`."""
    narrow = broad = NO
    for one, other in truths:
        broad = max(broad, other)
        if one > narrow:
            narrow = one
            if narrow == YES:
                break
    return (YES, YES) if narrow == YES else (narrow, broad)


def negated(truth: Truth) -> Truth:
    """`not`: what is broadly so is narrowly not so."""
    return YES - truth[1], YES - truth[0]


_VERDICTS = {
    (YES, YES): Verdict.MET,
    (UNKNOWN, YES): Verdict.ARGUABLE,
    (NO, YES): Verdict.ARGUABLE,
    (UNKNOWN, UNKNOWN): Verdict.UNKNOWN,
    (NO, UNKNOWN): Verdict.UNKNOWN,
    (NO, NO): Verdict.NOT_MET,
}


def verdict(truth: Truth) -> Verdict:
    """The verdict of a truth under both readings."""
    return _VERDICTS[truth]
