"""The seal of an entry: SM3 over the seal before and every field as it is stored; it stands alone because a verdict rests on it.

The recipe is in docs/journal.md. Whoever changes a line here breaks every record there is.
"""

from __future__ import annotations

import json
from datetime import datetime
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.hashes import SM3, Hash

from zhishou import clock
from zhishou.errors import JournalError
from zhishou.journal.entry import Entry


class Stored(NamedTuple):
    """An entry as it lies in the store: times and payload are the very text that was sealed. Fields as the columns."""

    position: int
    stream: str
    version: int
    type: str
    schema: int
    payload: str
    at: str
    recorded: str
    person: str
    name: str
    post: str
    machine: str
    command: str
    exercise: bool
    previous: str
    seal: str

    def entry(self) -> Entry:
        """The entry, with its payload and times read.

        Raises:
            JournalError: they cannot be read.
        """
        try:
            return Entry(
                self.position, self.stream, self.version, self.type, self.schema, json.loads(self.payload),
                clock.moment(self.at), clock.moment(self.recorded), self.person, self.name, self.post, self.machine,
                self.command, self.exercise, self.previous, self.seal,
            )  # fmt: skip
        except (ValueError, TypeError, RecursionError) as error:
            raise JournalError(
                f"内容读不出来：{error}",
                where=f"第 {self.position} 条记录",
                mend="运行 zhishou journal verify，再从备份恢复",
            ) from None


_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=True
).encode


def canonical(value: Any) -> str:
    """JSON in one form only: keys sorted, no spaces, characters as they are, numbers as given.

    Raises:
        JournalError: JSON cannot hold the value, or would give it back changed (a tuple, a key that is a number).
    """
    try:
        text = _encode(value)
        text.encode()
        if json.loads(text) == value:
            return text
    except (TypeError, ValueError, RecursionError) as error:
        raise JournalError(
            f"内容不能写成 JSON：{error}", mend="只用文字、有限的数、真假、空、列表和以文字为键的对象"
        ) from None
    raise JournalError("内容写成 JSON 再读回来就变了", mend="列表不要用元组，键只用文字")


def moment_text(at: datetime) -> str:
    """A moment as it is stored: ISO 8601 with the offset of Asia/Shanghai.

    Raises:
        JournalError: it has no zone.
    """
    if at.tzinfo is None:
        raise JournalError(f"时间“{at}”没有时区", mend="写明时区，如 2026-12-15T20:00:00+08:00")
    return at.astimezone(clock.SHANGHAI).isoformat()


def sm3(text: str) -> str:
    """SM3 (GB/T 32905) of a text in UTF-8, in hexadecimal."""
    digest = Hash(SM3())
    digest.update(text.encode())
    return digest.finalize().hex()


class Registered(NamedTuple):
    """A line of the register of commands: what was asked, as a digest, and which entries it made."""

    command: str
    digest: str
    first: int
    made: int
    seal: str
    """Empty on a line from before lines had one."""

    @property
    def sound(self) -> bool:
        """Whether it is what was sealed."""
        return self.seal in {"", register_seal(self.command, self.digest, self.first, self.made)}


def register_seal(command: str, digest: str, first: int, made: int) -> str:
    """The seal of a line of the register of commands, which made so many entries from the first on."""
    q = encode_basestring
    return sm3(f'{{"command":{q(command)},"count":{made:d},"digest":{q(digest)},"first":{first:d}}}')


def genesis(id_: str, created: str, *, exercise: bool) -> str:
    """The seal before the first entry: it says which record this is, since when, and whether it is an exercise."""
    return sm3(canonical({"created": created, "exercise": exercise, "journal": id_}))


def seal(stored: Stored) -> str:
    """The seal that an entry must carry, from every other field; whatever it carries itself is not looked at."""
    q = encode_basestring
    return sm3(
        f'{stored.previous}{{"at":{q(stored.at)},"command":{q(stored.command)},'
        f'"exercise":{"true" if stored.exercise else "false"},"machine":{q(stored.machine)},"name":{q(stored.name)},'
        f'"payload":{stored.payload},"person":{q(stored.person)},"position":{stored.position:d},"post":{q(stored.post)},'
        f'"recorded":{q(stored.recorded)},"schema":{stored.schema:d},"stream":{q(stored.stream)},'
        f'"type":{q(stored.type)},"version":{stored.version:d}}}'
    )
