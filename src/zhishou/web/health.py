"""Whether the server works, and its figures: for whoever watches over it, not for people at the desk."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from zhishou.errors import DatabaseError
from zhishou.web import numbers
from zhishou.web.auth import house_of, known, local

health = APIRouter(tags=["health"])


class Health(BaseModel):
    """How the server is."""

    status: Literal["ok", "failing"]
    database: bool
    """Whether the database answers."""
    ticker: bool
    """Whether deadlines are being looked after."""
    position: int | None
    """Entries in the record; nothing where the database does not answer."""
    exercise: bool


@health.get("/healthz", responses={503: {"model": Health, "description": "数据库连不上，或计时停了。"}})
def healthz(request: Request, response: Response) -> Health:
    """Whether the database answers and deadlines are looked after; 503 where not."""
    house = house_of(request)
    try:
        position: int | None = house.journal.head().position
    except DatabaseError:
        position = None
    looking_after = (request.app.state.ticker, request.app.state.caller)
    ticking = all(one is None or one.alive() for one in looking_after)
    well = position is not None and ticking
    response.status_code = 200 if well else 503
    response.headers["Cache-Control"] = "no-store"
    return Health(
        status="ok" if well else "failing", database=position is not None, ticker=ticking, position=position,
        exercise=house.exercise,
    )  # fmt: skip


def _watcher(request: Request) -> None:
    """This machine, or whoever may read."""
    if not local(request):
        known(request)


@health.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(_: Annotated[Any, Depends(_watcher)]) -> Response:
    """Figures for Prometheus; open to this machine, otherwise with a login or token."""
    return Response(numbers.exposed(), media_type=CONTENT_TYPE_LATEST)
