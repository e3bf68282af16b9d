"""The tables of this room; they stand alone so that the migration and every file here speak of the same columns.

A number or address stands here only sealed with the deployment's key, bound to its own row; beside it stands a mark made
with the same key, by which equal ones are known without being opened.
"""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table

from zhishou.database import Moment, metadata
from zhishou.people.tables import Words

contacts = Table(
    "callout_contacts",
    metadata,
    Column("id", Words, primary_key=True),
    Column("holder", Words, nullable=False),  # an account id, or the key of a post: `unit:…`, `duty:…`, `<plan>:…`
    Column("name", Words, nullable=False),  # who or what answers there: 值班室, a name; empty: the holder himself
    Column("role", Words, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("source", Words, nullable=False),
    Column("added", Moment, nullable=False),
    Column("retired", Moment),
    Index(None, "holder"),
)

addresses = Table(
    "callout_addresses",
    metadata,
    Column("id", Words, primary_key=True),
    Column("contact", Words, ForeignKey("callout_contacts.id"), nullable=False),
    Column("kind", Words, nullable=False),
    Column("channel", Words, nullable=False),  # the channel that carries it; empty: the first of its kind
    Column("sealed", Words, nullable=False),
    Column("mark", Words, nullable=False),
    Column("hours", Words, nullable=False),
    Column("real", Boolean, nullable=False),
    Column("exercise", Boolean, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("source", Words, nullable=False),
    Column("added", Moment, nullable=False),
    Column("retired", Moment),
    Column("tested", Moment),
    Column("found", Words, nullable=False),  # what the last test found
    Column("found_why", Words, nullable=False),
    CheckConstraint("hours IN ('any', 'office', 'off')", name="hours"),
    CheckConstraint("found IN ('', 'alive', 'dead', 'unknown')", name="found"),
    Index(None, "contact"),
    Index(None, "mark"),
)

imports = Table(
    "callout_imports",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("counts", Words, nullable=False),
    Index(None, "digest"),
)

held = Table(
    "callout_held",
    metadata,
    Column("id", Words, primary_key=True),
    Column("import", Words, ForeignKey("callout_imports.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("code", Words, nullable=False),
    Column("place", Words, nullable=False),
    Column("label", Words, nullable=False),
    Column("message", Words, nullable=False),
    Column("mend", Words, nullable=False),
    Column("sealed", Words, nullable=False),  # the line as it was written
    Column("mark", Words, nullable=False),  # of the line: the same line again waits once
    Column("decided", Moment),
    Column("action", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Index(None, "decided", "number"),
    Index(None, "mark"),
)

self_tests = Table(
    "callout_self_tests",
    metadata,
    Column("id", Words, primary_key=True),  # the month and which part of it, so that two servers begin it once
    Column("began", Moment, nullable=False),
    Column("ended", Moment),
    Column("by", Words, nullable=False),
    Column("report", Words, nullable=False),
)

changes = Table(
    "callout_changes",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("data", Words, nullable=False),
    Column("recorded", Moment),
    Index(None, "recorded", "number"),
)

claims = Table(
    "callout_claims",
    metadata,
    Column("message", Words, primary_key=True),
    Column("machine", Words, nullable=False),
    Column("until", Moment, nullable=False),
    Index(None, "until"),
)
"""Which machine has taken a message in hand, and until when its word holds."""
