"""The table of files that issued papers name by their SM3, and the triggers that keep them as they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it. Moments are microseconds since 1970."""
    op.create_table(
        "files",
        sa.Column("digest", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("kept", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_files"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # The function came with the record.
        op.execute(
            "CREATE TRIGGER files_kept BEFORE UPDATE OR DELETE ON files FOR EACH ROW EXECUTE FUNCTION zhishou_kept()"
        )
        op.execute(
            "CREATE TRIGGER files_kept_from_truncate BEFORE TRUNCATE ON files "
            "FOR EACH STATEMENT EXECUTE FUNCTION zhishou_kept()"
        )
        return
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER files_kept_from_{deed.lower()} BEFORE {deed} ON files "
            "BEGIN SELECT RAISE(ABORT, 'files are kept as they are'); END"
        )
