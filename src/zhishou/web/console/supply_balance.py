"""The balance of the gas day as a table, place by place: demand, supply, gap, storage, whose figures they are and what is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from zhishou.errors import NotFoundError
from zhishou.supply.balance import Balance, Balances, Range
from zhishou.supply.balance.bridge import bridge
from zhishou.supply.balance.ranges import exactly, quotient, total
from zhishou.supply.balance.saying import SOURCE_KINDS, bridged, cell, cell_pct, lacking, shown, shown_pct
from zhishou.supply.basis import basis
from zhishou.supply.gap_facts import CITY_GAP, CROSS_COUNTY_GAP, gas_plans
from zhishou.supply.units import REFERENCE
from zhishou.web.auth import Caller
from zhishou.web.console.pages import page
from zhishou.web.console.supply_room import AreaWanted, area_of, shared
from zhishou.web.console.visiting import PageRoute, Visitor

balance = APIRouter(route_class=PageRoute, include_in_schema=False)

GROUPS = 3
"""Groups of counties that are shown: those with the greatest gaps."""


@dataclass(frozen=True, slots=True)
class ClassLine:
    """The demand of one class."""

    label: str
    demand: Range
    interruptible: Range
    customers: int


@dataclass(frozen=True, slots=True)
class Formula:
    """How the gap comes about, and which clauses look at it."""

    text: str
    meaning: str
    clause: str


@balance.get("/supply/balance")
def show(
    request: Request, caller: Visitor, area: AreaWanted = "",
    scope: Annotated[str, Query(max_length=200)] = "",
) -> Response:  # fmt: skip
    """The table."""
    area = area_of(caller, area)
    if not area:
        return page(request, "supply_base.html", caller, **shared(caller, "", "balance"))
    found = caller.house.desk.returns.evening(area).balances()
    one = found.of(scope) if scope else found.city
    if one is None:
        raise NotFoundError(f"本系统没有“{scope}”", mend="从平衡表里点地区")
    return page(
        request, "balance.html", caller, found=found, one=one, groups=groups(found), classes=classes(caller, one),
        formula=formula(caller, area, one), cell=lambda one: known(cell(one)), cell_pct=lambda one: known(cell_pct(one)),
        kinds=SOURCE_KINDS, missing=list(lacking((*one.missing, *one.stocks_missing))), bridges=bridges(one),
        reporters=found.figures.system.reporters_by_id, reference=REFERENCE, exactly=exactly, quotient=quotient,
        **shared(caller, area, "balance"),
    )  # fmt: skip


def known(text: str) -> str:
    """A figure of which a bound is known, as the board says it: 至少 4.54 for 不明≥4.54 and 不明（至少 4.54）."""
    return _BOUNDED.sub(r"\1", text).replace("不明≥", "至少 ").replace("不明≤", "至多 ")


_BOUNDED = re.compile("不明（((?:至少|至多)[^）]*)）")


def groups(found: Balances) -> list[Balance]:
    """The local groups with the greatest gaps."""
    return sorted(found.groups, key=lambda one: (-one.gap_pct.low, -one.gap_pct.high, len(one.scope.areas)))[:GROUPS]


def classes(caller: Caller, one: Balance) -> list[ClassLine]:
    """The demand class by class, the greatest first."""
    known = caller.house.library.lexicon.customer_classes
    lines = []
    for sort, demand in sorted(one.by_class.items(), key=lambda item: -item[1].low):
        mine = [line for line in one.demands if line.sort == sort]
        label = known[sort].label if sort in known else sort
        lines.append(ClassLine(label, demand, total(line.interruptible for line in mine), len(mine)))
    return lines


def formula(caller: Caller, area: str, one: Balance) -> Formula:
    """The formula with its figures, what the plans mean by the gap, and their clauses."""
    house = caller.house
    plans = gas_plans(house.library, house.desk.returns.system(area))
    rests = basis(CITY_GAP if one.scope.kind == "city" else CROSS_COUNTY_GAP, plans, house.library.lexicon)
    figures = f"{shown(one.demand)} − {shown(one.supply)} = {shown(one.gap)}"
    text = f"缺口 = 需求 − 可供 = {figures}（小于 0 记 0）；缺口率 = 缺口 ÷ 需求 × 100 = {shown_pct(one.gap_pct)}"
    text = known(text)
    if one.scope.kind == "area":
        return Formula(text, "预案看的是全市和跨县的缺口；一县的缺口供调度参考", "")
    return Formula(text, f"{rests.label}：{rests.meaning}", rests.clause)


def bridges(one: Balance) -> list[str]:
    """For how long the storages fill the gap, without and with the emergency reserves."""
    if one.gap.high <= 0 or not one.stores:
        return []
    ordinary = bridge((store for store in one.stores if not store.emergency), one.gap)
    return [known(bridged("不动用应急储备", ordinary)), known(bridged("连同应急储备", bridge(one.stores, one.gap)))]
