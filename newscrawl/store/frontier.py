"""The frontier: outlets and their sources, URLs found, and who may fetch which one now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeAlias, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from newscrawl.items import Outlet, OutletKind, Source
from newscrawl.store import models
from newscrawl.store.models import Fetch, Url
from newscrawl.store.models.crawl import LEASED, PENDING
from newscrawl.urls import url_key
from newscrawl.visits import Lease, Link, SourceVisit, Visit

T = TypeVar("T")

CHUNK = 500
"""Values in one IN list."""

MAX_COUNTED = 10_000
"""Due URLs that are counted; more are told as so many or more."""

# Rows that another run is taking just now are passed over; SQLite has one writer at a time, and no such words.
_URLS = select(
    Url.id, Url.url_key, Url.url, Url.attempts, Url.tickers, Url.found_run_id, Url.outlet_id, Url.etag,
    Url.last_modified,
).with_for_update(skip_locked=True)  # fmt: skip
_UrlRow: TypeAlias = Row[int, str, str, int, str, int, int, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose account a change belongs to, and when it happens."""

    run_id: int
    outlet_id: int
    slug: str
    now: datetime  # aware, UTC
    archives: bool = False  # whether the run takes what archives alone have named


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a visit of a source brought."""

    new: int  # URLs added to the frontier
    known: int  # distinct URLs that were there before


def upsert(connection: Connection, table: type[models.Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do ON CONFLICT, which both databases spell alike."""
    target = table.__table__
    assert isinstance(target, Table)
    return sqlite.insert(target) if connection.dialect.name == "sqlite" else postgresql.insert(target)


def write_outlet(connection: Connection, outlet: Outlet, now: datetime) -> int:
    """Write an outlet's facts; its number."""
    facts = {
        "name": outlet.name,
        "homepage": outlet.homepage,
        "kind": outlet.kind,
        "country": outlet.country,
        "timezone": outlet.timezone,
        "languages": " ".join(outlet.languages),
        "domains": " ".join(outlet.domains),
        "updated_at": now,
    }
    statement = upsert(connection, models.Outlet).values(slug=outlet.slug, created_at=now, **facts)
    statement = statement.on_conflict_do_update(index_elements=["slug"], set_=facts)
    return connection.execute(statement.returning(models.Outlet.id)).scalar_one()


def read_outlet(connection: Connection, slug: str) -> Outlet:
    """An outlet as last written; by its name alone where the store does not know it."""
    with Session(connection) as session:
        row = session.scalar(select(models.Outlet).where(models.Outlet.slug == slug))
        return facts_of(row) if row else Outlet(slug, slug)


def facts_of(row: models.Outlet) -> Outlet:
    """An outlet's row as the record."""
    return Outlet(
        slug=row.slug,
        name=row.name,
        homepage=row.homepage,
        kind=cast(OutletKind, row.kind),
        domains=tuple(row.domains.split()),
        country=row.country,
        timezone=row.timezone,
        languages=tuple(row.languages.split()),
    )


def write_sources(connection: Connection, outlet_id: int, sources: Sequence[Source]) -> tuple[Source, ...]:
    """Write an outlet's sources; the same ones, with the validators of their last answers."""
    kept: list[Source] = []
    for source in sources:
        facts = {"kind": source.kind, "link_pattern": source.link_pattern}
        statement = upsert(connection, models.Source).values(outlet_id=outlet_id, url=source.url, failures=0, **facts)
        statement = statement.on_conflict_do_update(index_elements=["outlet_id", "url"], set_=facts)
        row = connection.execute(statement.returning(models.Source.etag, models.Source.last_modified)).one()
        kept.append(replace(source, etag=row.etag, last_modified=row.last_modified))
    return tuple(kept)


def discover(
    connection: Connection, turn: Turn, visit: SourceVisit, keyed: dict[str, Link]
) -> tuple[Discovery, Counter[str]]:
    """Write what a visit of a source brought: its state, the visit, the URLs.

    Args:
        connection: In a transaction.
        turn: Of the source's outlet.
        visit: The visit.
        keyed: `key_links` of its links, made before the transaction began.

    Raises:
        ValueError: The source was never claimed.
    """
    where = (models.Source.outlet_id == turn.outlet_id, models.Source.url == visit.source_url)
    source = connection.execute(select(models.Source.id, models.Source.failures).where(*where)).first()
    if source is None:
        raise ValueError(f"{visit.source_url}: no source of {turn.slug} that was claimed")
    new = add_urls(connection, turn, keyed, source.id, from_archive=visit.from_archive)
    state = {"visited_at": visit.fetched_at, "status": visit.status, "error": visit.error}
    state |= {"failures": source.failures + 1} if visit.error else {"failures": 0, "ok_at": visit.fetched_at}
    if new:
        state["new_at"] = visit.fetched_at
    # Those of a part of a sitemap would make the next request for the whole a wrong one.
    if not visit.error and url_key(visit.final_url) == url_key(visit.source_url):
        state |= {name: value for name in ("etag", "last_modified") if (value := getattr(visit, name))}
    connection.execute(update(models.Source).where(models.Source.id == source.id).values(state))
    fetch = {
        "run_id": turn.run_id,
        "outlet_id": turn.outlet_id,
        "source_id": source.id,
        "taken_at": visit.fetched_at,
        "fetched_at": visit.fetched_at,
        "final_url": visit.final_url,
        "status": visit.status,
        "error": visit.error,
        "links": len(keyed),
        "new_links": new,
    }
    connection.execute(insert(Fetch), fetch)
    return Discovery(new, len(keyed) - new), Counter(discovered=new, known=len(keyed) - new, seen=new, pending=new)


def key_links(links: Sequence[Link]) -> dict[str, Link]:
    """Distinct links by `url_key`; the first spelling of a URL stays."""
    keyed: dict[str, Link] = {}
    for link in links:
        keyed.setdefault(url_key(link.url), link)
    return keyed


def add_urls(
    connection: Connection, turn: Turn, keyed: dict[str, Link], source_id: int | None, *, from_archive: bool = False
) -> int:
    """Insert those URLs that the frontier does not know; how many."""
    known: set[str] = set()
    for chunk in chunks(keyed):
        known.update(connection.scalars(select(Url.url_key).where(Url.url_key.in_(chunk))))
        if not from_archive:
            connection.execute(update(Url).where(Url.url_key.in_(chunk), Url.from_archive).values(from_archive=False))
    more = {"source_id": source_id, "from_archive": from_archive}
    rows = [_url_row(turn, key, link) | more for key, link in keyed.items() if key not in known]
    if not rows:
        return 0
    # Another run may add the same URL meanwhile.
    statement = upsert(connection, Url).on_conflict_do_nothing(index_elements=["url_key"]).returning(Url.id)
    return len(connection.execute(statement, rows).all())


def lease(connection: Connection, turn: Turn, room: int) -> tuple[list[Lease], Counter[str]]:
    """Lease due URLs of an outlet, newest first, at most `room`, and none that this run has taken before."""
    due = _URLS.where(Url.outlet_id == turn.outlet_id, _is_due(turn))
    rows = connection.execute(due.order_by(Url.rank_at.desc(), Url.id).limit(room)).all()
    return _lease_rows(connection, turn, rows)


def lease_revisits(connection: Connection, turn: Turn, room: int) -> tuple[list[Lease], Counter[str]]:
    """Lease pages that are to be asked for again, with their validators; those that came due last go first."""
    due = _URLS.where(
        Url.outlet_id == turn.outlet_id,
        Url.revisit_at.is_not(None),
        Url.revisit_at <= turn.now,
        Url.state == "done",
        Url.run_id != turn.run_id,
    )
    rows = connection.execute(due.order_by(Url.revisit_at.desc(), Url.id).limit(room)).all()
    leases, counter = _lease_rows(connection, turn, rows)
    known = {row.id: row for row in rows}
    return [
        replace(lease, etag=known[lease.url_id].etag, last_modified=known[lease.url_id].last_modified)
        for lease in leases
    ], counter


def take(
    connection: Connection, turn: Turn, keyed: dict[str, Link], *, again: bool, limit: int | None = None
) -> tuple[list[Lease], Counter[str]]:
    """Lease exactly these URLs, due or not, but for those that ended for good (unless `again`) or that a run holds.

    Above the limit, they are added to the frontier and not leased.
    """
    new = add_urls(connection, turn, keyed, None)
    free = Url.state != "leased" if again else Url.state == "pending"
    rows: dict[str, _UrlRow] = {}
    for chunk in chunks(keyed):
        query = _URLS.where(Url.url_key.in_(chunk), free, or_(Url.run_id.is_(None), Url.run_id != turn.run_id))
        rows |= {row.url_key: row for row in connection.execute(query)}
    leases, counter = _lease_rows(connection, turn, [rows[key] for key in keyed if key in rows][:limit])
    counter.update(discovered=new, known=len(keyed) - new, seen=new, pending=new)
    return leases, counter


def unwritten(connection: Connection, visits: Sequence[Visit]) -> list[Visit]:
    """The visits without those that the store holds: a commit may have come through unnoticed."""
    keys = {url_key(visit.lease.url) for visit in visits}
    written: set[tuple[str, datetime | None]] = set()
    for chunk in chunks(keys):
        query = select(Url.url_key, Fetch.fetched_at).join(Fetch, Fetch.url_id == Url.id)
        rows = connection.execute(query.where(Url.url_key.in_(chunk), Fetch.outcome.is_not(None)))
        written.update((row.url_key, row.fetched_at) for row in rows)
    return [
        visit for visit in visits if (url_key(visit.lease.url), visit.fetched_at.replace(microsecond=0)) not in written
    ]


def count_due(connection: Connection, turns: Sequence[Turn]) -> int:
    """URLs of outlets that this run could still fetch: those that are due, and those that it leased and kept.

    At most `MAX_COUNTED`. Source: to count 8 million rows takes SQLite 145 s.
    """
    count = 0
    for of in turns:
        kept = select(Url.id).where(Url.outlet_id == of.outlet_id, LEASED, Url.run_id == of.run_id)
        for some in (kept, select(Url.id).where(Url.outlet_id == of.outlet_id, _is_due(of))):
            some = some.limit(MAX_COUNTED - count)
            count += connection.scalar(select(func.count()).select_from(some.subquery())) or 0
    return count


def _is_due(turn: Turn) -> ColumnElement[bool]:
    """Due, not taken by this run before, nor named by archives alone where the run walks none."""
    is_due = and_(PENDING, Url.due_at <= turn.now, or_(Url.run_id.is_(None), Url.run_id != turn.run_id))
    return is_due if turn.archives else and_(is_due, Url.from_archive.is_(False))


def _lease_rows(connection: Connection, turn: Turn, rows: Sequence[_UrlRow]) -> tuple[list[Lease], Counter[str]]:
    ours: set[int] = set()
    for chunk in chunks(row.id for row in rows):
        statement = update(Url).where(Url.id.in_(chunk), Url.state != "leased").returning(Url.id)
        changed = statement.values(state="leased", run_id=turn.run_id, leased_at=turn.now)
        ours.update(connection.scalars(changed))
    rows = [row for row in rows if row.id in ours]
    if rows:
        fetch = {"run_id": turn.run_id, "outlet_id": turn.outlet_id, "taken_at": turn.now}
        connection.execute(insert(Fetch), [{"url_id": row.id, **fetch} for row in rows])
    # What this run discovered on the same account was counted then.
    met = sum((row.found_run_id, row.outlet_id) != (turn.run_id, turn.outlet_id) for row in rows)
    leases = [Lease(row.id, row.url, turn.slug, row.attempts, tuple(row.tickers.split())) for row in rows]
    return leases, Counter(seen=met, pending=met)


def _url_row(turn: Turn, key: str, link: Link) -> dict[str, object]:
    published_at = link.published_utc
    return {
        "outlet_id": turn.outlet_id,
        "url": link.url,
        "url_key": key,
        "headline": link.headline,
        "published_at": published_at,
        "language": link.language,
        "tickers": " ".join("".join(ticker.split()) for ticker in link.tickers),
        "state": "pending",
        "attempts": 0,
        "due_at": turn.now,
        "rank_at": min(published_at or turn.now, turn.now),
        "found_at": turn.now,
        "found_run_id": turn.run_id,
    }


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The values, so many at a time."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk
