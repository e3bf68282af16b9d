"""Facts for `assess` out of balances and the ledger of storage duties.

It stands alone because here a figure becomes a statement: what is known only within a range is stated as a range, and what is
not known at all is not stated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zhishou.plan.lexicon import Lexicon
from zhishou.plan.load import Library
from zhishou.plan.pack import Pack
from zhishou.supply.balance.ranges import Range
from zhishou.supply.balance.result import Balance, Balances
from zhishou.supply.basis import basis
from zhishou.supply.duties import COMPANY, FILL, GOVERNMENT, Entry, Ledger
from zhishou.supply.system import System

CITY_GAP = "city_gas_gap_pct"
CROSS_COUNTY_GAP = "cross_county_gas_gap_pct"

Facts = dict[str, dict[str, Any]]
"""Fact id → `value`, or `at_least` and `at_most`; `source`, `at`: what `assess.situation` reads."""

_LEVELS_ABOVE = 2
"""A city lies in a province, and the province in the state: a district's gap is not the city's."""


def gap_facts(found: Balances, lexicon: Lexicon, superior: Mapping[str, Mapping[str, Any]] | None = None) -> Facts:
    """The gap of the city and the greatest gap of a local group of counties, with what superior authorities have stated.

    A gap that is known only within a range, because a return is missing or held, is stated as that range; where nothing is known
    of it, there is no fact. Where a source is supposed to have failed, the source of the fact says so.

    Args:
        found: the balances of a gas day.
        lexicon: facts, areas.
        superior: facts of the province and the like, as returned; they are taken over as they are.
    """
    facts: Facts = {name: dict(given) for name, given in (superior or {}).items()}
    system = found.figures.system
    if len(lexicon.upward(system.area)) > _LEVELS_ABOVE + 1:
        return facts
    _state(facts, CITY_GAP, found.city.gap_pct, _source(found, found.city), found.city.at)
    groups = found.groups
    if groups and (worst := found.worst_group) is not None:
        greatest = greatest_gap(groups)
        at = max((one.at for one in groups if one.at is not None), default=None)
        where = f"，最大处为{worst.scope.label}" if greatest.low > 0 else ""
        _state(facts, CROSS_COUNTY_GAP, greatest, f"{_source(found, *groups)}{where}", at)
    return facts


def greatest_gap(balances: Sequence[Balance]) -> Range:
    """The greatest gap of several scopes, in per cent of each one's own demand."""
    return Range(max(one.gap_pct.low for one in balances), max(one.gap_pct.high for one in balances))


def storage_facts(found: Ledger) -> Facts:
    """The three storage facts; of the companies the lowest counts, as the lexicon has it."""
    facts: Facts = {}
    for fact in (GOVERNMENT, COMPANY, FILL):
        entries = [entry for entry in found.of(fact) if not entry.share]
        counted = entries if fact == COMPANY else entries[:1]
        figures = [entry.figure for entry in counted]
        if not counted or all(figure is None for figure in figures):
            continue
        # A company of which nothing is known may hold nothing or all it needs: it bounds the lowest from neither side but 0.
        least = 0.0 if None in figures else min(figure.low for figure in figures if figure)
        most = min(figure.high for figure in figures if figure)
        at = max((entry.at for entry in counted if entry.at is not None), default=None)
        ceiling = 100.0 if counted[0].unit == "%" else math.inf
        _state(
            facts,
            fact,
            Range(min(least, ceiling), min(most, ceiling)),
            _ledger_source(found, fact, counted),
            at,
            ceiling,
        )
    return facts


def _state(facts: Facts, fact: str, figure: Range, source: str, at: datetime | None, ceiling: float = 100.0) -> None:
    stated: dict[str, Any] = {}
    if figure.value is not None:
        stated["value"] = figure.value
    else:
        if figure.low > 0:
            stated["at_least"] = figure.low
        if figure.high < ceiling:
            stated["at_most"] = figure.high
    if stated and (at is not None or figure.known):
        facts[fact] = stated | {"source": source} | ({"at": at} if at is not None else {})


def _source(found: Balances, *scopes: Balance) -> str:
    returns = {(origin.reporter, origin.gas_day) for one in scopes for origin in one.origins}
    lacking = {missing.reporter for one in scopes for missing in one.missing}
    supposed = "、".join(source.label for source in found.figures.system.sources if source.id in found.without)
    head = f"假定{supposed}停供，" if supposed else ""
    lack = f"，缺 {len(lacking)} 家，只知范围" if lacking else ""
    return f"{head}气日 {found.figures.day} 供需平衡，{len(returns)} 份报表{lack}"


def _ledger_source(found: Ledger, fact: str, entries: Sequence[Entry]) -> str:
    below = ""
    if fact == FILL:
        short = sum(entry.state == "short" for entry in found.of(FILL)[1:])
        below = f"，其中 {short} 处未到 {entries[0].threshold:g}%" if short else ""
    if fact == COMPANY:
        lowest = min(entries, key=lambda entry: entry.figure.low if entry.figure else 0.0)
        below = f"，最低者{lowest.owner}"
    return f"储气台账（气日 {found.day}{below}）"


def gas_plans(shelf: Library, system: System) -> list[Pack]:
    """The plans of the system's area, and of those that hold it, that look at the city's gap."""
    return [pack for pack in shelf.for_area(system.area) if basis(CITY_GAP, [pack], shelf.lexicon).thresholds]
