"""The dictionary, beside what the databases themselves say."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text

from newscrawl.store import dictionary
from newscrawl.store.engine import StoreError
from newscrawl.store.models import Base
from newscrawl.store.models.views import VIEWS

TYPES = {
    "INTEGER": ["integer"], "BIGINT": ["integer"], "NUMERIC": ["integer", "number"], "DOUBLE PRECISION": ["number"],
    "TEXT": ["text"], "BOOLEAN": ["boolean"], "TIMESTAMP": ["time"], "DATE": ["date"],
}  # fmt: skip
COMMENTS = """
    SELECT c.relname, a.attname, d.description
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = a.attnum
    WHERE c.relkind = 'v'
"""


def test_every_column_of_every_view_is_described_and_nothing_else(engine: Engine) -> None:
    inspector = inspect(engine)
    there = {view: [column["name"] for column in inspector.get_columns(view)] for view in inspector.get_view_names()}
    assert there == {name: list(view.columns) for name, view in VIEWS.items()}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has no comments, its views no types
def test_postgresql_says_the_same_of_views(engine: Engine) -> None:
    with engine.connect() as connection:
        said = {(view, column): comment for view, column, comment in connection.execute(text(COMMENTS))}
        whole = "SELECT relname, obj_description(oid) FROM pg_class WHERE relkind = 'v' AND relname = ANY(:names)"
        views = dict(connection.execute(text(whole), {"names": list(VIEWS)}).all())
    expected = {(name, column): of.comment for name, view in VIEWS.items() for column, of in view.columns.items()}
    assert said == expected
    assert views == {name: view.comment for name, view in VIEWS.items()}
    inspector = inspect(engine)
    for name, view in VIEWS.items():
        types = {column["name"]: str(column["type"]).split("(")[0] for column in inspector.get_columns(name)}
        assert {
            column: TYPES[made] for column, made in types.items() if view.columns[column].kind not in TYPES[made]
        } == {}


def test_every_table_is_described_with_its_keys_and_words() -> None:
    described = {relation.name: relation for relation in dictionary.describe()}
    assert set(described) == {*Base.metadata.tables, *VIEWS, "article_words"}
    assert all(relation.comment for relation in described.values())
    assert all(column.comment for relation in described.values() for column in relation.columns)
    columns = {column.name: column for column in described["article_revisions"].columns}
    assert columns["id"].keys == ("primary",)
    assert columns["article_id"].keys == ("unique (article_id, revision)",)
    assert columns["article_id"].references == "articles.id"
    assert columns["cause"].words == ("first", "publisher_edit", "reclean")
    assert (columns["correction"].nullable, columns["text_hash"].nullable) == (True, False)
    assert columns["created_at"].type == "time"


def test_a_name_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(StoreError, match="no such table or view; there are clean_articles, "):
        dictionary.describe(["article"])
