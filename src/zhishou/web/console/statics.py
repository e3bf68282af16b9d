"""Scripts and styles, shipped with the package; their address carries their digest, so a browser asks for each once."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from zhishou.errors import NotFoundError
from zhishou.web.console.pages import STATIC
from zhishou.web.console.visiting import PageRoute

statics = APIRouter(route_class=PageRoute, include_in_schema=False)

KINDS: Mapping[str, str] = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@statics.get("/static/{name}")
def read_static(name: str) -> Response:
    """One file."""
    file = STATIC / name
    if file.parent != STATIC or file.suffix not in KINDS or not file.is_file():
        raise NotFoundError("没有这个文件")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(file, media_type=f"{KINDS[file.suffix]}; charset=utf-8", headers=headers)


@statics.get("/favicon.ico")
def icon() -> Response:
    """Browsers ask for it unasked."""
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")
