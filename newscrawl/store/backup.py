"""A consistent copy of the store in one file, made while crawls write, and of the archived responses that it names."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.store.engine import StoreError, masked, open_engine, sqlite_path
from newscrawl.store.pgdump import dump
from newscrawl.store.revision import read_revision
from newscrawl.store.targets import TargetError, part_beside
from newscrawl.store.warcfiles import ArchiveCopy, Use, complete_files, copy_files, read_uses, sync_folder

STEP_PAGES = 2000
"""Pages of SQLite copied between two signs of progress."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made."""

    database: str  # copied, without its password
    target: Path
    bytes: int
    revision: str  # of its schema
    archive: ArchiveCopy | None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What the copied rows say."""

    revision: str
    uses: dict[str, Use]
    complete: set[str]


def backup(
    url: str, target: Path, archive: Path | None, on_progress: Callable[[str], None], *, force: bool = False
) -> Backup:
    """Copy the store, and the responses beside it if an archive is named. The target appears when all is there.

    Args:
        url: As `database_url` gives it.
        target: A file of SQLite, or a dump that pg_restore reads.
        archive: Folder of the raw responses that are to be copied too; None: not.
        on_progress: Gets the state as a line.
        force: Replace a file that is there.

    Raises:
        TargetError: The target must not be written.
        StoreError: The store cannot be read, or there is no room for the copy; nothing is left of it.
    """
    _check_target(url, target, force=force)
    try:
        with part_beside(target, "backup") as part:
            snapshot = _copy_store(url, part, on_progress)
            part.chmod(_mode(url))
            files = _copy_archive(archive, target, snapshot, on_progress)
            part.replace(target)
            sync_folder(target.absolute().parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{target}: {_cause(error)}; nothing was left there") from error
    return Backup(masked(url), target, target.stat().st_size, snapshot.revision, files)


def archive_beside(target: Path) -> Path:
    """Where the responses of a copy go: where a crawl of a SQLite file puts them."""
    return target.with_name(f"{target.stem}-archive")


def _check_target(url: str, target: Path, *, force: bool) -> None:
    own = sqlite_path(url)
    if target.is_dir():
        raise TargetError(f"{target}: is a folder; name a file in it")
    if not target.absolute().parent.is_dir():
        raise TargetError(f"{target.parent}: no such folder for the copy")
    if own and own.exists() and target.exists() and target.samefile(own):
        raise TargetError(f"{target}: is the database itself; name another file")
    if target.exists() and not force:
        raise TargetError(f"{target}: is there already; name another file, or --force replaces it")
    for journal in (target.with_name(target.name + ending) for ending in ("-wal", "-journal")):
        # SQLite would play it into the new file, and spoil that.
        if journal.exists() and journal.stat().st_size:
            raise TargetError(f"{journal}: a program has {target.name} open, or was killed; name another file")


def _copy_store(url: str, part: Path, on_progress: Callable[[str], None]) -> _Snapshot:
    engine = open_engine(url, read_only=True)
    try:
        with engine.connect() as connection:
            if is_server := connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            snapshot = _read_snapshot(connection, url)
            copy = dump if is_server else _copy_sqlite
            copy(connection, part, snapshot.revision, on_progress)
    except SQLAlchemyError as error:
        raise StoreError(f"{masked(url)}: {str(getattr(error, 'orig', None) or error).strip()}") from error
    finally:
        engine.dispose()
    return snapshot


def _read_snapshot(connection: Connection, url: str) -> _Snapshot:
    """Read what is needed in the transaction of the copy, which begins here."""
    revision = read_revision(connection)
    if revision is None:
        raise StoreError(f"{masked(url)}: no tables of newscrawl here; nothing to back up")
    uses = read_uses(connection)
    return _Snapshot(revision, uses, complete_files(connection, uses))


def _copy_sqlite(connection: Connection, part: Path, revision: str, on_progress: Callable[[str], None]) -> None:
    """Copy page by page.

    The open read transaction holds the state: without one, SQLite begins anew after each write of another process (62
    times in 500 steps that were measured), and need never end.
    """
    source = connection.connection.driver_connection
    assert isinstance(source, sqlite3.Connection)
    size = source.execute("pragma page_size").fetchone()[0]

    def tell(_status: int, remaining: int, total: int) -> None:
        on_progress(f"{(total - remaining) * size / 1e6:.0f} of {total * size / 1e6:.0f} MB")

    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        copy.execute("pragma synchronous=off")  # synced once, at the end
        source.backup(copy, pages=STEP_PAGES, progress=tell)
        copy.execute("pragma journal_mode=delete")  # readable where nothing can be written
        on_progress("checking the copy")
        fault = copy.execute("pragma integrity_check(1)").fetchone()[0]
        found = copy.execute("select version_num from alembic_version").fetchone()
    if fault != "ok" or found != (revision,):
        advice = "PRAGMA integrity_check says more of the database itself"
        raise StoreError(f"the copy is not sound ({fault}, schema {found}) and was not kept; {advice}")
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _copy_archive(
    archive: Path | None, target: Path, snapshot: _Snapshot, on_progress: Callable[[str], None]
) -> ArchiveCopy | None:
    if archive is None:
        return None
    return copy_files(archive, archive_beside(target), snapshot.uses, snapshot.complete, on_progress)


def _cause(error: sqlite3.Error | OSError) -> str:
    if isinstance(error, OSError):
        return f"cannot be written ({error.strerror}); make room, or name another place"
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return "cannot be written (no space left on device); make room, or name another place"
    return f"the database cannot be copied ({error})"


def _mode(url: str) -> int:
    """Who may read the copy: who may read the file; of a server's data, its owner."""
    own = sqlite_path(url)
    return stat.S_IMODE(own.stat().st_mode) if own else 0o600
