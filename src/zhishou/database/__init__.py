"""The database under the record and the people: one URL, one way to begin, migrations, backup; it knows no table's meaning."""

from zhishou.database.columns import Moment, Ordered
from zhishou.database.declared import metadata
from zhishou.database.failures import place
from zhishou.database.migrating import check, upgrade
from zhishou.database.opening import engine
from zhishou.database.transactions import reading, writing

__all__ = ["Moment", "Ordered", "check", "engine", "metadata", "place", "reading", "upgrade", "writing"]
