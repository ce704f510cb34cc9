"""The runs that are at work on a store: who they are, and what they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, Select, func, select

from newscrawl.store.accounts import RunRow, read_runs
from newscrawl.store.engine import StoreError
from newscrawl.store.locks import open_locks, run_lock
from newscrawl.store.models import Fetch, Host, Outlet, Run, RunOutlet

RECENT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Worker:
    """A run that has not ended."""

    run: RunRow
    is_alive: bool | None  # False: its process died, and the next crawl takes up its work; None: that cannot be known
    outlets: tuple[str, ...]  # that it has taken, by slug
    hosts: tuple[str, ...]  # that it alone may ask now
    pages_a_minute: int  # that ended in the last one


def list_workers(engine: Engine) -> list[Worker]:
    """The runs that have not ended, oldest first."""
    with engine.begin() as connection:
        found = read_runs(connection, select(Run).where(Run.status == "running").order_by(Run.id))
        ids = [run.id for run in found]
        outlets = select(RunOutlet.run_id, Outlet.slug).join(Outlet, Outlet.id == RunOutlet.outlet_id)
        slugs = _by_run(connection, outlets.where(RunOutlet.run_id.in_(ids)).order_by(Outlet.slug))
        held = select(Host.run_id, Host.host).where(Host.run_id.in_(ids)).order_by(Host.host)
        hosts = _by_run(connection, held)
        ended = select(Fetch.run_id, func.count()).where(
            Fetch.run_id.in_(ids), Fetch.outcome.is_not(None), Fetch.fetched_at >= datetime.now(UTC) - RECENT
        )
        pages = dict(connection.execute(ended.group_by(Fetch.run_id)).all())
    alive = _alive(engine, ids)
    return [
        Worker(run, alive[run.id], tuple(slugs[run.id]), tuple(hosts[run.id]), pages.get(run.id, 0)) for run in found
    ]


def _by_run(connection: Connection, query: Select[int, str] | Select[int | None, str]) -> defaultdict[int, list[str]]:
    names: defaultdict[int, list[str]] = defaultdict(list)
    for run_id, name in connection.execute(query):
        names[run_id or 0].append(name)
    return names


def _alive(engine: Engine, run_ids: Sequence[int]) -> dict[int, bool | None]:
    """A run whose lock is to be had is dead; None where this user may not try."""
    with closing(open_locks(engine)) as locks:
        try:
            return {run_id: not locks.take(run_lock(run_id)) for run_id in run_ids}
        except StoreError:
            return dict.fromkeys(run_ids)
