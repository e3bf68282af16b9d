"""The table of files that papers name; the migration makes it, and a test compares the two."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table

from zhishou.database import Moment, Ordered, metadata

files = Table(
    "files",
    metadata,
    Column("digest", Ordered(), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("kept", Moment, nullable=False),
)
"""Bytes by their SM3. A row is neither changed nor taken out: a paper once issued is kept byte for byte."""
