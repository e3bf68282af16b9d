"""Where every room above declares its tables; it stands alone so that they and the migrations can be compared."""

from __future__ import annotations

from sqlalchemy import MetaData

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name that both databases know it by, so that a later migration can change it."""

metadata = MetaData(naming_convention=NAMES)
"""The declared tables. The product makes none from it: tables are made by migrations, and a test compares the two."""
