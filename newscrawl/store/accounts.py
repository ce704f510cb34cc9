"""Runs and their accounts: what became of every URL, recounted from the rows and compared with the counters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import get_args

from sqlalchemy import Connection, Engine, Select, and_, case, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from newscrawl.store.engine import StoreError, masked, open_engine
from newscrawl.store.health.alarms import Alarm, count_alarms, read_alarms
from newscrawl.store.models import Fetch, Outlet, Run, RunOutlet, Url
from newscrawl.visits import OutcomeKind


@dataclass(frozen=True, slots=True)
class Counts:
    """URLs of a run by what became of them; `seen` is the sum of the six outcomes and `pending`."""

    new: int = 0
    known: int = 0
    seen: int = 0
    stored: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicate: int = 0
    rejected: int = 0
    failed: int = 0
    pending: int = 0

    @property
    def ended(self) -> int:
        """URLs with an outcome."""
        return self.stored + self.updated + self.unchanged + self.duplicate + self.rejected + self.failed

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, column.name) + getattr(other, column.name) for column in fields(Counts)))


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run, as its row says."""

    id: int
    command: str
    status: str
    host: str
    pid: int
    code_version: str
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    exit_status: int | None
    reason: str | None
    counts: Counts  # the counters
    alarms: int  # that stood at its end


@dataclass(frozen=True, slots=True)
class OutletSummary:
    """The account of one outlet in one run, recounted from the rows."""

    slug: str
    name: str
    sources_ok: int  # sources, not requests: one failed request makes a source failed
    sources_failed: int
    counts: Counts  # `known` alone is the counter's
    rejected: Mapping[str, int]  # reason -> URLs
    failed: Mapping[str, int]  # reason -> URLs
    source_errors: tuple[str, ...]  # "URL: error"
    balanced: bool  # the recount equals the counters
    alarms: tuple[Alarm, ...]  # that stood at the end of the run


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run and the accounts of its outlets."""

    run: RunRow
    outlets: tuple[OutletSummary, ...]

    @property
    def counts(self) -> Counts:
        """The sum over all outlets."""
        return sum((outlet.counts for outlet in self.outlets), Counts())

    @property
    def rejected(self) -> dict[str, int]:
        """Reason -> URLs, most frequent first."""
        return dict(sum((Counter(outlet.rejected) for outlet in self.outlets), Counter[str]()).most_common())

    @property
    def failed(self) -> dict[str, int]:
        """Reason -> URLs, most frequent first."""
        return dict(sum((Counter(outlet.failed) for outlet in self.outlets), Counter[str]()).most_common())

    @property
    def sources_ok(self) -> int:
        """Sources that were read."""
        return sum(outlet.sources_ok for outlet in self.outlets)

    @property
    def sources_failed(self) -> int:
        """Sources that could not be read."""
        return sum(outlet.sources_failed for outlet in self.outlets)

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """Of all outlets."""
        return tuple(alarm for outlet in self.outlets for alarm in outlet.alarms)

    @property
    def balanced(self) -> bool:
        """Whether the recount equals the counters for every outlet."""
        return all(outlet.balanced for outlet in self.outlets)


_COUNTERS = tuple(
    getattr(RunOutlet, "discovered" if column.name == "new" else column.name) for column in fields(Counts)
)
_SUMS = tuple(func.coalesce(func.sum(counter), 0) for counter in _COUNTERS)


def _counts(values: Iterable[int]) -> Counts:
    return Counts(*values)


def list_runs(engine: Engine, limit: int = 20) -> list[RunRow]:
    """Runs, newest first."""
    with engine.begin() as connection:
        return read_runs(connection, select(Run).order_by(Run.id.desc()).limit(limit))


def run_summary(engine: Engine, run_id: int) -> RunSummary | None:
    """A run with the accounts of its outlets, recounted from the rows; None: no such run."""
    with engine.begin() as connection:
        return summarise(connection, run_id)


def summary_at(url: str, run_id: int) -> RunSummary | None:
    """As `run_summary`, of the store at a URL.

    Raises:
        StoreError: It cannot be read.
    """
    engine = open_engine(url, read_only=True)
    try:
        return run_summary(engine, run_id)
    except DBAPIError as error:
        raise StoreError(f"{masked(url)}: {' '.join(str(error.orig).split())}") from error
    finally:
        engine.dispose()


def read_counts(connection: Connection, run_id: int) -> Counts:
    """The counters of a run so far, over all outlets."""
    return _counts(connection.execute(select(*_SUMS).where(RunOutlet.run_id == run_id)).one())


def summarise(connection: Connection, run_id: int) -> RunSummary | None:
    """As `run_summary`, in a transaction that is open."""
    found = read_runs(connection, select(Run).where(Run.id == run_id))
    if not found:
        return None
    recounts, visits = _recount(connection, run_id), _read_visits(connection, run_id)
    alarms = read_alarms(connection, run_id)
    query = (
        select(Outlet.id, Outlet.slug, Outlet.name, *_COUNTERS)
        .join(RunOutlet, RunOutlet.outlet_id == Outlet.id)
        .where(RunOutlet.run_id == run_id)
        .order_by(Outlet.slug)
    )
    outlets = [
        _outlet_summary(slug, name, _counts(counters), (recounts[outlet_id], visits[outlet_id], alarms.get(slug, ())))
        for outlet_id, slug, name, *counters in connection.execute(query)
    ]
    return RunSummary(found[0], tuple(outlets))


@dataclass(slots=True)
class _Recount:
    """URLs of one outlet in one run, by what their rows say."""

    discovered: int = 0
    met: int = 0  # taken, and not discovered on this account
    pending: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def counts(self, known: int) -> Counts:
        ended = (self.outcomes[kind] for kind in get_args(OutcomeKind))
        return _counts((self.discovered, known, self.discovered + self.met, *ended, self.pending))


def _recount(connection: Connection, run_id: int) -> dict[int, _Recount]:
    recounts: dict[int, _Recount] = defaultdict(_Recount)
    found = select(Url.outlet_id, func.count()).where(Url.found_run_id == run_id).group_by(Url.outlet_id)
    for outlet_id, number in connection.execute(found):
        recounts[outlet_id].discovered = recounts[outlet_id].pending = number
    is_own = and_(Url.found_run_id == Fetch.run_id, Url.outlet_id == Fetch.outlet_id)
    groups = (Fetch.outlet_id, case((is_own, 1), else_=0), Fetch.outcome, Fetch.reason)
    query = select(*groups, func.count()).join(Url, Url.id == Fetch.url_id).where(Fetch.run_id == run_id)
    for outlet_id, own, outcome, reason, number in connection.execute(query.group_by(*groups)):
        recount = recounts[outlet_id]
        if not own:
            recount.met += number
            recount.pending += number
        if outcome is not None:
            recount.pending -= number
            recount.outcomes[outcome] += number
            recount.reasons[outcome][reason or ""] += number
    return recounts


def _read_visits(connection: Connection, run_id: int) -> dict[int, dict[int, list[str]]]:
    """Outlet -> source -> what went wrong in reading it."""
    visits: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    query = select(Fetch.outlet_id, Fetch.source_id, Fetch.final_url, Fetch.error).order_by(Fetch.id)
    for outlet_id, source_id, url, error in connection.execute(
        query.where(Fetch.run_id == run_id, Fetch.source_id.is_not(None))
    ):
        visits[outlet_id][source_id or 0] += [f"{url}: {error}"] if error else []
    return visits


def _outlet_summary(
    slug: str, name: str, counted: Counts, rows: tuple[_Recount, dict[int, list[str]], tuple[Alarm, ...]]
) -> OutletSummary:
    recount, visits, alarms = rows
    counts = recount.counts(counted.known)
    failed = sum(bool(errors) for errors in visits.values())
    return OutletSummary(
        slug=slug,
        name=name,
        sources_ok=len(visits) - failed,
        sources_failed=failed,
        counts=counts,
        rejected=dict(recount.reasons["rejected"]),
        failed=dict(recount.reasons["failed"]),
        source_errors=tuple(error for errors in visits.values() for error in errors),
        balanced=counts == counted and counts.seen == counts.ended + counts.pending,
        alarms=alarms,
    )


def read_runs(connection: Connection, query: Select[Run]) -> list[RunRow]:
    """The runs that a query of them finds, with their counters."""
    with Session(connection) as session:
        runs = session.scalars(query).all()
    sums = select(RunOutlet.run_id, *_SUMS).where(RunOutlet.run_id.in_([run.id for run in runs]))
    counts = {run_id: _counts(counters) for run_id, *counters in connection.execute(sums.group_by(RunOutlet.run_id))}
    alarms = count_alarms(connection, [run.id for run in runs])
    return [
        RunRow(
            id=run.id,
            command=run.command,
            status=run.status,
            host=run.host,
            pid=run.pid,
            code_version=run.code_version,
            started_at=run.started_at,
            heartbeat_at=run.heartbeat_at,
            finished_at=run.finished_at,
            exit_status=run.exit_status,
            reason=run.reason,
            counts=counts.get(run.id, Counts()),
            alarms=alarms.get(run.id, 0),
        )
        for run in runs
    ]
