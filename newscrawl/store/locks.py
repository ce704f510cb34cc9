"""One run for an outlet at a time: locks that the operating system or the server frees when their holder dies."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from newscrawl.store.engine import StoreError, sqlite_path


@dataclass(frozen=True, slots=True)
class Holder:
    """The run that holds an outlet."""

    run_id: int
    pid: int
    host: str
    since: datetime  # aware, UTC


class LockedError(StoreError):
    """Another run holds an outlet; `run_id` and the rest are None while it has not written its name yet."""

    def __init__(self, slug: str, holder: Holder | None):
        self.slug = slug
        self.run_id = holder.run_id if holder else None
        self.pid = holder.pid if holder else None
        self.host = holder.host if holder else None
        self.since = holder.since if holder else None
        super().__init__(f"outlet {slug} is locked by {told(holder)}; wait until it ends")


def told(holder: Holder | None) -> str:
    """A run in words; one that has not written its name yet is another run."""
    if holder is None:
        return "another run"
    return f"run {holder.run_id} (pid {holder.pid} on {holder.host}, since {holder.since:%Y-%m-%d %H:%M:%S} UTC)"


def outlet_lock(slug: str) -> str:
    """Name of an outlet's lock."""
    return quote(slug, safe="")[:200]


def run_lock(run_id: int) -> str:
    """Name of a run's lock, which is free when the run is not alive; no outlet's name holds a `=`."""
    return f"run={run_id}"


class Locks(Protocol):
    """Named locks of one session."""

    def take(self, name: str) -> bool:
        """Take a lock, or say at once that another session holds it. One that we hold is taken."""

    def free(self, name: str) -> None:
        """Give a lock back, if we hold it."""

    def regain(self) -> list[str]:
        """Make sure of all locks, also after a lost connection; the names of those that others took meanwhile."""

    def close(self) -> None:
        """Give all locks back."""


def open_locks(engine: Engine) -> Locks:
    """The locks that fit the store: files beside a SQLite file, advisory locks of PostgreSQL."""
    path = sqlite_path(engine.url.render_as_string(hide_password=False))
    return _ServerLocks(engine) if path is None else _FileLocks(path.absolute().with_name(path.name + ".locks"))


class _FileLocks:
    """`flock` files in a folder beside the database."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._held: dict[str, FileLock] = {}

    def take(self, name: str) -> bool:
        if name in self._held:
            return True
        try:
            self._folder.mkdir(exist_ok=True)
            # no fall back to marker files, which outlive a holder that was killed
            lock = FileLock(self._folder / f"{name}.lock", timeout=0, thread_local=False, fallback_to_soft=False)
            lock.acquire()
        except Timeout:
            return False
        except OSError as error:
            raise StoreError(
                f"{self._folder}: cannot lock ({error}); the database must lie on a disk that can"
            ) from error
        self._held[name] = lock
        return True

    def free(self, name: str) -> None:
        if lock := self._held.pop(name, None):
            if name.startswith("run="):
                # Nobody waits for a run's lock. An outlet's file stays: if it were deleted, two could lock two of them.
                (self._folder / f"{name}.lock").unlink(missing_ok=True)
            lock.release()

    def regain(self) -> list[str]:
        return []

    def close(self) -> None:
        for name in list(self._held):
            self.free(name)


class _ServerLocks:
    """Advisory locks on a connection of their own; the server frees them when it ends."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._connection: Connection | None = None
        self._held: set[str] = set()

    def take(self, name: str) -> bool:
        if name in self._held:
            return True
        if not self._ask(name):
            return False
        self._held.add(name)
        return True

    def free(self, name: str) -> None:
        if name in self._held:
            self._held.remove(name)
            self._connect().execute(text("SELECT pg_advisory_unlock(:key)"), {"key": lock_key(name)})

    def regain(self) -> list[str]:
        try:
            self._connect().execute(text("SELECT 1"))
        except DBAPIError:
            self._drop()
            return [name for name in sorted(self._held) if not self._ask(name)]
        return []

    def close(self) -> None:
        self._held.clear()
        self._drop()

    def _ask(self, name: str) -> bool:
        question = text("SELECT pg_try_advisory_lock(:key)")
        return bool(self._connect().execute(question, {"key": lock_key(name)}).scalar_one())

    def _connect(self) -> Connection:
        if self._connection is None:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # the server sees it end when we do; the pool would keep it, and the locks with it
            self._connection = connection
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):  # a dead one
                self._connection.close()
            self._connection = None


def lock_key(name: str) -> int:
    """The number by which PostgreSQL knows a lock."""
    digest = blake2b(f"newscrawl {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
