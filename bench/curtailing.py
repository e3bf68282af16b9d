"""Curtailment over a network: time, memory and growth, the same optimum from linopy and PyPSA, what-ifs, order of merit.

`python bench/curtailing.py` measures all of it; `--quick` leaves out PyPSA and the interior point at full size;
`--peak nodes even` is what a child process does whose memory is measured. The instances are made up (networks.py).
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from networks import Size, city
from timing import Row, Subject, beside, duration

from zhishou.supply.curtail import flow
from zhishou.supply.curtail.greatest import by_scipy, compiled
from zhishou.supply.curtail.instance import Dispatch, Instance
from zhishou.supply.curtail.merit import merit
from zhishou.supply.curtail.tiers import lossless
from zhishou.supply.curtail.whatif import changed

Floats = npt.NDArray[np.float64]
Answered = TypeVar("Answered")

FULL = Size()
SMALL = Size(nodes=50, hours=48, storages=6)
LARGE = Size(nodes=1000)
SUPPLIES = (0.6, 0.85, 1.1)
SITUATIONS = 1_000_000
AGREE = 1e-6
"""How far class totals may differ, relative."""
BALANCED = 1e-7
"""By how much gas may appear or vanish at a node in an hour, or a bound be broken, 万立方米."""
STATUS = Path("/proc/self/status")


def measure(*, quick: bool = False) -> Subject:
    """Ours alone, beside the peers, its growth, what-ifs and the order of merit."""
    assert compiled() is not None, "install with a C compiler first; what is measured is the compiled flow"
    rows = _ours(FULL, ("≤ 0.6 s", "≤ 1.5 s"), "≤ 200 MB", runs=5)
    rows += _without_compiler(FULL)
    rows += _ours(LARGE, ("≤ 5 s", ""), "≤ 400 MB", runs=1 if quick else 3)
    rows += _beside_peers(SMALL, runs=3)
    rows += [row for supply in SUPPLIES for row in _beside_peers(replace(FULL, supply=supply), runs=2, quick=quick)]
    rows += _growth(quick=quick)
    rows += _whatifs(FULL)
    rows.append(_merit())
    return Subject("Curtailment over a network", rows, TEXT)


TEXT = """\
A made-up city: pipes between neighbours, a tree and loops, sized by what the tree would carry on a cold day, with scatter; six
classes with their hours of the day and a cold wave in the middle of the week; half the storages can be filled. Supply:
what sources and stocks hold, as a share of what is asked for. Ours: the least of several runs, from the arrays of the
instance to the whole dispatch (flows, stocks, shares; emergency reserves spared); processor: the least processor time of the
same runs, which tells how far others on the machine stood in the way. The peers give class totals alone: one
solve with falling weights, no even shares and no sparing of stocks. Their build is from the same arrays to the model,
their solve from the model to the totals, handed to HiGHS in memory, by its fastest of default, simplex and interior point.
Memory is that of a fresh process which makes the instance and serves it, at its peak, imports included."""


def _least(act: Callable[[], Answered], runs: int) -> tuple[float, float, Answered]:
    """The least wall time of several runs, s: what the work takes when nothing else is in the way; the same of processor time; and what it gave."""
    taken, busy = [], []
    for _ in range(runs):
        gc.collect()
        start, worked = time.perf_counter(), time.process_time()
        answer = act()
        taken.append(time.perf_counter() - start)
        busy.append(time.process_time() - worked)
    return min(taken), min(busy), answer


def _named(size: Size) -> str:
    return f"{size.nodes} nodes, {size.pipes} pipes, {size.hours} h, {size.storages} storages, supply {size.supply:.0%}"


def _ours(size: Size, targets: tuple[str, str], most: str, *, runs: int) -> list[Row]:
    rows = []
    for even, target in zip((False, True), targets, strict=True):
        words = "even shares" if even else "any shares"
        for supply in SUPPLIES:
            one = city(replace(size, supply=supply))
            taken, busy, answer = _least(lambda one=one, even=even: lossless(one, even=even).dispatch(), runs)  # type: ignore[misc]
            broken = _broken(one, answer)
            assert broken < BALANCED, (size, supply, even, broken)
            rows.append(
                Row(
                    f"{_named(replace(size, supply=supply))}, {words}",
                    duration(taken),
                    target,
                    f"processor {duration(busy)}; bounds and balances kept to {broken:.0e}",
                )
            )
        beyond, whole = peak(size.nodes, even=even)
        rows.append(
            Row(
                f"peak memory of it, {words}",
                f"{whole / 1e6:.0f} MB",
                most,
                f"{beyond / 1e6:.0f} MB beyond the imports",
            )
        )
    return rows


def _without_compiler(size: Size) -> list[Row]:
    """The same where nothing could be compiled, and SciPy's flows stand in."""
    one, rows = city(size), []
    for even in (False, True):
        taken, busy, answer = _least(lambda even=even: lossless(one, even=even).dispatch(), 3)  # type: ignore[misc]
        with patch.object(flow, "greatest", by_scipy):
            plain, plain_busy, same = _least(lambda even=even: lossless(one, even=even).dispatch(), 3)  # type: ignore[misc]
        assert np.allclose(answer.tier_served, same.tier_served, rtol=AGREE), even
        words = "even shares" if even else "any shares"
        note = f"processor {duration(plain_busy)}; {plain_busy / busy:.1f} × the compiled flow in the same minute ({duration(taken)})"
        rows.append(
            Row(
                f"the same without a C compiler, by SciPy's Dinic, supply {size.supply:.0%}, {words}",
                duration(plain),
                "",
                note,
            )
        )
    return rows


def _broken(one: Instance, answer: Dispatch) -> float:
    """The greatest amount by which a balance or a bound is broken."""
    net = np.zeros((len(one.nodes), one.steps))
    np.add.at(net, one.source_node, answer.source_flow)
    np.add.at(net, one.storage_node, answer.withdrawn - answer.injected)
    np.add.at(net, one.claim_node, -answer.served)
    np.add.at(net, one.pipe_start, -answer.pipe_flow)
    np.add.at(net, one.pipe_end, answer.pipe_flow)
    level = answer.level
    return max(
        float(np.max(excess, initial=0.0))
        for excess in (
            np.abs(net),
            np.abs(level[:, :-1] + answer.injected - answer.withdrawn - level[:, 1:]),
            answer.pipe_flow - one.pipe_capacity,
            -answer.pipe_flow - one.pipe_back,
            answer.source_flow - one.source_available,
            answer.served - one.claim_amount,
            answer.injected - one.injection,
            answer.withdrawn - one.withdrawal,
            level - one.storage_capacity[:, None],
            -level,
            -answer.served,
            -answer.source_flow,
        )
    )


def _beside_peers(size: Size, *, runs: int, quick: bool = False) -> list[Row]:
    """Ours and the peers in turn on one instance; whoever finds another optimum stops the benchmark.

    Args:
        size: the instance.
        runs: how often each is run in each of its ways.
        quick: linopy alone, in the two ways that are fastest on a large instance.
    """
    from curtailing_peers import METHODS, Answer, by_linopy, by_pypsa  # noqa: PLC0415 - they take seconds to import

    one = city(size)
    tiny = city(Size(nodes=20, hours=24, storages=2))
    peers = (("linopy", by_linopy),) if quick else (("linopy", by_linopy), ("PyPSA", by_pypsa))
    for _, peer in peers:
        peer(tiny)  # code is loaded before the count begins
    best: dict[str, tuple[str, Answer]] = {}
    ours = float("inf")
    for _ in range(runs):
        for method in ("default", "simplex") if quick else METHODS:
            ours = min(ours, _least(lambda: lossless(one, even=False).dispatch(), 1)[0])
            for name, peer in peers:
                found = peer(one, method)
                if name not in best or found.total < best[name][1].total:
                    best[name] = method, found
    totals = lossless(one, even=False).dispatch().tier_served
    rows = [Row(f"beside peers: {_named(size)}", duration(ours), "", "any shares, in the same minutes as the peers")]
    for name, (method, found) in best.items():
        apart = float(np.max(np.abs(found.served - totals) / np.maximum(totals, 1.0)))
        assert apart < AGREE, (name, size, apart)
        target = "≥ 8 × ours" if name == "linopy" and size.nodes == FULL.nodes else ""
        note = f"{found.total / ours:.1f} × ours; build {duration(found.build)}, solve {duration(found.solve)} ({method}); class totals within {apart:.0e}"
        rows.append(Row(f"{name} + HiGHS, the same", duration(found.total), target, note))
    return rows


def _growth(*, quick: bool) -> list[Row]:
    """Time by hours and by nodes, each to its double."""
    rows = []
    nodes = (50, 100, 200, 400) if quick else (50, 100, 200, 400, 800)
    for words, sizes in (
        ("hours 24, 48, 96, 168, 336", [Size(hours=hours) for hours in (24, 48, 96, 168, 336)]),
        (f"nodes {', '.join(map(str, nodes))}", [Size(nodes=count) for count in nodes]),
    ):
        taken, power = [], []
        for even in (False, True):
            ones = [city(size) for size in sizes]
            found = [_least(lambda one=one, even=even: lossless(one, even=even).dispatch(), 3)[0] for one in ones]  # type: ignore[misc]
            places = np.log([size.nodes * size.hours for size in sizes])
            power.append(float(np.polyfit(places, np.log(found), 1)[0]))
            taken.append(", ".join(duration(value) for value in found))
        rows += [
            Row(f"growth with {words}, {kind}", times, "", f"grows as the {order:.2f}th power")
            for kind, times, order in zip(("any shares", "even shares"), taken, power, strict=True)
        ]
    return rows


def _whatifs(size: Size) -> list[Row]:
    """One change each, from the flows that stand; totals compared with the whole computation."""
    one = city(size)
    base = lossless(one)
    after = np.arange(one.steps) >= 24
    least = int(one.source_available.sum(axis=1).argmin())
    order = np.abs(base.dispatch().pipe_flow).sum(axis=1).argsort()
    amount, tier = one.claim_amount, np.array(one.claim_tier)
    customer = int(np.where(tier == 4, amount.sum(axis=1), 0.0).argmax())
    available, stops = one.source_available.copy(), amount.copy()
    available[least, after] = 0.0
    stops[customer, after] = 0.0

    def broken(pipe: int) -> Instance:
        whole = np.where((np.arange(len(one.pipes)) == pipe)[:, None] & after, 0.0, 1.0)
        return replace(one, pipe_capacity=one.pipe_capacity * whole, pipe_back=one.pipe_back * whole)

    cases = {
        "the smallest source fails after a day": replace(one, source_available=available),
        "a pipe of middling flow breaks after a day": broken(int(order[len(order) // 2])),
        "one of the tenth that carry most breaks after a day": broken(int(order[-len(order) // 10])),
        "the pipe that carries most of all breaks after a day": broken(int(order[-1])),
        "the largest customer of the fifth class stops after a day": replace(one, claim_amount=stops),
        "homes and heating ask for 3 % more after a day": replace(
            one, claim_amount=np.where(after & np.isin(tier, (0, 2))[:, None], amount * 1.03, amount)
        ),
    }
    rows = []
    for words, then in cases.items():
        warm, cold = changed(base, then).dispatch(), lossless(then, even=False).dispatch()
        apart = float(np.max(np.abs(warm.tier_served - cold.tier_served) / np.maximum(cold.tier_served, 1.0)))
        assert apart < AGREE, (words, apart)
        ours, busy, _ = _least(lambda then=then: changed(base, then), 5)  # type: ignore[misc]
        _, anew_busy, _ = _least(lambda then=then: lossless(then, even=False), 3)  # type: ignore[misc]
        rows.append(
            Row(
                f"what if {words}",
                duration(ours),
                "≤ 100 ms",
                f"processor {duration(busy)}, anew {duration(anew_busy)}; totals within {apart:.0e}",
            )
        )
    return rows


def _merit() -> Row:
    """The order of merit beside a copy of the array."""
    draw = np.random.default_rng(1)
    cuttable = draw.gamma(2.0, 1.0, (6, SITUATIONS))
    shortage, out = draw.gamma(3.0, 2.0, SITUATIONS), np.empty((6, SITUATIONS))
    taken, copied = beside(lambda: merit(shortage, cuttable, out), lambda: np.copyto(out, cuttable), runs=15)
    return Row(
        "order of merit, 1e6 situations × 6 classes, no network", duration(taken), "≤ 3 × a copy", f"{taken / copied:.2f} × a copy of the array"
    )  # fmt: skip


def peak(nodes: int, *, even: bool) -> tuple[float, float]:
    """Peak memory of a fresh process that makes and serves one instance: beyond its imports, and in all; bytes."""
    asked = [sys.executable, __file__, "--peak", str(nodes), str(int(even))]
    found = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    return found["beyond"], found["whole"]


def _child(nodes: int, *, even: bool) -> None:
    before = _bytes("VmRSS")
    lossless(city(Size(nodes=nodes)), even=even).dispatch()
    whole = _bytes("VmHWM")
    print(json.dumps({"beyond": whole - before, "whole": whole}))


def _bytes(field: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Measure and print, or be the child whose memory is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without PyPSA and the interior point at full size")
    parser.add_argument("--peak", nargs=2, type=int, metavar=("NODES", "EVEN"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peak:
        _child(asked.peak[0], even=bool(asked.peak[1]))
        return
    subject = measure(quick=asked.quick)
    for row in subject.rows:
        print(f"| {row.what} | {row.measured} | {row.target} | {row.note} |")


if __name__ == "__main__":
    main()
