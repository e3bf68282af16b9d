"""The tables of the call-out: the contact book, what is held for a person, self-tests, and messages taken in hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them. Moments are microseconds since 1970."""
    _book()
    _held()
    op.create_table(
        "callout_self_tests",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callout_self_tests"),
    )
    op.create_table(
        "callout_changes",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("recorded", sa.BigInteger),
        sa.PrimaryKeyConstraint("number", name="pk_callout_changes"),
        sa.UniqueConstraint("id", name="uq_callout_changes_id"),
    )
    op.create_index("ix_callout_changes_recorded_number", "callout_changes", ["recorded", "number"])
    op.create_table(
        "callout_claims",
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("machine", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("message", name="pk_callout_claims"),
    )
    op.create_index("ix_callout_claims_until", "callout_claims", ["until"])


def _book() -> None:
    op.create_table(
        "callout_contacts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("added", sa.BigInteger, nullable=False),
        sa.Column("retired", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_callout_contacts"),
    )
    op.create_index("ix_callout_contacts_holder", "callout_contacts", ["holder"])
    op.create_table(
        "callout_addresses",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("hours", sa.Text, nullable=False),
        sa.Column("real", sa.Boolean, nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("added", sa.BigInteger, nullable=False),
        sa.Column("retired", sa.BigInteger),
        sa.Column("tested", sa.BigInteger),
        sa.Column("found", sa.Text, nullable=False),
        sa.Column("found_why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callout_addresses"),
        sa.ForeignKeyConstraint(["contact"], ["callout_contacts.id"], name="fk_callout_addresses_contact"),
        sa.CheckConstraint("hours IN ('any', 'office', 'off')", name="ck_callout_addresses_hours"),
        sa.CheckConstraint("found IN ('', 'alive', 'dead', 'unknown')", name="ck_callout_addresses_found"),
    )
    op.create_index("ix_callout_addresses_contact", "callout_addresses", ["contact"])
    op.create_index("ix_callout_addresses_mark", "callout_addresses", ["mark"])


def _held() -> None:
    op.create_table(
        "callout_imports",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callout_imports"),
    )
    op.create_index("ix_callout_imports_digest", "callout_imports", ["digest"])
    op.create_table(
        "callout_held",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("import", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("mend", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("decided", sa.BigInteger),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callout_held"),
        sa.ForeignKeyConstraint(["import"], ["callout_imports.id"], name="fk_callout_held_import"),
    )
    op.create_index("ix_callout_held_decided_number", "callout_held", ["decided", "number"])
    op.create_index("ix_callout_held_mark", "callout_held", ["mark"])
