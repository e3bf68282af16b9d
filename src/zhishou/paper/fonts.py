"""Where the faces of the papers are on this machine: free ones for the PDF, and the official names that a DOCX asks for.

It stands alone because it alone looks at the machine. The set-up (`make fonts`) brings them.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from fontTools.ttLib import TTFont

from zhishou.errors import ZhishouError

Face = Literal["fang", "hei", "kai", "song", "page"]

FILES: dict[Face, str] = {
    "fang": "FandolFang-Regular.otf",
    "hei": "FandolHei-Regular.otf",
    "kai": "FandolKai-Regular.otf",
    "song": "FandolSong-Bold.otf",
    "page": "FandolSong-Regular.otf",
}
"""仿宋 · 黑体 · 楷体 · 小标宋 · 宋体 (page numbers) → the free face that stands in for it in the PDF."""

OFFICIAL: dict[Face, tuple[str, ...]] = {
    "fang": ("仿宋_GB2312", "仿宋", "FangSong", "FandolFang"),
    "hei": ("黑体", "SimHei", "FandolHei"),
    "kai": ("楷体_GB2312", "楷体", "KaiTi", "FandolKai"),
    "song": ("方正小标宋简体", "方正小标宋_GBK", "小标宋", "FandolSong"),
    "page": ("宋体", "SimSun", "FandolSong"),
}
"""The name that a DOCX asks for, and those that stand in for it on machines without it."""

_FOLDERS = (
    "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol",
    "/usr/share/fonts/opentype/fandol",
    "/usr/local/share/fonts/zhishou",
    "~/.local/share/fonts/zhishou",
)
_RARE = ("NotoSerifCJKsc-Regular.otf", "SourceHanSerifSC-Regular.otf")
"""Faces for characters that the free ones lack (喆, 堃), where a package of this environment ships them."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces found."""

    folder: Path
    rare: Path | None
    """A file with rare characters; None where there is none."""


def folders() -> Iterator[Path]:
    """Where faces are looked for: what the environment names, the house's own folder, those of the system."""
    if named := os.environ.get("ZHISHOU_FONTS"):
        yield Path(named)
    yield Path(__file__).parents[3] / ".fonts"
    yield Path(__file__).parent / "faces"
    yield from (Path(one).expanduser() for one in _FOLDERS)


@cache
def faces() -> Faces:
    """The faces of this machine.

    Raises:
        ZhishouError: they are not there.
    """
    for folder in folders():
        if all((folder / file).is_file() for file in FILES.values()):
            return Faces(folder, _rare())
    raise ZhishouError(
        "本机没有公文字体，出不了 PDF",
        where="字体",
        mend="运行 make fonts，或安装 Debian 包 texlive-lang-chinese，或用 ZHISHOU_FONTS 指明放 Fandol 字体的文件夹",
    )


def _rare() -> Path | None:
    found = importlib.util.find_spec("mplfonts")
    for place in found.submodule_search_locations or () if found else ():
        for name in _RARE:
            if (file := Path(place) / "fonts" / name).is_file():
                return file
    return None


@cache
def _covered() -> frozenset[int]:
    """Characters that some face has."""
    here = faces()
    files = [here.folder / FILES["fang"], *([here.rare] if here.rare else [])]
    covered: set[int] = set()
    for file in files:
        with TTFont(file, lazy=True) as font:
            covered |= set(font.getBestCmap())
    return frozenset(covered)


def lacking(text: str) -> tuple[str, ...]:
    """Characters that no face here can show, each once."""
    return tuple(dict.fromkeys(one for one in text if one.isprintable() and ord(one) not in _covered()))
