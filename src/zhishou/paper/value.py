"""A paper as a value: everything that it says, and nothing of how it looks; both renderers read this and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, Literal

_OPEN, _SHUT = "\ue000", "\ue001"
_BLANK = re.compile(f"{_OPEN}([^{_OPEN}{_SHUT}]*){_SHUT}")
LINE = "________"
"""What stands on paper where something is to be filled in by hand."""


def blank(name: str) -> str:
    """Something that the record does not say: a line to write on, which `blanks` lists by this name."""
    return f"{_OPEN}{name}{_SHUT}"


def shown(text: str) -> str:
    """A text as it is printed, its blanks as lines to write on."""
    return _BLANK.sub(LINE, text)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; its number is given when the paper is laid out: 一、 and （一）."""

    level: Literal[1, 2]
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """Paragraphs numbered 1. 2. 3."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    """Shares of the width, any scale."""
    align: str
    """One letter for each column: l, c, r."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields with what is filled in, two to a line where both are short."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines for signatures by hand, each with its role."""

    roles: tuple[str, ...]


Block = Text | Heading | Items | Table | Form | Signatures


@dataclass(frozen=True, slots=True)
class Citation:
    """Clauses of one plan."""

    plan: str
    """Plan id."""
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """An official paper."""

    kind: str
    """Id of its kind, see kinds.py."""
    area: str
    """Area of the duty room that issues it."""
    issuer: str
    """The body whose name stands at the head and under the text."""
    title: str
    """Without the issuer where a red head carries it."""
    made: datetime
    """The day that stands under it: on which it was signed or decided (成文日期)."""
    body: tuple[Block, ...]
    to: tuple[str, ...] = ()
    """Main recipients; empty where the kind has none."""
    signer: str = ""
    """签发人, on papers that go upward; empty: the paper has none."""
    copies: tuple[str, ...] = ()
    printed_by: str = ""
    """Who prints and sends it; empty: the issuer."""
    printed: datetime | None = None
    """When it goes to print (印发日期); None: the day on which it was made."""
    rests_on: tuple[Citation, ...] = ()
    basis: str = ""
    """The same in words, printed where the text itself does not say it."""
    event: int = 0
    """Position in the record of the event that it follows from; 0: the record's last."""
    plan: str = ""
    incident: str = ""
    exercise: bool = False
    number: str = ""
    """〔2026〕3号 with what stands before; empty while it is a draft."""
    code: str = ""
    """Short code of the event, see codes.py; empty while it is a draft."""

    @property
    def blanks(self) -> tuple[str, ...]:
        """What the record did not say and somebody must fill in, each once, in order."""
        return tuple(dict.fromkeys(name for text in texts(self) for name in _BLANK.findall(text)))


_UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def printable(value: Any) -> Any:
    """A value whose texts can be set: what no file can hold is left out, a tab is a space. Only the layout sets tabs.

    The door of the record refuses such signs; this is for what came in by another way, or is on record already.
    """
    if isinstance(value, str):
        plain = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        return _UNPRINTED.sub("", plain)
    if isinstance(value, tuple):
        return tuple(map(printable, value))
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{field.name: printable(getattr(value, field.name)) for field in fields(value)})
    return value


def texts(value: Any) -> Iterator[str]:
    """Every text in a paper, in order of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))


def filled(value: Any, by: dict[str, str]) -> Any:
    """A value with blanks filled in; names that are no blank of it do nothing."""
    if isinstance(value, str):
        return _BLANK.sub(lambda found: by.get(found[1], found[0]), value)
    if isinstance(value, tuple):
        return tuple(filled(one, by) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{field.name: filled(getattr(value, field.name), by) for field in fields(value)})
    return value
