"""Articles as they are stored, with what their pages need to be read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from newscrawl import items
from newscrawl.items import Article, Page, Part, Repeated
from newscrawl.store import models
from newscrawl.store.articles import Origin
from newscrawl.store.frontier import facts_of
from newscrawl.store.known import CURRENT
from newscrawl.store.models import Fetch, Outlet, Revision, Url
from newscrawl.store.parts import StoredPart, read_body, read_parts
from newscrawl.store.reading import read_article
from newscrawl.store.records import ArticleRow
from newscrawl.store.repetition import read_repeated


@dataclass(frozen=True, slots=True)
class Stored:
    """An article as it is stored, with what its page needs to be read again."""

    row: ArticleRow
    outlet: items.Outlet
    outlet_id: int
    fetch_id: int
    url: str
    charset: str | None
    tickers: tuple[str, ...]
    more: tuple[StoredPart, ...] = ()

    @property
    def origin(self) -> Origin:
        """The fetch that its text comes from."""
        return Origin(self.fetch_id, self.row.fetched_at, self.row.id, is_reclean=True)

    @property
    def article(self) -> Article:
        """The article as it was built."""
        return self.row.article(self.url)

    def by(self, rules: Mapping[str, items.PageRules]) -> Stored:
        """The same, to be read by what its outlet's file says of pages."""
        return replace(self, outlet=replace(self.outlet, rules=rules.get(self.outlet.slug, items.PageRules())))

    def page(self, folder: Path, repeated: frozenset[Repeated]) -> Page | None:
        """Its archived page, with all further ones; None: one is not archived, or not there any more."""
        body = read_body(folder, self.row.archived)
        parts = [(one, read_body(folder, one.archived)) for one in self.more]
        more = tuple(Part(one.url, part, one.charset) for one, part in parts if part is not None)
        if body is None or len(more) < len(self.more):
            return None
        # Headers and robots.txt reserve what they did when the page came.
        kept = self.row.reservations
        return Page(self.url, body, self.outlet, self.row.fetched_at, self.charset, self.tickers, repeated, more, kept)


def read_stored(connection: Connection, article_id: int) -> Stored | None:
    """An article by its number; None: no such article."""
    query = (
        select(Outlet, Revision.fetch_id, Fetch.final_url, models.Page.charset, Url.tickers)
        .select_from(models.Article)
        .join(Outlet, Outlet.id == models.Article.outlet_id)
        .join(Revision, CURRENT)
        .join(Fetch, Fetch.id == Revision.fetch_id)
        .outerjoin(models.Page, (models.Page.fetch_id == Fetch.id) & (models.Page.part == 0))
        .outerjoin(Url, Url.id == Fetch.url_id)
        .where(models.Article.id == article_id)
    )
    with Session(connection) as session:
        row, found = read_article(session, article_id), session.execute(query).first()
        if row is None or found is None:
            return None
        outlet, fetch_id, url, charset, tickers = found
        return Stored(
            row,
            facts_of(outlet),
            outlet.id,
            fetch_id,
            url or row.canonical_url,
            charset,
            tuple((tickers or "").split()),
            read_parts(session, fetch_id),
        )


def archived_page(
    engine: Engine, article_id: int, folder: Path, rules: Mapping[str, items.PageRules] | None = None
) -> Page | None:
    """An article's page as the next reclean would read it, by the rules of outlet files; None: it is not there."""
    with engine.connect() as connection:
        stored = read_stored(connection, article_id)
        stored = stored.by(rules or {}) if stored else None
        return stored.page(folder, read_repeated(connection, stored.outlet_id)) if stored else None


def newest_pages(engine: Engine, slug: str, folder: Path, count: int) -> list[Page]:
    """The archived pages of the articles of an outlet that were stored last, at most `count`, the newest first."""
    newest = (
        select(models.Article.id)
        .join(Outlet, Outlet.id == models.Article.outlet_id)
        .where(Outlet.slug == slug)
        .order_by(models.Article.id.desc())
        .limit(count)
    )
    with engine.connect() as connection:
        stored = [read_stored(connection, article_id) for article_id in connection.scalars(newest).all()]
    pages = (one.page(folder, frozenset()) for one in stored if one is not None)
    return [page for page in pages if page is not None]
