"""A crawl's handle on the store: asyncio outside, one writer thread inside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from newscrawl.items import Repeated, Source
from newscrawl.outlets.schema import Expect
from newscrawl.store.accounts import Counts, RunSummary
from newscrawl.store.claims import Claims, Share
from newscrawl.store.engine import StoreError
from newscrawl.store.frontier import Discovery
from newscrawl.store.handle import Handle
from newscrawl.store.health.alarms import Alarm
from newscrawl.store.locks import LockedError
from newscrawl.store.models.crawl import RunStatus
from newscrawl.visits import Archived, ArchivePart, Lease, Link, Outcome, SourceVisit, Visit

__all__ = ["Alarm", "Counts", "CrawlSession", "Discovery", "LockedError", "RunStatus", "RunSummary", "StoreError"]

MAX_BATCH = 200
"""Visits in one transaction."""

T = TypeVar("T")


class CrawlSession:
    """One run on the store. Every call returns when its change is committed.

    Raises:
        StoreError: From any call: the store cannot be reached for `patience_s` seconds, or refuses to work; then every
            later call raises it at once.
    """

    def __init__(self, handle: Handle, thread: ThreadPoolExecutor):
        self._handle = handle
        self._thread = thread
        self._waiting: list[tuple[Visit, asyncio.Future[Outcome]]] = []
        self._writing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, url: str | None, *, command: str, archive: Path | None = None, patience_s: float = 60.0
    ) -> CrawlSession:
        """Open the store, creating it where there is none, and begin a run.

        Args:
            url: As for `database_url`.
            command: What the run is, for people.
            archive: Folder of the WARC files; None: `put` is not used.
            patience_s: How long a call waits for a store that is away, seconds.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="newscrawl-store")
        try:
            opened = partial(Handle.open, url, command=command, archive=archive, patience_s=patience_s)
            return cls(await asyncio.get_running_loop().run_in_executor(thread, opened), thread)
        except BaseException:
            thread.shutdown(wait=False)
            raise

    @property
    def run_id(self) -> int:
        """Number of this run."""
        return self._handle.run_id

    @property
    def counts(self) -> Counts:
        """This run so far, all outlets, as committed. Costs nothing."""
        return self._handle.counts

    def repeated(self, slug: str) -> frozenset[Repeated]:
        """What is to be cut from the pages of an outlet, as known when it was claimed. Costs nothing."""
        return self._handle.repeated.get(slug, frozenset())

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that this run alone may ask. Costs nothing."""
        return self._handle.hosts

    async def claim(self, outlets: Claims) -> dict[str, tuple[Source, ...]]:
        """Take outlets for this run alone; their sources by slug, with the validators of the last answers.

        Runs that died are noticed here, and what they had leased is free again.

        Raises:
            LockedError: Another run holds one of them; none of this call is ours then.
        """
        return await self._call(lambda: self._handle.claim(outlets))

    async def share(self, outlets: Claims, limit: int) -> Share:
        """Take as many outlets, at most `limit`, as no other run holds and none has crawled since this one began.

        Left out are, too, those with a host that another run asks. Runs that died are noticed as in `claim`.
        """
        return await self._call(lambda: self._handle.share(outlets, limit))

    async def hold(self, host: str, delay_s: float) -> float:
        """Take a host for this run alone, or hold it on; seconds until it may be asked.

        Args:
            host: Its name.
            delay_s: What is left between an answer and the next request; so long the next run waits, too.

        Raises:
            HostHeldError: Another run holds it.
        """
        return await self._call(lambda: self._handle.hold(host, delay_s))

    async def free(self, hosts: Collection[str]) -> None:
        """Give hosts back whose delay is over. Also says that this run is alive."""
        await self._call(lambda: self._handle.free(hosts))

    async def pause(self, host: str, wait_s: float) -> None:
        """Let no run ask a host for so long."""
        await self._call(lambda: self._handle.pause(host, wait_s))

    async def put_back(self, lease: Lease) -> None:
        """End a lease without a visit: the URL is pending again, and no attempt is counted."""
        await self._call(lambda: self._handle.put_back(lease))

    async def discover(self, visit: SourceVisit) -> Discovery:
        """Write a visit of a claimed source: its state, its validators, its links.

        Raises:
            ValueError: The source was not claimed.
        """
        return await self._call(lambda: self._handle.discover(visit))

    async def parts(self, slug: str) -> dict[str, ArchivePart]:
        """By URL, the parts of a claimed outlet's archives that were read whole."""
        return await self._call(lambda: self._handle.parts(slug))

    async def lease(self, room: Mapping[str, int], revisit: Collection[str] = ()) -> list[Lease]:
        """Due URLs of claimed outlets, newest first, at most `room[slug]` each, none that this run took before.

        Where these leave room, stored pages that are to be asked for again, of the outlets that `revisit` names.
        """
        return await self._call(lambda: self._handle.lease(room, revisit))

    async def take(
        self, slug: str, links: Sequence[Link], *, again: bool = False, limit: int | None = None
    ) -> tuple[list[Lease], int]:
        """Lease exactly these URLs on the account of a claimed outlet, in their order.

        Args:
            slug: The outlet.
            links: What to fetch.
            again: Lease those too that ended for good.
            limit: Leases at most; the other links become known, and stay pending.

        Returns:
            The leases, and how many links got none: ended before, repeated, taken by this run before or by another.
        """
        return await self._call(lambda: self._handle.take(slug, links, again=again, limit=limit))

    async def due(self) -> int:
        """Pages of the claimed outlets that are due, and that this run has not fetched."""
        return await self._call(self._handle.due)

    async def retake(self, slug: str, visits: Sequence[Visit]) -> list[Visit]:
        """Claim an outlet, and lease anew what visits of it are of that an earlier run could not write.

        Returns:
            The visits under their new leases; not those that are written after all, nor those that another run took.

        Raises:
            LockedError: Another run holds the outlet.
        """
        return await self._call(lambda: self._handle.retake(slug, visits))

    async def fail_run(self, run_id: int, pid: int) -> None:
        """Write that an earlier run failed for want of the store, which it could not write itself."""
        await self._call(lambda: self._handle.fail_run(run_id, pid))

    async def write(self, visit: Visit) -> Outcome:
        """Write a visit of a URL that this run has leased; what is waiting is written together.

        A visit that the store refuses fails alone (`failed`, `store_error`). One that was written before changes
        nothing, and counts as nothing.

        Raises:
            ValueError: This run has not leased the URL.
        """
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((visit, answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_waiting())
        return await answer

    async def put(self, visit: Visit) -> Archived:
        """Archive the visit's response; the operating system has it when this returns.

        Raises:
            ValueError: The visit has no page, or the session no archive.
        """
        return await self._call(lambda: self._handle.put(visit))

    async def summary(self) -> RunSummary:
        """The account of this run, recounted from the rows."""
        return await self._call(self._handle.summary)

    async def assess(self, expected: Mapping[str, Expect]) -> list[Alarm]:
        """Write what each outlet gave in this run, and the alarms where that is less than it was, or than expected.

        Call it before `close`, when all visits are written.

        Args:
            expected: By slug, what outlets are expected to give.

        Returns:
            All alarms that stand, also those that were told before.
        """
        return await self._call(lambda: self._handle.assess(expected))

    async def close(self, reason: str, status: RunStatus, exit_status: int) -> RunSummary:
        """Write what waits, then how the run ended; free its leases and its locks. Call it once.

        A run whose account does not balance has failed, whatever is said here.

        Raises:
            StoreError: The ending could not be written; the next run will find this one crashed. All else is freed.
        """
        try:
            if self._writing is not None:
                await self._writing
            return await self._call(lambda: self._handle.end(reason, status, exit_status))
        finally:
            await self._call(self._handle.close)
            self._thread.shutdown(wait=False)

    def abandon(self) -> None:
        """In place of `close` where nobody waits any more: a call that waits for the store ends, the thread too."""
        self._handle.give_up()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _call(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _write_waiting(self) -> None:
        """Group commit: while one transaction runs, the next one's visits gather."""
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            visits = [visit for visit, _ in batch]
            answers: Sequence[Outcome | Exception]
            try:
                answers = await self._call(partial(self._handle.write, visits))
            except Exception as error:
                answers = [error] * len(batch)
            for (_, waiter), answer in zip(batch, answers, strict=True):
                if waiter.cancelled():
                    continue
                if isinstance(answer, Exception):
                    waiter.set_exception(answer)
                else:
                    waiter.set_result(answer)
        self._writing = None
