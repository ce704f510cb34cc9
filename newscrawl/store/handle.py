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

from newscrawl.items import Repeated, Source
from newscrawl.outlets.schema import Expect
from newscrawl.store import frontier, hosts, repetition, runs
from newscrawl.store.accounts import Counts, RunSummary, read_counts
from newscrawl.store.archive import Archive
from newscrawl.store.claims import Claimant, Claimed, Claims, Share
from newscrawl.store.engine import database_url, open_engine
from newscrawl.store.frontier import Discovery, Turn
from newscrawl.store.health.alarms import Alarm
from newscrawl.store.lessons import assess, close_account, learn, recount
from newscrawl.store.locks import open_locks, outlet_lock, run_lock
from newscrawl.store.models.crawl import RunStatus
from newscrawl.store.revision import ensure_ready
from newscrawl.store.revisits import Ages
from newscrawl.store.stories.aside import TyingAside
from newscrawl.store.transactions import Transactions
from newscrawl.store.walks import read_parts, write_part
from newscrawl.store.writer import Answer, Batch, write_visits
from newscrawl.strip import rules_version
from newscrawl.urls import url_key
from newscrawl.visits import Archived, ArchivePart, Lease, Link, SourceVisit, Visit

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
        self.hosts: frozenset[str] = frozenset()  # that this run alone may ask
        self.repeated: dict[str, frozenset[Repeated]] = {}  # slug -> what is to be cut, of those claimed
        self._engine = engine
        self._archive = archive
        self._locks = open_locks(engine)
        self._transactions = Transactions(engine, self._locks, patience_s)
        self._rules_version = rules_version()
        self._outlets: dict[str, int] = {}  # slug -> number, of those claimed
        self._walked: set[str] = set()  # slugs of those whose archives are read
        self._ages: dict[int, Ages] = {}  # number -> ages of its articles at their revisits
        self._revisits: Counter[str] = Counter()  # slug -> revisits that this run has leased
        self._beat_at = time.monotonic()
        self._regained = 0
        self._tying = TyingAside()

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
        def work(connection: Connection, _is_retry: bool) -> tuple[int, frozenset[int]]:
            run_id = runs.start_run(connection, command, self._rules_version, _now())
            self._locks.take(run_lock(run_id))  # before the commit: a run that others see is a run that is locked
            return run_id, runs.others_at_work(connection, run_id)

        self.run_id, rivals = self._transactions.run(work)
        self._claimant = Claimant(self.run_id, command, rivals, self._locks)

    def claim(self, outlets: Claims) -> dict[str, tuple[Source, ...]]:
        """Locks first, then rows; all or nothing."""
        return self._claim(outlets, lambda connection: self._claimant.claim(connection, outlets, _now())).sources

    def share(self, outlets: Claims, limit: int) -> Share:
        """One transaction."""
        return self._claim(outlets, lambda connection: self._claimant.share(connection, outlets, limit, _now()))

    def _claim(self, outlets: Claims, take: Callable[[Connection], Claimed]) -> Share:
        try:
            claimed = self._change(lambda connection, _: take(connection))
        except BaseException:
            for slug in {outlet.slug for outlet, _ in outlets} - self._outlets.keys():
                with suppress(DBAPIError):
                    self._locks.free(outlet_lock(slug))
            raise
        self._outlets |= claimed.ids
        self._ages |= {claimed.ids[outlet.slug]: outlet.revisits for outlet, _ in outlets if outlet.slug in claimed.ids}
        self._walked |= {slug for slug, of in claimed.share.sources.items() if any(source.archive for source in of)}
        self.hosts = claimed.hosts
        self._free_graves(claimed.dead)
        self.repeated |= self._transactions.run(
            lambda connection, _: {slug: repetition.read_repeated(connection, id) for slug, id in claimed.ids.items()}
        )
        return claimed.share

    def _free_graves(self, dead: Sequence[int]) -> None:
        """Give back the locks of runs that were buried, once that is committed."""
        for run_id in dead:
            with suppress(DBAPIError):
                self._locks.free(run_lock(run_id))

    def hold(self, host: str, delay_s: float) -> float:
        """One transaction."""
        hold = self._change(lambda connection, _: self._claimant.hold(connection, host, delay_s, _now()))
        self._free_graves(hold.dead)
        if hold.wait_s is None:
            raise hosts.refusal(host, hold.holder)
        self.hosts |= {host}
        return hold.wait_s

    def free(self, idle: Collection[str]) -> None:
        """Also a sign of life, where one is due."""
        if idle or time.monotonic() - self._beat_at >= HEARTBEAT_S:
            self._change(lambda connection, _: hosts.free_idle(connection, self.run_id, idle))
            self.hosts -= frozenset(idle)

    def pause(self, host: str, wait_s: float) -> None:
        """For all runs."""
        self._transactions.run(lambda connection, _: hosts.pause(connection, host, wait_s))

    def put_back(self, lease: Lease) -> None:
        """Its account keeps it as pending."""
        self._change(lambda connection, _: runs.release_leases(connection, self.run_id, lease.url_id))

    def discover(self, visit: SourceVisit) -> Discovery:
        """The keys are made first: with many links that takes longer than writers should wait for each other."""
        keyed = frontier.key_links(visit.links)

        def work(connection: Connection, _is_retry: bool) -> Discovery:
            turn = self._turn(visit.outlet)
            discovery, counts = frontier.discover(connection, turn, visit, keyed)
            write_part(connection, turn, visit.part)
            runs.add_counts(connection, self.run_id, {turn.outlet_id: counts})
            return discovery

        return self._change(work)

    def parts(self, slug: str) -> dict[str, ArchivePart]:
        """One query."""
        return self._transactions.run(lambda connection, _: read_parts(connection, self._turn(slug)))

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
        turns = [self._turn(slug) for slug in self._outlets]
        return self._transactions.run(lambda connection, _: frontier.count_due(connection, turns))

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

        return self._transactions.run(lambda connection, _: recount(connection, self.run_id))

    def assess(self, expected: Mapping[str, Expect]) -> list[Alarm]:
        """The times as they are stored: to the second."""
        return assess(self._transactions, self.run_id, self._outlets, expected, _now().replace(microsecond=0))

    def end(self, reason: str, status: RunStatus, exit_status: int) -> RunSummary:
        """The last write of a run."""
        if status not in get_args(RunStatus) or status in ("running", "crashed"):
            raise ValueError(f"a run cannot end as {status!r}")

        if status in LEARN_AFTER:
            learn(self._transactions, self.run_id)
            self._tying.finish(self._transactions.run)
        ending = (reason, status, exit_status)
        return self._transactions.run(lambda connection, _: close_account(connection, self.run_id, ending, _now()))

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
            if self._transactions.regained != self._regained:  # another may have taken us for dead
                self._regained = self._transactions.regained
                self.hosts = hosts.held(connection, self.run_id)
            return work(connection, is_retry), read_counts(connection, self.run_id)

        answer, self.counts = self._transactions.run(whole)
        return answer

    def _turn(self, slug: str) -> Turn:
        if slug not in self._outlets:
            raise ValueError(f"outlet {slug} is not claimed by this session")
        return Turn(self.run_id, self._outlets[slug], slug, _now(), slug in self._walked)


def _now() -> datetime:
    return datetime.now(UTC)
