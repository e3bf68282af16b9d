"""What a command and an event are, and who gives one; it stands alone so that every room speaks of them alike.

A command is what somebody wants; an event is what has happened. Commands can be refused, events cannot. Both are frozen
data with a name of the trade and a Chinese label; neither knows where it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from zhishou import clock
from zhishou.errors import RefusedError, ZhishouError

EARLIEST, LATEST = 1949, 2199
"""Years outside these are slips of the pen, and some of them no calendar can carry into another zone."""


def _moment(value: Any) -> datetime:
    if not isinstance(value, str | datetime):
        raise ValueError("时间写成 2026-12-15T20:00 的样子")  # noqa: TRY004 - pydantic turns this one into its own
    try:
        found = clock.moment(value)
    except ZhishouError as error:
        raise ValueError(str(error)) from None
    except OverflowError:
        raise ValueError(f"“{value}”超出了日历的范围") from None
    if not EARLIEST <= found.year <= LATEST:
        raise ValueError(f"{found.year} 年不在 {EARLIEST} 至 {LATEST} 年之间，请核对年份")
    return found


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
"""A moment in Asia/Shanghai; a text without a zone is read so."""


LONGEST = 20_000
"""Characters that one text of a command may have."""


Amount = Annotated[float, Field(allow_inf_nan=False)]
"""A number that is one: neither infinite nor undefined, which no record could keep."""


class _Act(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def ready(kind: type[BaseModel]) -> None:
    """Build the checks of a command or event now: a server does so at its start, and not while the first caller waits."""
    # Also for one that is built: whatever wraps it would else wait for its first use.
    kind.model_config["defer_build"] = False
    if not kind.__pydantic_complete__:
        kind.model_rebuild(force=True)


class Command(_Act):
    """Something that somebody wants to be done. A subclass names itself in `name` and `label`."""

    name: ClassVar[str] = ""
    """English, in the imperative: `propose_level`."""
    label: ClassVar[str] = ""
    """Chinese: 提出启动建议."""

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, data: Any) -> Any:
        """Refuse what a screen or printer cannot show, or no record should hold; a line ends alike whoever wrote it."""
        returns = False
        for text in _texts(data):
            returns = returns or "\r" in text
            if len(text) > LONGEST:
                raise ValueError(f"文字超过 {LONGEST} 字，请精简或另附文件")
            if _UNREADABLE.search(text):
                raise ValueError("文字里有看不见的控制字符，请去掉后重填")
        return _lines(data) if returns else data


C = TypeVar("C", bound=Command)


def made(kind: type[C], **fields: Any) -> C:
    """A command made of what came by another way than in its own shape: of a file and its name, of a smaller form.

    Raises:
        RefusedError: a text of it cannot be kept.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        wrong = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise RefusedError(wrong, where=kind.label, mend="改正后重发", code="missing") from None


class Event(_Act):
    """Something that has happened. A subclass names itself in `type` and `label`.

    A change of a subclass's fields that old payloads do not fit raises `schema_version` and adds an upcaster.
    """

    type: ClassVar[str] = ""
    """English, in the past: `level_proposed`."""
    label: ClassVar[str] = ""
    """Chinese: 已提出启动建议."""
    schema_version: ClassVar[int] = 1
    """Version of the payload's shape."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command, and the posts he holds at that moment."""

    person: str
    """Account id; `system` for what the desk does by itself (a deadline passed, an assessment filed)."""
    name: str
    """Name shown."""
    posts: frozenset[str] = frozenset()
    """Keys of the posts held, see `plan/posts.py`."""
    delegated: Mapping[str, str] = field(default_factory=dict)
    """Posts held by a written delegation on record: key → number of the delegation."""


SYSTEM = Actor("system", "系统")
"""The desk itself. It records and reminds; it decides nothing."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event with when, who and where in the record."""

    event: Event
    at: datetime
    """When it happened, as stated."""
    stream: str
    version: int
    """Place within the stream, from 1."""
    position: int
    """Place within the journal, from 1."""
    recorded: datetime
    """When it was recorded."""
    person: str
    name: str
    post: str
    """Key of the post in which the person acted."""
    exercise: bool = False
    """True where it belongs to a drill."""


Payload = dict[str, Any]
Upcaster = Callable[[Payload], Payload]


_UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000\ue001\ufffe\uffff]"
)
"""What no XML holds, what has a line read otherwise than it is written, and the two signs between which papers keep their blanks."""


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(data, list | tuple | set | frozenset):
        for value in data:
            yield from _texts(value)


def _lines(data: Any) -> Any:
    """The same with line feeds alone at the end of lines; browsers send a carriage return before them."""
    if isinstance(data, str):
        return data.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(data, Mapping):
        return {_lines(key): _lines(value) for key, value in data.items()}
    if isinstance(data, list | tuple | set | frozenset):
        return type(data)(_lines(value) for value in data)
    return data


class Catalogue:
    """The kinds of event that one room knows, with what turns old payloads into new ones."""

    def __init__(self, *kinds: type[Event], upcasters: Mapping[tuple[str, int], Upcaster] | None = None) -> None:
        self._kinds = {kind.type: kind for kind in kinds}
        self._upcasters = dict(upcasters or {})
        for kind in kinds:
            for version in range(1, kind.schema_version):
                if (kind.type, version) not in self._upcasters:
                    raise ValueError(f"no upcaster for {kind.type} from version {version}")

    def __iter__(self) -> Iterator[type[Event]]:
        return iter(self._kinds.values())

    def __contains__(self, type_: object) -> bool:
        return type_ in self._kinds

    def decode(self, type_: str, schema: int, payload: Payload) -> Event:
        """The event of a payload as it was recorded, brought to today's shape step by step.

        Raises:
            ZhishouError: the type is not known, the payload is of a later version than this software, or does not fit.
        """
        kind = self._kinds.get(type_)
        if kind is None:
            raise ZhishouError(f"不认识的事件“{type_}”", mend="请用写入它的那个版本的软件打开，或升级本软件")
        if schema > kind.schema_version:
            raise ZhishouError(
                f"事件“{type_}”是第 {schema} 版，本软件只认到第 {kind.schema_version} 版", mend="请升级本软件"
            )
        for version in range(schema, kind.schema_version):
            payload = self._upcasters[type_, version](payload)
        try:
            return kind.model_validate(payload)
        except ValidationError as error:
            raise ZhishouError(
                f"事件“{type_}”的内容读不出来：{error.errors()[0]['msg']}", mend="请从备份核对这条记录"
            ) from None
