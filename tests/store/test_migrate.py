import sqlite3
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from newscrawl.store import migrate, revision
from newscrawl.store.engine import StoreError, open_engine
from newscrawl.store.models import Base
from newscrawl.store.models.views import VIEWS


def checks(engine: Engine) -> dict[str, dict[str, str]]:
    inspector = inspect(engine)
    return {
        table: {str(check["name"]): str(check["sqltext"]) for check in inspector.get_check_constraints(table)}
        for table in inspector.get_table_names()
        if table != "alembic_version" and not table.startswith("article_words")
    }


def test_an_empty_database_gets_the_models_tables_and_the_views(empty_database_url: str, empty_engine: Engine) -> None:
    revision.ensure_ready(empty_engine)
    script = ScriptDirectory(str(revision.migrations()))
    assert revision.current_revision(empty_engine) == revision.head_revision() == script.get_current_head()
    assert migrate.check(empty_database_url) == []
    assert set(inspect(empty_engine).get_view_names()) == set(VIEWS)
    with empty_engine.connect() as connection:
        for view in VIEWS:
            assert connection.execute(text(f"SELECT * FROM {view}")).all() == []
    revision.ensure_ready(empty_engine)


def test_migrations_make_the_same_word_lists_as_the_models(empty_database_url: str, empty_engine: Engine) -> None:
    with empty_engine.begin() as connection:
        Base.metadata.create_all(connection)
    modelled = checks(empty_engine)
    with empty_engine.begin() as connection:
        Base.metadata.drop_all(connection)
    migrate.upgrade(empty_database_url)
    assert checks(empty_engine) == modelled
    assert sum(map(len, modelled.values())) == 25


def test_downgrade_to_base_leaves_nothing_and_upgrade_works_again(database_url: str, engine: Engine) -> None:
    migrate.downgrade(database_url, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    assert inspect(engine).get_view_names() == []
    migrate.upgrade(database_url)
    assert migrate.check(database_url) == []


def test_rows_of_an_older_schema_stay(database_url: str, engine: Engine) -> None:
    migrate.downgrade(database_url, "0002")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO outlets (id, slug, name, homepage, kind, languages, domains, created_at, updated_at) "
                "VALUES (1, 'herald', 'Herald', '', 'publisher', '', '', '2026-11-20 12:00:00', '2026-11-20 12:00:00')"
            )
        )
        connection.execute(text("INSERT INTO repeated_blocks (outlet_id, block_key, articles) VALUES (1, 'a', 4)"))
    migrate.upgrade(database_url)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT articles, recent, state FROM repeated_blocks")).all() == [
            (4, None, None)
        ]
        connection.execute(text("UPDATE repeated_blocks SET state = 'accepted'"))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("UPDATE repeated_blocks SET state = 'perhaps'"))
    migrate.downgrade(database_url, "0002")
    with engine.begin() as connection:
        assert connection.execute(text("SELECT * FROM repeated_blocks")).all() == [(1, "a", 4, None)]
        if engine.dialect.name == "sqlite":  # its rows lie in the key's index alone, as they did
            made = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'repeated_blocks'"))
            assert "WITHOUT ROWID" in made


def test_a_migration_that_fails_half_way_leaves_nothing_behind(empty_database_url: str, empty_engine: Engine) -> None:
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE article_tags (mine INTEGER)"))
    with pytest.raises(StoreError, match="article_tags"):
        migrate.upgrade(empty_database_url)
    assert set(inspect(empty_engine).get_table_names()) <= {"article_tags"}
    with empty_engine.begin() as connection:
        connection.execute(text("DROP TABLE article_tags"))
    migrate.upgrade(empty_database_url)
    assert migrate.check(empty_database_url) == []


def test_a_database_of_something_else_is_left_alone(empty_database_url: str, empty_engine: Engine) -> None:
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (id INTEGER)"))
    with pytest.raises(StoreError, match="invoices"):
        revision.ensure_ready(empty_engine)
    assert inspect(empty_engine).get_table_names() == ["invoices"]


@pytest.mark.parametrize(("other", "advice"), [("0001", "newscrawl db upgrade"), ("9999", "newer newscrawl")])
def test_another_schema_is_refused_with_what_to_do(database_url: str, other: str, advice: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": other})
    with pytest.raises(StoreError, match=advice):
        revision.ensure_ready(engine)
    with pytest.raises(StoreError, match=advice):
        migrate.check(database_url)
    if other == "9999":
        with pytest.raises(StoreError, match=advice):
            migrate.upgrade(database_url)


def test_check_names_what_differs(database_url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mine (id INTEGER)"))
    assert "mine" in "\n".join(migrate.check(database_url))


def test_every_comment_stands_in_postgresql(postgres_database: str) -> None:
    engine = open_engine(postgres_database)
    inspector = inspect(engine)
    for table in Base.metadata.sorted_tables:
        assert inspector.get_table_comment(table.name)["text"] == table.comment
        assert all(column["comment"] for column in inspector.get_columns(table.name)), table.name
    engine.dispose()


def test_a_migration_that_orphans_rows_is_undone(sqlite_database: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_database)
    with (
        pytest.raises(StoreError, match="orphans in table sources"),
        migrate.migration_transaction(engine) as connection,
    ):
        connection.execute(
            text("INSERT INTO sources (outlet_id, kind, url, failures) VALUES (7, 'rss', 'https://a.example/rss', 0)")
        )
    with sqlite3.connect(tmp_path / "newscrawl.db") as connection:
        assert connection.execute("SELECT COUNT(*) FROM sources").fetchone() == (0,)
    connection.close()
    engine.dispose()
