"""Hosts: one run asks a host at a time, and the next one waits until the last one's delay is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from newscrawl.store.engine import StoreError
from newscrawl.store.frontier import chunks, upsert
from newscrawl.store.locks import Holder, told
from newscrawl.store.models import Host, Run

MAX_PAUSE_S = 24 * 3600.0
"""The longest that one answer's Retry-After keeps all runs from a host."""


class HostHeldError(StoreError):
    """A host is not to be asked now: another run holds it, or it wants to be left alone for long."""


def hold(connection: Connection, run_id: int, delays: Mapping[str, float]) -> dict[str, float]:
    """Take hosts that no other run holds, or hold them on.

    Args:
        connection: In a transaction.
        run_id: Whose they shall be.
        delays: Host -> seconds that the run leaves between an answer of it and its next request.

    Returns:
        Those that are the run's now -> seconds until they may be asked.
    """
    if not delays:
        return {}
    now = _clock(connection)
    rows = [{"host": host, "run_id": run_id, "delay_s": delays[host], "free_at": now} for host in sorted(delays)]
    statement = upsert(connection, Host)
    new = statement.excluded
    longest = case((Host.delay_s > new.delay_s, Host.delay_s), else_=new.delay_s)
    free = or_(Host.run_id.is_(None), Host.run_id == run_id)
    taken = statement.on_conflict_do_update(
        index_elements=["host"], set_={"run_id": new.run_id, "delay_s": longest}, where=free
    ).returning(Host.host, Host.free_at)
    return {host: max(0.0, (free_at - now).total_seconds()) for host, free_at in connection.execute(taken, rows)}


def held(connection: Connection, run_id: int) -> frozenset[str]:
    """The hosts of a run."""
    return frozenset(connection.scalars(select(Host.host).where(Host.run_id == run_id)))


def held_by_others(connection: Connection, run_id: int, hosts: Iterable[str]) -> dict[str, Holder]:
    """Those of the hosts that another run holds."""
    query = select(Host.host, Run.id, Run.pid, Run.host, Run.started_at).join(Run, Run.id == Host.run_id)
    return {
        host: Holder(run, pid, machine, since)
        for chunk in chunks(hosts)
        for host, run, pid, machine, since in connection.execute(query.where(Run.id != run_id, Host.host.in_(chunk)))
    }


def refusal(host: str, holder: Holder | None) -> HostHeldError:
    """The error that says who asks a host."""
    return HostHeldError(f"{host} is asked by {told(holder)}")


def pause(connection: Connection, host: str, wait_s: float) -> None:
    """Let no run ask a host for so long."""
    until = _clock(connection) + timedelta(seconds=min(wait_s, MAX_PAUSE_S))
    connection.execute(update(Host).where(Host.host == host, Host.free_at < until).values(free_at=until))


def free_idle(connection: Connection, run_id: int, hosts: Collection[str]) -> None:
    """Give hosts back whose delay is over since their last answer."""
    for chunk in chunks(hosts):
        connection.execute(update(Host).where(Host.run_id == run_id, Host.host.in_(chunk)).values(run_id=None))


def free_all(connection: Connection, run_id: int) -> None:
    """Give all hosts of a run back that may have asked them just now: the next one waits for the whole delay."""
    now = _clock(connection)
    query = select(Host.host, Host.delay_s, Host.free_at).where(Host.run_id == run_id)
    rows = [{"name": host, "at": max(free_at, _after(now, delay_s))} for host, delay_s, free_at in
            connection.execute(query)]  # fmt: skip
    if rows:
        freed = update(Host).where(Host.host == bindparam("name")).values(run_id=None, free_at=bindparam("at"))
        connection.execute(freed, rows)


def _after(now: datetime, delay_s: float) -> datetime:
    """Times are kept to the second, cut off: one more makes them not too early."""
    return now + timedelta(seconds=delay_s + 1) if delay_s else now


def _clock(connection: Connection) -> datetime:
    """The server's time: the clocks of several machines are not one."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return now
