"""What a run does with the store, one call after the other on one thread."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar, get_args

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from newscrawl.items import Archived, Lease, Link, Outlet, Repeated, Source, SourceVisit, Visit
from newscrawl.outlets.schema import Expect
from newscrawl.store import frontier, repetition, runs
from newscrawl.store.accounts import Counts, RunSummary, read_counts, summarise
from newscrawl.store.archive import Archive
from newscrawl.store.engine import database_url, open_engine
from newscrawl.store.frontier import Discovery, Turn
from newscrawl.store.health.alarms import Alarm, read_alarms
from newscrawl.store.health.judging import judge_outlet
from newscrawl.store.health.yields import write_yields
from newscrawl.store.locks import LockedError, open_locks, outlet_lock, run_lock
from newscrawl.store.models.crawl import RunStatus
from newscrawl.store.revision import ensure_ready
from newscrawl.store.revisits import Ages
from newscrawl.store.stories.tying import Tying
from newscrawl.store.transactions import Transactions
from newscrawl.store.writer import Answer, Batch, write_visits
from newscrawl.strip import rules_version
from newscrawl.strip.repetition import find_repeats
from newscrawl.urls import url_key

HEARTBEAT_S = 10.0

MAX_REVISITS = 500
"""Revisits of an outlet in one run, so that the next run finds its new articles in time: 8 minutes at 1 s a page."""

LEARN_AFTER = ("ok", "degraded")
"""Ends of a run after which is looked for what its outlets repeat; one that was broken off leaves it to the next."""

T = TypeVar("T")


class Handle:
    """One run on the store; what each call does and raises, `CrawlSession` says."""

    def __init__(self, engine: Engine, archive: Archive | None, patience_s: float):
        self.run_id = 0
        self.counts = Counts()
        self.repeated: dict[str, frozenset[Repeated]] = {}  # slug -> what is to be cut, of those claimed
        self._engine = engine
        self._archive = archive
        self._locks = open_locks(engine)
        self._transactions = Transactions(engine, self._locks, patience_s)
        self._rules_version = rules_version()
        self._outlets: dict[str, int] = {}  # slug -> number, of those claimed
        self._ages: dict[int, Ages] = {}  # number -> ages of its articles at their revisits
        self._revisits: Counter[str] = Counter()  # slug -> revisits that this run has leased
        self._beat_at = time.monotonic()
        self._tying = Tying()

    @classmethod
    def open(cls, url: str | None, *, command: str, archive: Path | None, patience_s: float) -> Handle:
        """Make sure of the tables, insert the run's row, take its lock."""
        engine = open_engine(database_url(url))
        try:
            ensure_ready(engine)
            handle = cls(engine, Archive(archive) if archive else None, patience_s)
            handle._begin(command)
        except BaseException:
            engine.dispose()
            raise
        return handle

    def _begin(self, command: str) -> None:
        def work(connection: Connection, _is_retry: bool) -> int:
            run_id = runs.start_run(connection, command, self._rules_version, _now())
            self._locks.take(run_lock(run_id))  # before the commit: a run that others see is a run that is locked
            return run_id

        self.run_id = self._transactions.run(work)

    def claim(self, outlets: Sequence[tuple[Outlet, Sequence[Source]]]) -> dict[str, tuple[Source, ...]]:
        """Locks first, then rows; all or nothing."""

        def work(
            connection: Connection, _is_retry: bool
        ) -> tuple[dict[str, int], dict[str, tuple[Source, ...]], list[int]]:
            for slug in sorted({outlet.slug for outlet, _ in outlets}):
                if not self._locks.take(outlet_lock(slug)):
                    raise LockedError(slug, runs.holder_of(connection, slug))
            dead = runs.bury_dead_runs(connection, self.run_id, self._locks, _now())
            ids = {outlet.slug: frontier.write_outlet(connection, outlet, _now()) for outlet, _ in outlets}
            sources = {outlet.slug: frontier.write_sources(connection, ids[outlet.slug], of) for outlet, of in outlets}
            runs.open_accounts(connection, self.run_id, ids.values())
            return ids, sources, dead

        try:
            ids, sources, dead = self._change(work)
        except BaseException:
            for slug in {outlet.slug for outlet, _ in outlets} - self._outlets.keys():
                with suppress(DBAPIError):
                    self._locks.free(outlet_lock(slug))
            raise
        self._outlets |= ids
        self._ages |= {ids[outlet.slug]: outlet.revisits for outlet, _ in outlets}
        for run_id in dead:
            with suppress(DBAPIError):
                self._locks.free(run_lock(run_id))
        self.repeated |= self._transactions.run(
            lambda connection, _: {slug: repetition.read_repeated(connection, id) for slug, id in ids.items()}
        )
        return sources

    def discover(self, visit: SourceVisit) -> Discovery:
        """The keys are made first: with many links that takes longer than writers should wait for each other."""
        keyed = frontier.key_links(visit.links)

        def work(connection: Connection, _is_retry: bool) -> Discovery:
            turn = self._turn(visit.outlet)
            discovery, counts = frontier.discover(connection, turn, visit, keyed)
            runs.add_counts(connection, self.run_id, {turn.outlet_id: counts})
            return discovery

        return self._change(work)

    def lease(self, room: Mapping[str, int], revisit: Collection[str]) -> list[Lease]:
        """One transaction for all outlets."""

        def work(connection: Connection, _is_retry: bool) -> tuple[list[Lease], Counter[str]]:
            leases: list[Lease] = []
            changes: dict[int, Counter[str]] = {}
            revisits: Counter[str] = Counter()
            for slug, free in room.items():
                turn = self._turn(slug)
                leased, changes[turn.outlet_id] = frontier.lease(connection, turn, max(free, 0))
                leases += leased
                left = min(free - len(leased), MAX_REVISITS - self._revisits[slug])
                if left > 0 and slug in revisit and self._ages[turn.outlet_id]:
                    leased, counts = frontier.lease_revisits(connection, turn, left)
                    changes[turn.outlet_id] += counts
                    revisits[slug] = len(leased)
                    leases += leased
            runs.add_counts(connection, self.run_id, changes)
            return leases, revisits

        leases, revisits = self._change(work)
        self._revisits += revisits
        return leases

    def take(
        self, slug: str, links: Sequence[Link], *, again: bool, limit: int | None = None
    ) -> tuple[list[Lease], int]:
        """The keys are made first, as in `discover`."""
        keyed = frontier.key_links(links)

        def work(connection: Connection, _is_retry: bool) -> list[Lease]:
            turn = self._turn(slug)
            leases, counts = frontier.take(connection, turn, keyed, again=again, limit=limit)
            runs.add_counts(connection, self.run_id, {turn.outlet_id: counts})
            return leases

        leases = self._change(work)
        return leases, len(links) - len(leases)

    def retake(self, slug: str, visits: Sequence[Visit]) -> list[Visit]:
        """The outlet is claimed with the facts that the store has of it."""
        self.claim([(self._transactions.run(lambda connection, _: frontier.read_outlet(connection, slug)), ())])
        fresh = self._transactions.run(lambda connection, _: frontier.unwritten(connection, visits))
        leases, _ = self.take(slug, [Link(visit.lease.url) for visit in fresh], again=False)
        by_key = {url_key(lease.url): lease for lease in leases}
        keyed = ((visit, by_key.get(url_key(visit.lease.url))) for visit in fresh)
        return [replace(visit, lease=lease) for visit, lease in keyed if lease]

    def fail_run(self, run_id: int, pid: int) -> None:
        """Not of a run with this number in another database that was at this place."""

        def work(connection: Connection, _is_retry: bool) -> None:
            if runs.is_unended(connection, run_id, pid):
                runs.end_run(connection, run_id, ("store_failed", "failed", 2), _now())

        self._transactions.run(work)

    def due(self) -> int:
        """Over all claimed outlets."""
        ids = list(self._outlets.values())
        return self._transactions.run(lambda connection, _: frontier.count_due(connection, self.run_id, ids, _now()))

    def write(self, visits: Sequence[Visit]) -> list[Answer]:
        """One transaction for all visits."""

        def work(connection: Connection, is_retry: bool) -> list[Answer]:
            batch = Batch(self.run_id, self._rules_version, _now(), is_retry, self._ages)
            return write_visits(connection, batch, visits)

        answers = self._change(work)
        self._tying.note(len(visits), self._transactions.run)
        return answers

    def put(self, visit: Visit) -> Archived:
        """Needs an archive."""
        if self._archive is None:
            raise ValueError("the session was opened without an archive")
        return self._archive.put(visit)

    def summary(self) -> RunSummary:
        """Recounted from the rows."""

        return self._transactions.run(lambda connection, _: self._recount(connection))

    def _recount(self, connection: Connection) -> RunSummary:
        found = summarise(connection, self.run_id)
        assert found is not None
        return found

    def assess(self, expected: Mapping[str, Expect]) -> list[Alarm]:
        """A transaction for each outlet: others can write meanwhile."""
        now = _now().replace(microsecond=0)  # as it is stored
        self._transactions.run(lambda connection, _: write_yields(connection, self.run_id, now))
        for slug, outlet_id in self._outlets.items():
            self._assess_one(outlet_id, expected.get(slug, Expect()), now)
        by_outlet = self._transactions.run(lambda connection, _: read_alarms(connection, self.run_id))
        return [alarm for alarms in by_outlet.values() for alarm in alarms]

    def _assess_one(self, outlet_id: int, expect: Expect, now: datetime) -> None:
        self._transactions.run(lambda connection, _: judge_outlet(connection, self.run_id, outlet_id, expect, now))

    def end(self, reason: str, status: RunStatus, exit_status: int) -> RunSummary:
        """The last write of a run."""
        if status not in get_args(RunStatus) or status in ("running", "crashed"):
            raise ValueError(f"a run cannot end as {status!r}")

        def work(connection: Connection, _is_retry: bool) -> RunSummary:
            runs.end_run(connection, self.run_id, (reason, status, exit_status), _now())
            summary = self._recount(connection)
            if summary.balanced:
                return summary
            # A fault of ours, which must not look like a run that went well.
            runs.end_run(connection, self.run_id, ("unbalanced", "failed", 2), _now())
            return self._recount(connection)

        if status in LEARN_AFTER:
            self._learn()
            self._tying.finish(self._transactions.run)
        return self._transactions.run(work)

    def _learn(self) -> None:
        """Look for blocks that the outlets of this run repeat."""
        for outlet_id in self._transactions.run(
            lambda connection, _: repetition.changed_outlets(connection, self.run_id)
        ):
            self._learn_of(outlet_id)

    def _learn_of(self, outlet_id: int) -> None:
        """Two transactions, with the counting between them: others can write meanwhile."""
        newest = self._transactions.run(lambda connection, _: repetition.read_newest(connection, outlet_id))
        repeats = find_repeats(newest)
        self._transactions.run(lambda connection, _: repetition.write_repeats(connection, outlet_id, repeats))

    def give_up(self) -> None:
        """Callable from any thread."""
        self._transactions.give_up()

    def close(self) -> None:
        """Let go of everything, whatever state the store is in."""
        with suppress(DBAPIError):
            self._locks.close()
        if self._archive:
            self._archive.close()
        self._engine.dispose()

    def _change(self, work: Callable[[Connection, bool], T]) -> T:
        """Do the work in a transaction, now and then with a sign of life, and bring `counts` up to date."""

        def whole(connection: Connection, is_retry: bool) -> tuple[T, Counts]:
            if is_retry or time.monotonic() - self._beat_at >= HEARTBEAT_S:
                self._transactions.regain()
                runs.beat(connection, self.run_id, _now())
                self._beat_at = time.monotonic()
            return work(connection, is_retry), read_counts(connection, self.run_id)

        answer, self.counts = self._transactions.run(whole)
        return answer

    def _turn(self, slug: str) -> Turn:
        if slug not in self._outlets:
            raise ValueError(f"outlet {slug} is not claimed by this session")
        return Turn(self.run_id, self._outlets[slug], slug, _now())


def _now() -> datetime:
    return datetime.now(UTC)
