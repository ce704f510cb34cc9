"""Roles of a real PostgreSQL that may read, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from newscrawl.store import migrate
from newscrawl.store.engine import StoreError
from newscrawl.store.grants import grant
from newscrawl.store.queries import list_articles, open_reader

ROLE = 'newscrawl "reader"'  # quoted as it must be


@pytest.fixture
def reader(postgres_database: str) -> Iterator[str]:
    """URL of the test's database for a role that may log in, and no more."""
    owner = create_engine(postgres_database, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    quoted = owner.dialect.identifier_preparer.quote_identifier(ROLE)
    with owner.connect() as connection:
        connection.execute(text(f"CREATE ROLE {quoted} LOGIN PASSWORD 'secret'"))
        connection.execute(text("CREATE SCHEMA other"))
        connection.execute(text("CREATE TABLE other.ledger (id INTEGER)"))
    yield make_url(postgres_database).set(username=ROLE, password="secret").render_as_string(hide_password=False)
    with owner.connect() as connection:
        connection.execute(text(f"DROP OWNED BY {quoted}"))
        connection.execute(text(f"DROP ROLE {quoted}"))


def test_a_role_may_read_and_not_write_and_twice_is_once(postgres_database: str, reader: str) -> None:
    with pytest.raises(StoreError, match="permission denied"):
        open_reader(reader)
    first, second = grant(postgres_database, ROLE), grant(postgres_database, ROLE)
    assert first == second
    assert first.readable > 20
    assert first.writable == 0
    engine = create_engine(reader, poolclass=NullPool)
    for refused in (
        "DELETE FROM articles", "UPDATE runs SET status = 'ok'", "INSERT INTO alembic_version VALUES ('x')",
        "DROP VIEW clean_articles", "TRUNCATE urls CASCADE", "SELECT * FROM other.ledger",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), engine.begin() as connection:
            connection.execute(text(refused))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM clean_articles")).all() == []
    commands = open_reader(reader)
    assert list_articles(commands) == []
    commands.dispose()


def test_what_a_later_schema_makes_can_be_read_too(postgres_database: str, reader: str) -> None:
    grant(postgres_database, ROLE)
    migrate.downgrade(postgres_database, "0008")
    migrate.upgrade(postgres_database)
    engine = create_engine(reader, poolclass=NullPool)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM article_edits")).all() == []


def test_only_the_statements_can_be_had(postgres_database: str, reader: str) -> None:
    told = grant(postgres_database, ROLE, run=False)
    assert (told.readable, len(told.statements)) == (0, 3)
    assert all('"newscrawl ""reader"""' in statement for statement in told.statements)


def test_what_cannot_be_is_refused_with_what_to_do(engine: Engine, database_url: str) -> None:
    expected = "SQLite has no roles.*mode=ro" if engine.dialect.name == "sqlite" else "no role nobody.*CREATE ROLE"
    with pytest.raises(StoreError, match=expected):
        grant(database_url, "nobody")


def test_a_database_without_tables_is_refused(empty_engine: Engine, empty_database_url: str) -> None:
    if empty_engine.dialect.name == "postgresql":
        with pytest.raises(StoreError, match="no newscrawl tables here; newscrawl db upgrade makes them"):
            grant(empty_database_url, "postgres")
