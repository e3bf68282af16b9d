"""One shape for everything that goes wrong, whatever raised it; no answer ever shows the inside of the software."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from zhishou.errors import (
    DatabaseError,
    DeniedError,
    JournalError,
    NotFoundError,
    ProblemsError,
    RefusedError,
    RepeatedKeyError,
    StaleError,
    TooManyError,
    ZhishouError,
)
from zhishou.plan.load import Library
from zhishou.web.wrong import told


class Problem(BaseModel):
    """One of several things that are wrong."""

    message: str
    where: str = ""
    mend: str = ""


class ErrorDetail(BaseModel):
    """What is wrong, where, and the mend."""

    code: str
    """Short English code for programs."""
    message: str
    """One Chinese sentence for people."""
    where: str = ""
    mend: str = ""
    clause: list[str] = Field(default_factory=list)
    """The clauses of the plan that say so."""
    plan: str = ""
    """Id of the plan whose clauses they are."""
    problems: list[Problem] = Field(default_factory=list)
    """Everything that is wrong, where it is more than one thing."""
    version: int | None = None
    """The present version, where the one that the caller has seen is stale."""
    retry_after: int | None = None
    """Seconds after which to try again."""


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    error: ErrorDetail


class Unacceptable(HTTPException):
    """A request that is turned away at the door, with its code and mend.

    Args:
        status: of HTTP.
        code: for programs.
        message: what is wrong.
        mend: what to do about it.
    """

    def __init__(self, status: int, code: str, message: str, mend: str = "", where: str = "") -> None:
        super().__init__(status, message)
        self.code, self.message, self.mend, self.where = code, message, mend, where


REFUSED = {"post": 403, "own_proposal": 403, "state": 409, "conflict": 409}
"""Status for the code of a refusal; 422 for the others: something in the command itself is missing or wrong."""


def of_error(error: Exception, library: Library | None = None) -> tuple[int, ErrorDetail]:
    """Status and body for an error of the house."""
    if isinstance(error, RefusedError):
        plan = _plan(error.where, library) if error.clause else ""
        told = ErrorDetail(code=error.code, clause=list(error.clause), plan=plan, **_said(error))
        return REFUSED.get(error.code, 422), told
    for kind, status, detail in _KINDS:
        if isinstance(error, kind):
            return status(error) if callable(status) else status, detail(error)
    raise error


def _said(error: Any) -> dict[str, str]:
    return {"message": error.message, "where": error.where, "mend": error.mend}


def _database(_: DatabaseError) -> ErrorDetail:
    """Where it is and why stays in the log."""
    mend = "请稍后再试；一直如此请告诉维护人员。刚才的命令请用原编号重发"
    return ErrorDetail(code="database", message="数据库暂时不可用", mend=mend, retry_after=5)


_HTTP = {
    404: ("not_found", "没有这个地址", "接口清单见 /api/docs"),
    405: ("method", "这个地址不接受这种请求方式", "接口清单见 /api/docs"),
    400: ("unreadable", "请求读不懂", "核对内容后重发"),
}


def _http(error: HTTPException) -> ErrorDetail:
    code, message, mend = _HTTP.get(error.status_code, ("refused", "请求不能受理", ""))
    return ErrorDetail(code=code, message=message, mend=mend)


_KINDS: tuple[tuple[type[Exception], Any, Any], ...] = (
    (StaleError, 409, lambda error: ErrorDetail(code="stale", version=error.actual, **_said(error))),
    (
        RepeatedKeyError, 409,
        lambda error: ErrorDetail(code="repeated_key", **(_said(error) | {"where": "Idempotency-Key"})),
    ),
    (NotFoundError, 404, lambda error: ErrorDetail(code="not_found", **_said(error))),
    (DeniedError, 401, lambda error: ErrorDetail(code=error.wants, **_said(error))),
    (
        TooManyError, 429,
        lambda error: ErrorDetail(code="too_many", retry_after=error.retry_after, **_said(error)),
    ),
    (ProblemsError, 422, lambda error: _several(error.problems)),
    (DatabaseError, 503, _database),
    (JournalError, 422, lambda error: ErrorDetail(code="not_recordable", **_said(error))),
    (ZhishouError, 422, lambda error: ErrorDetail(code="invalid", **_said(error))),
    (Unacceptable, lambda error: error.status_code, lambda error: ErrorDetail(code=error.code, **_said(error))),
    (HTTPException, lambda error: error.status_code, _http),
)  # fmt: skip
"""Kind of error → status and body; the first that fits counts."""


def answer(status: int, detail: ErrorDetail, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response for an error."""
    more = dict(headers or {})
    if detail.retry_after is not None:
        more["Retry-After"] = str(detail.retry_after)
    if status == 401:
        more["WWW-Authenticate"] = "Bearer"
    if detail.version is not None:
        more["ETag"] = f'"{detail.version}"'
    body = {"error": detail.model_dump(exclude_defaults=True) | {"code": detail.code, "message": detail.message}}
    for always in ("where", "mend", "clause"):
        body["error"].setdefault(always, [] if always == "clause" else "")
    return JSONResponse(body, status, more)


AsPage = Callable[[Request, int, ErrorDetail], Awaitable[Response]]
"""Answers an error with a page."""
NO_PAGE = ErrorDetail(code="not_found", message="没有这一页", mend="核对地址；或者回到态势，从上面的导航进去")


def for_people(request: Request) -> bool:
    """Whether a person with a browser asks, and not a program."""
    wants_page = "text/html" in request.headers.get("accept", "") or request.headers.get("hx-request") == "true"
    return wants_page and not request.url.path.startswith("/api")


def attach(app: FastAPI, library: Library, as_page: AsPage) -> None:
    """Have every error of the app answered in the one shape; where a browser asks for a page, with a page."""

    async def of_house(_: Request, error: Exception) -> JSONResponse:
        if isinstance(error, DatabaseError):
            structlog.get_logger().error("database_failed", what=str(error))
        return answer(*of_error(error, library))

    async def of_http(request: Request, error: Exception) -> Response:
        status, detail = of_error(error)
        if for_people(request):
            return await as_page(request, status, NO_PAGE if detail.code == "not_found" else detail)
        return answer(status, detail, getattr(error, "headers", None))

    async def of_validation(_: Request, error: Exception) -> JSONResponse:
        found: Iterable[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
        return answer(422, _several(list(map(told, found))))

    app.add_exception_handler(ZhishouError, of_house)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, of_validation)


def _several(problems: Iterable[ZhishouError]) -> ErrorDetail:
    found = [Problem(message=one.message, where=one.where, mend=one.mend) for one in problems][:50]
    first = found[0] if found else Problem(message="内容不对")
    more = f"（共 {len(found)} 处）" if len(found) > 1 else ""
    return ErrorDetail(
        code="invalid", message=f"{first.message}{more}", where=first.where, mend=first.mend, problems=found
    )


def _plan(where: str, library: Library | None) -> str:
    packs = library.packs.values() if library else ()
    return next((pack.id for pack in packs if where in {pack.plan.short, pack.id}), "")
