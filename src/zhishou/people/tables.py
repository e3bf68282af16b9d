"""The tables of this room; they stand alone so that the migration and every file here speak of the same columns.

No column holds a secret that opens anything by itself: passwords, tokens and recovery codes are kept as hashes, the seed
of a second factor is sealed with a key that lies outside the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects import postgresql, sqlite

from zhishou.database import Moment, metadata


class Words(TypeDecorator[str]):
    """Text from anywhere: what no database can keep (NUL, half of a surrogate pair) becomes a sign that stands for it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database."""
        del dialect
        return (
            None
            if value is None
            else value.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
        )


def _account() -> Column[str]:
    return Column("account", Words, ForeignKey("people_accounts.id"), nullable=False)


accounts = Table(
    "people_accounts",
    metadata,
    Column("id", Words, primary_key=True),
    Column("login", Words, nullable=False),
    Column("login_key", Words, nullable=False, unique=True),  # the login as compared: width and case folded
    Column("name", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("created", Moment, nullable=False),
    Column("disabled", Moment),
    Column("password_hash", Words),
    Column("password_set", Moment),
    Column("once_until", Moment),  # set: the password works once, until then
    Column("must_change", Boolean, nullable=False),
    CheckConstraint("kind IN ('person', 'machine')", name="kind"),
)

founding = Table(
    "people_founding",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    _account(),
    Column("at", Moment, nullable=False),
    CheckConstraint("one = 1", name="once"),
)
"""At most one row, whoever races: the first administrator."""

sessions = Table(
    "people_sessions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("token_hash", Words, nullable=False, unique=True),
    _account(),
    Column("started", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("second_factor_at", Moment),
    Column("address", Words, nullable=False),
    Column("device", Words, nullable=False),
    Index(None, "account"),
)

second_factors = Table(
    "people_second_factors",
    metadata,
    Column("account", Words, ForeignKey("people_accounts.id"), primary_key=True),
    Column("sealed", Words),  # the seed in use
    Column("pending", Words),  # a seed shown and not yet confirmed
    Column("last_step", BigInteger, nullable=False),  # the latest time step of which a code was taken
)

recovery_codes = Table(
    "people_recovery_codes",
    metadata,
    Column("account", Words, ForeignKey("people_accounts.id"), primary_key=True),
    Column("code_hash", Words, primary_key=True),
    Column("used", Moment),
)

tokens = Table(
    "people_tokens",
    metadata,
    Column("id", Words, primary_key=True),
    Column("token_hash", Words, nullable=False),
    _account(),
    Column("name", Words, nullable=False),
    Column("scopes", Words, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("used", Moment),
    Column("revoked", Moment),
    Index(None, "account"),
)

tallies = Table(
    "people_tallies",
    metadata,
    Column("key", Words, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", Moment),
    Column("until", Moment),
    Index(None, "last"),
)

known_addresses = Table(
    "people_known_addresses",
    metadata,
    Column("account", Words, ForeignKey("people_accounts.id"), primary_key=True),
    Column("address", Words, primary_key=True),
    Column("last", Moment, nullable=False),
)

changes = Table(
    "people_changes",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),
    Column("account", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("data", Words, nullable=False),
    Column("recorded", Moment),
    Index(None, "recorded", "number"),
)


def insert_if_absent(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; True where it was inserted.

    On PostgreSQL it waits for another transaction that is inserting the same key; on SQLite it takes the write lock.
    Either way what follows in the transaction sees how the race came out.
    """
    build = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    inserted = build(table).values(row).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(inserted).first() is not None
