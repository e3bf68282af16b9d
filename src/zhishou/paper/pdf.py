"""A paper as PDF, set by typst: the same paper gives the same bytes on every machine that has the same faces."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from functools import cache
from importlib import resources
from threading import Lock
from typing import Any, Literal

import segno
import typst

from zhishou.errors import ZhishouError
from zhishou.paper.fonts import faces
from zhishou.paper.laid import PITCH, Laid, laid
from zhishou.paper.value import Paper

_FAMILIES = {
    "fang": "FandolFang R", "hei": "FandolHei", "kai": "FandolKai", "song": "FandolSong", "page": "FandolSong",
}  # fmt: skip
_turn = Lock()


@cache
def _compiler() -> typst.Compiler:
    here = faces()
    paths = [str(here.folder), *([str(here.rare.parent)] if here.rare else [])]
    return typst.Compiler(font_paths=paths, ignore_system_fonts=True)


@cache
def _look() -> bytes:
    return resources.files("zhishou.paper").joinpath("paper.typ").read_bytes()


def pdf(paper: Paper, address: str = "") -> bytes:
    """The bytes of the PDF.

    Args:
        paper: the paper.
        address: the console's address for the QR code; empty: number and code in words.

    Raises:
        ZhishouError: the faces are not there, or it cannot be set.
    """
    return set_(laid(paper, address), paper)


def set_(one: Laid, paper: Paper) -> bytes:
    """The bytes of a paper that is laid out already."""
    made = _compiled(one, paper, "pdf", 0)
    if not isinstance(made, bytes):
        raise ZhishouError("PDF 排不出来", where=one.number, mend="把这句话告诉维护人员")
    return made


def pages(one: Laid, paper: Paper, dots: float = 96) -> tuple[bytes, ...]:
    """The same pages as pictures (PNG), to be looked at before it is issued.

    Args:
        one: the paper laid out.
        paper: the paper.
        dots: per inch.
    """
    made = _compiled(one, paper, "png", dots)
    found = made if isinstance(made, list) else [made]
    return tuple(page for page in found if isinstance(page, bytes))


def _compiled(one: Laid, paper: Paper, form: Literal["pdf", "png"], dots: float) -> Any:
    said = json.dumps(_data(one, paper), ensure_ascii=False)
    more: dict[str, Any] = {"pdf_tags": False} if form == "pdf" else {"ppi": dots}
    try:
        with _turn:  # a compiler serves one at a time
            return _compiler().compile(input=_look(), format=form, sys_inputs={"paper": said}, **more)
    except RuntimeError as error:
        raise ZhishouError(f"{form.upper()} 排不出来：{error}", where=one.number, mend="把这句话告诉维护人员") from None


def _data(one: Laid, paper: Paper) -> dict[str, Any]:
    made = paper.made
    rare = ["Noto Serif CJK SC", "Source Han Serif SC"] if faces().rare else []
    return {
        "title": one.title, "author": one.author, "date": [made.year, made.month, made.day, made.hour, made.minute],
        "exercise": one.exercise, "code": one.code, "picture": picture(one.picture) if one.picture else None,
        "pitch": PITCH, "faces": {**_FAMILIES, "rare": rare},
        "parts": [{"is": type(part).__name__.lower(), **asdict(part)} for part in one.parts],
    }  # fmt: skip


def picture(said: str) -> str:
    """A QR code as SVG, error correction M: a crease or a stamp over a corner does not spoil it."""
    out = io.BytesIO()
    segno.make(said, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False, light="white")
    return out.getvalue().decode()
