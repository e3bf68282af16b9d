"""The order of merit without a network, for very many situations at once."""

from __future__ import annotations

import numpy as np

from zhishou.supply.curtail.instance import Floats

_BLOCK = 16384
"""Situations a block: what is worked on stays in the processor's cache."""


def merit(shortage: Floats, cuttable: Floats, out: Floats | None = None) -> Floats:
    """What each class is cut, one after another, until the shortage is made good.

    Args:
        shortage: (N,) what is lacking in each situation, 万立方米/日; never negative.
        cuttable: (K, N) what may be cut of each class, first cut first, 万立方米/日.
        out: (K, N) where to write the answer; a new array where None.

    Returns:
        (K, N) what each class is cut; where all of it does not suffice, the rest of the shortage remains.
    """
    cut = np.empty_like(cuttable) if out is None else out
    left = np.empty(_BLOCK)
    for begin in range(0, len(shortage), _BLOCK):
        rows = slice(begin, min(begin + _BLOCK, len(shortage)))
        rest = left[: rows.stop - begin]
        rest[:] = shortage[rows]
        for may, taken in zip(cuttable, cut, strict=True):
            np.minimum(rest, may[rows], out=taken[rows])
            np.subtract(rest, taken[rows], out=rest)
    return cut
