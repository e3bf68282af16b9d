"""The tables of accounts, sessions, second factors, tokens, login limits, and of changes still to be recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them. Moments are microseconds since 1970."""
    _accounts()
    _second_factors()
    _limits()
    op.create_table(
        "people_changes",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("recorded", sa.BigInteger),
        sa.PrimaryKeyConstraint("number", name="pk_people_changes"),
        sa.UniqueConstraint("id", name="uq_people_changes_id"),
    )
    op.create_index("ix_people_changes_recorded_number", "people_changes", ["recorded", "number"])


def _of_an_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account"], ["people_accounts.id"], name=f"fk_{table}_account")


def _accounts() -> None:
    op.create_table(
        "people_accounts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("login_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("disabled", sa.BigInteger),
        sa.Column("password_hash", sa.Text),
        sa.Column("password_set", sa.BigInteger),
        sa.Column("once_until", sa.BigInteger),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people_accounts"),
        sa.UniqueConstraint("login_key", name="uq_people_accounts_login_key"),
        sa.CheckConstraint("kind IN ('person', 'machine')", name="ck_people_accounts_kind"),
    )
    op.create_table(
        "people_founding",
        sa.Column("one", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_people_founding"),
        sa.CheckConstraint("one = 1", name="ck_people_founding_once"),
        _of_an_account("people_founding"),
    )
    op.create_table(
        "people_sessions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("second_factor_at", sa.BigInteger),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_people_sessions_token_hash"),
        _of_an_account("people_sessions"),
    )
    op.create_index("ix_people_sessions_account", "people_sessions", ["account"])
    op.create_table(
        "people_tokens",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger),
        sa.Column("revoked", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_people_tokens"),
        _of_an_account("people_tokens"),
    )
    op.create_index("ix_people_tokens_account", "people_tokens", ["account"])


def _second_factors() -> None:
    op.create_table(
        "people_second_factors",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("pending", sa.Text),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_people_second_factors"),
        _of_an_account("people_second_factors"),
    )
    op.create_table(
        "people_recovery_codes",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("code_hash", sa.Text, nullable=False),
        sa.Column("used", sa.BigInteger),
        sa.PrimaryKeyConstraint("account", "code_hash", name="pk_people_recovery_codes"),
        _of_an_account("people_recovery_codes"),
    )


def _limits() -> None:
    op.create_table(
        "people_tallies",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last", sa.BigInteger),
        sa.Column("until", sa.BigInteger),
        sa.PrimaryKeyConstraint("key", name="pk_people_tallies"),
    )
    op.create_index("ix_people_tallies_last", "people_tallies", ["last"])
    op.create_table(
        "people_known_addresses",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account", "address", name="pk_people_known_addresses"),
        _of_an_account("people_known_addresses"),
    )
