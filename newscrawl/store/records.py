"""Rows of the store as records, with everything that is known of an article or a URL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, timezone
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute as Column
from sqlalchemy.orm import Session

from newscrawl import items
from newscrawl.items import (
    Access,
    AccessKind,
    Archived,
    Completeness,
    Language,
    Moment,
    Precision,
    Removed,
    RemovedKind,
    Ticker,
)
from newscrawl.store.known import CURRENT
from newscrawl.store.models import Article, ArticleTicker, Author, Outlet, Page, RemovedBlock, Revision, Tag, Url


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A text that an article has had, or has."""

    revision: int
    cause: str  # first, publisher_edit or reclean
    fetched_at: datetime
    headline: str | None
    chars: int
    change_ratio: float | None  # share of the words that differ from the revision before; None: the first
    correction: str | None  # notice of it that the revision before had not
    code_version: str  # of newscrawl that made it
    rules_version: str  # of the rules that cut boilerplate


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article with everything the store knows of it."""

    id: int
    outlet: str  # slug
    outlet_name: str
    canonical_url: str
    headline: str | None
    text: str
    authors: tuple[str, ...]
    published: Moment | None  # `at` in the offset as published
    modified: Moment | None
    language: Language
    access: Access
    wire: str | None
    section: str | None
    tags: tuple[str, ...]
    description: str | None
    image_url: str | None
    tickers: tuple[Ticker, ...]
    removed: tuple[Removed, ...]  # of the current revision
    revision: int
    first_seen_at: datetime
    last_seen_at: datetime
    fetched_at: datetime  # of the current revision
    revisions: tuple[RevisionRow, ...]
    gone_at: datetime | None  # when its page was found gone
    urls: tuple[str, ...]  # every URL that led here
    archived: Archived | None  # response of the current revision
    text_hash: str  # SHA-256, hex
    bounded: bool  # more would have been cut than may be
    machine_translation: str | None  # how the page says that a machine translated it
    reservations: tuple[str, ...]  # what its publisher reserves

    def article(self, url: str) -> items.Article:
        """The article as it was built from the page at a URL."""
        facts = {field.name: getattr(self, field.name) for field in fields(items.Article) if field.name != "url"}
        return items.Article(url=url, **facts)


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article in a list."""

    id: int
    outlet: str
    headline: str | None
    published_at: datetime | None
    published_precision: str | None
    language: str | None
    canonical_url: str
    chars: int
    access: str
    completeness: str
    wire: str | None
    removed: int  # cuts
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class FetchRow:
    """One URL in one run."""

    run_id: int
    taken_at: datetime
    fetched_at: datetime | None
    final_url: str | None
    status: int | None
    outcome: str | None  # None: the run ended first
    reason: str | None
    detail: str | None
    elapsed_ms: int | None
    archived: Archived | None
    further_pages: int = 0  # of the story, archived too


@dataclass(frozen=True, slots=True)
class UrlTrace:
    """What became of a URL, and why."""

    url_id: int
    url: str
    outlet: str
    state: str  # pending, leased, done or failed
    outcome: str | None  # of the last fetch that ended
    reason: str | None
    detail: str | None
    attempts: int
    due_at: datetime
    found_at: datetime
    found_run_id: int
    source: str | None  # None: given by hand
    headline: str | None  # as announced
    published_at: datetime | None  # as announced
    article_id: int | None
    revisit_at: datetime | None  # None: it is not asked for again
    gone_at: datetime | None
    fetches: tuple[FetchRow, ...]  # oldest first


_WITH_REVISION = (
    select(Article, Outlet, Revision, Page)
    .join(Outlet, Outlet.id == Article.outlet_id)
    .join(Revision, CURRENT)
    .outerjoin(Page, (Page.fetch_id == Revision.fetch_id) & (Page.part == 0))
)


def read_article(session: Session, article_id: int) -> ArticleRow | None:
    """An article by its number; None: no such article."""
    return next(read_articles(session, [article_id]), None)


def read_articles(session: Session, ids: Sequence[int]) -> Iterator[ArticleRow]:
    """Articles by their numbers, in that order, with as many queries as for one; those not there are left out."""
    found = {row.Article.id: row for row in session.execute(_WITH_REVISION.where(Article.id.in_(ids)))}
    authors = _listed(session, Author.article_id, ids, Author.position, Author.name)
    tags = _listed(session, Tag.article_id, ids, Tag.position, Tag.tag)
    urls = _listed(session, Url.article_id, ids, Url.id, Url.url)
    symbols = (ArticleTicker.symbol, ArticleTicker.origin, ArticleTicker.mic)
    tickers = _listed(session, ArticleTicker.article_id, ids, ArticleTicker.position, *symbols)
    revisions = _listed(session, Revision.article_id, ids, Revision.revision, *_REVISION)
    current = [row.Revision.id for row in found.values()]
    removed = _listed(session, RemovedBlock.revision_id, current, RemovedBlock.position, *_REMOVED)
    for row, outlet, revision, page in (found[id] for id in ids if id in found):
        yield ArticleRow(
            id=row.id,
            outlet=outlet.slug,
            outlet_name=outlet.name,
            canonical_url=row.canonical_url,
            headline=row.headline,
            text=row.text,
            authors=tuple(name for (name,) in authors[row.id]),
            published=_published(row),
            modified=_modified(row),
            language=Language(row.language, row.language_confidence, row.language_method, row.language_declared),
            access=_access(row),
            wire=row.wire,
            section=row.section,
            tags=tuple(tag for (tag,) in tags[row.id]),
            description=row.description,
            image_url=row.image_url,
            tickers=tuple(Ticker(*facts) for facts in tickers[row.id]),
            removed=tuple(Removed(*facts) for facts in removed[revision.id]),
            revision=row.revision,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            fetched_at=revision.created_at,
            revisions=tuple(RevisionRow(*facts) for facts in revisions[row.id]),
            gone_at=row.gone_at,
            urls=tuple(url for (url,) in urls[row.id]),
            archived=archived_of(page),
            text_hash=row.text_hash,
            bounded=row.bounded,
            machine_translation=row.machine_translation,
            reservations=tuple((row.reservations or "").split()),
        )


def line_of(row: Article, outlet: str, removed: int) -> ArticleLine:
    """An article as a line of a list."""
    return ArticleLine(
        id=row.id,
        outlet=outlet,
        headline=row.headline,
        published_at=row.published_at,
        published_precision=row.published_precision,
        language=row.language,
        canonical_url=row.canonical_url,
        chars=row.chars,
        access=row.access,
        completeness=row.completeness,
        wire=row.wire,
        removed=removed,
        first_seen_at=row.first_seen_at,
    )


def archived_of(page: Page | None) -> Archived | None:
    """Where a page's response lies; None: it is not archived."""
    if page is None or page.warc_file is None or page.warc_offset is None or page.warc_length is None:
        return None
    return Archived(page.warc_file, page.warc_offset, page.warc_length)


_REVISION = (
    Revision.revision, Revision.cause, Revision.created_at, Revision.headline, Revision.chars,
    Revision.change_ratio, Revision.correction, Revision.code_version, Revision.rules_version,
)  # fmt: skip
_REMOVED = (RemovedBlock.kind, RemovedBlock.text, RemovedBlock.rule, RemovedBlock.score, RemovedBlock.cut_at)


def _listed(
    session: Session, key: Column[Any], ids: Sequence[int], order: Column[Any], *columns: Column[Any]
) -> defaultdict[int, list[Sequence[Any]]]:
    """Rows of a list by what they belong to, in their order."""
    found: defaultdict[int, list[Sequence[Any]]] = defaultdict(list)
    for owner, *facts in session.execute(select(key, *columns).where(key.in_(ids)).order_by(key, order)):
        found[owner].append(facts)
    return found


def _access(row: Article) -> Access:
    return Access(
        observed=cast(AccessKind, row.access),
        declared=cast(AccessKind | None, row.access_declared),
        completeness=cast(Completeness, row.completeness),
        reason=row.completeness_reason,
    )


def removed_of(row: RemovedBlock) -> Removed:
    """A cut as a record."""
    return Removed(cast(RemovedKind, row.kind), row.text, row.rule, row.score, row.cut_at)


def _published(row: Article) -> Moment | None:
    stated = (row.published_precision, row.published_source, row.published_raw)
    return _moment(row.published_at, row.published_offset, *stated)


def _modified(row: Article) -> Moment | None:
    stated = (row.modified_precision, row.modified_source, row.modified_raw)
    return _moment(row.modified_at, row.modified_offset, *stated)


def _moment(at: datetime | None, offset: str | None, *stated: str | None) -> Moment | None:
    """A time as its page stated it, in the zone it was stated in."""
    precision, source, raw = stated
    if at is None or precision is None:
        return None
    if offset is not None:
        sign, hours, minutes = offset[0], int(offset[1:3]), int(offset[4:6])
        ahead = timedelta(hours=hours, minutes=minutes)
        at = at.astimezone(timezone(-ahead if sign == "-" else ahead))
    return Moment(at, cast(Precision, precision), source or "", raw or "")
