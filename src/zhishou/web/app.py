"""The app: every route in one place, over one house."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from starlette.types import Lifespan

from zhishou import __version__
from zhishou.bootstrap import House
from zhishou.web import commands, errors, schema
from zhishou.web.alerts import alerts, public, warnings
from zhishou.web.boards import boards
from zhishou.web.caller import Caller
from zhishou.web.console.router import PAGES
from zhishou.web.console.visiting import wrong
from zhishou.web.door import Door
from zhishou.web.health import health
from zhishou.web.incidents import incidents, standing
from zhishou.web.listening import live
from zhishou.web.live import Hub
from zhishou.web.login import login
from zhishou.web.papers import papers
from zhishou.web.people import people
from zhishou.web.plans import lexicon, plans
from zhishou.web.receipts import receipts
from zhishou.web.returns import returns
from zhishou.web.rooms import rooms
from zhishou.web.ticker import Ticker

THREADS = 24
"""Requests that work on the desk at a time; the others wait for their turn, and the event loop never does."""


def app(house: House, *, ticking: bool = True) -> FastAPI:
    """The app over a house.

    Args:
        house: what it serves. It is not closed with the app.
        ticking: whether this process looks after deadlines by itself; a test with a clock of its own does that.
    """
    hub = Hub(house)

    @asynccontextmanager
    async def lifespan(served: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = THREADS
        await hub.in_thread(house.desk.ready)
        await hub.start()
        ticker: Ticker | None = served.state.ticker
        caller: Caller | None = served.state.caller
        for one in (ticker, caller):
            if one is not None:
                one.start()
        yield
        await hub.stop()
        for one in (caller, ticker):
            if one is not None:
                one.stop()

    made = routed(lifespan)
    made.state.house = house
    made.state.hub = hub
    caller = Caller(house, hub.wake) if ticking else None
    made.state.caller = caller
    made.state.ticker = Ticker(house, hub.wake, leads=lambda: caller.leads) if caller is not None else None
    errors.attach(made, house.library, wrong)
    return made


def routed(lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """The app with every route, over no house yet.

    Args:
        lifespan: what begins and ends with it.
    """
    made = FastAPI(
        title="值守", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None,
        description=schema.DESCRIPTION, openapi_tags=schema.TAGS, redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )  # fmt: skip
    of_incidents, of_rooms = commands.routers()
    for router in (
        login, of_incidents, incidents, standing, of_rooms, rooms, returns, papers, alerts, warnings, public, boards, plans, lexicon, live, people, health,
        receipts,
        *PAGES,
    ):  # fmt: skip
        made.include_router(router)
    schema.attach(made)
    made.add_middleware(Door)
    return made
