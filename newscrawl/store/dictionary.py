"""What the tables and views of this version hold, as records: the comments of PostgreSQL, for SQLite too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Column, Table, UniqueConstraint

from newscrawl.store.engine import StoreError
from newscrawl.store.models import Base
from newscrawl.store.models.base import words_of
from newscrawl.store.models.views import VIEWS, View, kind_of


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of a table or view."""

    name: str
    type: str  # integer, number, text, boolean, time or date
    nullable: bool | None  # None: of a view, whose comment says it
    keys: tuple[str, ...]  # `primary`, `unique`; of several columns together: `unique (a, b)`
    references: str | None  # `outlets.id`
    words: tuple[str, ...]  # the only values; empty: any
    comment: str


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A table or a view."""

    name: str
    kind: Literal["table", "view"]
    comment: str
    columns: tuple[ColumnRow, ...]


WORDS = RelationRow(
    "article_words", "table", "Words of the articles, for newscrawl search: the table of an index, not for reading", ()
)
"""Made by its migration alone: SQLite and PostgreSQL have different ones."""


def describe(names: Sequence[str] = ()) -> list[RelationRow]:
    """Views, then tables; or those that are named, in this order.

    Raises:
        StoreError: There is none of that name.
    """
    known = {name: _view(name, view) for name, view in VIEWS.items()}
    known |= {table.name: _table(table) for table in Base.metadata.tables.values()}
    known[WORDS.name] = WORDS
    if missing := [name for name in names if name not in known]:
        raise StoreError(f"{missing[0]}: no such table or view; there are {', '.join(known)}")
    return [known[name] for name in names or known]


def _view(name: str, view: View) -> RelationRow:
    columns = (ColumnRow(column, of.kind, None, (), None, of.words, of.comment) for column, of in view.columns.items())
    return RelationRow(name, "view", view.comment, tuple(columns))


def _table(table: Table) -> RelationRow:
    return RelationRow(table.name, "table", table.comment or "", tuple(map(_column, table.c)))


def _column(column: Column[Any]) -> ColumnRow:
    return ColumnRow(
        name=column.name,
        type=kind_of(column.type),
        nullable=bool(column.nullable),
        keys=tuple(_keys(column)),
        references=next((key.target_fullname for key in column.foreign_keys), None),
        words=words_of(column),
        comment=column.comment or "",
    )


def _keys(column: Column[Any]) -> list[str]:
    """The keys that a column belongs to."""
    table = column.table
    assert isinstance(table, Table)
    unique = [key.columns.keys() for key in table.constraints if isinstance(key, UniqueConstraint)]
    groups = [("primary", table.primary_key.columns.keys()), *(("unique", names) for names in sorted(unique))]
    return [
        kind if len(names) == 1 else f"{kind} ({', '.join(names)})" for kind, names in groups if column.name in names
    ]
