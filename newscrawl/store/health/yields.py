"""What each outlet of a run gave, written as rows, and read back as the history of an outlet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, delete, exists, func, insert, or_, select

from newscrawl.store.health.evidence import DAY, DeadSource
from newscrawl.store.health.tally import Yield
from newscrawl.store.health.volume import HISTORY_DAYS
from newscrawl.store.models import Article, Author, Fetch, OutletYield, Revision, RunOutlet, Source

MEMORY = 120 * DAY  # of runs that fetched something
QUIET_MEMORY = 2 * HISTORY_DAYS * DAY  # of runs that did not

GATED = or_(Article.access.in_(("login", "subscriber")), Article.completeness.in_(("truncated", "teaser", "headline")))
_READ = case((or_(Fetch.error.is_(None), Fetch.links > 0), 1), else_=0)  # a broken feed may name links all the same
_ENDED: ColumnElement[int] = RunOutlet.seen - RunOutlet.pending

YIELDS: Select[*tuple[Any, ...]] = select(
    OutletYield.run_id,
    OutletYield.measured_at.label("at"),
    OutletYield.sources,
    OutletYield.sources_silent,
    OutletYield.links,
    RunOutlet.discovered.label("found"),
    RunOutlet.stored,
    RunOutlet.updated,
    _ENDED.label("ended"),
    (RunOutlet.rejected + RunOutlet.failed).label("lost"),
    OutletYield.dated,
    OutletYield.authored,
    OutletYield.gated,
    OutletYield.median_chars,
    RunOutlet.chars_kept,
    RunOutlet.chars_removed,
    OutletYield.silent_since,
).join(RunOutlet, (RunOutlet.run_id == OutletYield.run_id) & (RunOutlet.outlet_id == OutletYield.outlet_id))
"""The fields of a Yield, by their names."""


@dataclass(slots=True)
class _Measured:
    """What the rows of one outlet in one run say."""

    sources: int = 0
    sources_silent: int = 0
    links: int = 0
    dated: int = 0
    authored: int = 0
    gated: int = 0
    chars: list[int] = field(default_factory=list)


def write_yields(connection: Connection, run_id: int, now: datetime) -> None:
    """Write what each outlet of a run gave; a second time in place of the first."""
    measured = _measure(connection, run_id)
    accounts = select(RunOutlet.outlet_id, RunOutlet.stored).where(RunOutlet.run_id == run_id)
    rows = []
    for outlet_id, stored in connection.execute(accounts).all():
        found = measured[outlet_id]
        rows.append(
            {
                "run_id": run_id,
                "outlet_id": outlet_id,
                "measured_at": now,
                "sources": found.sources,
                "sources_silent": found.sources_silent,
                "links": found.links,
                "dated": found.dated,
                "authored": found.authored,
                "gated": found.gated,
                "median_chars": int(median(found.chars)) if found.chars else None,
                "silent_since": None if stored or not found.sources else _silence(connection, run_id, outlet_id, now),
            }
        )
    connection.execute(delete(OutletYield).where(OutletYield.run_id == run_id))
    if rows:
        connection.execute(insert(OutletYield), rows)


def read_yields(connection: Connection, outlet_id: int, run_id: int, now: datetime) -> list[Yield]:
    """The runs that asked an outlet's sources, up to this one, newest first; of old ones those that fetched."""
    own = (OutletYield.outlet_id == outlet_id, OutletYield.run_id <= run_id, OutletYield.sources > 0)
    recent = or_(OutletYield.measured_at > now - QUIET_MEMORY, _ENDED > 0)
    query = YIELDS.where(*own, OutletYield.measured_at > now - MEMORY, recent).order_by(OutletYield.run_id.desc())
    return [Yield(**row) for row in connection.execute(query).mappings()]


def read_dead_sources(connection: Connection, outlet_id: int, run_id: int) -> Sequence[DeadSource]:
    """The outlet's sources of which this run could read nothing."""
    visited = select(Fetch.source_id).where(Fetch.run_id == run_id, Fetch.outlet_id == outlet_id)
    silent = visited.where(Fetch.source_id.is_not(None)).group_by(Fetch.source_id).having(func.max(_READ) == 0)
    query = select(Source.url, Source.ok_at, Source.failures, Source.error).where(Source.id.in_(silent))
    return [DeadSource(url, ok_at, fails, error or "") for url, ok_at, fails, error in connection.execute(query)]


def _measure(connection: Connection, run_id: int) -> dict[int, _Measured]:
    measured: dict[int, _Measured] = defaultdict(_Measured)
    for outlet_id, links, read in _source_visits(connection, run_id):
        measured[outlet_id].sources += 1
        measured[outlet_id].sources_silent += not read
        measured[outlet_id].links += links or 0
    query = (
        select(
            Fetch.outlet_id,
            Revision.chars,
            Article.published_at,
            exists().where(Author.article_id == Article.id),
            GATED,
        )
        .select_from(Revision)
        .join(Fetch, Fetch.id == Revision.fetch_id)
        .join(Article, Article.id == Revision.article_id)
        .where(Fetch.run_id == run_id, Revision.cause != "reclean")
    )
    for outlet_id, chars, published_at, is_authored, is_gated in connection.execute(query):
        found = measured[outlet_id]
        found.chars.append(chars)
        found.dated += published_at is not None
        found.authored += bool(is_authored)
        found.gated += bool(is_gated)
    return measured


def _source_visits(connection: Connection, run_id: int) -> Iterator[tuple[int, int | None, int]]:
    """For each source that the run asked: its outlet, the links it named, whether anything could be read."""
    query = select(Fetch.outlet_id, func.sum(Fetch.links), func.max(_READ))
    query = query.where(Fetch.run_id == run_id, Fetch.source_id.is_not(None))
    yield from connection.execute(query.group_by(Fetch.outlet_id, Fetch.source_id))


def _silence(connection: Connection, run_id: int, outlet_id: int, now: datetime) -> datetime:
    """Since when there is no new article, if there is none in this run."""
    before = select(OutletYield.silent_since).where(
        OutletYield.outlet_id == outlet_id, OutletYield.run_id < run_id, OutletYield.sources > 0
    )
    return connection.scalar(before.order_by(OutletYield.run_id.desc()).limit(1)) or now
