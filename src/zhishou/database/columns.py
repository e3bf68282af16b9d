"""Kinds of column that mean the same on both databases; they stand alone because each database has its own idea of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Dialect, Text, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeDecorator, TypeEngine

from zhishou.clock import SHANGHAI

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """A moment as whole microseconds since 1970-01-01T00:00Z, exactly."""
    return (at - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """The moment of `microseconds`, in Asia/Shanghai."""
    return (_EPOCH + count * _MICROSECOND).astimezone(SHANGHAI)


class Moment(TypeDecorator[datetime]):
    """A moment, kept as microseconds since 1970 so that both databases sort and compare it alike.

    It takes aware datetimes of any zone and gives them back in Asia/Shanghai; a naive one is refused.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the database."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without zone: {value}")
        return microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database."""
        del dialect
        return None if value is None else from_microseconds(value)


def Ordered() -> TypeEngine[str]:  # noqa: N802 - stands where a type of column stands
    """Text that is compared byte by byte, as Python compares it, whatever language the server sorts in."""
    return Text().with_variant(Text(collation="C"), "postgresql")


def among(column: ColumnElement[str], name: str, dialect: str) -> ColumnElement[bool]:
    """Whether a text is one of those given under a name when it is asked.

    PostgreSQL takes them as one list, so that the question is the same words however many there are, and planned once.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(Text)))
    return column.in_(bindparam(name, expanding=True))
