"""outlook(plan, samples): how likely each level is, given many equally likely situations of a day to come.

It stands alone because it tells of chances, never of a proposal: tonight's facts go to `assess`. A fact that nobody
has given is not taken for "no": where it could raise the level, the chance is a range and not a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from zhishou.assess.columns import Columns
from zhishou.assess.judging import Judging, masks
from zhishou.assess.masks import Masks, filled, first
from zhishou.assess.sweep import sweep
from zhishou.errors import ZhishouError
from zhishou.plan.grading import grading
from zhishou.plan.judge import JudgementRule, Rule
from zhishou.plan.pack import LadderKind, Pack
from zhishou.plan.rules import LadderRules, ladder_rules
from zhishou.plan.truth import NO, YES


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability, 0 to 1: at least and at most. The two are equal where no unknown fact matters."""

    at_least: float
    at_most: float

    @property
    def certain(self) -> bool:
        """Whether nothing unknown could change it."""
        return self.at_least == self.at_most

    def __str__(self) -> str:
        low, high = round(self.at_least * 100), round(self.at_most * 100)
        return f"{low}%" if low == high else f"{low}%～{high}%"


@dataclass(frozen=True, slots=True)
class LevelOutlook:
    """How likely one level is."""

    level: str
    label: str
    exactly: Chance
    """That this is the level proposed."""
    or_worse: Chance
    """That this level or a more severe one is proposed."""


@dataclass(frozen=True, slots=True)
class LadderOutlook:
    """How likely every level of a ladder is."""

    kind: LadderKind
    levels: tuple[LevelOutlook, ...]
    """From the most severe to the least."""
    none: Chance
    """That no level is proposed."""
    undecided: float
    """The share of situations in which facts that nobody has given could change the level, 0 to 1."""
    arguable: float
    """The share in which the level holds under one reading of the text only, 0 to 1."""
    missing: tuple[str, ...]
    """Facts that the ladder looks at and that are given in no situation; ids."""
    judgement: bool
    """True where somebody may also declare a level by judgement, which no probability here counts."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How likely the levels of a plan are on a day to come."""

    plan: str
    samples: int
    ladders: tuple[LadderOutlook, ...]

    def ladder(self, kind: LadderKind) -> LadderOutlook | None:
        """One ladder; None where the plan has none of the kind."""
        return next((one for one in self.ladders if one.kind == kind), None)


def outlook(plan: Pack, samples: pl.DataFrame) -> Outlook:
    """How likely each level of a plan is.

    Args:
        plan: the pack.
        samples: one equally likely situation per row, columns as for `sweep`: fact ids, null where unknown, facts
            without a column unknown everywhere.

    Raises:
        FactsError: as `sweep`.
        ZhishouError: no samples, or the plan leaves too many combinations open for `sweep`.
    """
    if samples.is_empty():
        raise ZhishouError("没有任何情景，无从推算各级别的可能", where="情景")
    swept = sweep(plan, samples, arguable=True)
    stated = {name: dtype for name, dtype in samples.schema.items() if dtype != pl.Null}
    columns = Columns(stated, plan.lexicon.facts)
    judging = Judging(columns, grading(plan) if plan.plan.grading is not None else None)
    return Outlook(
        plan.id,
        samples.height,
        tuple(_ladder(plan, ladder_rules(plan, kind), judging, samples, swept) for kind in plan.ladders),
    )


def outlooks(plan: Pack, days: Mapping[date, pl.DataFrame]) -> dict[date, Outlook]:
    """The same for several days: day → its samples."""
    return {day: outlook(plan, samples) for day, samples in days.items()}


def _ladder(
    plan: Pack, rules: LadderRules, judging: Judging, samples: pl.DataFrame, swept: pl.DataFrame
) -> LadderOutlook:
    ranks = {level.level: level.rank for level in rules.levels}
    low = swept[rules.kind].cast(pl.String).replace_strict(ranks, default=0, return_dtype=pl.Int8).fill_null(0)
    could = _could(rules, judging, samples)
    open_ = pl.DataFrame({"low": low, **{f"could {rank}": could[rank] for rank in ranks.values()}})
    # A level is possible where it is the one proposed, or where unknown facts could raise the proposal to it.
    possible = {
        rank: open_.select((pl.col("low") == rank) | ((pl.col("low") < rank) & pl.col(f"could {rank}"))).to_series()
        for rank in ranks.values()
    }
    above = {
        rank: pl.DataFrame([possible[other].alias(str(other)) for other in ranks.values() if other > rank])
        for rank in (0, *ranks.values())
    }
    raised = {
        rank: worse.select(pl.any_horizontal(pl.all())).to_series()
        if worse.width
        else pl.repeat(value=False, n=samples.height, eager=True)
        for rank, worse in above.items()
    }
    labels = {level.level: level.label for level in plan.ladders[rules.kind].levels}
    levels = tuple(
        LevelOutlook(
            level.level,
            labels[level.level],
            Chance(_share((low == level.rank) & ~raised[level.rank]), _share(possible[level.rank])),
            Chance(_share(low >= level.rank), _share(possible[level.rank] | raised[level.rank])),
        )
        for level in rules.levels
    )
    relevant = [
        fact for fact in rules.relevant if fact not in samples.columns or samples[fact].null_count() == samples.height
    ]
    undecided = pl.DataFrame({"low": low, **{str(rank): one for rank, one in raised.items()}}).select(
        pl.coalesce([pl.when(pl.col("low") == rank).then(pl.col(str(rank))) for rank in raised])
    )
    return LadderOutlook(
        rules.kind,
        levels,
        Chance(_share((low == 0) & ~raised[0]), _share(low == 0)),
        _share(undecided.to_series()),
        _share(swept[f"{rules.kind}_arguable"]),
        tuple(sorted(relevant)),
        any(isinstance(leaf, JudgementRule) for leaf in rules.leaves),
    )


def _could(rules: LadderRules, judging: Judging, samples: pl.DataFrame) -> dict[int, pl.Series]:
    """Rank → the rows in which its condition is met or could be, judgement apart."""

    def leaf(rule: Rule) -> Masks:
        return (NO, NO) if isinstance(rule, JudgementRule) else judging.leaf(rule)

    found: dict[str, pl.Expr] = {}
    for level in rules.levels:
        # Where the text gives no condition, nobody can say how likely the level is: anything from 0 to 1.
        broad = masks(level.rule, leaf)[1] if level.rule is not None else YES
        could = first([(filled(broad, YES), pl.lit(value=True))], pl.lit(value=False))
        found[str(level.rank)] = could if could.meta.root_names() else pl.repeat(could, pl.len())
    staged = samples.lazy()
    for layer in judging.columns.layers:
        staged = staged.with_columns(**layer)
    rows = staged.select(**found).collect()
    return {int(rank): rows[rank] for rank in rows.columns}


def _share(rows: pl.Series) -> float:
    return float(rows.cast(pl.Float64).mean() or 0.0)  # type: ignore[arg-type]
