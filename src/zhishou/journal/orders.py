"""Whether an append may go ahead and which entries it makes: pure, so that every store decides alike.

An order is checked before it waits for its turn, so that what is wrong with it is its own affair and not its neighbours'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhishou.database.columns import from_microseconds
from zhishou.errors import JournalError, RepeatedKeyError, StaleError
from zhishou.journal.entry import Act, Draft, Row, Write
from zhishou.journal.seals import Stored, canonical, moment_text, seal

LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Known:
    """A command that was carried out: its digest, and its entries, `count` from position `first` on."""

    digest: str
    first: int
    count: int


@dataclass(slots=True)
class Standing:
    """Where the record stands while orders are taken in one after the other."""

    exercise: bool
    position: int
    seal: str
    versions: dict[str, int]
    """Of the streams that the orders name; a stream that is not there has version 0."""
    commands: dict[str, Known]
    """Of the commands that the orders name, those carried out already."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A draft with its payload and time as they will be stored."""

    type: str
    schema: int
    payload: str
    at: str


@dataclass(frozen=True, slots=True)
class Order:
    """An append that is well formed."""

    streams: tuple[tuple[str, int, tuple[_Text, ...]], ...]
    act: Act
    recorded: str
    rows: tuple[tuple[Row, str | None], ...]
    """Each with its data as JSON; None takes the line off."""


def order(writes: Sequence[Write], act: Act, rows: Sequence[Row]) -> Order:
    """An append made ready.

    Raises:
        JournalError: a payload that JSON cannot hold, a time without zone, a text that cannot be stored, a stream named
            twice.
    """
    named = [write.stream for write in writes]
    if len(set(named)) < len(named):
        raise JournalError("一次记录里同一个流写了两遍", where="、".join(named), mend="合成一个 Write")
    for name in (act.command, *named):
        if not name or not name.isprintable():
            raise JournalError(f"编号{name!r}不能用", mend="编号不能空着，不能有控制字符")
    _storable(act.digest, act.person, act.name, act.post, act.machine)
    streams = tuple((write.stream, _version(write), tuple(map(_text, write.drafts))) for write in writes)
    return Order(streams, act, moment_text(act.recorded), ready(rows))


def ready(rows: Iterable[Row]) -> tuple[tuple[Row, str | None], ...]:
    """Lines of boards with their data as JSON.

    Raises:
        JournalError: data that JSON cannot hold, a time without zone, a text that cannot be stored.
    """
    return tuple(map(_row, rows))


def take_in(one: Order, standing: Standing, *, broken: bool = False) -> tuple[Stored, ...] | Known:
    """The entries that an order makes, with the standing moved on; or what is known of it where it was carried out before.

    Args:
        one: the order.
        standing: where the record stands.
        broken: whether what the order rests on did not come on record.

    Raises:
        StaleError: a stream is not at the version expected, or it is broken; the standing is as before.
        RepeatedKeyError: the command's key was used for another content.
    """
    known = standing.commands.get(one.act.command)
    if known is not None:
        if known.digest != one.act.digest:
            raise RepeatedKeyError(
                "这个命令编号已用过，内容不同", where=one.act.command, mend="新的命令用新的编号；重发的内容不能改"
            )
        return known
    for stream, expected, _ in one.streams:
        actual = standing.versions.get(stream, 0)
        if actual != expected or broken:
            raise StaleError(stream, expected, actual)
    act, made = one.act, []
    first = standing.position + 1
    for stream, version, texts in one.streams:
        for number, text in enumerate(texts, start=version + 1):
            unsealed = Stored(
                standing.position + 1, stream, number, text.type, text.schema, text.payload, text.at, one.recorded,
                act.person, act.name, act.post, act.machine, act.command, standing.exercise, standing.seal, "",
            )  # fmt: skip
            stored = unsealed._replace(seal=seal(unsealed))
            standing.position, standing.seal = stored.position, stored.seal
            made.append(stored)
        if texts:
            standing.versions[stream] = version + len(texts)
    standing.commands[act.command] = Known(act.digest, first, len(made))
    return tuple(made)


def placed(after: str) -> tuple[datetime | None, str]:
    """Due and key of the line whose `place` this is.

    Raises:
        JournalError: it is no line's place.
    """
    due, bar, key = after.partition("|")
    try:
        if bar:
            return (from_microseconds(int(due)) if due else None), key
    except (ValueError, OverflowError):
        pass
    raise JournalError(f"翻页标记“{after}”读不懂", mend="用上一页最后一行给出的标记，或从头翻起")


def _version(write: Write) -> int:
    if write.expected < 0:
        raise JournalError(f"版本 {write.expected} 小于 0", where=write.stream)
    return write.expected


def _text(draft: Draft) -> _Text:
    if not 1 <= draft.schema <= LARGEST or not draft.type or not draft.type.isprintable():
        raise JournalError(f"事件名{draft.type!r}或版本 {draft.schema} 不能用", mend="事件要有名称，版本从 1 起")
    return _Text(draft.type, draft.schema, canonical(draft.payload), moment_text(draft.at))


def _row(row: Row) -> tuple[Row, str | None]:
    if not row.board or not row.board.isprintable():
        raise JournalError(f"屏名{row.board!r}不能用")
    _storable(row.key, row.area, row.state)
    if row.due is not None and row.due.tzinfo is None:
        raise JournalError(f"时间“{row.due}”没有时区", where=f"{row.board}/{row.key}", mend="写明时区")
    return row, None if row.data is None else canonical(row.data)


def _storable(*texts: str) -> None:
    for text in texts:
        if "\0" in text or not _paired(text):
            raise JournalError(f"文字{text!r}存不进数据库", mend="去掉零字符和不成对的代理字符")


def _paired(text: str) -> bool:
    """Whether it has no surrogate standing alone; UTF-8 takes all else."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
