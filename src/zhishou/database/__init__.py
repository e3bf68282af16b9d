"""The database under the record and the people: one URL, one way to begin, migrations, backup; it knows no table's meaning."""

from zhishou.database.columns import Moment, Ordered, among
from zhishou.database.declared import metadata
from zhishou.database.failures import place
from zhishou.database.migrating import check, upgrade
from zhishou.database.opening import engine
from zhishou.database.transactions import asking, at_last, reading, writing

__all__ = [
    "Moment",
    "Ordered",
    "among",
    "asking",
    "at_last",
    "check",
    "engine",
    "metadata",
    "place",
    "reading",
    "upgrade",
    "writing",
]
