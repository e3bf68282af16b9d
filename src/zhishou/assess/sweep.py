"""sweep(plan, table): the level that `assess` would propose, for every row of a table at once.

It stands alone because it judges millions of situations without explaining any: the same rules, walked once into
polars expressions. `assess` stays the one that explains; a row that raises a question goes there.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from zhishou.assess.columns import Columns
from zhishou.assess.judging import Judging, masks
from zhishou.assess.masks import Mask, certain, column, every, first, negated
from zhishou.assess.ranges import axes, least
from zhishou.assess.table import columns_wrong, offences, values_wrong
from zhishou.errors import FactsError
from zhishou.plan.grading import grading
from zhishou.plan.judge import LadderRules, ladder_rules
from zhishou.plan.pack import Pack
from zhishou.plan.truth import NO


def sweep(plan: Pack, table: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Judge one plan against every row of a table.

    Args:
        plan: the pack.
        table: one row per situation. Columns are fact ids: numbers in the fact's unit, flags as Boolean, choices and
            levels as String or Enum. Null is unknown, and so is a fact without a column. Judgements are never given.

    Returns:
        As many rows, and for each ladder of the plan `warning` or `response` (an Enum of its level ids, rising in
        severity; null where no level is proposed) and `warning_arguable` or `response_arguable` (the proposal holds
        under one reading of the text only). Row by row it is what `assess` proposes.

    Raises:
        FactsError: a column is no fact or of the wrong type, or a value cannot be; with every column that is wrong.
        ZhishouError: the plan leaves so many combinations open that only `assess`, row by row, can judge it.
    """
    lazy = table.lazy()
    schema = dict(lazy.collect_schema())
    if problems := columns_wrong(schema, plan.lexicon):
        raise FactsError(problems)
    stated = {name: dtype for name, dtype in schema.items() if dtype != pl.Null}
    columns = Columns(stated, plan.lexicon.facts)
    judging = Judging(columns, grading(plan) if plan.plan.grading is not None else None)
    proposals = [expr for kind in plan.ladders for expr in _proposals(ladder_rules(plan, kind), judging)]
    wrong = values_wrong(stated, plan.lexicon)
    staged = lazy
    for layer in columns.layers:
        staged = staged.with_columns(**layer)
    # The streaming engine works through the table piece by piece, so that no mask is ever as long as the table.
    found, result = pl.collect_all(
        [lazy.select(where.any().alias(name) for name, where in wrong.items()), staged.select(proposals)],
        engine="streaming",
    )
    if bad := {name: wrong[name] for name in found.columns if found[name].any()}:
        raise offences(lazy, bad, plan.lexicon)
    return result


def _proposals(rules: LadderRules, judging: Judging) -> Iterator[pl.Expr]:
    """The two columns of one ladder: the level proposed, and whether it is arguable."""
    levels = [level for level in rules.levels if level.rule is not None]
    claims: dict[int, Mask] = {}
    doubts: dict[int, Mask] = {}
    for level in levels:
        assert level.rule is not None  # noqa: S101 - levels without conditions were left out above
        narrow, broad = masks(level.rule, judging.leaf)
        claims[level.rank] = certain(broad)
        doubts[level.rank] = NO if narrow is broad else negated(certain(narrow))
    proposed = claims
    if along := axes(rules, judging):
        rank = judging.columns.work_out(2, rules.kind, least(levels, along, judging))
        proposed = {level.rank: rank == level.rank for level in levels}
        # A level certain only because it holds throughout a range is not arguable.
        doubts = {claimed: every([doubt, proposed[claimed]]) for claimed, doubt in doubts.items()}
    ids = pl.Enum([level.level for level in reversed(rules.levels)])
    names = {level.rank: pl.lit(level.level, dtype=ids) for level in levels}
    result = {
        rules.kind: first(((mask, names[claimed]) for claimed, mask in proposed.items()), pl.lit(None, dtype=ids)),
        f"{rules.kind}_arguable": first(
            ((mask, column(doubts[claimed])) for claimed, mask in claims.items()), pl.lit(value=False)
        ),
    }
    for name, found in result.items():
        # A literal alone would come out one row long.
        yield (found if found.meta.root_names() else pl.repeat(found, pl.len())).alias(name)
