"""The account of a run: its row, its counters, and which runs of the past died without a word."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from newscrawl import __version__
from newscrawl.store import hosts
from newscrawl.store.locks import Holder, Locks, run_lock
from newscrawl.store.models import Outlet, Run, RunOutlet, Url
from newscrawl.store.models.crawl import LEASED, RunStatus

COUNTERS = (
    "discovered", "known", "seen", "stored", "updated", "unchanged", "duplicate", "rejected", "failed", "pending",
    "chars_kept", "chars_removed",
)  # fmt: skip

GRACE = timedelta(seconds=30)
"""Three signs of life, with each of which a run takes its locks again."""

Changes = dict[int, Counter[str]]
"""Outlet's number -> what to add to each of its counters in this run."""

_ADD = (
    update(RunOutlet)
    .where(RunOutlet.run_id == bindparam("run"), RunOutlet.outlet_id == bindparam("outlet"))
    .values({name: getattr(RunOutlet, name) + bindparam(f"add_{name}") for name in COUNTERS})
)


def start_run(connection: Connection, command: str, rules_version: str, now: datetime) -> int:
    """Insert the row of a run that begins; its number."""
    row = {
        "command": command,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "code_version": __version__,
        "rules_version": rules_version,
        "started_at": now,
        "heartbeat_at": now,
        "status": "running",
    }
    return connection.execute(insert(Run).returning(Run.id), row).scalar_one()


def others_at_work(connection: Connection, run_id: int) -> frozenset[int]:
    """The other runs that have not ended, as far as is known."""
    return frozenset(connection.scalars(select(Run.id).where(Run.status == "running", Run.id != run_id)))


def bury_dead_runs(
    connection: Connection, run_id: int, locks: Locks, now: datetime, *, patient: bool = False
) -> list[int]:
    """Mark runs as crashed that say they are running and whose lock is free, and free what they held.

    Args:
        connection: In a transaction.
        run_id: Our own.
        locks: Of our session.
        now: The time.
        patient: Give runs that a restart of the server has cut off GRACE to come back.

    Returns:
        Their numbers; their locks are ours now, to be freed after the commit.
    """
    spared = _cut_off(connection) if patient else frozenset()
    others = sorted(others_at_work(connection, run_id) - spared)
    dead = [other for other in others if locks.take(run_lock(other))]
    for other in dead:
        ending = {"status": "crashed", "finished_at": now, "reason": "its process died"}
        connection.execute(update(Run).where(Run.id == other, Run.status == "running").values(ending))
        release_leases(connection, other)
        hosts.free_all(connection, other)
    return dead


def _cut_off(connection: Connection) -> frozenset[int]:
    """Runs whose locks may not be back yet, as the server started just now, after them."""
    if connection.dialect.name == "sqlite":
        return frozenset()
    at = func.pg_postmaster_start_time()
    older = select(Run.id, Run.host, Run.pid).where(Run.status == "running", Run.started_at <= at)
    rows = connection.execute(older.where(at > func.clock_timestamp() - GRACE))
    return frozenset(run for run, host, pid in rows if host != socket.gethostname() or _is_there(pid))


def _is_there(pid: int) -> bool:
    """Whether this machine has a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True


def release_leases(connection: Connection, run_id: int, url_id: int | None = None) -> None:
    """Make the URLs that a run has leased, and not ended, pending again; those of revisits wait for another one."""
    state = case((Url.revisit_at <= Url.leased_at, "done"), else_="pending")
    leased = update(Url).where(Url.run_id == run_id, LEASED).values(state=state, leased_at=None)
    connection.execute(leased if url_id is None else leased.where(Url.id == url_id))


def open_accounts(connection: Connection, run_id: int, outlet_ids: Iterable[int]) -> None:
    """Insert the counters of outlets that this run has not met before."""
    met = set(connection.scalars(select(RunOutlet.outlet_id).where(RunOutlet.run_id == run_id)))
    new = sorted(set(outlet_ids) - met)
    if new:
        zeros = dict.fromkeys(COUNTERS, 0)
        connection.execute(insert(RunOutlet), [{"run_id": run_id, "outlet_id": id, **zeros} for id in new])


def add_counts(connection: Connection, run_id: int, changes: Mapping[int, Counter[str]]) -> None:
    """Add to the counters, in the transaction of the rows they count."""
    rows = [
        {"run": run_id, "outlet": outlet_id, **{f"add_{name}": counter[name] for name in COUNTERS}}
        for outlet_id, counter in sorted(changes.items())
        if counter
    ]
    if rows:
        connection.execute(_ADD, rows)


def beat(connection: Connection, run_id: int, now: datetime) -> None:
    """Say that the run is alive, also if another one took it for dead while the server was away."""
    alive = {"heartbeat_at": now, "status": "running", "finished_at": None, "reason": None}
    connection.execute(update(Run).where(Run.id == run_id).values(alive))


def end_run(connection: Connection, run_id: int, ending: tuple[str, RunStatus, int], now: datetime) -> None:
    """Write how the run ended (reason, status, exit status), and free what it held."""
    reason, status, exit_status = ending
    release_leases(connection, run_id)
    hosts.free_all(connection, run_id)
    row = {"finished_at": now, "heartbeat_at": now, "status": status, "reason": reason, "exit_status": exit_status}
    connection.execute(update(Run).where(Run.id == run_id).values(row))


def is_unended(connection: Connection, run_id: int, pid: int) -> bool:
    """Whether a run could not write how it ended."""
    ours = select(Run.id).where(Run.id == run_id, Run.pid == pid, Run.status.in_(("running", "crashed")))
    return connection.scalar(ours) is not None


def holder_of(connection: Connection, slug: str) -> Holder | None:
    """The newest run that is at work on an outlet; None: it has not written so yet."""
    query = (
        select(Run.id, Run.pid, Run.host, Run.started_at)
        .join(RunOutlet, RunOutlet.run_id == Run.id)
        .join(Outlet, Outlet.id == RunOutlet.outlet_id)
        .where(Outlet.slug == slug, Run.status == "running")
        .order_by(Run.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else Holder(row.id, row.pid, row.host, row.started_at)
