"""The ledger of storage duties: what each owner must hold, what it holds, what is short, by when and under which clause."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.supply.balance.saying import amount as written
from zhishou.supply.balance.saying import cell, cell_pct
from zhishou.supply.duties import Entry, Ledger, ledger
from zhishou.web.auth import Caller
from zhishou.web.console.pages import page
from zhishou.web.console.supply_balance import known
from zhishou.web.console.supply_room import AreaWanted, area_of, shared
from zhishou.web.console.visiting import PageRoute, Visitor

storage = APIRouter(route_class=PageRoute, include_in_schema=False)

STATES = {"met": "已达到", "short": "未达到", "unknown": "不清楚"}


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty with all who owe it."""

    first: Entry
    entries: tuple[Entry, ...]


@storage.get("/supply/storage")
def show(request: Request, caller: Visitor, area: AreaWanted = "") -> Response:
    """The ledger."""
    area = area_of(caller, area)
    if not area:
        return page(request, "supply_base.html", caller, **shared(caller, "", "storage"))
    evening = caller.house.desk.returns.evening(area)
    plans = caller.house.library.for_area(area)
    found = ledger(evening.system, evening.returns, evening.day, plans, caller.house.library.lexicon, evening.withheld)
    return page(
        request, "storage.html", caller, found=found, duties=duties(found), states=STATES, cell=lambda one: known(cell(one)),
        cell_pct=lambda one: known(cell_pct(one)),
        written=written, remarks=remarks(caller, area, found), system=evening.system, **shared(caller, area, "storage"),
    )  # fmt: skip


def duties(found: Ledger) -> list[Duty]:
    """The entries, duty by duty."""
    labels = dict.fromkeys(entry.label for entry in found.entries)
    grouped = [tuple(entry for entry in found.entries if entry.label == label) for label in labels]
    return [Duty(entries[0], entries) for entries in grouped]


def remarks(caller: Caller, area: str, found: Ledger) -> list[str]:
    """What the texts behind the duties say of themselves: for which season they were written."""
    library, short = caller.house.library, {entry.plan for entry in found.entries}
    packs = [pack for pack in library.for_area(area) if pack.plan.short in short]
    empty = situation({"facts": {}}, library.lexicon)
    notes = [(pack.plan.short, assess(pack, empty, clock.moment(found.day)).note) for pack in packs]
    return [f"{name}：{note}" for name, note in notes if note]
