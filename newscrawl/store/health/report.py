"""How outlets do, for the command: over some days, and day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, case, func, select

from newscrawl.store.health.alarms import Alarm, read_alarms
from newscrawl.store.health.evidence import DAY
from newscrawl.store.health.tally import Tally, Yield, add
from newscrawl.store.health.yields import YIELDS
from newscrawl.store.models import Outlet, OutletYield, RunOutlet


@dataclass(frozen=True, slots=True)
class OutletHealth:
    """What an outlet gave in the last days."""

    outlet: str  # slug
    name: str
    last_run: int
    last_run_at: datetime
    last_new_at: datetime | None  # end of the last run with a new article
    articles_per_day: float  # new ones
    tally: Tally
    alarms: tuple[Alarm, ...]  # that stand


@dataclass(frozen=True, slots=True)
class OutletDay:
    """What an outlet gave on a day of UTC."""

    day: date
    tally: Tally


@dataclass(frozen=True, slots=True)
class OutletRun:
    """What an outlet gave in one run."""

    run_id: int
    at: datetime
    tally: Tally


def read_health(engine: Engine, slugs: Sequence[str], days: int, now: datetime) -> list[OutletHealth]:
    """Outlets that were crawled, by slug; all of them where none is named."""
    judged = case((OutletYield.sources > 0, OutletYield.run_id))
    with_new = case((RunOutlet.stored > 0, OutletYield.measured_at))
    query = (
        select(
            Outlet.id,
            Outlet.slug,
            Outlet.name,
            func.max(OutletYield.run_id),
            func.max(judged),
            func.min(OutletYield.measured_at),
            func.max(OutletYield.measured_at),
            func.max(with_new),
        )
        .join(OutletYield, OutletYield.outlet_id == Outlet.id)
        .join(RunOutlet, (RunOutlet.run_id == OutletYield.run_id) & (RunOutlet.outlet_id == Outlet.id))
        .group_by(Outlet.id, Outlet.slug, Outlet.name)
        .order_by(Outlet.slug)
    )
    if slugs:
        query = query.where(Outlet.slug.in_(slugs))
    found = []
    with engine.connect() as connection:
        outlets = connection.execute(query).all()
        windows = _read_windows(connection, [outlet.id for outlet in outlets], now - days * DAY)
        alarms_of = {run: read_alarms(connection, run) for run in {row[4] or 0 for row in outlets}}
        for outlet_id, slug, name, last_run, last_judged, first_at, last_at, last_new_at in outlets:
            tally = add(windows[outlet_id])
            observed = max(min(now - first_at, days * DAY) / DAY, 1.0)
            alarms = alarms_of[last_judged or 0].get(slug, ())
            found.append(
                OutletHealth(slug, name, last_run, last_at, last_new_at, tally.stored / observed, tally, alarms)
            )
    return found


def read_days(engine: Engine, slug: str, days: int, now: datetime) -> list[OutletDay]:
    """The days of one outlet in which it was crawled, newest first."""
    by_day: dict[date, list[Yield]] = defaultdict(list)
    with engine.connect() as connection:
        outlet_id = connection.scalar(select(Outlet.id).where(Outlet.slug == slug))
        for row in _read_windows(connection, [outlet_id or 0], now - days * DAY)[outlet_id or 0]:
            by_day[row.at.date()].append(row)
    return [OutletDay(day, add(rows)) for day, rows in sorted(by_day.items(), reverse=True)]


def read_runs(engine: Engine, runs: int) -> dict[str, list[OutletRun]]:
    """The last runs of each outlet, by slug, the oldest first."""
    found: dict[str, list[OutletRun]] = {}
    with engine.connect() as connection:
        for outlet_id, slug in connection.execute(select(Outlet.id, Outlet.slug)).all():
            query = YIELDS.where(OutletYield.outlet_id == outlet_id).order_by(OutletYield.run_id.desc()).limit(runs)
            rows = [Yield(**row) for row in connection.execute(query).mappings()]
            found[slug] = [OutletRun(row.run_id, row.at, add([row])) for row in reversed(rows)]
    return found


def _read_windows(connection: Connection, outlet_ids: Sequence[int], since: datetime) -> dict[int, list[Yield]]:
    """What outlets gave since then, by outlet."""
    query = YIELDS.where(OutletYield.outlet_id.in_(outlet_ids), OutletYield.measured_at > since)
    windows: dict[int, list[Yield]] = defaultdict(list)
    for row in connection.execute(query.add_columns(OutletYield.outlet_id.label("of"))).mappings():
        windows[row["of"]].append(Yield(**{name: value for name, value in row.items() if name != "of"}))
    return windows
