"""Which database, and a connection to it with settings under which nothing is lost silently."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path
from shutil import disk_usage

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.pool import ConnectionPoolEntry

VARIABLE = "NEWSCRAWL_DATABASE_URL"
DEFAULT_URL = "sqlite:///newscrawl.db"
BUSY_TIMEOUT_S = 30
"""How long SQLite waits for another writer. Its transactions here take less than a second."""
# SQLSTATE of PostgreSQL: connection lost, shutdown, deadlock, serialisation, too many connections, lock not available.
_PASSING_STATES = ("08", "57P", "40001", "40P01", "53300", "55P03")
# `postgresql:/user:password@host` is no path either, and must not be shown as one.
_MISTYPED = re.compile(r"postgres\w*:|[^/@]*:[^/@]*@")
_DISK_FULL = "53100"
_ROOM = 100_000  # bytes without which a disk is full: the -shm file alone has 32 KiB
_ADVICE = {
    sqlite3.SQLITE_NOTADB: "it is some other file: name the database with --db or in " + VARIABLE,
    sqlite3.SQLITE_CORRUPT: "put a backup back, or save what can be read: sqlite3 FILE .recover",
    sqlite3.SQLITE_CANTOPEN: "it is no file, or this account may not open it",
    sqlite3.SQLITE_READONLY: "SQLite needs a folder that this account may write to, even to read; "
    "read a copy, which needs none: newscrawl backup FILE",
}
_REFUSED_STATES = ("22", "23", "54")  # data, integrity, limits of the program: a key that is too long for its index


class StoreError(Exception):
    """The store cannot be used; the text says which, why, and what to do, without any password."""


class StoreAwayError(StoreError):
    """The store gave no answer for as long as we wait; what it could not take is to be kept for it."""


def database_url(explicit: str | None = None) -> str:
    """The store's URL: as given, else from NEWSCRAWL_DATABASE_URL, else `newscrawl.db` in the working folder.

    A text without `://` is the path of a SQLite file; `postgres://` is understood.
    """
    url = explicit or os.environ.get(VARIABLE) or DEFAULT_URL
    if "://" not in url:
        return url if _MISTYPED.match(url) else f"sqlite:///{url}"
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def open_engine(url: str, *, read_only: bool = False) -> Engine:
    """An engine on the store; connects when it is first used.

    Args:
        url: As `database_url` gives it.
        read_only: Every change is refused by the database; readers of SQLite do not wait for writers.

    Raises:
        StoreError: The URL is none, its driver is missing, or a SQLite file to be read is not there.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, read_only=read_only)
    settings = {"options": "-c default_transaction_read_only=on"} if read_only else {}
    try:
        return create_engine(parsed, pool_pre_ping=True, hide_parameters=True, connect_args=settings)
    except ModuleNotFoundError as error:
        raise StoreError(f"{masked(url)}: no driver ({error.name}); install newscrawl[postgres]") from error


def is_transient(error: DBAPIError) -> bool:
    """Whether the same may well succeed a little later: another writer, a server that restarts, a deadlock."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _sqlite_code(cause) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    state: str | None = getattr(cause, "sqlstate", None)
    if state is None:  # no answer came from the server
        return error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))
    return state.startswith(_PASSING_STATES)


def explain(error: DBAPIError) -> str:
    """What the database says, in one line, and what to do where that is known."""
    cause = error.orig
    told = " ".join(str(cause).split())
    advice = _ADVICE.get(_sqlite_code(cause)) if isinstance(cause, sqlite3.Error) else None
    return f"{told}; {advice}" if advice else told


def disk_full(place: str) -> StoreError:
    """The error that says so, of a folder or a server."""
    return StoreError(f"{place}: the disk is full; make room and run again: the next run takes up the rest")


def is_disk_full(error: DBAPIError, path: Path | None) -> bool:
    """Whether there is no room for the change on the disk: of a SQLite file (at `path`), or of the server."""
    cause = error.orig
    if not isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlstate", None) == _DISK_FULL
    code = _sqlite_code(cause)
    # Where it cannot make its -wal and -shm files, SQLite does not say why.
    if path is not None and code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return disk_usage(path.absolute().parent).free < _ROOM
    return code == sqlite3.SQLITE_FULL


def is_refused_row(error: DBAPIError) -> bool:
    """Whether the database refuses these values, and is itself well."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return isinstance(error, (DataError, IntegrityError, InterfaceError, ProgrammingError))
    state: str | None = getattr(cause, "sqlstate", None)
    return isinstance(error, (DataError, IntegrityError)) or (state or "").startswith(_REFUSED_STATES)


def _sqlite_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def masked(url: str) -> str:
    """The URL as messages show it: the password is `***`."""
    try:
        parsed = make_url(url)
        secrets = {name: "***" for name in parsed.query if "pass" in name}
        return parsed.update_query_dict(secrets).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "(not a database URL)"


def has_password(url: str) -> bool:
    """Whether the URL holds a password.

    Raises:
        StoreError: The URL is none.
    """
    parsed = _parse(url)
    return bool(parsed.password or parsed.query.get("password"))


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite store; None for other databases."""
    parsed = _parse(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def _parse(url: str) -> URL:
    try:
        parsed = make_url(database_url(url))
        backend = parsed.get_backend_name()
        if backend in ("sqlite", "postgresql"):
            parsed.get_dialect()  # raises where the URL names a driver that is none
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"{masked(url)}: expected sqlite:///FILE or postgresql://USER@HOST/NAME") from error
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"{masked(url)}: expected SQLite or PostgreSQL, got {backend}")
    if backend == "sqlite" and (parsed.host or (parsed.database or ":memory:") == ":memory:"):
        raise StoreError(f"{masked(url)}: the store needs a file: sqlite:///FILE")
    return parsed


def _open_sqlite(url: URL, *, read_only: bool) -> Engine:
    path = Path(url.database or "")
    if read_only and not path.is_file():
        raise StoreError(f"{path}: no such database; crawl first, or set {VARIABLE}")
    if not path.absolute().parent.is_dir():
        raise StoreError(f"{path.parent}: no such folder for the database")
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_S})

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        """Write-ahead log: readers never block the crawl. NORMAL: kill -9 loses nothing, a power cut may."""
        assert isinstance(connection, sqlite3.Connection)
        connection.isolation_level = None  # else the driver begins no transaction before SELECT: lost updates
        pragmas = ["foreign_keys=on"] + (["query_only=on"] if read_only else ["journal_mode=wal", "synchronous=normal"])
        for pragma in pragmas:
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        """Writers queue up here; one that began by reading would fail at once instead of waiting."""
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
