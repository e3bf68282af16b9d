"""What the API says of events, people's posts and pages: the shapes that several subjects share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from zhishou.acts import Happened
from zhishou.journal import Row
from zhishou.plan.load import Library
from zhishou.plan.posts import post_label


class EventTold(BaseModel):
    """Something that has happened."""

    position: int
    """Place in the record."""
    version: int
    """Place in its stream."""
    type: str
    label: str
    at: datetime
    """When it happened."""
    recorded: datetime
    person: str
    """Account id."""
    name: str
    post: str
    post_label: str
    payload: dict[str, Any]


class RowTold(BaseModel):
    """A line of a board."""

    key: str
    area: str
    state: str
    due: datetime | None
    data: dict[str, Any]


class Page(BaseModel):
    """A page of a board."""

    rows: list[RowTold]
    next: str = ""
    """Give it as `after` for the next page; empty on the last."""
    names: dict[str, str] = Field(default_factory=dict)
    """Chinese for the keys of posts, plans, organisations and areas that the lines name."""


class CommandDone(BaseModel):
    """What became of a command."""

    incident: str = ""
    """The incident's id."""
    area: str = ""
    """The duty room, where the command was given to one."""
    version: int
    """The version after it; give it as `If-Match` with the next command."""
    repeated: bool
    """True where the same command had come before and nothing was done now."""
    events: list[EventTold]


class Ok(BaseModel):
    """It was done."""

    ok: Literal[True] = True


def event_told(one: Happened, library: Library) -> EventTold:
    """An event as the API tells it."""
    return EventTold(
        position=one.position, version=one.version, type=one.event.type, label=one.event.label, at=one.at,
        recorded=one.recorded, person=one.person, name=one.name, post=one.post,
        post_label=post_label(one.post, library.packs, library.lexicon) if one.post else "",
        payload=one.event.model_dump(mode="json"),
    )  # fmt: skip


def row_told(row: Row, data: Mapping[str, Any] | None = None) -> RowTold:
    """A line as the API tells it."""
    return RowTold(key=row.key, area=row.area, state=row.state, due=row.due, data=dict(data or row.data or {}))


def page(
    fetch: Callable[[int, str], Sequence[Row]],
    keep: Callable[[Row], RowTold | None],
    limit: int,
    after: str,
    library: Library,
) -> Page:
    """A page of the lines that somebody sees.

    Args:
        fetch: gives so many lines after a place.
        keep: the line as he sees it; None where it is not for him.
        limit: at most so many.
        after: the place of the last line seen.
        library: for the names.
    """
    found, place = lines_seen(fetch, keep, limit, after)
    told = [(one.key, one.area, one.state, one.data) for one in found]
    return Page(rows=found, next=place, names=names_in(told, library))


def lines_seen(
    fetch: Callable[[int, str], Sequence[Row]], keep: Callable[[Row], RowTold | None], limit: int, after: str
) -> tuple[list[RowTold], str]:
    """The same without names, and the place from which it goes on; empty where nothing follows."""
    found: list[RowTold] = []
    size = max(limit, 50)
    while rows := fetch(size, after):
        for row in rows:
            after = row.place
            if (told := keep(row)) is not None:
                found.append(told)
            if len(found) == limit:
                return found, after
        if len(rows) < size:
            break
    return found, ""


def names_in(data: Any, library: Library) -> dict[str, str]:
    """Chinese for every key of a post, plan, organisation or area that stands in data."""
    lexicon, packs = library.lexicon, library.packs
    found: dict[str, str] = {}
    for text in texts(data):
        if text in found or len(text) > 120:
            continue
        if text in packs:
            found[text] = packs[text].plan.short
        elif text in lexicon.areas:
            found[text] = lexicon.areas[text].label
        elif text in lexicon.organisations:
            found[text] = lexicon.organisations[text].label
        elif text in lexicon.facts:
            found[text] = lexicon.facts[text].label
        elif text in lexicon.subjects:
            found[text] = lexicon.subjects[text].label
        elif (kind := text.partition(":")[0]) in packs or kind in {"unit", "duty", "admin"}:
            found[text] = post_label(text, packs, lexicon)
    return found


def texts(data: Any) -> Iterable[str]:
    """Every text in JSON data, keys included."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield str(key)
            yield from texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from texts(value)
