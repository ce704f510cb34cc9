"""What a crawl does, as records: frozen, picklable, standard library only.

The way of the data: `Link` (found in a source) -> `Lease` (due, and ours to fetch) -> `Visit` (one fetch of it, with
its `Page`) -> `Article` or `Rejection` -> `Outcome` (what the store made of it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from newscrawl.items import Article, Page, Part, Rejection

OutcomeKind = Literal["stored", "updated", "unchanged", "duplicate", "rejected", "failed"]


@dataclass(frozen=True, slots=True)
class ArchivePart:
    """A document of an archive that was read whole: a sitemap of an index, or the page of a day."""

    url: str
    read_at: datetime  # aware, UTC
    lastmod: datetime | None = None  # when it last changed, as its index said
    since: datetime | None = None  # links from before were left out
    left_out: int = 0  # those links
    oldest_at: datetime | None = None  # announced time of the oldest link that was taken


@dataclass(frozen=True, slots=True)
class Link:
    """An article URL found in a source, with what the source said of it."""

    url: str
    headline: str | None = None
    published_at: datetime | None = None  # aware
    language: str | None = None
    tickers: tuple[str, ...] = ()  # as written in a news sitemap: `NASDAQ:AAPL`

    @property
    def published_utc(self) -> datetime | None:
        """The announced time, if it is one: a source's nonsense must not take its other links along."""
        if self.published_at is None or self.published_at.tzinfo is None:
            return None
        try:
            return self.published_at.astimezone(UTC)
        except OverflowError:
            return None


@dataclass(frozen=True, slots=True)
class Lease:
    """A due row of the frontier that this run may fetch."""

    url_id: int
    url: str
    outlet: str  # slug
    attempts: int = 0
    tickers: tuple[str, ...] = ()
    etag: str | None = None  # of a page that is asked for again: validators of its last answer
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Archived:
    """Where a raw response lies."""

    file: str  # relative to the archive folder
    offset: int  # bytes
    length: int  # bytes, compressed


@dataclass(frozen=True, slots=True)
class Digest:
    """What the store keeps of a body."""

    sha256: str  # hex
    bytes: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One fetch of one leased URL: what was asked, what came, and what it came to."""

    lease: Lease
    fetched_at: datetime  # aware, UTC
    final_url: str
    status: int | None = None  # HTTP status; None: no answer
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # lower-case names
    elapsed_ms: int | None = None
    page: Page | None = None
    archived: Archived | None = None
    result: Article | Rejection | None = None
    retry_after_s: float | None = None  # what the server asked for, where the visit failed
    more: tuple[Visit, ...] = ()  # of the story's further pages, each with its page
    digest: Digest | None = None  # of the page's body, where that was let go

    def followed_by(self, more: tuple[Visit, ...]) -> Visit:
        """The visit of a first page, with those of the pages that its story goes on in."""
        if self.page is None:
            return self
        parts = tuple(Part(one.page.url, one.page.body, one.page.charset) for one in more if one.page is not None)
        return replace(self, page=replace(self.page, more=parts), more=more)


@dataclass(frozen=True, slots=True)
class SourceVisit:
    """One fetch of a source, or of a sitemap that a source led to."""

    outlet: str  # slug
    source_url: str  # as configured
    fetched_at: datetime  # aware, UTC
    final_url: str
    status: int | None = None
    links: tuple[Link, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    error: str | None = None  # None: read well; else what a person should know
    from_archive: bool = False  # the links are for walks of archives alone
    part: ArchivePart | None = None  # of an archive, where it was read whole


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a URL in this run."""

    kind: OutcomeKind
    reason: str | None = None
    article_id: int | None = None
