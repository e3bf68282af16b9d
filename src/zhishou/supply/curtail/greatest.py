"""The greatest flow through what is left of a network: compiled from `greatest.c`, or SciPy's where that was not to be had.

It stands alone because it is the one thing that is compiled. Whoever installs the package compiles it (`hatch_build.py`);
without a C compiler the same amounts come from SciPy's implementation of Dinic's algorithm, several times more slowly.
Which customers of a tier get them, where shares are not levelled, may then differ.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from zhishou.supply.curtail.instance import Floats, Ints

Numbers = NDArray[np.int32]
Sides = NDArray[np.int8]

FREE, HAVING, LACKING = 0, 1, 2
"""No gas comes to a point and none is lacking behind it; some that is over could still get there; somebody behind it lacks gas."""
_COUNTED, _AT_ONCE = 2**31 - 1, 2**30
"""What SciPy counts to, and grains sent along an arc at once: what is left of it can grow by what its way back holds."""


class Net(NamedTuple):
    """Points and arcs, an arc and its way back counted as two, sorted by the point they lead from, then by the one they lead to."""

    first: Numbers
    """(points + 1,) where the arcs of each point begin."""
    heads: Numbers
    """(arcs,) where each leads."""
    back: Numbers
    """(arcs,) its way back."""
    order: Ints
    """(arcs,) where each is in `left`."""
    part: Ints
    """(points,) the part each belongs to; no gas passes between parts."""
    left: Floats
    """What may still be sent along each arc. Changed."""
    room: Floats
    """(points,) what each has too much, or lacks where negative. Changed."""
    grain: float
    """A power of two of which every amount is a whole number, fewer than 2⁵³."""


Flow = Callable[[Net], Sides]


def greatest(net: Net) -> Sides:
    """Send the greatest flow from the points that have too much to those that lack gas.

    Returns:
        (points,) `LACKING` from where gas could still reach somebody who lacks it, `HAVING` where some that is over could
        still get, else `FREE`.
    """
    return (compiled() or by_scipy)(net)


@cache
def compiled() -> Flow | None:
    """The one in machine code; None: it was not compiled here, or from another text than that of today."""
    try:
        found = ctypes.CDLL(str(library(Path(__file__).with_name("greatest.c")))).greatest_flow
    except OSError:
        return None

    def array(kind: type[np.generic]) -> type:
        return np.ctypeslib.ndpointer(kind, flags="C_CONTIGUOUS")

    whole, amounts = array(np.int32), array(np.float64)
    found.argtypes = [ctypes.c_int32, *[whole] * 3, array(np.int64), amounts, amounts, array(np.int8)]

    def send(net: Net) -> Sides:
        left, side = net.left[net.order], np.zeros(len(net.room), np.int8)
        part = np.ascontiguousarray(net.part, np.int64)
        if found(len(net.room), net.first, net.heads, net.back, part, left, net.room, side):
            raise MemoryError
        net.left[net.order] = left
        return side

    return send


def library(source: Path) -> Path:
    """Where the machine code of a C text lies: beside it, under a name that no other text has."""
    return source.with_name(f"lib{source.stem}-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}.so")


def by_scipy(net: Net) -> Sides:
    """The same by SciPy, in as many flows as it takes to count in 32 bits."""
    points = len(net.room)
    tails = np.repeat(np.arange(points, dtype=np.int32), np.diff(net.first))
    left = net.left[net.order]
    kept = np.flatnonzero((net.part[tails] == net.part[net.heads]) & (left + left[net.back] > 0))
    having, lacking = np.flatnonzero(net.room > 0), np.flatnonzero(net.room < 0)
    # Two more points, the start and the end, lead to what has too much and from what lacks gas, and back.
    start, end = np.full(len(having), points), np.full(len(lacking), points + 1)
    rows = np.concatenate([tails[kept], start, having, lacking, end])
    columns = np.concatenate([net.heads[kept], having, start, end, lacking])
    order = np.lexsort((columns, rows))
    back = np.lexsort((rows, columns))  # the same sorted by head: arc by arc the ways back of `order`
    amounts = np.concatenate(
        [left[kept], net.room[having], np.zeros(len(having)), -net.room[lacking], np.zeros(len(lacking))]
    )
    indptr = np.searchsorted(rows[order], np.arange(points + 3)).astype(np.int32)
    indices, shape = columns[order].astype(np.int32), (points + 2, points + 2)
    widest = float(amounts.max(initial=0.0)) / net.grain / _AT_ONCE
    unit = net.grain * 2.0 ** max(np.ceil(np.log2(widest)) if widest > 0 else 0, 0)
    # The search goes out from where there is less to start from: the same flow, found from its other end.
    turned = len(lacking) < len(having)
    along, against = (back, order) if turned else (order, back)
    ends = (points + 1, points) if turned else (points, points + 1)
    while True:
        ahead, behind = amounts[along] // unit, amounts[against] // unit
        whole = np.minimum(ahead, _COUNTED - np.minimum(behind, _AT_ONCE)).astype(np.int32)  # never oversent
        flow = maximum_flow(csr_matrix((whole, indices, indptr), shape=shape), *ends, method="dinic").flow.data * unit
        amounts[along] -= flow
        if not flow.any():
            if unit == net.grain:
                break
            unit = net.grain
    left[kept] = amounts[: len(kept)]
    net.left[net.order] = left
    net.room[having] = amounts[len(kept) : len(kept) + len(having)]
    net.room[lacking] = -amounts[len(kept) + 2 * len(having) :][: len(lacking)]
    side = np.zeros(points + 2, np.int8)
    for way, root, mine in ((order, points, HAVING), (back, points + 1, LACKING)):
        # An arc that nothing can be sent along is left out; from the end arcs are followed against their direction.
        matrix = csr_matrix((amounts[way], indices, indptr), shape=shape, copy=True)
        matrix.eliminate_zeros()
        side[breadth_first_order(matrix, root, return_predecessors=False)] = mine
    return side[:points]
