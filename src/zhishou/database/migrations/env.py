"""What Alembic runs to carry out the steps, within the transaction that `database.upgrade` has begun."""

from __future__ import annotations

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], on_version_apply=given["applied"], transactional_ddl=True)
context.run_migrations()
