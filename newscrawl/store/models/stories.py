"""Tables of the stories: which articles tell one, what each derives from, and what tying the next ones needs."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from newscrawl.items import Relation
from newscrawl.store.models.base import Base, RowId, one_of

_SHARED = text("articles > 1")


class StoryRow(Base):
    """Articles that tell one event."""

    __tablename__ = "stories"
    __table_args__ = (
        Index("ix_stories_shared", "last_at", sqlite_where=_SHARED, postgresql_where=_SHARED),
        {"comment": "Stories: articles of any outlet and language that tell one event; an article alone is one, too"},
    )

    id: Mapped[int] = mapped_column(
        RowId, primary_key=True, autoincrement=False, comment="Number of the story: the place of who founded it"
    )
    first_article_id: Mapped[int | None] = mapped_column(
        ForeignKey("articles.id", ondelete="SET NULL"), index=True, comment="Article that was published first"
    )
    first_at: Mapped[datetime] = mapped_column(comment="When it was first published, else first seen, UTC")
    last_at: Mapped[datetime] = mapped_column(comment="When it was last published, else first seen, UTC")
    articles: Mapped[int] = mapped_column(comment="Articles that tell it")
    outlets: Mapped[int] = mapped_column(comment="Outlets that tell it")
    languages: Mapped[int] = mapped_column(comment="Languages in which it is told")
    independent: Mapped[int] = mapped_column(
        comment="Independent sources: articles that are no copy and no translation of another; a wire's copies are one"
    )


class StoryArticle(Base):
    """That an article tells a story."""

    __tablename__ = "story_articles"
    __table_args__ = ({"comment": "Which articles tell a story"},)

    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, comment="Article"
    )
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), index=True, comment="Story")
    place: Mapped[int] = mapped_column(RowId, unique=True, comment="Its place in the order in which articles were tied")
    at: Mapped[datetime] = mapped_column(comment="When it was published, else first seen, as known when tied, UTC")


class ArticleOrigin(Base):
    """What an article derives from."""

    __tablename__ = "article_origins"
    __table_args__ = (
        one_of("relation", get_args(Relation)),
        {"comment": "What an article derives from, with the evidence"},
    )

    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, comment="Article"
    )
    position: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="0: the article it is made from; from 1: whom it credits"
    )
    relation: Mapped[str] = mapped_column(
        comment="wire_copy: the whole text; edited_copy: most of it; rewrite: in other words, with credit; "
        "translation; press_release: a release distributor's; cites: names it as its source"
    )
    source_id: Mapped[int | None] = mapped_column(
        ForeignKey("articles.id", ondelete="SET NULL"), index=True, comment="The article; NULL: it is not here"
    )
    source_name: Mapped[str | None] = mapped_column(comment="The agency or publication that is credited")
    confidence: Mapped[float] = mapped_column(comment="How sure, 0 to 1")
    evidence: Mapped[str] = mapped_column(
        comment="JSON: words (the credit as it stands), credit (agency of both), shared_runs, shared_numbers, "
        "shared_sentences (shares, 0 to 1), languages, notice (of a machine translation)"
    )


class StoryQueue(Base):
    """An article that is to be tied."""

    __tablename__ = "story_queue"
    __table_args__ = ({"comment": "Articles that are to be tied to stories: new ones, and those with a new text"},)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Order")
    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), index=True, comment="Article"
    )


class StoryTie(Base):
    """That an article came to be tied."""

    __tablename__ = "story_ties"
    __table_args__ = (
        {"comment": "In which order articles were tied, and by which text: newscrawl stories rebuild goes by it"},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False, comment="Place in the order, from 1")
    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), index=True, comment="Article"
    )
    revision: Mapped[int] = mapped_column(comment="Revision whose text was read")
    at: Mapped[datetime] = mapped_column(comment="When it was published, else first seen, UTC")
    language: Mapped[str | None] = mapped_column(comment="BCP-47 tag then")
    wire: Mapped[str | None] = mapped_column(comment="Agency whose copy it was then")
    machine_translation: Mapped[str | None] = mapped_column(comment="How the page said that a machine translated it")


class StoryEvidence(Base):
    """What is compared of an article."""

    __tablename__ = "story_evidence"
    __table_args__ = ({"comment": "What is compared of the articles of the last days: a working table"},)

    place: Mapped[int] = mapped_column(
        ForeignKey("story_ties.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, comment="Of story_ties"
    )
    epoch: Mapped[int] = mapped_column(index=True, comment="Number of its six days since 1970")
    packed: Mapped[bytes] = mapped_column(LargeBinary, comment="Its words, names and numbers, weighed")


class StoryPosting(Base):
    """Articles with a rare word."""

    __tablename__ = "story_postings"
    __table_args__ = ({"comment": "In which articles of the last days rare words stand: a working table"},)

    term: Mapped[int] = mapped_column(
        RowId, primary_key=True, autoincrement=False, comment="Epoch and hash of a word, name or number"
    )
    newest: Mapped[int] = mapped_column(RowId, comment="The last of the places")
    places: Mapped[bytes] = mapped_column(LargeBinary, comment="The latest articles with it: places, and seconds")


class StoryState(Base):
    """How far tying has come."""

    __tablename__ = "story_state"
    __table_args__ = ({"comment": "How far tying has come, and how frequent words are: one row, a working table"},)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False, comment="1")
    done: Mapped[int] = mapped_column(RowId, comment="Last place of story_ties that is tied")
    newest: Mapped[int] = mapped_column(comment="Epoch of the latest article")
    articles: Mapped[str] = mapped_column(comment="JSON: how many articles are counted, by kind of word")
    counts: Mapped[bytes] = mapped_column(LargeBinary, comment="In how many articles words stand, by a hash")


WORKING = frozenset({"story_queue", "story_ties", "story_evidence", "story_postings", "story_state"})
"""Tables that are for tying alone."""
