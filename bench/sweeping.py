"""Sweeping tables: rows per second here and in zen-engine, and the memory it takes."""

from __future__ import annotations

import math
import time

import polars as pl
from memory import peak
from peer import Peer
from plans import four_row_plan, four_row_table, situations, ten_condition_plan, ten_condition_table
from timing import Row, Subject, beside, rate, seconds

from zhishou.assess.sweep import sweep
from zhishou.plan.load import library
from zhishou.plan.pack import Pack
from zhishou.plan.rules import ladder_rules

ROWS = 10_000_000
PEER_ROWS = 20_000
PLAIN_ROWS = 500
SHIPPED = ("jincheng/gas-winter-2021", "jincheng/cbm-surface-2020")


def measure() -> Subject:
    """The two made-up plans beside zen-engine, then shipped plans alone."""
    rows: list[Row] = []
    for words, plan, decision, columns, target in (
        ("four rows, one number", four_row_plan(), four_row_table(), 1, ""),
        ("ten conditions, ten numbers", ten_condition_plan(), ten_condition_table(), 10, "≥ 20 M rows/s"),
    ):
        rows += _beside_peer(words, plan, Peer(decision), columns, target)
    size, beyond = peak(ROWS)
    note = f"table {size / 1e6:.0f} MB, beyond it {beyond / 1e6:.0f} MB, the result included"
    rows.append(Row("peak memory beyond the table, ten numbers", f"{beyond / size:.2f} × the table", "≤ 2 ×", note))
    packs = library()
    rows += [_shipped(packs.packs[id_]) for id_ in SHIPPED if id_ in packs.packs]
    return Subject(f"Sweeping {ROWS // 1_000_000} million rows", rows)


def _beside_peer(words: str, plan: Pack, peer: Peer, columns: int, target: str) -> list[Row]:
    """A plan swept, and the same table decided by zen-engine in three ways."""
    table, few = situations(ROWS, columns), situations(PEER_ROWS, columns)
    given = few.to_dicts()
    assert peer.many(given) == sweep(plan, few)["response"].to_list(), "both must decide alike"
    ours, single, looped, plain = beside(
        lambda: sweep(plan, table),
        lambda: [peer.one(one) for one in given],
        lambda: peer.many(given),
        lambda: [peer.plainly(one) for one in given[:PLAIN_ROWS]],
        runs=9,
    )
    rows = [Row(f"sweep, {words}", rate(ROWS / ours), target)]
    for way, count, taken, goal in (
        ("row by row, compiled once", PEER_ROWS, single, "≥ 1000 ×"),
        ("loop mode, all rows in one call: its fastest", PEER_ROWS, looped, ""),
        ("`decision.evaluate` as its readme shows", PLAIN_ROWS, plain, ""),
    ):
        times = (ROWS / ours) / (count / taken)
        rows.append(Row(f"zen-engine, {way}", rate(count / taken), goal, f"sweep is {times:,.0f} ×"))
    return rows


def _shipped(plan: Pack) -> Row:
    """A table of every fact that bears on the plan, one value in five unknown."""
    count = ROWS // 10
    facts = sorted({name for kind in plan.ladders for name in ladder_rules(plan, kind).relevant})
    steps = pl.int_range(count, dtype=pl.UInt32)
    columns = []
    for index, name in enumerate(facts):
        fact = plan.lexicon.facts[name]
        draw = steps.hash(index)
        if fact.kind == "flag":
            column = draw % 2 == 0
        elif fact.values:
            column = (draw % len(fact.values)).replace_strict(
                range(len(fact.values)), fact.values, return_dtype=pl.Enum(fact.values)
            )
        else:
            column = (draw % 41).cast(pl.Int32 if fact.integer else pl.Float64)
        columns.append(pl.when(steps.hash(1000 + index) % 5 > 0).then(column).alias(name))
    table = pl.select(columns)
    start = time.perf_counter()
    sweep(plan, table.head(1))
    first = time.perf_counter() - start
    taken = seconds(lambda: sweep(plan, table), runs=5)
    floor = 0 if math.isnan(first) else first
    return Row(
        f"sweep, {plan.id}, {len(facts)} facts", rate(count / taken), "",
        f"{count // 1_000_000} M rows; {floor * 1e3:.0f} ms of it building the expressions",
    )  # fmt: skip
