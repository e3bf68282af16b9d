"""The append-only record: raw entries in streams, each sealed with the one before; it knows nothing of incidents."""

from zhishou.journal.contract import Journal, Progress
from zhishou.journal.entry import Act, Appended, Draft, Entry, Head, Row, Snapshot, Write
from zhishou.journal.links import Link
from zhishou.journal.memory import MemoryJournal
from zhishou.journal.sql import SqlJournal, found, opened
from zhishou.journal.verifying import Verdict, verify

__all__ = [
    "Act",
    "Appended",
    "Draft",
    "Entry",
    "Head",
    "Journal",
    "Link",
    "MemoryJournal",
    "Progress",
    "Row",
    "Snapshot",
    "SqlJournal",
    "Verdict",
    "Write",
    "found",
    "opened",
    "verify",
]
