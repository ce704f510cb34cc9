"""Rows of the store as records, with everything that is known of an article or a URL."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row

from newscrawl import items
from newscrawl.items import Access, Language, Moment, Removed, RemovedKind, Ticker
from newscrawl.store.models import Article, Page, RemovedBlock
from newscrawl.visits import Archived


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
class OriginRow:
    """What an article derives from."""

    relation: str  # wire_copy, edited_copy, rewrite, translation, press_release or cites
    source_id: int | None  # the article; None: it is not in this database
    source_outlet: str | None  # its outlet's slug
    source_name: str | None  # the agency or publication that is credited
    confidence: float  # 0 to 1
    evidence: dict[str, Any]


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
    story_id: int | None  # None: it is still to be tied
    origins: tuple[OriginRow, ...]  # what it derives from; the article that it is made from first

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
    from_archive: bool  # archives alone have named it
    fetches: tuple[FetchRow, ...]  # oldest first


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


def archived_of(page: Page | Row[Any] | None) -> Archived | None:
    """Where a page's response lies, of a row with these columns; None: it is not archived."""
    if page is None or page.warc_file is None or page.warc_offset is None or page.warc_length is None:
        return None
    return Archived(page.warc_file, page.warc_offset, page.warc_length)


def removed_of(row: RemovedBlock) -> Removed:
    """A cut as a record."""
    return Removed(cast(RemovedKind, row.kind), row.text, row.rule, row.score, row.cut_at)
