"""A copy is consistent and whole, or it is not there."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import Engine, make_url, text

from newscrawl.store import backup as backups
from newscrawl.store.archive import Archive, read
from newscrawl.store.backup import Backup, TargetError, backup
from newscrawl.store.engine import StoreError, open_engine
from newscrawl.store.purge import Limits, plan, purge, purge_files
from newscrawl.store.queries import list_articles
from newscrawl.store.session import CrawlSession
from newscrawl.visits import Archived
from tests.records import FEED, HERALD, NOW, article, link, page, visit

InSession = Callable[[Callable[[CrawlSession], Awaitable[None]]], None]


def need_pg_dump(url: str) -> None:
    if not url.startswith("sqlite") and shutil.which("pg_dump") is None:
        pytest.skip("PostgreSQL's client programs are needed")


def copy(url: str, target: Path, archive: Path | None = None, *, force: bool = False) -> Backup:
    return backup(url, target, archive, lambda _: None, force=force)


def titles(url: str) -> list[str | None]:
    engine = open_engine(url, read_only=True)
    try:
        return sorted(line.headline or "" for line in list_articles(engine, 100))
    finally:
        engine.dispose()


async def store(session: CrawlSession, archive: Archive, *numbers: int) -> list[Archived]:
    leases, _ = await session.take("herald", [link(n) for n in numbers])
    places = []
    for number, lease in zip(numbers, leases, strict=True):
        one = visit(lease, article(number), page=page(lease, f"<p>{number}</p>".encode() + os.urandom(2000)))
        places.append(archive.put(one))
        await session.write(replace(one, archived=places[-1]))
    return places


def fill(in_session: InSession, engine: Engine, folder: Path, *numbers: int) -> Path:
    """Articles of a run of last year, for a second run of this process looks like a part of one of this second."""

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        archive = Archive(folder)
        await store(session, archive, *numbers)
        archive.close()

    in_session(crawl)
    [file] = folder.iterdir()
    old = file.rename(folder / f"newscrawl-20250101T000000-{os.getpid()}-1.warc.gz")
    with engine.begin() as connection:
        then = "2025-01-01 00:00:00"
        connection.execute(text("UPDATE runs SET started_at = :then, finished_at = :then"), {"then": then})
        connection.execute(text("UPDATE pages SET warc_file = :name"), {"name": old.name})
    return old


def test_a_copy_is_one_state_while_others_write(sqlite_database: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(backups, "STEP_PAGES", 20)
    database = tmp_path / "newscrawl.db"
    setup = sqlite3.connect(database)
    setup.execute("CREATE TABLE pair (a INTEGER, b INTEGER, filling TEXT)")
    setup.executemany("INSERT INTO pair VALUES (0, 0, ?)", [("x" * 900,)] * 2000)
    setup.commit()
    setup.close()
    writes, steps = 0, 0

    def write_and_count(_: str) -> None:
        """Another program writes between every two steps."""
        nonlocal writes, steps
        steps += 1
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()

    def write() -> None:
        nonlocal writes
        connection = sqlite3.connect(database)
        writes += 1
        connection.execute("UPDATE pair SET a = a + 1, b = b + 1")
        connection.commit()
        connection.close()

    done = backup(sqlite_database, tmp_path / "copy.db", None, write_and_count)
    opened = sqlite3.connect(f"file:{tmp_path / 'copy.db'}?mode=ro&immutable=1", uri=True)
    assert opened.execute("SELECT COUNT(*), MIN(a), MAX(a), MIN(b), MAX(b) FROM pair").fetchone() == (2000, 0, 0, 0, 0)
    assert opened.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    opened.close()
    assert writes > 10
    assert steps < 200  # it never began anew
    assert done.bytes == (tmp_path / "copy.db").stat().st_size
    assert not list(tmp_path.glob("copy.db.*"))


@pytest.fixture
def restored(postgres_url: str) -> Iterator[str]:
    """URL of an empty database."""
    name = f"newscrawl_restored_{os.getpid()}"
    engine = open_engine(postgres_url).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def test_a_dump_is_restored_by_pg_restore(postgres_database: str, restored: str, tmp_path: Path) -> None:
    need_pg_dump(postgres_database)

    async def crawl() -> None:
        session = await CrawlSession.open(postgres_database, command="test")
        await session.claim([(HERALD, [FEED])])
        archive = Archive(tmp_path / "archive")
        await store(session, archive, 1, 2)
        archive.close()
        await asyncio.to_thread(copy, postgres_database, tmp_path / "news.dump", tmp_path / "archive")
        await session.close("finished", "ok", 0)

    asyncio.run(crawl())
    target = make_url(restored).set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(
        ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={target}", tmp_path / "news.dump"], check=True
    )
    assert titles(restored) == ["Story 1", "Story 2"]
    assert len(list((tmp_path / "news-archive").iterdir())) == 1


def test_a_password_goes_by_the_environment(
    postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program in the place of pg_dump writes down how it was called, and goes on as pg_dump."""
    need_pg_dump(postgres_database)
    told = tmp_path / "told"
    (tmp_path / "pg_dump").write_text(
        f'#!/bin/sh\necho "$PGPASSWORD $*" > {told}\nexec {shutil.which("pg_dump")} "$@"\n'
    )
    (tmp_path / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    secret = make_url(postgres_database).set(password="s3cret").render_as_string(hide_password=False)
    done = copy(secret, tmp_path / "news.dump")
    password, arguments = told.read_text().split(" ", 1)
    assert (password, "s3cret" in arguments, "s3cret" in done.database) == ("s3cret", False, False)
    assert (tmp_path / "news.dump").stat().st_mode & 0o777 == 0o600


def test_missing_programs_are_named(postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="pg_dump: not in PATH; install"):
        copy(postgres_database, tmp_path / "news.dump")
    assert not list(tmp_path.glob("news*"))


def test_the_archive_goes_along_as_far_as_the_rows_know_it(
    in_session: InSession, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    need_pg_dump(database_url)
    folder, target = tmp_path / "archive", tmp_path / "copy.db"
    whole = fill(in_session, engine, folder, 1)

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        archive = Archive(folder)
        [place] = await store(session, archive, 2)
        lease = (await session.take("herald", [link(3)]))[0][0]
        later = archive.put(visit(lease, None, page=page(lease)))  # no row names it yet
        done = await asyncio.to_thread(copy, database_url, target, folder)
        archive.close()
        assert done.archive is not None
        assert (done.archive.linked, done.archive.copied, done.archive.missing) == (1, 1, [])
        grown = tmp_path / "copy-archive" / place.file
        assert grown.stat().st_size == later.offset
        assert read(grown.parent, place)[1].startswith(b"<p>2</p>")
        assert (tmp_path / "copy-archive" / whole.name).samefile(whole)

    in_session(crawl)
    again = copy(database_url, target, folder, force=True)
    assert again.archive is not None
    assert (again.archive.linked, again.archive.copied) == (2, 0)  # both are complete now
    whole.unlink()
    third = copy(database_url, tmp_path / "third.db", folder)
    assert third.archive is not None
    assert third.archive.missing == [whole.name]


def test_a_purge_does_not_reach_into_a_copy(
    in_session: InSession, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    need_pg_dump(database_url)
    folder = tmp_path / "archive"
    fill(in_session, engine, folder, 1)
    copy(database_url, tmp_path / "copy.db", folder)
    with engine.connect() as connection:
        place = Archived(*connection.execute(text("SELECT warc_file, warc_offset, warc_length FROM pages")).one())
    purge(engine, plan(engine, {"herald": Limits(raw=NOW.replace(year=2030))}), lambda _: None)
    assert purge_files(engine, folder).files == 1
    assert read(tmp_path / "copy-archive", place)[1].startswith(b"<p>1</p>")


def test_what_must_not_be_written_is_not_touched(sqlite_database: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")
    with pytest.raises(TargetError, match="--force replaces it"):
        copy(sqlite_database, target)
    for wrong, fault in ((tmp_path, "is a folder"), (tmp_path / "no" / "x.db", "no such folder"),
                         (tmp_path / "newscrawl.db", "the database itself")):  # fmt: skip
        with pytest.raises(TargetError, match=fault):
            copy(sqlite_database, wrong, force=True)
    (tmp_path / "copy.db-wal").write_text("of a program that was killed")
    with pytest.raises(TargetError, match=r"copy\.db-wal"):
        copy(sqlite_database, target, force=True)
    (tmp_path / "copy.db-wal").unlink()
    with FileLock(tmp_path / "copy.db.part.lock"), pytest.raises(TargetError, match="another backup"):
        copy(sqlite_database, target, force=True)
    assert target.read_text() == "mine"
    (tmp_path / "copy.db.part").write_text("of a backup that was killed")
    copy(sqlite_database, target, force=True)
    assert titles(str(target)) == []
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]


def test_what_is_no_store_or_not_sound_leaves_nothing(sqlite_database: str, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()
    with pytest.raises(StoreError, match="no tables of newscrawl"):
        copy(str(tmp_path / "empty.db"), tmp_path / "copy.db")
    broken = (tmp_path / "newscrawl.db").read_bytes()
    (tmp_path / "newscrawl.db").write_bytes(broken[:-40_000] + b"\xff" * 40_000)
    with pytest.raises(StoreError, match=r"not sound|cannot be copied|malformed"):
        copy(sqlite_database, tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("what", ["database", "archive", "dump"])
def test_a_full_disk_is_told_and_nothing_is_left_there(
    what: str, request: pytest.FixtureRequest, small_disk: Path, tmp_path: Path
) -> None:
    url: str = request.getfixturevalue("postgres_database" if what == "dump" else "sqlite_database")
    need_pg_dump(url)
    folder = tmp_path / "archive"

    async def crawl() -> None:
        session = await CrawlSession.open(url, command="test")
        await session.claim([(HERALD, [FEED])])
        archive = Archive(folder)
        await store(session, archive, 1, 2)
        archive.close()
        await session.close("finished", "ok", 0)

    asyncio.run(crawl())
    if what == "archive":
        for file in folder.iterdir():
            os.truncate(file, 2_000_000)
    else:
        engine = open_engine(url)
        with engine.begin() as connection:
            noise = os.urandom(1_500_000).hex()
            connection.execute(text("UPDATE articles SET description = :noise WHERE id = 1"), {"noise": noise})
        engine.dispose()
    with pytest.raises(StoreError, match=r"(?i)no space left.*nothing was left") as raised:
        copy(url, small_disk / "copy.db", folder)
    assert ("pg_dump: " if what == "dump" else str(small_disk)) in str(raised.value)
    assert list(small_disk.iterdir()) == []
