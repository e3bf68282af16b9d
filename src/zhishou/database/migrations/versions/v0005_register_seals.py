"""A seal on every line of the register of commands: a line that no entry speaks of could be changed unseen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it. Lines that are there keep none: nothing changes what is on record."""
    op.add_column("commands", sa.Column("seal", sa.Text, nullable=False, server_default=sa.text("''")))
