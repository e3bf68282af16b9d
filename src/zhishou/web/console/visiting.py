"""Who visits a page, and what he filled in; whatever goes wrong is answered as a page, with the mend.

The same login, sight and posts as the API (`web/auth.py`); only the word against forged requests comes in the form.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

import structlog
from anyio.to_thread import run_sync
from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from pydantic import SecretStr
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from zhishou.bootstrap import House
from zhishou.errors import DeniedError, ZhishouError
from zhishou.people.sessions import Session
from zhishou.web.auth import Caller, house_of, known, person, protected, session_secret
from zhishou.web.console.pages import page
from zhishou.web.errors import ErrorDetail, answer, of_error
from zhishou.web.wrong import told

FIELDS = 2_000
"""Fields of a form."""
FILES = 20
OWED = {"second_factor": "/login/code", "new_password": "/login/password", "login": "/login"}
"""What a login still owes → where it is given."""

HEADINGS = {
    401: "请先登录",
    403: "不在职权之内",
    404: "没有找到",
    409: "现在不能这样办",
    413: "太大",
    500: "出错了",
    503: "数据库暂时不可用",
}


async def filled(request: Request) -> AsyncIterator[FormData]:
    """What was filled in, its files closed in the end; nothing where the page is only looked at."""
    if request.method != "POST":
        yield FormData()
        return
    async with request.form(max_files=FILES, max_fields=FIELDS, max_part_size=1024 * 1024) as form:
        request.state.csrf_sent = str(form.get("_csrf", ""))
        yield FormData([(name, _lines(value)) for name, value in form.multi_items()])


def _lines(value: UploadFile | str) -> UploadFile | str:
    """A text with line feeds alone at the end of lines: browsers send a carriage return before them, which no message may have."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


Filled = Annotated[FormData, Depends(filled)]


async def visitor(request: Request, form: Filled) -> Caller:
    """Who visits, fully logged in, in person."""
    del form  # it must have been read before the word in it is looked at
    return person(await run_sync(known, request))


Visitor = Annotated[Caller, Depends(visitor)]


@dataclass(frozen=True, slots=True)
class Halfway:
    """Who has given a password and may still owe something."""

    house: House
    secret: SecretStr
    session: Session


async def halfway(request: Request, form: Filled) -> Halfway:
    """Who visits, half-way in."""
    del form
    house, secret = house_of(request), session_secret(request)

    def find() -> Session:
        return house.gate.sessions.find(secret, house.now(), halfway=True)

    session = await run_sync(find)
    protected(request, secret)
    request.state.account = session.account
    return Halfway(house, secret, session)


HalfwayVisitor = Annotated[Halfway, Depends(halfway)]


class PageRoute(APIRoute):
    """A route that answers what goes wrong with a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with a page for every error."""
        handler = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handler(request)
            except (ZhishouError, HTTPException) as error:
                if isinstance(error, DeniedError) and error.wants in OWED:
                    return to_login(request, OWED[error.wants])
                return await wrong(request, *of_error(error, house_of(request).library))
            except RequestValidationError as error:
                first = told(error.errors()[0])
                return await wrong(
                    request, 422, ErrorDetail(code="invalid", message=first.message, where=first.where, mend=first.mend)
                )
            except ClientDisconnect:
                raise
            except Exception as error:  # noqa: BLE001 - a person gets a page, whatever has happened
                number = str(request.state.visit)
                structlog.get_logger().error("unexpected", request=number, exc_info=error)
                mend = f"请再试一次；一直如此，把编号 {number} 告诉维护人员"
                return await wrong(request, 500, ErrorDetail(code="internal", message="服务器内部出错", mend=mend))

        return shown


def to_login(request: Request, where: str) -> Response:
    """To the login, and back to the page afterwards; from a form that was sent, back to the form."""
    here = _before(request)
    back = f"?next={quote(here)}" if here and here not in {"/", *OWED.values()} else ""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": where + back})
    return RedirectResponse(where + back, 303)


def _before(request: Request) -> str:
    """Where somebody was: the page he asked for, the form of a command that he sent, else the page that it stood on."""
    url = urlsplit(str(request.url))
    renewing = request.headers.get("hx-request") == "true" and request.method == "GET" and "/do/" not in url.path
    if renewing or (request.method != "GET" and "/do/" not in url.path):
        url = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer") or "")
    return url.path + (f"?{url.query}" if url.query else "")


async def wrong(request: Request, status: int, detail: ErrorDetail) -> Response:
    """A page that says what is wrong, under which clause, and the mend."""
    try:
        caller: Caller | None = person(await run_sync(known, request))
    except (ZhishouError, HTTPException):
        caller = None
    try:
        heading = HEADINGS.get(status, "没有办成")
        return page(request, "wrong.html", caller, status=status, wrong=detail, heading=heading)
    except ZhishouError:  # the database is away, and the page wants it
        return answer(status, detail)
