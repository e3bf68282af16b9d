"""A deployment's own words for messages: read and checked at the start, so that no night finds out that one cannot be made.

It stands apart from `texts.py` because it is written by hand. What it leaves out stays as shipped. Nobody is told by it what
he need not know: the name of the incident goes to the duty room and whoever commands alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationError, create_model

from zhishou.callout.matters import KINDS, Piece
from zhishou.callout.texts import SHORT, WORDS, Texts
from zhishou.errors import PackError
from zhishou.plan import marks
from zhishou.plan.wrong import translated

_PLACE = re.compile(r"\{([^{}]*)\}")
_SECRET = {"full": frozenset[str](), "own": frozenset({"title"}), "bare": frozenset({"title", "what"})}


def _checked(kept: frozenset[str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not text.strip() or "\n" in text:
            raise ValueError("用语写成一行，不能为空")
        places = _PLACE.findall(text)
        if unknown := [one for one in places if one not in WORDS] or re.findall(r"[{}]", _PLACE.sub("", text)):
            known = "、".join(f"{{{one}}}" for one in WORDS)
            raise ValueError(f"“{unknown[0]}”不是可以填的项：可用{known}")
        if told := kept & set(places):
            raise ValueError(f"这一类人不必知道 {{{min(told)}}}：删去，或改写 full 一种")
        if len(_PLACE.sub("", text)) > SHORT // 2:
            raise ValueError(f"固定的字超过 {SHORT // 2} 个，短信放不下：精简")
        return text

    return check


def _wording(kind: str) -> Any:
    # That a level has come into force is no secret from anybody who is told of it.
    kept = _SECRET | ({"bare": frozenset({"title"})} if kind == "level" else {})
    fields: dict[str, Any] = {need: (Annotated[str, AfterValidator(_checked(own))], "") for need, own in kept.items()}
    return create_model(f"Wording_{kind}", __base__=Piece, **fields)


_KINDS: dict[str, Any] = {kind: (_wording(kind) | None, None) for kind in KINDS}
_OwnTexts: Any = create_model("OwnTexts", __base__=Piece, **_KINDS)


def read_texts(text: str, name: str) -> Texts:
    """A deployment's texts from their file, in the form of `texts.yaml`; kinds and needs that are left out stay as shipped.

    Raises:
        PackError: with every problem, its line and mend.
    """
    marked = marks.read(text, name)
    try:
        read = _OwnTexts.model_validate(marked.data or {})
    except ValidationError as error:
        raise PackError(translated(error, marked)) from None
    found: Mapping[str, Any] = read.model_dump()
    return {
        kind: {need: words for need, words in own.items() if words} for kind, own in found.items() if own is not None
    }
