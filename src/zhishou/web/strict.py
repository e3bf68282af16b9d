"""Bodies read strictly: no key twice, no number that is none, no nesting without end. FastAPI alone would let them pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from zhishou.web.errors import Unacceptable

DEEPEST = 24
"""Brackets within brackets; a command needs six."""
LONGEST_NUMBER = 18
"""Signs of a number; a whole number of so many still fits the record."""


class StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> Any:
        """The body as data.

        Raises:
            Unacceptable: it is no JSON, or none that a record could hold.
        """
        if not hasattr(self, "_read"):
            self._read = parsed(await self.body())
        return self._read


class StrictRoute(APIRoute):
    """A route that reads its bodies so."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, given the strict request."""
        handler = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return strictly


def parsed(body: bytes) -> Any:
    """JSON as data.

    Raises:
        Unacceptable: it is no JSON, or none that a record could hold.
    """
    if _depth(body) > DEEPEST:
        raise _refused("正文的括号套得太深", "减少嵌套")
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_int,
            parse_float=_float,
        )
    except UnicodeDecodeError:
        raise _refused("正文不是 UTF-8 文字", "用 UTF-8 编码") from None
    except json.JSONDecodeError as error:
        raise _refused("正文不是 JSON", "核对引号、逗号和括号", f"第 {error.pos + 1} 个字符附近") from None


def _refused(message: str, mend: str, where: str = "正文") -> Unacceptable:
    return Unacceptable(400, "unreadable", message, mend, where)


def _depth(body: bytes) -> int:
    depth = deepest = 0
    quoted = False
    signs = iter(body)
    for sign in signs:
        if sign == 0x5C and quoted:
            next(signs, None)
        elif sign == 0x22:
            quoted = not quoted
        elif not quoted and sign in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif not quoted and sign in b"]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _refused(f"字段“{twice[:60]}”写了两遍", "留一个")
    return found


def _constant(name: str) -> Any:
    raise _refused(f"“{name}”不是数", "写出数值，不知道的不写")


def _int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise _refused("数太大", "核对位数")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if abs(value) > 10.0**LONGEST_NUMBER:
        raise _refused("数太大", "核对位数")
    return value
