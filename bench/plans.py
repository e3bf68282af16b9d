"""Two made-up plans and their tables, and the same tables for zen-engine: what both sides are measured on."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from zhishou.plan.identity import Identity
from zhishou.plan.ladder import Ladder
from zhishou.plan.ledger import Ledger
from zhishou.plan.lexicon import Fact, Lexicon
from zhishou.plan.load import library
from zhishou.plan.pack import Pack

FOUR_ROWS = [
    ("I", {"from": 20}, ">= 20"),
    ("II", {"from": 10, "to": 20, "unstated": ["lower", "upper"]}, "[10..20]"),
    ("III", {"from": 5, "to": 8, "unstated": ["lower", "upper"]}, "[5..8]"),
    ("IV", {"from": 3, "to": 5, "unstated": ["lower", "upper"]}, "[3..5]"),
]
"""Level, condition here, cell there: 20, 10 and 5 belong to two rows or none, and 8 to 10 is a hole."""

TEN = 10
LEVELS = ("I", "II", "III", "IV")


def four_row_plan() -> Pack:
    """Four levels on one number."""
    conditions = [{"any": [{"fact": "gap_0", **bounds}]} for _, bounds, _ in FOUR_ROWS]
    return _plan(conditions, 1)


def ten_condition_plan() -> Pack:
    """Four levels on ten numbers, ten conditions in all, half of them ranges whose bounds the text leaves open."""
    conditions: list[dict[str, Any]] = []
    for index in range(len(LEVELS)):
        facts = _facts_of(index)
        conditions.append({"any": [{"fact": f"gap_{fact}", **_bounds(index, fact)} for fact in facts]})
    return _plan(conditions, TEN)


def four_row_table() -> dict[str, Any]:
    """The four-row plan as a zen decision."""
    return decision(["gap_0"], [([cell], level) for level, _, cell in FOUR_ROWS])


def ten_condition_table() -> dict[str, Any]:
    """The ten-condition plan as a zen decision: a row for each condition, the first that holds wins."""
    rows = []
    for index, level in enumerate(LEVELS):
        for fact in _facts_of(index):
            bounds = _bounds(index, fact)
            cell = f"[{bounds['from']}..{bounds['to']}]" if "to" in bounds else f">= {bounds['from']}"
            rows.append(([cell if column == fact else "" for column in range(TEN)], level))
    return decision([f"gap_{fact}" for fact in range(TEN)], rows)


def decision(inputs: list[str], rows: list[tuple[list[str], str]], *, hit: str = "first") -> dict[str, Any]:
    """A decision table in zen's own format."""
    place = {"x": 0, "y": 0}
    content = {
        "hitPolicy": hit,
        "inputs": [{"id": f"i{index}", "name": field, "field": field} for index, field in enumerate(inputs)],
        "outputs": [{"id": "o", "name": "level", "field": "level"}],
        "rules": [
            {"_id": f"r{number}", **{f"i{index}": cell for index, cell in enumerate(cells)}, "o": f'"{level}"'}
            for number, (cells, level) in enumerate(rows)
        ],
    }
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": place},
            {"id": "table", "name": "table", "type": "decisionTableNode", "position": place, "content": content},
            {"id": "out", "name": "out", "type": "outputNode", "position": place},
        ],
        "edges": [
            {"id": "e1", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "e2", "type": "edge", "sourceId": "table", "targetId": "out"},
        ],
    }


def situations(count: int, columns: int) -> pl.DataFrame:
    """A table of numbers from 0 to 45 in steps of 0.1, one in twenty unknown."""
    # One column at a time: building all at once would leave more memory behind than the table needs.
    return pl.DataFrame([_column(count, column) for column in range(columns)])


def _column(count: int, column: int) -> pl.Series:
    steps = pl.int_range(count, dtype=pl.UInt32)
    value = (steps.hash(column) % 451).cast(pl.UInt16) / 10
    return pl.select(pl.when(steps.hash(100 + column) % 20 > 0).then(value).alias(f"gap_{column}")).to_series()


def _facts_of(level: int) -> range:
    return (range(3), range(3, 6), range(6, 8), range(8, TEN))[level]


def _bounds(level: int, fact: int) -> dict[str, Any]:
    floor = 44 - 2 * level
    return {"from": floor} if fact % 2 == 0 else {"from": floor, "to": floor + 2, "unstated": ["lower", "upper"]}


def _plan(conditions: list[dict[str, Any]], facts: int) -> Pack:
    lexicon = library().lexicon
    own = {
        f"gap_{index}": Fact(label=f"缺口{index}", kind="number", unit="%", minimum=0, maximum=100, meaning="测试")
        for index in range(facts)
    }
    shared = {name: getattr(lexicon, name) for name in Lexicon.model_fields}
    identity = {
        "id": "nowhere/made-up", "version": "1", "title": "试", "short": "试", "number": "1", "kind": "supply",
        "area": "jincheng", "issuer": "试", "issued": date(2020, 1, 1), "effective": date(2020, 1, 1),
        "source": {"file": "none"}, "wording": {}, "scope": {"covers": [], "clause": "1"},
    }  # fmt: skip
    ladder = {
        "clause": "1",
        "levels": [
            {"level": level, "label": f"{level}级", "clause": "1", "when": when}
            for level, when in zip(LEVELS, conditions, strict=True)
        ],
    }
    return Pack(
        plan=Identity.model_validate(identity),
        ledger=Ledger(clauses={}),
        lexicon=Lexicon(**{**shared, "facts": own}),
        response=Ladder.model_validate(ladder),
    )
