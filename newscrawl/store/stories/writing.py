"""What a step came to, as rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, bindparam, case, delete, distinct, func, insert, select, update
from sqlalchemy.orm import aliased

from newscrawl.dedup.origins import DERIVED, Origin, credited
from newscrawl.dedup.window import HOUR_S
from newscrawl.store.frontier import upsert
from newscrawl.store.models import Article, ArticleOrigin, StoryArticle, StoryRow
from newscrawl.store.stories.window import StoredWindow, among

_MOVED = update(StoryArticle).where(StoryArticle.place == bindparam("own"))
_COUNTED = ("first_article_id", "first_at", "last_at", "articles", "outlets", "languages", "independent")


def write_stories(connection: Connection, window: StoredWindow, arrived: Mapping[int, int]) -> None:
    """Write the stories that a step made or changed.

    Args:
        connection: In a transaction.
        window: The step's.
        arrived: Places of the articles that came, those alone that are the last of their article, and its number.
    """
    ids = list(arrived.values())
    connection.execute(delete(StoryArticle).where(among(connection, StoryArticle.article_id, ids)))
    connection.execute(delete(ArticleOrigin).where(among(connection, ArticleOrigin.article_id, ids)))
    changed = _changed(window, arrived)
    _make(connection, window, changed, arrived)
    if arrived:
        rows = [
            {
                "article_id": id,
                "story_id": window.stories[place].id,
                "place": place,
                "at": _time(window.articles[place].at),
            }
            for place, id in arrived.items()
        ]
        connection.execute(insert(StoryArticle), rows)
    moved = [
        {"own": place, "story_id": window.stories[place].id}
        for place, story_id in window.stored.items()
        if place in window.stories and window.stories[place].id != story_id
    ]
    if moved:
        connection.execute(_MOVED, moved)
    _write_origins(connection, window, arrived)
    recount(connection, changed)


def recount(connection: Connection, ids: Iterable[int]) -> None:
    """Count anew who tells stories; one that nobody tells goes."""
    wanted = sorted(ids)
    counted = {row["id"]: row for row in _counts(connection, wanted)}
    if gone := [id for id in wanted if id not in counted]:
        connection.execute(delete(StoryRow).where(among(connection, StoryRow.id, gone)))
    if counted:
        rows = [{"own": id} | {name: row[name] for name in _COUNTED} for id, row in counted.items()]
        connection.execute(update(StoryRow).where(StoryRow.id == bindparam("own")), rows)


def _changed(window: StoredWindow, arrived: Iterable[int]) -> set[int]:
    """Numbers of the stories that have other articles, or know more of them, than before."""
    changed = {window.stories[place].id for place in arrived}
    for place, story_id in window.stored.items():
        now = window.stories.get(place)
        if now is None or now.id != story_id:
            changed |= {story_id} if now is None else {story_id, now.id}
    return changed


def _make(connection: Connection, window: StoredWindow, changed: set[int], arrived: Mapping[int, int]) -> None:
    """Insert the stories that are new; those of one article need not be counted."""
    known = set(window.stored.values())
    found = {story.id: story for story in (window.stories[place] for place in arrived) if story.id not in known}
    rows = []
    for story in found.values():
        at, place = story.members[0]
        row = {"id": story.id, "first_article_id": window.article_ids[place], "first_at": _time(at), "articles": 1}
        languages = 1 if window.articles[place].language else 0
        rows.append(row | {"last_at": _time(at), "outlets": 1, "languages": languages, "independent": 1})
        if len(story.members) == 1:
            changed.discard(story.id)
    if rows:
        connection.execute(insert(StoryRow), rows)


def _write_origins(connection: Connection, window: StoredWindow, arrived: Mapping[int, int]) -> None:
    rows = [
        _row(window, window.article_ids[place], 0, origin)
        for place, origin in window.origins.items()
        if origin.source is not None  # else it is as stored
    ]
    for place, article_id in arrived.items():
        for position, origin in enumerate(credited(window.articles[place]), 1):
            rows.append(_row(window, article_id, position, origin))
    if rows:
        statement = upsert(connection, ArticleOrigin)
        names = ("relation", "source_id", "source_name", "confidence", "evidence")
        changed = {name: statement.excluded[name] for name in names}
        keys = ["article_id", "position"]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def _row(window: StoredWindow, article_id: int, position: int, origin: Origin) -> dict[str, object]:
    return {
        "article_id": article_id,
        "position": position,
        "relation": origin.relation,
        "source_id": None if origin.source is None else window.article_ids[origin.source],
        "source_name": origin.name,
        "confidence": round(origin.confidence, 3),
        "evidence": json.dumps(origin.evidence, ensure_ascii=False),
    }


def _counts(connection: Connection, ids: Sequence[int]) -> Sequence[RowMapping]:
    first = aliased(StoryArticle)
    earliest = select(first.article_id).where(first.story_id == StoryArticle.story_id).order_by(first.at, first.place)
    is_own = case((ArticleOrigin.relation.in_(DERIVED), 0), else_=1)
    own = func.sum(is_own)
    query = (
        select(
            StoryArticle.story_id.label("id"),
            earliest.limit(1).correlate(StoryArticle).scalar_subquery().label("first_article_id"),
            func.min(StoryArticle.at).label("first_at"),
            func.max(StoryArticle.at).label("last_at"),
            func.count().label("articles"),
            func.count(distinct(Article.outlet_id)).label("outlets"),
            func.count(distinct(Article.language)).label("languages"),
            case((own < 1, 1), else_=own).label("independent"),
        )
        .join(Article, Article.id == StoryArticle.article_id)
        .outerjoin(ArticleOrigin, (ArticleOrigin.article_id == Article.id) & (ArticleOrigin.position == 0))
        .where(among(connection, StoryArticle.story_id, ids))
        .group_by(StoryArticle.story_id)
    )
    return connection.execute(query).mappings().all()


def _time(hours: float) -> datetime:
    return datetime.fromtimestamp(round(hours * HOUR_S), UTC)
