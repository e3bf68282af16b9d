"""The seven days ahead: the band of demand, the gas, the chance of a gap and of each level, and where the figures come from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from zhishou.errors import ZhishouError
from zhishou.web.console.board_ahead import table
from zhishou.web.console.pages import page
from zhishou.web.console.supply_room import AreaWanted, area_of, shared
from zhishou.web.console.tones import tone
from zhishou.web.console.visiting import PageRoute, Visitor
from zhishou.web.console.week_ahead import at_hand, has_tables, week_ahead
from zhishou.web.console.week_chart import bars, chart
from zhishou.web.errors import of_error

supply_ahead = APIRouter(route_class=PageRoute, include_in_schema=False)


@supply_ahead.get("/supply/ahead")
def show(
    request: Request, caller: Visitor, area: AreaWanted = "", wait: Annotated[int, Query(ge=0, le=1)] = 0,
) -> Response:  # fmt: skip
    """The forecast; where it is not worked out yet, the page says so and fetches it."""
    area = area_of(caller, area)
    if not area:
        return page(request, "supply_base.html", caller, **shared(caller, "", "ahead"))
    found, wrong = None, None
    try:
        found = (
            week_ahead(caller.house, area)
            if wait or not has_tables(caller.house, area)
            else at_hand(caller.house, area)
        )
    except ZhishouError as error:
        wrong = of_error(error)[1]
    library = caller.house.library
    ladders = [] if found is None else [
        bars(one, [tone(library, one.plan, one.kind, level.level, colour) for level, colour in zip(one.days[0].levels, one.colours, strict=False)])
        for one in found.responses
    ]  # fmt: skip
    return page(
        request, "supply_ahead.html", caller, found=found, wrong=wrong, chart=chart(found.job) if found else None,
        ladders=ladders, days=table(found) if found else None, waits=False,
        terms=found.job.forecast.explanation[0] if found else (), **shared(caller, area, "ahead"),
    )  # fmt: skip
