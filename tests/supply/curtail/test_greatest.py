"""The greatest flow itself, the compiled one and the one in its place: against SciPy's on random graphs, anew and from what stands."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow
from supply.curtail.shortages import stored

from zhishou.supply.curtail import greatest as greatest_module
from zhishou.supply.curtail.greatest import HAVING, LACKING, Flow, Net, by_scipy, compiled, library
from zhishou.supply.curtail.instance import Floats
from zhishou.supply.curtail.tiers import lossless

LARGE = 2.0**21 + 1
"""By so much amounts are multiplied that no 32 bits hold."""


@pytest.fixture(params=["compiled", "SciPy's"])
def way(request: pytest.FixtureRequest) -> Flow:
    if request.param == "SciPy's":
        return by_scipy
    return machine_code()


def machine_code() -> Flow:
    found = compiled()
    if found is None and not os.environ.get("CI"):
        pytest.skip("没有编译最大流程序：装上 C 编译器后重装（删去 .venv/ready 再 make）")
    assert found is not None
    return found


def graph(seed: int, points: int = 40) -> Net:
    """A random one in whole numbers: some points have too much, some lack gas, some arcs lead one way; at times two parts."""
    draw = np.random.default_rng(seed)
    points = int(draw.integers(2, points))
    kind = draw.random()
    if kind < 0.5:  # along a line, as gas is carried from step to step
        tails = np.arange(points - 1)
        heads = tails + 1
    else:
        tails = draw.integers(0, points, 3 * points)
        heads = draw.integers(0, points, 3 * points)
    more = draw.integers(0, points, (2, points // 2))
    pairs = np.unique(np.sort(np.stack([np.r_[tails, more[0]], np.r_[heads, more[1]]], axis=1), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    count = len(pairs)
    tails, heads = np.r_[pairs[:, 0], pairs[:, 1]], np.r_[pairs[:, 1], pairs[:, 0]]
    sorted_ = np.lexsort((heads, tails))
    place = np.empty(2 * count, np.int32)
    place[sorted_] = np.arange(2 * count)
    other = np.r_[np.arange(count, 2 * count), np.arange(count)]
    left = draw.integers(0, 30, 2 * count) * (draw.random(2 * count) < 0.8)
    room = draw.integers(-40, 40, points) * (draw.random(points) < 0.5)
    return Net(
        np.searchsorted(tails[sorted_], np.arange(points + 1)).astype(np.int32),
        heads[sorted_].astype(np.int32),
        place[other[sorted_]],
        sorted_,
        (np.arange(points) >= draw.integers(0, points)).astype(np.intp) * int(draw.random() < 0.3),
        left.astype(float),
        room.astype(float),
        1.0,
    )


def scipys(net: Net) -> float:
    """The value of the greatest flow by SciPy's Dinic."""
    matrix, start, end = terminals(net, net.left, net.room)
    return float(maximum_flow(matrix.astype(np.int32).tocsr(), start, end, method="dinic").flow_value)


def terminals(net: Net, left: Floats, room: Floats) -> tuple[coo_matrix, int, int]:
    points = len(room)
    tails = np.repeat(np.arange(points), np.diff(net.first))
    within = net.part[tails] == net.part[net.heads]
    having, lacking = np.flatnonzero(room > 0), np.flatnonzero(room < 0)
    rows = np.r_[tails[within], np.full(len(having), points), lacking]
    columns = np.r_[net.heads[within], having, np.full(len(lacking), points + 1)]
    amounts = np.r_[left[net.order][within], room[having], -room[lacking]]
    return coo_matrix((amounts, (rows, columns)), shape=(points + 2, points + 2)), points, points + 1


def checked(net: Net, flow: Flow, by: float = 1.0) -> float:
    """Send the greatest flow, and see that it is one and that none is greater; its value."""
    now = net._replace(left=net.left * by, room=net.room * by, grain=min(by, 1.0))
    side = flow(now)
    moved, went = net.room * by - now.room, net.left * by - now.left
    assert now.left.min(initial=0.0) >= 0
    assert (np.sign(now.room) * np.sign(net.room) >= 0).all()
    assert np.array_equal(went[net.order], -went[net.order][net.back])  # what goes one way lessens the other's
    tails = np.repeat(np.arange(len(moved)), np.diff(net.first))
    assert np.array_equal(np.bincount(tails, went[net.order], len(moved)), moved)  # no gas appears or vanishes
    assert not went[net.order][net.part[tails] != net.part[net.heads]].any()
    reach(now, side)
    return float(np.maximum(moved, 0.0).sum())


def reach(net: Net, side: NDArray[np.int8]) -> None:
    """A side is all that can reach, or be reached from, its roots; so the two do not meet and the flow is the greatest."""
    matrix, start, end = terminals(net, net.left, net.room)
    matrix.eliminate_zeros()
    open_ = matrix.tocsr()
    of_having = breadth_first_order(open_, start, return_predecessors=False)
    of_lacking = breadth_first_order(open_.T.tocsr(), end, return_predecessors=False)
    assert np.array_equal(np.flatnonzero(side == HAVING), np.sort(of_having[of_having < start]))
    assert np.array_equal(np.flatnonzero(side == LACKING), np.sort(of_lacking[of_lacking < start]))


def test_as_much_as_scipys(way: Flow):
    some = 0
    for seed in range(400):
        net = graph(seed)
        value = checked(net, way)
        assert value == scipys(net), seed
        some += value > 0
    assert some > 200


def test_amounts_beyond_32_bits_are_exact(way: Flow):
    for seed in range(200):
        net = graph(seed)
        assert checked(net, way, 2.0**-27) == scipys(net) * 2.0**-27, seed
        assert checked(net, way, LARGE) == scipys(net) * LARGE, seed


def test_from_what_stands_as_much_as_anew(way: Flow):
    for seed in range(300):
        net = graph(seed)
        draw = np.random.default_rng(seed)
        first = net._replace(left=net.left.copy(), room=net.room * (draw.random(len(net.room)) < 0.5))
        before = first.room.copy()
        way(first)
        sent = np.maximum(before - first.room, 0.0).sum()
        rest = net._replace(left=first.left.copy(), room=net.room - before + first.room)
        assert sent + checked(rest, way) == scipys(net), seed


def test_several_thousand_points():
    flow = machine_code()
    for seed in range(4):
        net = graph(seed, points=3000)
        assert checked(net, flow) == checked(net, by_scipy) == scipys(net)


def test_code_compiled_from_another_text_is_not_loaded(tmp_path: Path):
    source = Path(greatest_module.__file__).with_name("greatest.c")
    other = tmp_path / "greatest.c"
    other.write_text(source.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert library(other).name != library(source).name


def test_without_machine_code_the_amounts_are_the_same(monkeypatch: pytest.MonkeyPatch):
    ones = [stored(seed) for seed in range(20)]
    now = [lossless(one).dispatch() for one in ones]
    monkeypatch.setattr(greatest_module, "compiled", lambda: None)
    for one, was in zip(ones, now, strict=True):
        answer = lossless(one).dispatch()
        assert answer.tier_served == pytest.approx(was.tier_served, abs=1e-7)
        assert answer.served == pytest.approx(was.served, abs=1e-6)  # shares are levelled, so they are everybody's own
