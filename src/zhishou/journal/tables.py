"""The tables of the record, as the journal asks them; the migrations make them, and a test compares the two.

`entries` is the record. All else can be made anew from it: `streams` and `commands` are its registers, `board_rows` and
`snapshots` what screens and the desk read quickly.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text, UniqueConstraint, text

from zhishou.database import Ordered, metadata

NEVER = 2**63 - 1
"""Due of a line without one: after all others."""

journal = Table(
    "journal",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("exercise", Boolean, nullable=False),
    Column("created", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("seal", Text, nullable=False),
    Column("recorded", Text),
    CheckConstraint("key = 1", name="single"),
)
"""One row: what the record is, and its head. Whoever appends holds this row, so that appends follow one another."""

entries = Table(
    "entries",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("stream", Ordered(), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("recorded", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("command", Ordered(), nullable=False),
    Column("exercise", Boolean, nullable=False),
    Column("previous", Text, nullable=False),
    Column("seal", Text, nullable=False),
    UniqueConstraint("stream", "version"),
)
"""The record. Times and payload are kept as the very text that the seal is computed from."""

streams = Table(
    "streams",
    metadata,
    Column("stream", Ordered(), primary_key=True),
    Column("version", BigInteger, nullable=False),
)

commands = Table(
    "commands",
    metadata,
    Column("command", Ordered(), primary_key=True),
    Column("digest", Text, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("seal", Text, nullable=False, server_default=text("''")),
)
"""Which commands were carried out, and which entries each made: `count` of them from position `first` on.

Each line has a seal of its own: of its digest, and of one that made no entry, the entries say nothing.
"""

board_rows = Table(
    "board_rows",
    metadata,
    Column("board", Ordered(), primary_key=True),
    Column("key", Ordered(), primary_key=True),
    Column("area", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("data", Text, nullable=False),
    Index(None, "board", "due", "key"),
)
"""`due` in microseconds since 1970, or `NEVER`, so that the index gives a board in its order on both databases."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("stream", Ordered(), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("fold", Text, nullable=False),
    Column("data", Text, nullable=False),
)
