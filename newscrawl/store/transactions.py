"""Transactions that outlast a server's restart, and fail for good when waiting no longer helps."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from newscrawl.store.engine import (
    StoreAwayError,
    StoreError,
    disk_full,
    is_disk_full,
    is_transient,
    masked,
    sqlite_path,
)
from newscrawl.store.locks import Locks

FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0

T = TypeVar("T")


class Transactions:
    """Runs pieces of work in a transaction each, on one thread, for a session that holds locks."""

    def __init__(self, engine: Engine, locks: Locks, patience_s: float):
        self._engine = engine
        self._locks = locks
        self._patience_s = patience_s
        self._broken: StoreError | None = None
        self._is_reconnected = False
        self.regained = 0  # times that the locks were made sure of
        self._given_up = threading.Event()
        event.listen(engine, "connect", self._note_connection)

    def run(self, work: Callable[[Connection, bool], T]) -> T:
        """Do the work in a transaction, again while what stops it may pass, and return when it is committed.

        Args:
            work: Gets the connection, and whether it was tried before: then it may have been committed already.

        Raises:
            StoreError: The store cannot be reached (then it is a StoreAwayError), refuses to work, or lost a lock to
                another run; from then on every call raises it at once.
        """
        if self._broken:
            raise self._broken
        end = time.monotonic() + self._patience_s
        wait_s, is_retry = FIRST_WAIT_S, False
        while True:
            try:
                with self._engine.begin() as connection:
                    if self._is_reconnected:  # a server that was away has freed our locks
                        self.regain()
                        self._is_reconnected = False
                    return work(connection, is_retry)
            except DBAPIError as error:
                if not is_transient(error) or time.monotonic() + wait_s > end or self._given_up.wait(wait_s):
                    self._broken = self._explain(error)
                    raise self._broken from error
            wait_s, is_retry = min(2 * wait_s, LONGEST_WAIT_S), True

    def give_up(self) -> None:
        """Let a call that waits for a store fail now; from any thread."""
        self._given_up.set()

    def regain(self) -> None:
        """Make sure that all locks are still ours.

        Raises:
            StoreError: Another run took one while the connection was lost.
        """
        self.regained += 1
        lost = self._locks.regain()
        if lost:
            name = masked(self._engine.url.render_as_string(hide_password=False))
            self._broken = StoreError(
                f"{name}: another run took {', '.join(lost)} while the server was away; run again"
            )
            raise self._broken

    def _note_connection(self, _connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        self._is_reconnected = True

    def _explain(self, error: DBAPIError) -> StoreError:
        url = self._engine.url.render_as_string(hide_password=False)
        name, path, cause = masked(url), sqlite_path(url), " ".join(str(error.orig).split())
        if is_transient(error):
            return StoreAwayError(f"{name}: no answer for {self._patience_s:g} s ({cause}); run again when it is back")
        if is_disk_full(error, path):
            return disk_full(str(path.absolute().parent) if path else name)
        return StoreError(f"{name}: {cause}")
