"""An amount that is known exactly, or only to lie between two bounds.

It stands alone because an unknown must never turn into a number on its way through a sum.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

DECIMALS = 9
"""Decimals to which sums and percentages are rounded.

Thresholds matter: 62.4 − 59.28 is 3.1199999999999974 in binary, and a gap of exactly 5 % must come out as 5. With figures of
at most four decimals and a demand below 10⁴ 万立方米, a gap that is not on a whole-numbered threshold lies at least 1e-8
percentage points away from it, so rounding at 1e-9 mends the arithmetic and moves nothing across a threshold.
"""


@dataclass(frozen=True, slots=True)
class Range:
    """Least and greatest value that an amount can have, both included."""

    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The amount; None where it is not known exactly."""
        return self.low if self.low == self.high else None

    @property
    def known(self) -> bool:
        """Whether the amount is known exactly."""
        return self.low == self.high

    def __add__(self, other: Range) -> Range:
        return total((self, other))

    def times(self, factor: float) -> Range:
        """The amount times a factor of 0 or more."""
        if factor == 0:
            return ZERO
        return Range(_tidy(self.low * factor), _tidy(self.high * factor))

    def within(self, other: Range) -> bool:
        """Whether every value it can have is one that the other can have."""
        return other.low <= self.low and self.high <= other.high


ZERO = Range(0.0, 0.0)
UNKNOWN = Range(0.0, math.inf)
"""An amount of which nothing is known but that it is not negative."""


def exactly(amount: float) -> Range:
    """An amount that is known."""
    return Range(amount, amount)


def total(ranges: Iterable[Range]) -> Range:
    """The sum; one unknown part leaves it known only as at least the rest."""
    parts = tuple(ranges)
    return Range(_tidy(math.fsum(part.low for part in parts)), _tidy(math.fsum(part.high for part in parts)))


def shortfall(wanted: Range, given: Range) -> Range:
    """max(0, wanted − given)."""
    return Range(_over(wanted.low, given.high), _over(wanted.high, given.low))


def shortfall_pct(wanted: Range, given: Range) -> Range:
    """The shortfall as a percentage of what is wanted, 0 to 100; 0 where nothing is wanted.

    It grows with what is wanted and falls with what is given, so the bounds come from the bounds.
    """
    return Range(_pct(wanted.low, given.high), _pct(wanted.high, given.low))


def share_pct(part: Range, whole: float) -> Range:
    """A part as a percentage of a whole above 0."""
    return Range(_tidy(part.low / whole * 100), _tidy(part.high / whole * 100))


def quotient(amount: Range, by: Range) -> Range | None:
    """An amount divided by another; None where the divisor may be 0."""
    if by.low <= 0:
        return None
    return Range(_tidy(amount.low / by.high), _tidy(amount.high / by.low))


def _over(wanted: float, given: float) -> float:
    return 0.0 if wanted <= given else _tidy(wanted - given)


def _pct(wanted: float, given: float) -> float:
    if wanted <= given:
        return 0.0
    return 100.0 if math.isinf(wanted) else _tidy((wanted - given) / wanted * 100)


def _tidy(value: float) -> float:
    return round(value, DECIMALS) if math.isfinite(value) else value
