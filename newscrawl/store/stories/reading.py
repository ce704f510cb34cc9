"""Stories for whoever reads: lists, one story's timeline, and what an article derives from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.orm import Session, aliased

from newscrawl.store.filters import Filter, conditions
from newscrawl.store.models import Article, ArticleOrigin, Outlet, StoryArticle, StoryRow
from newscrawl.store.records import OriginRow
from newscrawl.store.stories.window import among


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story in a list."""

    id: int
    headline: str | None  # of the article that was first
    first_article_id: int | None
    first_outlet: str | None  # slug
    first_at: datetime
    last_at: datetime
    articles: int
    outlets: int
    languages: int
    independent: int  # sources: copies and translations are none of their own


@dataclass(frozen=True, slots=True)
class Telling:
    """An article of a story."""

    id: int
    outlet: str  # slug
    headline: str | None
    language: str | None
    at: datetime  # published, else first seen
    wire: str | None
    chars: int
    url: str
    origins: tuple[OriginRow, ...]


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """A story with its articles, the first one first."""

    story: StoryLine
    articles: tuple[Telling, ...]


_LINES = (
    select(
        StoryRow.id, Article.headline, StoryRow.first_article_id, Outlet.slug.label("first_outlet"), StoryRow.first_at,
        StoryRow.last_at, StoryRow.articles, StoryRow.outlets, StoryRow.languages, StoryRow.independent,
    )
    .outerjoin(Article, Article.id == StoryRow.first_article_id)
    .outerjoin(Outlet, Outlet.id == Article.outlet_id)
)  # fmt: skip


def list_stories(
    engine: Engine, wanted: Filter, *, limit: int = 20, min_independent: int = 1, alone: bool = False
) -> list[StoryLine]:
    """Stories, the one told last first.

    Args:
        engine: The store.
        wanted: Stories that an article of these outlets, with these tickers, tells; of them those told since then.
        limit: How many at most.
        min_independent: Independent sources at least.
        alone: Those too that one article tells.
    """
    query = _LINES.order_by(StoryRow.last_at.desc(), StoryRow.id.desc()).limit(limit)
    query = query.where(*([] if alone else [StoryRow.articles > 1]), StoryRow.independent >= min_independent)
    if wanted.since:
        query = query.where(StoryRow.last_at >= wanted.since)
    if wanted.until:
        query = query.where(StoryRow.first_at < wanted.until)
    for condition in _told(wanted):
        query = query.where(condition)
    with engine.connect() as connection:
        return [StoryLine(**row) for row in connection.execute(query).mappings()]


def _told(wanted: Filter) -> list[ColumnElement[bool]]:
    """Whether an article of a story is one of those wanted, whenever it was published."""
    found = conditions(Filter(outlets=wanted.outlets, languages=wanted.languages, tickers=wanted.tickers))
    if not found:
        return []
    telling = select(StoryArticle.story_id).join(Article, Article.id == StoryArticle.article_id)
    return [telling.where(StoryArticle.story_id == StoryRow.id, condition).exists() for condition in found]


def read_story(engine: Engine, story_id: int) -> StoryRecord | None:
    """A story by its number; None: there is none."""
    with Session(engine) as session:
        line = session.execute(_LINES.where(StoryRow.id == story_id)).mappings().first()
        if line is None:
            return None
        facts = (Article.id, Outlet.slug, Article.headline, Article.language, StoryArticle.at, Article.wire)
        query = (
            select(*facts, Article.chars, Article.canonical_url)
            .select_from(StoryArticle)
            .join(Article, Article.id == StoryArticle.article_id)
            .join(Outlet, Outlet.id == Article.outlet_id)
            .where(StoryArticle.story_id == story_id)
            .order_by(StoryArticle.at, StoryArticle.place)
        )
        rows = session.execute(query).all()
        origins = origins_of(session, [row.id for row in rows])
    return StoryRecord(StoryLine(**line), tuple(Telling(*row, origins=origins.get(row.id, ())) for row in rows))


def origins_of(session: Session, ids: Sequence[int]) -> dict[int, tuple[OriginRow, ...]]:
    """By article, what it derives from; the article that it is made from stands first."""
    source = aliased(Article)
    query = (
        select(ArticleOrigin, Outlet.slug)
        .outerjoin(source, source.id == ArticleOrigin.source_id)
        .outerjoin(Outlet, Outlet.id == source.outlet_id)
        .order_by(ArticleOrigin.article_id, ArticleOrigin.position)
    )
    found: dict[int, tuple[OriginRow, ...]] = {}
    for row, slug in session.execute(query.where(among(session.connection(), ArticleOrigin.article_id, ids))):
        facts = (row.relation, row.source_id, slug, row.source_name, row.confidence, json.loads(row.evidence))
        found[row.article_id] = (*found.get(row.article_id, ()), OriginRow(*facts))
    return found
