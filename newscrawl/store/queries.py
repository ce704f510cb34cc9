"""The reading side, for the command and for whoever writes Python: articles with their cuts, and the fate of a URL."""

from __future__ import annotations

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, defer

from newscrawl.store.accounts import Counts, OutletSummary, RunRow, RunSummary, list_runs, run_summary, summary_at
from newscrawl.store.engine import StoreError, database_url, masked, open_engine
from newscrawl.store.health.alarms import Alarm
from newscrawl.store.known import CURRENT
from newscrawl.store.models import Article, Fetch, Outlet, Page, RemovedBlock, Revision, Source, Url
from newscrawl.store.reading import read_article
from newscrawl.store.records import (
    ArticleLine,
    ArticleRow,
    FetchRow,
    RevisionRow,
    UrlTrace,
    archived_of,
    line_of,
)
from newscrawl.store.revision import current_revision, require_head
from newscrawl.urls import url_key

__all__ = [
    "Alarm",
    "ArticleLine",
    "ArticleRow",
    "Counts",
    "FetchRow",
    "OutletSummary",
    "RevisionRow",
    "RunRow",
    "RunSummary",
    "UrlTrace",
    "find_article",
    "list_articles",
    "list_runs",
    "open_reader",
    "run_summary",
    "summary_at",
    "trace",
]


def open_reader(url: str | None = None) -> Engine:
    """A read-only engine on a store that this version can read.

    Args:
        url: As for `database_url`.

    Raises:
        StoreError: There is no store, or it has another schema.
    """
    engine = open_engine(database_url(url), read_only=True)
    try:
        if (current := current_revision(engine)) is None:
            raise StoreError(
                f"{masked(database_url(url))}: no articles here yet; crawl first, or name another database"
            )
        require_head(engine, current)
    except StoreError:
        engine.dispose()
        raise
    return engine


def find_article(engine: Engine, wanted: int | str) -> ArticleRow | None:
    """An article by its number (digits will do), or by any URL that led to it."""
    with Session(engine) as session:
        if isinstance(wanted, str) and not wanted.isdecimal():
            article_id = _article_of(session, url_key(wanted))
        else:
            article_id = int(wanted)
        return None if article_id is None else read_article(session, article_id)


def list_articles(
    engine: Engine,
    limit: int = 20,
    *,
    outlet: str | None = None,
    language: str | None = None,
    run_id: int | None = None,
) -> list[ArticleLine]:
    """Articles, those stored last first.

    Args:
        engine: The store.
        limit: How many at most.
        outlet: Slug of the only outlet; None: all.
        language: The only BCP-47 tag; None: all.
        run_id: The run that stored or updated them; None: all.
    """
    cuts = select(func.count()).where(RemovedBlock.revision_id == Revision.id).scalar_subquery()
    query = (
        select(Article, Outlet.slug, cuts)
        .join(Outlet, Outlet.id == Article.outlet_id)
        .join(Revision, CURRENT)
        .order_by(Article.first_seen_at.desc(), Article.id.desc())
        .limit(limit)
        .options(defer(Article.text))
    )
    if outlet is not None:
        query = query.where(Outlet.slug == outlet)
    if language is not None:
        query = query.where(Article.language == language)
    if run_id is not None:
        revised = select(Revision.article_id).join(Fetch, Fetch.id == Revision.fetch_id).where(Fetch.run_id == run_id)
        query = query.where(Article.id.in_(revised))
    with Session(engine) as session:
        return [line_of(*row) for row in session.execute(query)]


def trace(engine: Engine, url: str) -> UrlTrace | None:
    """What became of a URL, in whatever spelling; None: never seen."""
    query = (
        select(Url, Outlet.slug, Source.url)
        .join(Outlet, Outlet.id == Url.outlet_id)
        .outerjoin(Source, Source.id == Url.source_id)
        .where(Url.url_key == url_key(url))
    )
    with Session(engine) as session:
        found = session.execute(query).first()
        if found is None:
            return None
        row, outlet, source = found
        fetches = _read_fetches(session, row.id)
    return UrlTrace(
        url_id=row.id,
        url=row.url,
        outlet=outlet,
        state=row.state,
        outcome=row.outcome,
        reason=row.reason,
        detail=next((fetch.detail for fetch in reversed(fetches) if fetch.outcome), None),
        attempts=row.attempts,
        due_at=row.due_at,
        found_at=row.found_at,
        found_run_id=row.found_run_id,
        source=source,
        headline=row.headline,
        published_at=row.published_at,
        article_id=row.article_id,
        revisit_at=row.revisit_at,
        gone_at=row.gone_at,
        from_archive=row.from_archive,
        fetches=tuple(fetches),
    )


def _read_fetches(session: Session, url_id: int) -> list[FetchRow]:
    first = (Page.fetch_id == Fetch.id) & (Page.part == 0)
    last = select(func.max(Page.part)).where(Page.fetch_id == Fetch.id).correlate(Fetch).scalar_subquery()
    query = select(Fetch, Page, last).outerjoin(Page, first).where(Fetch.url_id == url_id)
    return [
        FetchRow(
            run_id=fetch.run_id,
            taken_at=fetch.taken_at,
            fetched_at=fetch.fetched_at,
            final_url=fetch.final_url,
            status=fetch.status,
            outcome=fetch.outcome,
            reason=fetch.reason,
            detail=fetch.detail,
            elapsed_ms=fetch.elapsed_ms,
            archived=archived_of(page),
            further_pages=further or 0,
        )
        for fetch, page, further in session.execute(query.order_by(Fetch.id))
    ]


def _article_of(session: Session, key: str) -> int | None:
    """Number of the article that a URL led to, else of the newest one that has it as its canonical URL."""
    by_url = select(Url.article_id).where(Url.url_key == key, Url.article_id.is_not(None))
    by_canonical = select(Article.id).where(Article.canonical_key == key).order_by(Article.id.desc()).limit(1)
    return session.scalar(by_url) or session.scalar(by_canonical)
