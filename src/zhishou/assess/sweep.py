"""sweep(plan, table): the level that `assess` would propose, for every row of a table at once.

It stands alone because it judges millions of situations without explaining any: the same rules, walked once into
polars expressions. `assess` stays the one that explains; a row that raises a question goes there.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from zhishou.assess.columns import Columns
from zhishou.assess.judging import Judging, claimed
from zhishou.assess.masks import first
from zhishou.assess.ranges import axes, least
from zhishou.assess.table import columns_wrong, offences, values_wrong
from zhishou.errors import FactsError
from zhishou.plan.grading import grading
from zhishou.plan.pack import Pack
from zhishou.plan.rules import LadderRules, ladder_rules


def sweep(plan: Pack, table: pl.DataFrame | pl.LazyFrame, *, arguable: bool = False) -> pl.DataFrame:
    """Judge one plan against every row of a table.

    Args:
        plan: the pack.
        table: one row per situation. Columns are fact ids: numbers in the fact's unit, flags as Boolean, choices and
            levels as String or Enum. Null is unknown, and so is a fact without a column. Judgements are never given.
        arguable: whether to tell too where a level is claimed under one reading of the text only.

    Returns:
        As many rows, and for each ladder of the plan `warning` or `response` (an Enum of its level ids, rising in
        severity; null where no level is proposed), with `arguable` also `warning_arguable` or `response_arguable`
        (the proposal holds under one reading only). Row by row it is what `assess` proposes.

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
    proposals = [
        expr
        for kind in plan.ladders
        for expr in _proposals(ladder_rules(plan, kind), judging)
        if arguable or expr.meta.output_name() == kind
    ]
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
    levels = pl.Enum([level.level for level in reversed(rules.levels)])
    ids = {level.rank: pl.lit(level.level, dtype=levels) for level in rules.levels}
    nothing = pl.lit(None, dtype=levels)
    if along := axes(rules, judging):
        narrow, broad = least(rules, along, judging)
        proposed = first(((broad == rank, id_) for rank, id_ in ids.items()), nothing)
        doubt = narrow < broad
    else:
        narrow, broad = claimed(rules, judging.leaf, {0: nothing, **ids})
        proposed = broad
        # What is claimed narrowly is claimed broadly, so where they differ the narrow reading claims less.
        doubt = narrow.ne_missing(broad)
    doubted = pl.lit(value=False) if narrow is broad else doubt
    for name, found in ((rules.kind, proposed), (f"{rules.kind}_arguable", doubted)):
        # A literal alone would come out one row long.
        yield (found if found.meta.root_names() else pl.repeat(found, pl.len())).alias(name)
