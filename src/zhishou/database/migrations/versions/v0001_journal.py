"""The tables of the record, and the triggers by which the database itself refuses to change what is recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ORDERED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEPT = ("entries", "commands")
"""Tables whose rows are neither changed nor taken out."""


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "journal",
        sa.Column("key", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("seal", sa.Text, nullable=False),
        sa.Column("recorded", sa.Text),
        sa.PrimaryKeyConstraint("key", name="pk_journal"),
        sa.CheckConstraint("key = 1", name="ck_journal_single"),
    )
    op.create_table(
        "entries",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=False),
        sa.Column("stream", ORDERED, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("recorded", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("post", sa.Text, nullable=False),
        sa.Column("machine", sa.Text, nullable=False),
        sa.Column("command", ORDERED, nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("seal", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_entries"),
        sa.UniqueConstraint("stream", "version", name="uq_entries_stream_version"),
    )
    op.create_table(
        "streams",
        sa.Column("stream", ORDERED, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_streams"),
    )
    op.create_table(
        "commands",
        sa.Column("command", ORDERED, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("command", name="pk_commands"),
    )
    op.create_table(
        "board_rows",
        sa.Column("board", ORDERED, nullable=False),
        sa.Column("key", ORDERED, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("board", "key", name="pk_board_rows"),
    )
    op.create_index("ix_board_rows_board_due_key", "board_rows", ["board", "due", "key"])
    op.create_table(
        "snapshots",
        sa.Column("stream", ORDERED, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("fold", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_snapshots"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _kept_on_postgresql()
    else:
        _kept_on_sqlite()


def _kept_on_sqlite() -> None:
    for table in KEPT:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_kept_from_{deed.lower()} BEFORE {deed} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
            )
    # INSERT OR REPLACE deletes without firing the trigger above where recursive triggers are off.
    op.execute(
        "CREATE TRIGGER entries_kept_from_replace BEFORE INSERT ON entries WHEN EXISTS (SELECT 1 FROM entries WHERE "
        "position = NEW.position OR (stream = NEW.stream AND version = NEW.version)) "
        "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
    )


def _kept_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION zhishou_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION zhishou_kept()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_kept_from_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION zhishou_kept()"
        )
