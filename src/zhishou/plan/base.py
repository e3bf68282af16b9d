"""What every part of a pack shares: a frozen model that refuses unknown keys, and the citation of a clause."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from zhishou import clock


class Model(BaseModel):
    """A piece of a pack: frozen, no key beyond those named here."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


_HALF_WIDTH = str.maketrans("（）", "()")


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _clauses(value: Any) -> Any:
    found = value if isinstance(value, list | tuple) else (value,)
    if any(isinstance(item, int | float) for item in found):
        raise ValueError('条款号要加引号，例如 "4.10"，不加引号会读成小数 4.1')
    return tuple(item.translate(_HALF_WIDTH) if isinstance(item, str) else item for item in found)


def _is_span(value: str) -> str:
    if value in {"immediately", "promptly", "regularly", "by_rule"}:
        return value
    if clock.minutes(value) is None and clock.months(value) is None:
        raise ValueError(
            "时限写成 30 min、2 h、3 d、24 months，或 immediately（立即）、promptly（及时）、"
            "regularly（定期）、by_rule（按规定）"
        )
    return value


_ONE_OR_MORE = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
"""A single name may stand without its list."""

Clause = Annotated[tuple[str, ...], BeforeValidator(_clauses), _ONE_OR_MORE]
"""One clause number of the source, or several: `4.2.1(1)`."""

Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), _ONE_OR_MORE]
"""One name or several."""

Actors = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), _ONE_OR_MORE]
"""Who: `headquarters`, `office`, `members`, a post or group of this pack by its id, or an organisation by any name."""

Span = Annotated[str, AfterValidator(_is_span)]
"""A length of time (`30 min`, `2 h`, `3 d`, `24 months`), or how the text puts it where it gives no length:
`immediately` 立即, `promptly` 及时, `regularly` 定期, `by_rule` 按有关规定."""

Colour = Literal["红", "橙", "黄", "蓝"]
"""The colours in which official plans mark warnings."""
