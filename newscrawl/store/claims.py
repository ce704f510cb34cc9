"""Which outlets a run works on: those it was given, or its share of what several runs crawl together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from newscrawl.items import Outlet, Source
from newscrawl.store import frontier, hosts, runs
from newscrawl.store.locks import Holder, LockedError, Locks, outlet_lock
from newscrawl.store.models import Outlet as OutletModel
from newscrawl.store.models import Run, RunOutlet
from newscrawl.urls import host_of

Claims = Sequence[tuple[Outlet, Sequence[Source]]]


@dataclass(frozen=True, slots=True)
class Share:
    """What a run got of the outlets it asked for; those in neither have to wait for a host."""

    sources: dict[str, tuple[Source, ...]] = field(default_factory=dict)  # slug -> sources, of those that are ours now
    left: dict[str, Holder | None] = field(default_factory=dict)  # slug -> the run that it is left to


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim changed."""

    share: Share
    ids: dict[str, int]  # slug -> number, of those that are ours now
    hosts: frozenset[str]  # all that are ours now
    dead: list[int]  # runs that were buried; their locks are ours, to be freed after the commit


@dataclass(frozen=True, slots=True)
class Hold:
    """What came of taking a host."""

    wait_s: float | None  # until it may be asked; None: another run holds it
    holder: Holder | None
    dead: list[int]  # as above


@dataclass(frozen=True, slots=True)
class Claimant:
    """A run that claims outlets."""

    run_id: int
    command: str
    rivals: frozenset[int]  # runs that were at work when it began
    locks: Locks

    def claim(self, connection: Connection, outlets: Claims, now: datetime) -> Claimed:
        """Take all of them, or none.

        Raises:
            LockedError: Another run holds one.
        """
        for slug in sorted({outlet.slug for outlet, _ in outlets}):
            if not self.locks.take(outlet_lock(slug)):
                raise LockedError(slug, runs.holder_of(connection, slug))
        return self._open(connection, outlets, runs.bury_dead_runs(connection, self.run_id, self.locks, now), now)

    def share(self, connection: Connection, outlets: Claims, limit: int, now: datetime) -> Claimed:
        """Take the first so many that nobody holds, or has crawled since this run began, and whose hosts are free."""
        dead = runs.bury_dead_runs(connection, self.run_id, self.locks, now, patient=True)
        left: dict[str, Holder | None] = dict(self._crawled(connection))
        asked = hosts.held_by_others(connection, self.run_id, {host for claim in outlets for host in hosts_of(claim)})
        taken: list[tuple[Outlet, Sequence[Source]]] = []
        for claim in outlets:
            slug = claim[0].slug
            if len(taken) == limit:
                break
            if slug in left or not asked.keys().isdisjoint(hosts_of(claim)):
                continue
            if self.locks.take(outlet_lock(slug)):
                taken.append(claim)
            else:
                left[slug] = None  # it does not say who it is yet
        crawled = self._crawled(connection)  # by a run that ended just before its lock was ours
        ours = hosts.held(connection, self.run_id)
        for claim in list(taken):
            if claim[0].slug in crawled or not self._hold(connection, hosts_of(claim), ours):
                taken.remove(claim)
                self.locks.free(outlet_lock(claim[0].slug))
        claimed = self._open(connection, taken, dead, now)
        wanted = {outlet.slug for outlet, _ in outlets} - claimed.ids.keys()
        claimed.share.left.update((slug, run) for slug, run in (left | crawled).items() if slug in wanted)
        return claimed

    def hold(self, connection: Connection, host: str, delay_s: float, now: datetime) -> Hold:
        """Take a host, also from a run that died."""
        dead: list[int] = []
        if not (found := hosts.hold(connection, self.run_id, {host: delay_s})):
            dead = runs.bury_dead_runs(connection, self.run_id, self.locks, now, patient=True)
            found = hosts.hold(connection, self.run_id, {host: delay_s})
        holder = hosts.held_by_others(connection, self.run_id, [host]).get(host)
        return Hold(found.get(host), holder, dead)

    def _hold(self, connection: Connection, names: set[str], ours: frozenset[str]) -> bool:
        """Take all hosts, or none that was not ours."""
        taken = hosts.hold(connection, self.run_id, dict.fromkeys(names, 0.0)).keys()
        if taken == names:
            return True
        hosts.free_idle(connection, self.run_id, taken - ours)
        return False

    def _open(self, connection: Connection, outlets: Claims, dead: list[int], now: datetime) -> Claimed:
        ids = {outlet.slug: frontier.write_outlet(connection, outlet, now) for outlet, _ in outlets}
        sources = {outlet.slug: frontier.write_sources(connection, ids[outlet.slug], of) for outlet, of in outlets}
        runs.open_accounts(connection, self.run_id, ids.values())
        return Claimed(Share(sources), ids, hosts.held(connection, self.run_id), dead)

    def _crawled(self, connection: Connection) -> dict[str, Holder]:
        """Outlets that another run is at work on, or has crawled well by the same command since this one began."""
        is_later = or_(Run.id > self.run_id, Run.id.in_(self.rivals))
        has_crawled = and_(Run.status.in_(("ok", "degraded")), Run.command == self.command, is_later)
        query = (
            select(OutletModel.slug, Run.id, Run.pid, Run.host, Run.started_at)
            .join(RunOutlet, RunOutlet.outlet_id == OutletModel.id)
            .join(Run, Run.id == RunOutlet.run_id)
            .where(Run.id != self.run_id, or_(Run.status == "running", has_crawled))
            .order_by(Run.id)
        )
        return {slug: Holder(run, pid, host, since) for slug, run, pid, host, since in connection.execute(query)}


def hosts_of(claim: tuple[Outlet, Iterable[Source]]) -> set[str]:
    """The hosts that are sure to be asked for an outlet."""
    outlet, sources = claim
    return set(filter(None, map(host_of, (outlet.homepage, *(source.url for source in sources)))))
