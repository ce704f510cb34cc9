import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from newscrawl.store.engine import StoreError, database_url, masked, open_engine, sqlite_path
from newscrawl.store.models import Run
from newscrawl.store.queries import list_runs, open_reader
from newscrawl.store.session import CrawlSession
from tests.records import HERALD

RUN = {
    "command": "test", "host": "h", "pid": 1, "code_version": "0", "rules_version": "0", "status": "ok",
    "heartbeat_at": datetime(2026, 1, 1, tzinfo=UTC),
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "variable", "expected"),
    [
        (None, None, "sqlite:///newscrawl.db"),
        (None, "sqlite:////var/news.db", "sqlite:////var/news.db"),
        ("news.db", "sqlite:////var/news.db", "sqlite:///news.db"),
        ("/var/news.db", None, "sqlite:////var/news.db"),
        ("postgres://me@db/news", None, "postgresql+psycopg://me@db/news"),
        ("postgresql://me@db/news", None, "postgresql+psycopg://me@db/news"),
        ("postgresql+psycopg://me@db/news", None, "postgresql+psycopg://me@db/news"),
    ],
)
def test_the_store_is_what_is_given_else_the_variable_else_a_file_here(
    given: str | None, variable: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSCRAWL_DATABASE_URL", raising=False)
    if variable:
        monkeypatch.setenv("NEWSCRAWL_DATABASE_URL", variable)
    assert database_url(given) == expected


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://me:secret@db/news", "expected SQLite or PostgreSQL, got mysql"),
        ("nonsense://me:secret@db/news", "got nonsense"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:////no/such/folder/news.db", "no such folder"),
        ("postgresql://me:secret@db:port/news", "expected sqlite:///FILE or postgresql"),
    ],
)
def test_a_bad_url_is_an_error_without_its_password(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message) as caught:
        open_engine(url)
    assert "secret" not in str(caught.value)


def test_passwords_are_masked() -> None:
    assert masked("postgresql://me:secret@db/news") == "postgresql://me:***@db/news"
    assert sqlite_path("sqlite:////var/news.db") == Path("/var/news.db")
    assert sqlite_path("postgresql://db/news") is None


@pytest.fixture
def reader(database_url: str) -> Iterator[Engine]:
    engine = open_reader(database_url)
    yield engine
    engine.dispose()


def test_a_reader_cannot_write_and_waits_for_no_writer(database_url: str, reader: Engine, engine: Engine) -> None:
    with engine.begin() as writer:
        writer.execute(insert(Run), RUN | {"started_at": datetime(2026, 1, 1, tzinfo=UTC)})
        assert list_runs(reader) == []
    assert len(list_runs(reader)) == 1
    with pytest.raises(DBAPIError, match=r"read-?only"), reader.begin() as connection:
        connection.execute(text("DELETE FROM runs"))


def test_a_reader_of_nothing_is_told_what_to_do(empty_database_url: str) -> None:
    with pytest.raises(StoreError, match="crawl first"):
        open_reader(empty_database_url)


def test_times_are_kept_in_utc_to_the_second_on_both(engine: Engine) -> None:
    tokyo = datetime(2026, 3, 1, 8, 15, 30, 999_999, tzinfo=timezone(timedelta(hours=9)))
    with engine.begin() as connection:
        connection.execute(insert(Run), RUN | {"started_at": tokyo})
        read = connection.scalar(select(Run.started_at))
        assert read == datetime(2026, 2, 28, 23, 15, 30, tzinfo=UTC)
        assert read.utcoffset() == timedelta(0)
        assert connection.scalar(select(Run.id).where(Run.started_at <= tokyo)) == 1
    with pytest.raises(StatementError, match="aware"), engine.begin() as connection:
        connection.execute(insert(Run), RUN | {"started_at": datetime(2026, 3, 1)})  # noqa: DTZ001


def test_sqlite_users_read_and_compare_times(sqlite_database: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_database)
    with engine.begin() as connection:
        connection.execute(insert(Run), RUN | {"started_at": datetime.now(UTC) - timedelta(hours=1)})
    engine.dispose()
    connection = sqlite3.connect(tmp_path / "newscrawl.db")
    assert connection.execute("SELECT started_at GLOB '????-??-?? ??:??:??' FROM runs").fetchone() == (1,)
    query = "SELECT COUNT(*) FROM runs WHERE started_at > datetime('now', '-2 hours') AND started_at < datetime('now')"
    assert connection.execute(query).fetchone() == (1,)
    connection.close()


def test_lock_files_lie_beside_the_database_and_a_runs_is_gone_with_it(sqlite_database: str, tmp_path: Path) -> None:
    async def crawl() -> None:
        session = await CrawlSession.open(sqlite_database, command="test")
        await session.claim([(HERALD, [])])
        assert {path.name for path in (tmp_path / "newscrawl.db.locks").iterdir()} == {"herald.lock", "run=1.lock"}
        await session.close("finished", "ok", 0)

    asyncio.run(crawl())
    assert {path.name for path in (tmp_path / "newscrawl.db.locks").iterdir()} == {"herald.lock"}
