"""Who may read a SQLite file, as another account meets it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import text

from newscrawl.store import migrate
from newscrawl.store.backup import backup
from newscrawl.store.engine import StoreError, open_engine
from newscrawl.store.queries import open_reader

NOBODY = 65534
READ, WRITE = "SELECT COUNT(*) FROM clean_articles", "DELETE FROM runs"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another account may enter and read; pytest's own it may not."""
    folder = Path(tempfile.mkdtemp(prefix="newscrawl-ro-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def database(folder: Path) -> Path:
    migrate.upgrade(f"sqlite:///{folder / 'newscrawl.db'}")
    (folder / "newscrawl.db").chmod(0o644)
    return folder / "newscrawl.db"


def ask(database: Path, options: str, query: str) -> str:
    """What SQLite answers."""
    try:
        with closing(sqlite3.connect(f"file:{database}?{options}", uri=True)) as connection:
            return str(connection.execute(query).fetchone())
    except sqlite3.OperationalError as error:
        return str(error)


def read(database: Path) -> str:
    """What newscrawl answers."""
    try:
        open_reader(str(database)).dispose()
    except StoreError as error:
        return str(error)
    return "read"


def as_nobody(work: Callable[..., str], *arguments: object) -> str:
    """As an account that may not write to the folder."""
    if os.geteuid() != 0:
        pytest.skip("only root can be another account")
    context = get_context("fork")
    here, there = context.Pipe()

    def answer() -> None:
        os.setuid(NOBODY)
        there.send(work(*arguments))

    child = context.Process(target=answer)
    child.start()
    child.join()
    told: str = here.recv()
    return told


def test_with_mode_ro_nothing_can_be_changed_and_a_crawl_is_not_held_up(database: Path) -> None:
    crawl = open_engine(f"sqlite:///{database}")
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as reader:
        reader.execute("BEGIN")
        assert reader.execute(READ).fetchone() == (0,)
        with crawl.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute(WRITE)
    crawl.dispose()


def test_another_account_reads_while_a_crawl_runs_and_a_copy_always(database: Path, folder: Path) -> None:
    """SQLite needs its -shm file, which the other account cannot make."""
    assert "readonly database" in as_nobody(ask, database, "mode=ro", READ)
    assert as_nobody(ask, database, "immutable=1", READ) == "(0,)"
    crawl = open_engine(f"sqlite:///{database}")
    with crawl.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
    assert as_nobody(ask, database, "mode=ro", READ) == "(0,)"
    assert "readonly database" in as_nobody(ask, database, "", WRITE)
    crawl.dispose()
    backup(f"sqlite:///{database}", folder / "copy.db", None, str)
    assert as_nobody(ask, folder / "copy.db", "mode=ro", READ) == "(0,)"
    assert "readonly database" in as_nobody(ask, folder / "copy.db", "", WRITE)


def test_newscrawl_says_what_to_do_where_another_account_cannot_read(database: Path, folder: Path) -> None:
    assert read(database) == "read"  # what it imports, the other account may not be able to
    assert "newscrawl backup FILE" in as_nobody(read, database)
    backup(f"sqlite:///{database}", folder / "copy.db", None, str)
    assert as_nobody(read, folder / "copy.db") == "read"


def test_a_file_that_is_no_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("a shopping list, and no database at all" * 40, encoding="utf-8")
    for work in (open_reader, migrate.upgrade, migrate.check):
        with pytest.raises(StoreError, match="name the database with --db"):
            work(f"sqlite:///{tmp_path / 'list.txt'}")


def test_a_damaged_file_is_refused_with_what_to_do(sqlite_database: str, tmp_path: Path) -> None:
    path = tmp_path / "newscrawl.db"
    path.write_bytes(path.read_bytes()[:8192])
    with pytest.raises(StoreError, match="put a backup back"):
        open_reader(sqlite_database)
