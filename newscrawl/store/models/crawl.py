"""Tables of the crawl: who publishes, where, which URLs, what each fetch gave, and the account of every run."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, literal
from sqlalchemy.orm import Mapped, mapped_column

from newscrawl.items import OutletKind, SourceKind
from newscrawl.store.models.base import Base, RowId, one_of
from newscrawl.visits import OutcomeKind

UrlState = Literal["pending", "leased", "done", "failed"]
RunStatus = Literal["running", "ok", "error", "degraded", "failed", "interrupted", "locked", "crashed"]


class Outlet(Base):
    """Who publishes."""

    __tablename__ = "outlets"
    __table_args__ = (one_of("kind", get_args(OutletKind)), {"comment": "Who publishes, as configured"})

    id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Number of the outlet")
    slug: Mapped[str] = mapped_column(unique=True, comment="Short name that commands take")
    name: Mapped[str] = mapped_column(comment="Name for people")
    homepage: Mapped[str] = mapped_column(comment="URL of its front page; empty: none known")
    kind: Mapped[str] = mapped_column(comment="What it is: publisher, portal, wire, aggregator or blog")
    country: Mapped[str | None] = mapped_column(comment="ISO 3166-1 alpha-2, lower case")
    timezone: Mapped[str | None] = mapped_column(comment="IANA time zone of times that state none")
    languages: Mapped[str] = mapped_column(comment="BCP-47 tags, with a space between")
    domains: Mapped[str] = mapped_column(comment="Domains whose pages are its own, with a space between")
    created_at: Mapped[datetime] = mapped_column(comment="When it was first crawled, UTC")
    updated_at: Mapped[datetime] = mapped_column(comment="When a crawl last wrote these facts, UTC")


class Source(Base):
    """Where an outlet announces its articles."""

    __tablename__ = "sources"
    __table_args__ = (
        UniqueConstraint("outlet_id", "url"),
        one_of("kind", get_args(SourceKind)),
        {"comment": "Where an outlet announces its articles: feeds, sitemaps, section pages"},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Number of the source")
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), comment="Whose it is")
    kind: Mapped[str] = mapped_column(comment="rss, atom, jsonfeed, sitemap, news_sitemap or section")
    url: Mapped[str] = mapped_column(comment="URL as configured")
    link_pattern: Mapped[str | None] = mapped_column(comment="Regular expression that an article's URL matches")
    etag: Mapped[str | None] = mapped_column(comment="ETag of the last answer, for a conditional request")
    last_modified: Mapped[str | None] = mapped_column(comment="Last-Modified of the last answer, as sent")
    visited_at: Mapped[datetime | None] = mapped_column(comment="When it was last asked, UTC")
    ok_at: Mapped[datetime | None] = mapped_column(comment="When it was last read well, UTC")
    new_at: Mapped[datetime | None] = mapped_column(comment="When it last named a URL not known before, UTC")
    status: Mapped[int | None] = mapped_column(comment="HTTP status of the last answer; NULL: no answer")
    error: Mapped[str | None] = mapped_column(comment="Why it could not be read; NULL: the last visit went well")
    failures: Mapped[int] = mapped_column(comment="Visits that failed since one went well")


class ArchivePart(Base):
    """A document of an archive that was read whole."""

    __tablename__ = "archive_parts"
    __table_args__ = ({"comment": "Parts of archives that were read whole: sitemaps of an index, pages of a day"},)

    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), primary_key=True, comment="Whose it is")
    url: Mapped[str] = mapped_column(primary_key=True, comment="URL that was asked for")
    read_at: Mapped[datetime] = mapped_column(comment="When it was last read whole, UTC")
    lastmod: Mapped[datetime | None] = mapped_column(comment="When it had changed, as its index said, UTC")
    since: Mapped[datetime | None] = mapped_column(comment="Links from before were left out, UTC; NULL: none")
    left_out: Mapped[int] = mapped_column(comment="How many")
    oldest_at: Mapped[datetime | None] = mapped_column(
        comment="Announced time of the oldest link that was taken, UTC; NULL: none has one"
    )


class Url(Base):
    """The frontier: one row for each page to fetch, in whatever spelling it was found."""

    __tablename__ = "urls"
    __table_args__ = (
        one_of("state", get_args(UrlState)),
        one_of("outcome", get_args(OutcomeKind)),
        CheckConstraint("(state = 'leased') = (leased_at IS NOT NULL)", name="lease"),
        {"comment": "The frontier: one row for each URL found, before it is fetched and for ever after"},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Number of the URL")
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), comment="On whose account it was found")
    source_id: Mapped[int | None] = mapped_column(
        ForeignKey("sources.id"), comment="Where it was first found; NULL: given by hand"
    )
    url: Mapped[str] = mapped_column(comment="URL that is fetched, as first found")
    url_key: Mapped[str] = mapped_column(unique=True, comment="Hash of the URL without what says nothing of the page")
    headline: Mapped[str | None] = mapped_column(comment="Headline as the source announced it")
    published_at: Mapped[datetime | None] = mapped_column(comment="Time of publication as announced, UTC")
    language: Mapped[str | None] = mapped_column(comment="Language as announced")
    tickers: Mapped[str] = mapped_column(comment="Symbols as a news sitemap announced them, with a space between")
    state: Mapped[str] = mapped_column(
        comment="pending: to be fetched; leased: by a run; done: until revisit_at; failed: for good"
    )
    outcome: Mapped[str | None] = mapped_column(comment="What the last fetch came to; NULL: never fetched")
    reason: Mapped[str | None] = mapped_column(
        comment="Why it was rejected or failed, or how a page was found unchanged"
    )
    article_id: Mapped[int | None] = mapped_column(
        ForeignKey("articles.id"), index=True, comment="Article it led to; NULL: none"
    )
    attempts: Mapped[int] = mapped_column(comment="Fetches that failed since one went well")
    due_at: Mapped[datetime] = mapped_column(comment="Not to be fetched before, UTC")
    rank_at: Mapped[datetime] = mapped_column(comment="Newest is fetched first: announced time or found_at, UTC")
    found_at: Mapped[datetime] = mapped_column(comment="When it was first found, UTC")
    found_run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), comment="Run that found it")
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), comment="Run that last leased it")
    leased_at: Mapped[datetime | None] = mapped_column(comment="When it was leased, UTC; NULL: not leased")
    etag: Mapped[str | None] = mapped_column(comment="ETag of the last page that gave an article")
    last_modified: Mapped[str | None] = mapped_column(comment="Its Last-Modified, as sent")
    revisit_at: Mapped[datetime | None] = mapped_column(comment="Asked for again from then on, UTC; NULL: never")
    gone_at: Mapped[datetime | None] = mapped_column(comment="When its page was found gone, UTC; NULL: it is not")
    from_archive: Mapped[bool] = mapped_column(
        server_default=false(), comment="Whether archives alone have named it: only crawls of archives fetch it"
    )


# Written into the statement, not bound: a partial index serves only those who say so.
PENDING = Url.state == literal("pending", literal_execute=True)
LEASED = Url.state == literal("leased", literal_execute=True)
Index("ix_urls_outlet_id_rank_at", Url.outlet_id, Url.rank_at, sqlite_where=Url.state == "pending",
      postgresql_where=Url.state == "pending")  # fmt: skip
Index("ix_urls_outlet_id_revisit_at", Url.outlet_id, Url.revisit_at, sqlite_where=Url.revisit_at.is_not(None),
      postgresql_where=Url.revisit_at.is_not(None))  # fmt: skip
Index("ix_urls_run_id_leased", Url.run_id, sqlite_where=Url.state == "leased",
      postgresql_where=Url.state == "leased")  # fmt: skip
Index("ix_urls_found_run_id", Url.found_run_id, Url.outlet_id)


class Fetch(Base):
    """One URL in one run, from its lease to its outcome; or one visit of a source."""

    __tablename__ = "fetches"
    __table_args__ = (
        UniqueConstraint("run_id", "url_id"),
        Index(None, "run_id", "outcome"),
        one_of("outcome", get_args(OutcomeKind)),
        CheckConstraint("(url_id IS NULL) <> (source_id IS NULL)", name="target"),
        {"comment": "One URL in one run, from its lease to its outcome; or one visit of a source"},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Number of the fetch")
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), comment="Run that made it")
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), comment="On whose account it stands")
    url_id: Mapped[int | None] = mapped_column(ForeignKey("urls.id"), index=True, comment="URL; NULL: a source's visit")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"), comment="Source; NULL: a URL's")
    taken_at: Mapped[datetime] = mapped_column(comment="When the run took the URL, or asked the source, UTC")
    fetched_at: Mapped[datetime | None] = mapped_column(comment="When the answer came, UTC; NULL: the run ended first")
    final_url: Mapped[str | None] = mapped_column(comment="URL after redirects; of a sitemap's part: the part")
    status: Mapped[int | None] = mapped_column(comment="HTTP status; NULL: no answer")
    outcome: Mapped[str | None] = mapped_column(comment="What it came to; NULL: the run ended first, or a source")
    reason: Mapped[str | None] = mapped_column(
        comment="Why it was rejected or failed, or how a page was found unchanged, one word that counts"
    )
    detail: Mapped[str | None] = mapped_column(comment="The reason in detail, for a person")
    error: Mapped[str | None] = mapped_column(comment="Why a source could not be read; NULL: it was")
    elapsed_ms: Mapped[int | None] = mapped_column(comment="Time from request to answer, milliseconds")
    links: Mapped[int | None] = mapped_column(comment="Distinct URLs that a source named")
    new_links: Mapped[int | None] = mapped_column(comment="How many of them were not known before")


Index("ix_fetches_sources", Fetch.run_id, Fetch.outlet_id, Fetch.source_id, sqlite_where=Fetch.source_id.is_not(None),
      postgresql_where=Fetch.source_id.is_not(None))  # fmt: skip


class Page(Base):
    """One response, and where its bytes lie."""

    __tablename__ = "pages"
    __table_args__ = (
        CheckConstraint(
            "(warc_file IS NULL) = (warc_offset IS NULL) AND (warc_file IS NULL) = (warc_length IS NULL)", name="warc"
        ),
        UniqueConstraint("fetch_id", "part"),
        {"comment": "One response with a body, and where its bytes lie in the archive"},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Number of the page")
    fetch_id: Mapped[int] = mapped_column(ForeignKey("fetches.id"), comment="Fetch that brought it")
    part: Mapped[int] = mapped_column(
        default=0, comment="Which page of a story that stands on several; 0: the first, or the only one"
    )
    url: Mapped[str | None] = mapped_column(comment="URL of a further page; NULL: final_url of the fetch")
    content_type: Mapped[str | None] = mapped_column(comment="Content-Type as the server declared it")
    charset: Mapped[str | None] = mapped_column(comment="Charset as the server declared it")
    sha256: Mapped[str] = mapped_column(index=True, comment="SHA-256 of the body, 64 hex digits")
    bytes: Mapped[int] = mapped_column(comment="Length of the body, bytes")
    warc_file: Mapped[str | None] = mapped_column(comment="File in the archive folder; NULL: not archived")
    warc_offset: Mapped[int | None] = mapped_column(RowId, comment="Where the record begins, bytes")
    warc_length: Mapped[int | None] = mapped_column(RowId, comment="Length of the record, compressed bytes")


class Run(Base):
    """One command that crawled."""

    __tablename__ = "runs"
    __table_args__ = (one_of("status", get_args(RunStatus)), {"comment": "One command that crawled"})

    id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Number of the run")
    command: Mapped[str] = mapped_column(comment="What was called")
    host: Mapped[str] = mapped_column(comment="Machine it ran on")
    pid: Mapped[int] = mapped_column(comment="Process it ran in")
    code_version: Mapped[str] = mapped_column(comment="Version of newscrawl")
    rules_version: Mapped[str] = mapped_column(comment="Hash of the rules that cut boilerplate")
    started_at: Mapped[datetime] = mapped_column(comment="When it began, UTC")
    heartbeat_at: Mapped[datetime] = mapped_column(comment="When it last wrote something, UTC, 10 s exact")
    finished_at: Mapped[datetime | None] = mapped_column(comment="When it ended, UTC; crashed: when that was noticed")
    status: Mapped[str] = mapped_column(index=True, comment="How it ended; running: it has not, or nobody noticed yet")
    reason: Mapped[str | None] = mapped_column(comment="Why it ended")
    exit_status: Mapped[int | None] = mapped_column(comment="Exit status of the command")


class Host(Base):
    """A host that was asked, and whose turn it is."""

    __tablename__ = "hosts"
    __table_args__ = ({"comment": "Hosts that were asked: one run at a time, so that delays hold over all machines"},)

    host: Mapped[str] = mapped_column(primary_key=True, comment="Name or address, as in URLs")
    run_id: Mapped[int | None] = mapped_column(
        ForeignKey("runs.id"), index=True, comment="Run that alone may ask it; NULL: none does"
    )
    delay_s: Mapped[float] = mapped_column(
        comment="Longest time that a run left between an answer and its next request, seconds"
    )
    free_at: Mapped[datetime] = mapped_column(
        comment="Not to be asked before, UTC: the last run's delay is over then, or the pause that the host asked for"
    )


_EQUATION = "seen = stored + updated + unchanged + duplicate + rejected + failed + pending"


class RunOutlet(Base):
    """The account of one outlet in one run: every URL seen is in one of its columns."""

    __tablename__ = "run_outlets"
    __table_args__ = (
        CheckConstraint(_EQUATION, name="balance"),
        {"comment": f"The account of one outlet in one run; always {_EQUATION}"},
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True, comment="Run")
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), primary_key=True, comment="Outlet")
    discovered: Mapped[int] = mapped_column(default=0, comment="URLs that this run added to the frontier")
    known: Mapped[int] = mapped_column(default=0, comment="URLs named by sources or by hand that were there before")
    seen: Mapped[int] = mapped_column(default=0, comment="URLs that this run discovered or took up")
    stored: Mapped[int] = mapped_column(default=0, comment="URLs that gave a new article")
    updated: Mapped[int] = mapped_column(default=0, comment="URLs whose article has a new text")
    unchanged: Mapped[int] = mapped_column(
        default=0, comment="URLs whose article has the same text, or whose page is gone"
    )
    duplicate: Mapped[int] = mapped_column(default=0, comment="URLs that led to another URL's article")
    rejected: Mapped[int] = mapped_column(default=0, comment="URLs that give no article")
    failed: Mapped[int] = mapped_column(default=0, comment="URLs that a later run tries again, up to five times")
    pending: Mapped[int] = mapped_column(default=0, comment="URLs without an outcome in this run")
    chars_kept: Mapped[int] = mapped_column(RowId, default=0, comment="Characters of stored and updated articles")
    chars_removed: Mapped[int] = mapped_column(RowId, default=0, comment="Characters cut from them")
