"""The description of the API (OpenAPI 3.1), completed: what every route says in Chinese, an example, every error it can give.

It stands alone because the routes are made from the commands, and what is said about them is data (`words.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel

from zhishou.incident.index import COMMANDS
from zhishou.paper.cap.alerting import IssueAlert, Words
from zhishou.paper.issuing import IssuePaper
from zhishou.plan import marks
from zhishou.plan.schema import descriptions
from zhishou.watch.commands import COMMANDS as ROOM_COMMANDS
from zhishou.web.errors import ErrorBody

DESCRIPTION = """值守的接口：控制台、报送单位和其他系统都从这里办事，看到什么、能办什么只看职务。

- 登录：`POST /api/login` 得到 Cookie；每次改动带 `X-CSRF-Token`。机器用 `Authorization: Bearer zs_…`。
- 命令：每个命令带 `Idempotency-Key`，同一编号只办一次，断线后原样重发；`If-Match` 写看过的版本，别人先办了就返回 409。
- 出错：一律是 `{"error": {code, message, where, mend, clause, …}}`，`clause` 是预案条款。
- 实时：`GET /api/live`（server-sent events），断线后从 `Last-Event-ID` 接着来。
"""
TAGS = [
    {"name": "login", "description": "登录、动态口令、我的账户"},
    {"name": "incidents", "description": "事件：登记、报告、研判、决定、任务、善后；每个命令一个地址"},
    {"name": "rooms", "description": "值班室：任职、委托、排班、交接班、日志、日常工作"},
    {"name": "returns", "description": "报表：报送、待核、迟报"},
    {"name": "papers", "description": "文件：现在能出哪些、印发、原件、核对"},
    {"name": "alerts", "description": "公开预警信息（CAP）：发布、公开清单、接收外来的"},
    {"name": "boards", "description": "看板：事件、任务、时限、研判提示"},
    {"name": "plans", "description": "预案和词库"},
    {"name": "live", "description": "实时消息"},
    {"name": "people", "description": "账户和接口令牌（系统管理员）"},
    {"name": "health", "description": "运行状况"},
]
OPEN = frozenset({
    ("post", "/api/login"), ("get", "/healthz"), ("get", "/metrics"), ("get", "/api/openapi.json"),
    ("get", "/api/docs"), ("get", "/api/docs/{name}"), ("get", "/feed/alerts.atom"), ("get", "/feed/{id}.xml"),
})  # fmt: skip
"""Routes that somebody who has not logged in may call; the figures only from this machine."""

_STATIC = Path(__file__).parent / "static"
_PAGES = {"docs.css": "text/css", "docs.js": "text/javascript"}
_ERRORS: Mapping[int, str] = {
    400: "请求读不懂。",
    401: "没有登录，或还差动态口令、新密码（code 说明差什么）。",
    403: "不在职权之内（clause 是条款），或缺少防伪标记。",
    404: "没有这个地址、事件、预案或账户。",
    405: "这个地址不接受这种请求方式。",
    409: "别人先办了一笔（stale），命令编号已用过（repeated_key），或现在不能这样办。",
    413: "正文太大。",
    415: "正文不是 JSON。",
    422: "内容不对或缺项；problems 逐条列出。",
    429: "次数太多，过 Retry-After 秒再试。",
    503: "数据库暂时不可用。",
}
_BODILESS = frozenset({413, 415})
_WITHOUT_LOGIN = frozenset({404, 405, 429, 503})


def attach(app: FastAPI) -> None:
    """Serve the description, and a page that shows it."""

    @app.get("/api/openapi.json", include_in_schema=True, tags=["health"], response_class=JSONResponse)
    def openapi_json() -> dict[str, Any]:
        """This description, as OpenAPI 3.1."""
        return app.openapi()

    @app.get("/api/docs", include_in_schema=False)
    def docs() -> FileResponse:
        return FileResponse(_STATIC / "docs.html", media_type="text/html; charset=utf-8")

    @app.get("/api/docs/{name}", include_in_schema=False)
    def docs_part(name: str) -> FileResponse:
        from zhishou.errors import NotFoundError  # noqa: PLC0415 - only a wrong name needs it

        if name not in _PAGES:
            raise NotFoundError("没有这个文件")
        return FileResponse(_STATIC / name, media_type=f"{_PAGES[name]}; charset=utf-8")

    def openapi() -> dict[str, Any]:
        if not _made:
            _made.append(_completed(app))
        return _made[0]

    app.openapi = openapi  # type: ignore[method-assign]


_made: list[dict[str, Any]] = []
"""The description, made once: it depends on no house."""


def described() -> dict[str, Any]:
    """The description without a house, for the shipped file."""
    from zhishou.web.app import routed  # noqa: PLC0415 - the app needs this file first

    return routed().openapi()


@cache
def words() -> Mapping[str, Any]:
    """What is said of every route: operation → `says`, `about`, `example`."""
    file = Path(__file__).parent / "words.yaml"
    found: Mapping[str, Any] = marks.read(file.read_text("utf-8"), file.name).data
    return found


def _completed(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
    )
    schemas = made["components"]["schemas"]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    errors = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= errors.pop("$defs", {}) | {"ErrorBody": errors}
    _describe(schemas)
    made["components"]["securitySchemes"] = {
        "cookie": {"type": "apiKey", "in": "cookie", "name": "zhishou", "description": "登录后的 Cookie，改动另带 X-CSRF-Token"},
        "token": {"type": "http", "scheme": "bearer", "description": "接口令牌 zs_…"},
    }  # fmt: skip
    made["components"]["responses"] = {f"E{status}": _error(text) for status, text in _ERRORS.items()}
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
    return made


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    said = words().get(operation["operationId"], {})
    operation["summary"] = said.get("says", operation["summary"])
    operation["description"] = said.get("about", operation.get("description", ""))
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is not None and "example" in said:
        content["example"] = said["example"]
    responses = operation["responses"]
    with_fields = responses.pop("422", None) is not None
    without_login = (method, path) in OPEN
    operation["security"] = [] if without_login else [{"cookie": []}, {"token": []}]
    for status in _ERRORS:
        if status in _BODILESS and content is None:
            continue
        if without_login and content is None and status not in _WITHOUT_LOGIN | ({422} if with_fields else set()):
            continue
        responses.setdefault(str(status), {"$ref": f"#/components/responses/E{status}"})
    for status, response in responses.items():
        if status.startswith("2") and (told := response.get("content", {}).get("application/json")) is not None:
            response["description"] = "办好了。" if method == "post" else "查到了。"
            if "answer" in said:
                told["example"] = said["answer"]


def _error(text: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
    return {"description": text, "content": content}


def _describe(schemas: dict[str, Any]) -> None:
    """Give every field of a command the text that stands under it in the source."""
    for model in _models():
        schema = schemas.get(model.__name__)
        if schema is None:
            continue
        for field, text in descriptions(model).items():
            if field in schema.get("properties", {}):
                schema["properties"][field].setdefault("description", text)


def _models() -> Iterator[type[BaseModel]]:
    yield from COMMANDS.values()
    yield from ROOM_COMMANDS
    yield IssuePaper
    yield IssueAlert
    yield Words
