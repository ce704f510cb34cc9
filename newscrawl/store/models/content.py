"""Tables of the product: articles, their revisions, and every cut."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from newscrawl.items import AccessKind, Completeness, Precision, RemovedKind, TickerOrigin
from newscrawl.store.models.base import Base, RowId, one_of
from newscrawl.strip.labels import Verdict

Cause = Literal["first", "publisher_edit", "reclean"]
RepeatState = Literal["automatic", "accepted", "rejected"]
_EDIT = text("cause = 'publisher_edit'")


class Article(Base):
    """One story at one canonical URL of one outlet, with its current text."""

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("outlet_id", "canonical_key"),
        # What is counted over all articles lies in the index alone: it has a sixtieth of the table's bytes.
        Index("ix_articles_facts", "outlet_id", "published_at", "language", "completeness", "access", "wire", "chars"),
        Index(None, "language", "published_at"),
        Index(None, "language", "first_seen_at"),
        Index("ix_articles_bounded", "id", sqlite_where=text("bounded"), postgresql_where=text("bounded")),
        one_of("published_precision", get_args(Precision)),
        one_of("modified_precision", get_args(Precision)),
        one_of("access", get_args(AccessKind)),
        one_of("access_declared", get_args(AccessKind)),
        one_of("completeness", get_args(Completeness)),
        {"comment": "One story at one canonical URL of one outlet, with its current text"},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Number of the article")
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), comment="Who served the page, from configuration")
    canonical_url: Mapped[str] = mapped_column(comment="URL of the story, without tracking")
    canonical_key: Mapped[str] = mapped_column(comment="Hash of canonical_url; with the outlet, the article's identity")
    headline: Mapped[str | None] = mapped_column(comment="The story's title")
    text: Mapped[str] = mapped_column(comment="Body without boilerplate, one block a line")
    text_hash: Mapped[str] = mapped_column(index=True, comment="SHA-256 of text, 64 hex digits")
    chars: Mapped[int] = mapped_column(comment="Length of text, characters")
    language: Mapped[str | None] = mapped_column(comment="BCP-47 tag; NULL: cannot be told")
    language_confidence: Mapped[float | None] = mapped_column(comment="How sure, 0 to 1")
    language_method: Mapped[str] = mapped_column(comment="How it was told: script, words, langdetect, declared or none")
    language_declared: Mapped[str | None] = mapped_column(comment="Language as the page says")
    published_at: Mapped[datetime | None] = mapped_column(index=True, comment="Time of publication, UTC; never guessed")
    published_offset: Mapped[str | None] = mapped_column(comment="UTC offset as published: +09:00; NULL: only a day")
    published_precision: Mapped[str | None] = mapped_column(comment="How exact the page states it: second, minute, day")
    published_source: Mapped[str | None] = mapped_column(comment="Where the page states it: json-ld, meta, time, ...")
    published_raw: Mapped[str | None] = mapped_column(comment="As the page states it")
    modified_at: Mapped[datetime | None] = mapped_column(comment="Time of the last change that the page states, UTC")
    modified_offset: Mapped[str | None] = mapped_column(comment="UTC offset as stated: +09:00; NULL: only a day")
    modified_precision: Mapped[str | None] = mapped_column(comment="How exact the page states it: second, minute, day")
    modified_source: Mapped[str | None] = mapped_column(comment="Where the page states it")
    modified_raw: Mapped[str | None] = mapped_column(comment="As the page states it")
    access: Mapped[str] = mapped_column(comment="Who may read it, as observed")
    access_declared: Mapped[str | None] = mapped_column(comment="Who may read it, as the page declares")
    completeness: Mapped[str] = mapped_column(comment="How much of the story the page holds")
    completeness_reason: Mapped[str | None] = mapped_column(comment="Why completeness is what it is")
    wire: Mapped[str | None] = mapped_column(comment="Agency or release distributor whose copy it is")
    section: Mapped[str | None] = mapped_column(comment="Section as the page names it")
    description: Mapped[str | None] = mapped_column(comment="Summary as the page gives it")
    image_url: Mapped[str | None] = mapped_column(comment="URL of its main picture")
    revision: Mapped[int] = mapped_column(comment="Number of the current revision, from 1")
    first_seen_at: Mapped[datetime] = mapped_column(index=True, comment="When it was first fetched, UTC")
    last_seen_at: Mapped[datetime] = mapped_column(comment="When it was last fetched, by any URL, UTC")
    gone_at: Mapped[datetime | None] = mapped_column(
        comment="When the last URL that led to it was found gone, UTC; NULL: it is there"
    )
    bounded: Mapped[bool] = mapped_column(
        server_default=false(), comment="Whether more would have been cut than may be: look at it"
    )
    recleaned_with: Mapped[str | None] = mapped_column(
        comment="Hash of what the last reclean knew; NULL: none read this text"
    )
    machine_translation: Mapped[str | None] = mapped_column(
        comment="How the page says that a machine translated it; NULL: it does not"
    )
    reservations: Mapped[str | None] = mapped_column(
        comment="What its publisher reserves, words with a space between: noindex, noarchive, nosnippet, noai, "
        "noimageai (meta robots, X-Robots-Tag), tdm, tdm-policy:URL (TDM Reservation Protocol), robots:ai (robots.txt "
        "forbids it to crawlers for models); NULL: nothing was found"
    )


class Revision(Base):
    """The text of an article at one fetch."""

    __tablename__ = "article_revisions"
    __table_args__ = (
        UniqueConstraint("article_id", "revision"),
        Index("ix_article_revisions_edits", "created_at", sqlite_where=_EDIT, postgresql_where=_EDIT),
        one_of("cause", get_args(Cause)),
        {"comment": "The texts an article has had; the current one lies in articles"},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Number of the revision in the table")
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), comment="Article")
    revision: Mapped[int] = mapped_column(comment="Number within the article, from 1")
    cause: Mapped[str] = mapped_column(
        comment="first, publisher_edit, or reclean: other rules or labels over the same story"
    )
    fetch_id: Mapped[int] = mapped_column(ForeignKey("fetches.id"), index=True, comment="Fetch that brought it")
    headline: Mapped[str | None] = mapped_column(comment="Headline at that fetch")
    text: Mapped[str | None] = mapped_column(comment="Text; NULL for the current revision, whose text is articles.text")
    text_hash: Mapped[str] = mapped_column(comment="SHA-256 of the text, 64 hex digits")
    chars: Mapped[int] = mapped_column(comment="Length of the text, characters")
    change_ratio: Mapped[float | None] = mapped_column(
        comment="Share of the words that differ from the revision before, 0 to 1; NULL: the first"
    )
    correction: Mapped[str | None] = mapped_column(
        comment="Correction or clarification that the revision before had not"
    )
    code_version: Mapped[str] = mapped_column(comment="Version of newscrawl that made it")
    rules_version: Mapped[str] = mapped_column(comment="Hash of the rules that cut boilerplate")
    created_at: Mapped[datetime] = mapped_column(comment="When its page was fetched, UTC")


class RemovedBlock(Base):
    """Text that was cut, with the reason and the place."""

    __tablename__ = "removed_blocks"
    __table_args__ = (
        Index(None, "kind", "rule"),
        one_of("kind", get_args(RemovedKind)),
        {"comment": "Every cut: splicing these into the text of their revision gives the page's text back"},
    )

    revision_id: Mapped[int] = mapped_column(
        ForeignKey("article_revisions.id", ondelete="CASCADE"), primary_key=True, comment="Revision it was cut from"
    )
    position: Mapped[int] = mapped_column(primary_key=True, comment="Order within the revision, from 0")
    kind: Mapped[str] = mapped_column(comment="What it is: paywall, disclaimer, related, ...")
    rule: Mapped[str] = mapped_column(comment="Name of the rule that cut it")
    score: Mapped[float] = mapped_column(comment="How sure, 0 to 1")
    cut_at: Mapped[int] = mapped_column(comment="Where: characters from the start of the kept text, line ends counted")
    text: Mapped[str] = mapped_column(comment="What was cut; the tail of a line keeps the white space before it")


class Author(Base):
    """Who wrote an article."""

    __tablename__ = "article_authors"
    __table_args__ = ({"comment": "Who wrote an article, in the order of the byline"},)

    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, comment="Article"
    )
    position: Mapped[int] = mapped_column(primary_key=True, comment="Order in the byline, from 0")
    name: Mapped[str] = mapped_column(index=True, comment="Name as written")


class Tag(Base):
    """A keyword of an article."""

    __tablename__ = "article_tags"
    __table_args__ = ({"comment": "Keywords of an article, as the page names them"},)

    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, comment="Article"
    )
    position: Mapped[int] = mapped_column(primary_key=True, comment="Order on the page, from 0")
    tag: Mapped[str] = mapped_column(index=True, comment="Keyword as written")


class ArticleTicker(Base):
    """A traded symbol, and where it stood."""

    __tablename__ = "article_tickers"
    __table_args__ = (
        one_of("origin", get_args(TickerOrigin)),
        {"comment": "Traded symbols of an article; mentioned is not the same as displayed beside it"},
    )

    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, comment="Article"
    )
    position: Mapped[int] = mapped_column(primary_key=True, comment="Order in the article, from 0")
    symbol: Mapped[str] = mapped_column(index=True, comment="Symbol without its exchange")
    mic: Mapped[str | None] = mapped_column(comment="ISO 10383 code of the exchange; NULL: not told")
    origin: Mapped[str] = mapped_column(comment="Where it stood: body, headline, structured or widget")


class RepeatedBlock(Base):
    """How many articles of an outlet carry a short block."""

    __tablename__ = "repeated_blocks"
    __table_args__ = (
        one_of("state", get_args(RepeatState)),
        {
            "comment": "In how many articles of an outlet a short block stands, kept or removed",
            "sqlite_with_rowid": False,
        },
    )

    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), primary_key=True, comment="Outlet")
    block_key: Mapped[str] = mapped_column(primary_key=True, comment="Hash of the block, case and digits folded")
    articles: Mapped[int] = mapped_column(comment="Distinct articles that carried it in any revision")
    text: Mapped[str | None] = mapped_column(comment="The block as last seen; NULL while one article alone has it")
    recent: Mapped[int | None] = mapped_column(comment="Of the outlet's newest 1,000 articles, those that carry it")
    closing: Mapped[int | None] = mapped_column(comment="Of these, those that it closes")
    share: Mapped[float | None] = mapped_column(comment="recent as a share of the articles looked at, 0 to 1")
    state: Mapped[str | None] = mapped_column(
        comment="automatic: learnt, and cut below the story; accepted: cut; rejected: kept; NULL: undecided"
    )


class BlockLabel(Base):
    """What a person said of a block of an article."""

    __tablename__ = "block_labels"
    __table_args__ = (
        one_of("label", get_args(Verdict)),
        one_of("kind", get_args(RemovedKind)),
        {"comment": "What persons said of blocks of articles; it goes before any rule"},
    )

    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, comment="Article"
    )
    block_key: Mapped[str] = mapped_column(primary_key=True, comment="Hash of the block, case and digits folded")
    text: Mapped[str] = mapped_column(comment="The block, or the tail of one")
    label: Mapped[str] = mapped_column(comment="body or boilerplate")
    kind: Mapped[str | None] = mapped_column(comment="Kind of boilerplate; NULL: body")
    labelled_at: Mapped[datetime] = mapped_column(comment="When it was said, UTC")
