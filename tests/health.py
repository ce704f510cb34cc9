"""Histories of an outlet for tests: runs at given times, as records and as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select

from newscrawl.store.health.tally import Yield
from newscrawl.store.models import Outlet, OutletYield, Run, RunOutlet
from newscrawl.store.runs import COUNTERS

MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Count = Callable[[datetime], int]


def run(
    at: datetime,
    articles: int,
    *,
    dated: float = 1.0,
    authored: float = 1.0,
    chars: int = 2000,
    gated: float = 0.0,
    cut: float = 0.1,
    lost: int = 0,
    links: int = 20,
    is_readable: bool = True,
) -> Yield:
    """A run that stored so many articles, and lost so many URLs beside them."""
    kept = articles * chars
    return Yield(
        run_id=0,
        at=at,
        sources=1,
        sources_silent=0 if is_readable else 1,
        links=links,
        found=articles + lost,
        stored=articles,
        updated=0,
        ended=articles + lost,
        lost=lost,
        dated=round(articles * dated),
        authored=round(articles * authored),
        gated=round(articles * gated),
        median_chars=chars if articles else None,
        chars_kept=kept,
        chars_removed=round(kept * cut / (1 - cut)),
        silent_since=None,
    )


def numbered(runs: Iterable[Yield]) -> list[Yield]:
    """Runs, oldest first, with numbers and the state of silence that they have in their order."""
    found: list[Yield] = []
    for number, row in enumerate(runs, 1):
        before = found[-1].silent_since if found else None
        found.append(replace(row, run_id=number, silent_since=None if row.stored else before or row.at))
    return found


def hourly(begin: datetime, end: datetime, count: Count, **qualities: float) -> list[Yield]:
    """A run each hour, from `begin` to before `end`."""
    hours = int((end - begin) / HOUR)
    return [run(at, count(at), **qualities) for at in (begin + n * HOUR for n in range(hours))]  # type: ignore[arg-type]


def by_day(at: datetime) -> int:
    """24 articles on weekdays, 4 on weekend days, none at night."""
    if not 8 <= at.hour < 20:
        return 0
    return 2 if at.weekday() < 5 else int(at.hour % 3 == 0)


def weekdays(at: datetime) -> int:
    """One article an hour in the daytime of weekdays, else none."""
    return int(at.weekday() < 5 and 8 <= at.hour < 20)


def always(at: datetime) -> int:
    """Two articles an hour."""
    return 2


def write_history(connection: Connection, slug: str, runs: Iterable[Yield]) -> None:
    """Write runs as rows, with numbers of the database's own; their outlet too, where it is not there."""
    outlet_id = connection.scalar(select(Outlet.id).where(Outlet.slug == slug))
    for row in numbered(runs):
        if outlet_id is None:
            words = {"homepage": "", "kind": "publisher", "languages": "en", "domains": ""}
            facts = {"slug": slug, "name": slug, "created_at": row.at, "updated_at": row.at, **words}
            outlet_id = connection.execute(insert(Outlet).values(facts).returning(Outlet.id)).scalar_one()
        write_run(connection, outlet_id, row)


def write_run(connection: Connection, outlet_id: int, row: Yield) -> int:
    """Write a run as rows; its number."""
    words = {"command": "test", "host": "test", "code_version": "", "rules_version": "", "status": "ok"}
    facts = {**words, "pid": 1, "started_at": row.at, "heartbeat_at": row.at, "finished_at": row.at, "exit_status": 0}
    run_id = connection.execute(insert(Run).values(facts).returning(Run.id)).scalar_one()
    counts = {"discovered": row.found, "seen": row.ended, "stored": row.stored, "rejected": row.lost}
    counts |= {"chars_kept": row.chars_kept, "chars_removed": row.chars_removed}
    keys = {"run_id": run_id, "outlet_id": outlet_id}
    connection.execute(insert(RunOutlet), dict.fromkeys(COUNTERS, 0) | counts | keys)
    names = ("sources", "sources_silent", "links", "dated", "authored", "gated", "median_chars", "silent_since")
    measured = {name: getattr(row, name) for name in names}
    connection.execute(insert(OutletYield), {**keys, "measured_at": row.at, **measured})
    return run_id
