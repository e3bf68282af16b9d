"""Three-valued truth for a whole column at once: polars masks (null is unknown) and constants, joined as in truth.py.

A constant stays a constant as long as it can, so that what no column says costs nothing. It stands alone because the
columns and the rules of a sweep both speak it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from zhishou.plan.truth import NO, UNKNOWN, YES

Mask = pl.Expr | int
"""A Boolean column in which null is unknown, or one of NO, UNKNOWN, YES for every row."""

Masks = tuple[Mask, Mask]
"""Narrow and broad."""


def every(masks: Iterable[Mask]) -> Mask:
    """`and`."""
    constant, columns = _split(masks, min, YES)
    if constant == NO or not columns:
        return constant
    joined = columns[0]
    for column in columns[1:]:
        joined = joined & column
    return joined if constant == YES else joined & pl.lit(None, dtype=pl.Boolean)


def some(masks: Iterable[Mask]) -> Mask:
    """`or`."""
    constant, columns = _split(masks, max, NO)
    if constant == YES or not columns:
        return constant
    joined = columns[0]
    for column in columns[1:]:
        joined = joined | column
    return joined if constant == NO else joined | pl.lit(None, dtype=pl.Boolean)


def negated(mask: Mask) -> Mask:
    """`not`."""
    return YES - mask if isinstance(mask, int) else ~mask


def filled(mask: Mask, constant: int) -> Mask:
    """The mask with a constant where it is unknown."""
    if isinstance(mask, int):
        return constant if mask == UNKNOWN else mask
    return mask if constant == UNKNOWN else mask.fill_null(constant == YES)


def certain(mask: Mask) -> Mask:
    """Whether the mask is certainly so; never unknown."""
    return filled(mask, NO)


def first(cases: Iterable[tuple[Mask, pl.Expr]], otherwise: pl.Expr) -> pl.Expr:
    """The value of the first case whose mask is so; cases that cannot be, or can no longer be reached, are left out."""
    held: list[tuple[pl.Expr, pl.Expr]] = []
    for mask, value in cases:
        if not isinstance(mask, int):
            held.append((mask, value))
        elif mask == YES:
            otherwise = value
            break
    for mask, value in reversed(held):
        otherwise = pl.when(mask).then(value).otherwise(otherwise)
    return otherwise


def _split(masks: Iterable[Mask], join: Callable[[int, int], int], constant: int) -> tuple[int, list[pl.Expr]]:
    columns: list[pl.Expr] = []
    for mask in masks:
        if isinstance(mask, int):
            constant = join(constant, mask)
        else:
            columns.append(mask)
    return constant, columns
