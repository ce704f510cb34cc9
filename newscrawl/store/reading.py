"""Articles with everything that is known of them, read many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, cast

from sqlalchemy import Row, select
from sqlalchemy.orm import InstrumentedAttribute as Column
from sqlalchemy.orm import Session

from newscrawl.items import Access, AccessKind, Completeness, Language, Moment, Precision, Removed, Ticker
from newscrawl.store.known import CURRENT
from newscrawl.store.models import (
    Article,
    ArticleTicker,
    Author,
    Outlet,
    Page,
    RemovedBlock,
    Revision,
    StoryArticle,
    Tag,
    Url,
)
from newscrawl.store.records import ArticleRow, RevisionRow, archived_of
from newscrawl.store.stories.reading import origins_of

# Columns, and no entities, which cost twice the time; types and names are those of the tables.
_WITH_REVISION = (
    select(
        Article.__table__,
        Outlet.slug.label("outlet"),
        Outlet.name.label("outlet_name"),
        Revision.id.label("revision_id"),
        Revision.created_at.label("fetched_at"),
        Page.warc_file,
        Page.warc_offset,
        Page.warc_length,
        StoryArticle.story_id,
    )
    .select_from(Article)
    .join(Outlet, Outlet.id == Article.outlet_id)
    .join(Revision, CURRENT)
    .outerjoin(Page, (Page.fetch_id == Revision.fetch_id) & (Page.part == 0))
    .outerjoin(StoryArticle, StoryArticle.article_id == Article.id)
)


def read_article(session: Session, article_id: int) -> ArticleRow | None:
    """An article by its number; None: no such article."""
    return next(read_articles(session, [article_id]), None)


def read_articles(
    session: Session, ids: Sequence[int], *, cuts: bool = True, history: bool = True
) -> Iterator[ArticleRow]:
    """Articles by their numbers, in that order, with as many queries as for one; those not there are left out.

    Args:
        session: On the store.
        ids: Numbers, a few hundred.
        cuts: Read what was removed, too; else that is empty.
        history: Read the revisions, the URLs that led to them and their origins, too; else these are empty.
    """
    found = {row.id: row for row in session.execute(_WITH_REVISION.where(Article.id.in_(ids)))}
    authors = _listed(session, Author.article_id, ids, Author.position, Author.name)
    tags = _listed(session, Tag.article_id, ids, Tag.position, Tag.tag)
    past = ids if history else ()
    urls = _listed(session, Url.article_id, past, Url.id, Url.url)
    symbols = (ArticleTicker.symbol, ArticleTicker.origin, ArticleTicker.mic)
    tickers = _listed(session, ArticleTicker.article_id, ids, ArticleTicker.position, *symbols)
    revisions = _listed(session, Revision.article_id, past, Revision.revision, *_REVISION)
    current = [row.revision_id for row in found.values()] if cuts else ()
    removed = _listed(session, RemovedBlock.revision_id, current, RemovedBlock.position, *_REMOVED)
    origins = origins_of(session, past) if past else {}
    for row in (found[id] for id in ids if id in found):
        yield _article(
            row,
            authors=tuple(name for (name,) in authors[row.id]),
            tags=tuple(tag for (tag,) in tags[row.id]),
            urls=tuple(url for (url,) in urls[row.id]),
            tickers=tuple(Ticker(*facts) for facts in tickers[row.id]),
            revisions=tuple(RevisionRow(*facts) for facts in revisions[row.id]),
            origins=origins.get(row.id, ()),
            removed=tuple(Removed(*facts) for facts in removed[row.revision_id]),
        )


def _article(row: Row[Any], **lists: Any) -> ArticleRow:
    """The article of a row; its lists are fields of the record."""
    return ArticleRow(
        id=row.id,
        outlet=row.outlet,
        outlet_name=row.outlet_name,
        canonical_url=row.canonical_url,
        headline=row.headline,
        text=row.text,
        published=_published(row),
        modified=_modified(row),
        language=Language(row.language, row.language_confidence, row.language_method, row.language_declared),
        access=_access(row),
        wire=row.wire,
        section=row.section,
        description=row.description,
        image_url=row.image_url,
        revision=row.revision,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        fetched_at=row.fetched_at,
        gone_at=row.gone_at,
        archived=archived_of(row),
        text_hash=row.text_hash,
        bounded=row.bounded,
        machine_translation=row.machine_translation,
        reservations=tuple((row.reservations or "").split()),
        story_id=row.story_id,
        **lists,
    )


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
    if not ids:
        return found
    for owner, *facts in session.execute(select(key, *columns).where(key.in_(ids)).order_by(key, order)):
        found[owner].append(facts)
    return found


def _access(row: Row[Any]) -> Access:
    return Access(
        observed=cast(AccessKind, row.access),
        declared=cast(AccessKind | None, row.access_declared),
        completeness=cast(Completeness, row.completeness),
        reason=row.completeness_reason,
    )


def _published(row: Row[Any]) -> Moment | None:
    stated = (row.published_precision, row.published_source, row.published_raw)
    return _moment(row.published_at, row.published_offset, *stated)


def _modified(row: Row[Any]) -> Moment | None:
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
