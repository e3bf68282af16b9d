"""The chance of each level on the days ahead, under every plan in force that looks at gas.

It stands alone because a chance is told in two ways that must not be mixed up: what follows from the facts that are known,
and how far facts that nobody has stated leave it open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from zhishou.assess.outlook import Chance, LadderOutlook, outlook
from zhishou.plan.load import Library
from zhishou.plan.pack import LadderKind, Pack
from zhishou.plan.rules import ladder_rules
from zhishou.supply.week import Week

LADDERS: dict[LadderKind, str] = {"response": "应急响应", "warning": "预警"}


@dataclass(frozen=True, slots=True)
class LevelChance:
    """One level on one day."""

    level: str
    label: str
    known: float
    """The share of courses in which the facts that are known call for this level, 0 to 1."""
    settled: float
    """The part of it in which no unknown fact could raise it."""
    exactly: Chance
    """That this is the level, whatever the unknown facts may be."""
    or_worse: Chance
    """That it is this level or a more severe one."""


@dataclass(frozen=True, slots=True)
class LadderDay:
    """One ladder on one day, from the most severe level to none."""

    day: date
    levels: tuple[LevelChance, ...]
    """The last one is that no level is called for; its id is empty."""
    missing: tuple[str, ...]
    """Facts that bear on it and are not known; labels."""
    arguable: float
    """The share of courses in which the level holds under one reading of the text only, 0 to 1."""

    @property
    def open(self) -> bool:
        """Whether unknown facts leave any chance open."""
        return any(not one.exactly.certain for one in self.levels)

    @property
    def unknown(self) -> bool:
        """Whether nothing at all can be said: every level may hold or not."""
        return all(one.exactly.at_least == 0 and one.exactly.at_most == 1 for one in self.levels)


@dataclass(frozen=True, slots=True)
class LadderWeek:
    """One ladder of one plan over the days ahead."""

    plan: str
    """Plan id."""
    short: str
    kind: LadderKind
    label: str
    """应急响应 or 预警."""
    colours: tuple[str, ...]
    """The colour that the text gives each level, the most severe first; empty where it gives none."""
    judgement: bool
    """Whether somebody may also declare a level by judgement, which no chance here counts."""
    days: tuple[LadderDay, ...]


def gas_ladders(shelf: Library, area: str, on: date) -> list[tuple[Pack, LadderKind]]:
    """The ladders that look at a gap of gas, of the plans in force for an area, responses first."""
    gas = {name for name, fact in shelf.lexicon.facts.items() if fact.quantity == "gas_gap"}
    return [
        (pack, kind)
        for pack in shelf.for_area(area)
        for kind in LADDERS
        if pack.in_force(on) and kind in pack.ladders and ladder_rules(pack, kind).relevant & gas
    ]


def chances(week: Week, ladders: Sequence[tuple[Pack, LadderKind]], shelf: Library) -> tuple[LadderWeek, ...]:
    """The chance of each level of each ladder, day by day."""
    packs = {pack.id: pack for pack, _ in ladders}
    least = {id_: [outlook(pack, frame) for frame in week.least] for id_, pack in packs.items()}
    most = (
        least
        if week.most is week.least
        else {id_: [outlook(pack, frame) for frame in week.most] for id_, pack in packs.items()}
    )
    found = []
    for pack, kind in ladders:
        ends = [
            (low, high)
            for one, other in zip(least[pack.id], most[pack.id], strict=True)
            if (low := one.ladder(kind)) is not None and (high := other.ladder(kind)) is not None
        ]
        days = tuple(_day(day, low, high, shelf) for day, (low, high) in zip(week.days, ends, strict=True))
        colours = tuple(level.colour or "" for level in pack.ladders[kind].levels)
        judged = any(low.judgement for low, _ in ends)
        found.append(LadderWeek(pack.id, pack.plan.short, kind, LADDERS[kind], colours, judged, days))
    return tuple(found)


def _day(day: date, low: LadderOutlook, high: LadderOutlook, shelf: Library) -> LadderDay:
    """One day from the outlook with all the gas there may be, and the one with the gas that is certain."""
    reached = [
        Chance(one.or_worse.at_least, max(one.or_worse.at_most, other.or_worse.at_most))
        for one, other in zip(low.levels, high.levels, strict=True)
    ]
    known = [one.or_worse.at_least for one in low.levels]
    shares = [after - before for before, after in pairwise([0.0, *known, 1.0])]
    bounds = [Chance(0.0, 0.0), *reached, Chance(1.0, 1.0)]
    between = [
        Chance(max(0.0, one.at_least - worse.at_most), min(1.0, one.at_most - worse.at_least))
        for worse, one in pairwise(bounds)
    ]
    exactly = [*(one.exactly for one in low.levels), low.none] if low is high else between
    names = [(one.level, one.label) for one in low.levels] + [("", "不够级别")]
    levels = tuple(
        LevelChance(*name, max(0.0, share), min(chance.at_least, max(0.0, share)), chance, worse)
        for name, share, chance, worse in zip(names, shares, exactly, bounds[1:], strict=True)
    )
    missing = tuple(shelf.lexicon.facts[fact].label for fact in low.missing)
    return LadderDay(day, levels, missing, low.arguable)
