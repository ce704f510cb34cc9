"""One text that an article has had, and the raw responses of the page that its current one comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from newscrawl.items import Removed
from newscrawl.store.known import CURRENT
from newscrawl.store.models import Article, Fetch, Page, RemovedBlock, Revision
from newscrawl.store.parts import StoredPart
from newscrawl.store.records import archived_of, removed_of


@dataclass(frozen=True, slots=True)
class RevisionText:
    """A revision with its text."""

    revision: int
    headline: str | None
    text: str
    removed: tuple[Removed, ...]


def read_revision(engine: Engine, article_id: int, number: int) -> RevisionText | None:
    """A revision of an article; None: it has none of that number."""
    text = func.coalesce(Revision.text, Article.text)
    query = select(Revision.id, Revision.headline, text).join(Article, Article.id == Revision.article_id)
    with Session(engine) as session:
        found = session.execute(query.where(Article.id == article_id, Revision.revision == number)).first()
        if found is None:
            return None
        cuts = select(RemovedBlock).where(RemovedBlock.revision_id == found[0]).order_by(RemovedBlock.position)
        return RevisionText(number, found[1], found[2], tuple(map(removed_of, session.scalars(cuts))))


def read_responses(engine: Engine, article_id: int) -> Sequence[StoredPart]:
    """The pages that an article's current text comes from, in the story's order, and where each is archived."""
    query = (
        select(Page, Fetch.final_url)
        .join(Fetch, Fetch.id == Page.fetch_id)
        .join(Revision, Revision.fetch_id == Fetch.id)
        .join(Article, CURRENT)
        .where(Article.id == article_id)
        .order_by(Page.part)
    )
    with Session(engine) as session:
        return [
            StoredPart(page.url or url or "", page.charset, archived_of(page)) for page, url in session.execute(query)
        ]
