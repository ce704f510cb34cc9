"""What all tables share: names of constraints, the types of times and texts, and word lists as CHECK constraints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

from newscrawl.text import clean_text

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC to the second.

    PostgreSQL: TIMESTAMP WITH TIME ZONE. SQLite: text as its own `datetime('now')` gives it, so that both compare.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """SQLite keeps text without fractions of a second."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(DATETIME(truncate_microseconds=True))  # type: ignore[no-untyped-call]
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a naive time is refused with ValueError, for nobody knows what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected an aware time, got {value!r}")
        value = value.astimezone(UTC).replace(microsecond=0)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """An aware time in UTC on both."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def clean(text: str) -> str:
    """As `clean_text`, but printable ASCII, which is clean, is found to be so fifty times as fast."""
    return text if text.isascii() and text.replace("\n", "").isprintable() else clean_text(text)


class CleanText(TypeDecorator[str]):
    """Text that passed `clean_text`: no string enters the store by another way."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean it."""
        return None if value is None else clean(value)


# SQLite numbers rows by itself only where the key is INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Parent of all models."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {str: CleanText(), datetime: UtcTime()}  # noqa: RUF012  # SQLAlchemy declares it so


def one_of(column: str, words: Sequence[str]) -> CheckConstraint:
    """The constraint that a column holds one of the words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column, info={"words": {column: tuple(words)}})


def words_of(column: Column[Any]) -> tuple[str, ...]:
    """The only words that a column of a table holds; empty: any."""
    assert isinstance(column.table, Table)
    listed = (check.info.get("words", {}) for check in column.table.constraints)
    return next((words[column.name] for words in listed if column.name in words), ())
