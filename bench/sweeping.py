"""Sweeping tables: rows per second here and in zen-engine, and the memory it takes."""

from __future__ import annotations

import math
import time

import polars as pl
from memory import peak
from peer import Peer
from plans import four_row_plan, four_row_table, situations, ten_condition_plan, ten_condition_table
from timing import Row, Subject, rate, seconds

from zhishou.assess.sweep import sweep
from zhishou.plan.judge import ladder_rules
from zhishou.plan.load import library
from zhishou.plan.pack import Pack

ROWS = 10_000_000
PEER_ROWS = 20_000
SHIPPED = ("jincheng/gas-winter-2021", "jincheng/cbm-surface-2020")


def measure() -> Subject:
    """The two made-up plans beside zen-engine, then shipped plans alone."""
    rows: list[Row] = []
    for words, plan, decision, columns, target in (
        ("four rows, one number", four_row_plan(), four_row_table(), 1, ""),
        ("ten conditions, ten numbers", ten_condition_plan(), ten_condition_table(), 10, "≥ 20 M rows/s"),
    ):
        table = situations(ROWS, columns)
        ours = ROWS / seconds(lambda plan=plan, table=table: sweep(plan, table), runs=5)
        rows.append(Row(f"sweep, {words}", rate(ours), target))
        rows += _peer(words, plan, decision, columns, ours)
    size, beyond = peak(situations(ROWS, 10))
    note = f"table {size / 1e6:.0f} MB, beyond it {beyond / 1e6:.0f} MB, the result included"
    rows.append(Row("peak memory beyond the table, ten numbers", f"{beyond / size:.2f} × the table", "≤ 2 ×", note))
    packs = library()
    rows += [_shipped(packs.packs[id_]) for id_ in SHIPPED if id_ in packs.packs]
    return Subject(f"Sweeping {ROWS // 1_000_000} million rows", rows)


def _peer(words: str, plan: Pack, decision: dict[str, object], columns: int, ours: float) -> list[Row]:
    peer = Peer(decision)
    table = situations(PEER_ROWS, columns)
    given = table.to_dicts()
    assert peer.many(given) == sweep(plan, table)["response"].to_list(), "both must decide alike"
    single = PEER_ROWS / seconds(lambda: [peer.one(one) for one in given], runs=5)
    looped = PEER_ROWS / seconds(lambda: peer.many(given), runs=5)
    return [
        Row(f"zen-engine, {words}, row by row", rate(single), "≥ 1000 ×", f"sweep is {ours / single:,.0f} ×"),
        Row(f"zen-engine, {words}, loop mode", rate(looped), "", f"sweep is {ours / looped:,.0f} ×; its fastest way"),
    ]


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
