"""Articles that a query finds, best or newest first, with the part of each that shows why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Join,
    Select,
    cast,
    column,
    func,
    literal_column,
    null,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from newscrawl.fulltext.query import Query, QueryError, fts5_match, parse_query, tsquery
from newscrawl.fulltext.snippets import Span, find_marks, make_snippet
from newscrawl.store.filters import ALL, Filter, check, conditions
from newscrawl.store.models import Article, Outlet

__all__ = ["Hit", "Order", "QueryError", "search"]

RANKED = 10_000
"""Articles that are weighed at most, those stored last: a common word stands in a million."""

HEADLINE_WEIGHT = 10.0
"""Times that a word in the headline counts more than one in the text; PostgreSQL has the same between A and D."""

_FTS5 = table("article_words", column("article_words"), column("rowid"))
_VECTORS = table("article_words", column("article_id"), column("words"), column("is_whole"))
_DATE = func.coalesce(Article.published_at, Article.first_seen_at)

Order = Literal["relevance", "date"]


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found."""

    id: int
    outlet: str  # slug
    headline: str | None
    headline_marks: tuple[Span, ...]  # where the words stand in it: characters, from and to
    snippet: str  # part of the text, on one line
    marks: tuple[Span, ...]  # in the snippet
    canonical_url: str
    published_at: datetime | None
    published_precision: str | None
    first_seen_at: datetime
    language: str | None
    wire: str | None
    access: str
    chars: int
    score: float | None  # of this database and this query, the more the better; None: by date


def search(
    engine: Engine, query: str, wanted: Filter = ALL, *, limit: int = 20, order: Order = "relevance"
) -> list[Hit]:
    """Find articles by the words of their headlines and texts.

    Args:
        engine: The store.
        query: As `newscrawl search` takes it.
        wanted: Which articles are looked at.
        limit: How many at most.
        order: By how well they fit, of the 10,000 that were stored last; or by date, newest first.

    Raises:
        QueryError: The query cannot be understood.
        FilterError: The filter names an outlet or a run that there is not.
    """
    parsed = parse_query(query)
    with engine.connect() as connection:
        check(connection, wanted)
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            # A scan of the table has to unpack every vector, which the planner does not count: four times as slow.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        statement = (_in_sqlite if is_sqlite else _in_postgresql)(parsed, conditions(wanted), order)
        found = {row.id: row.score for row in connection.execute(statement.limit(limit))}
        return _hits(connection, parsed, found)


class _CrossJoin(Join):
    """A join that SQLite does as it stands: after ANALYZE of a small store, it would ask the index for each article."""

    inherit_cache = True


@compiles(_CrossJoin)
def _compile_cross_join(join: _CrossJoin, compiler: SQLCompiler, **options: Any) -> str:
    inner: str = compiler.visit_join(join, **options)  # type: ignore[no-untyped-call]
    return inner.replace(" JOIN ", " CROSS JOIN ", 1)


def _in_sqlite(query: Query, filters: Sequence[ColumnElement[bool]], order: Order) -> Select[tuple[int, float | None]]:
    articles = _CrossJoin(_FTS5, Article.__table__, Article.id == _FTS5.c.rowid)
    matches = _FTS5.c.article_words.op("MATCH")(fts5_match(query))
    if order == "date":
        return _by_date(select(_FTS5.c.rowid.label("id")).select_from(articles).where(matches, *filters))
    score = -func.bm25(literal_column("article_words"), HEADLINE_WEIGHT, 1.0)
    newest = select(_FTS5.c.rowid.label("id"), score.label("score")).select_from(articles).where(matches, *filters)
    ranked = newest.order_by(_FTS5.c.rowid.desc()).limit(RANKED).subquery()
    return select(ranked.c.id, ranked.c.score).order_by(ranked.c.score.desc(), ranked.c.id.desc())


def _in_postgresql(
    query: Query, filters: Sequence[ColumnElement[bool]], order: Order
) -> Select[tuple[int, float | None]]:
    """Where not all places of all words are known, the words of a phrase are enough."""
    exact, rough = tsquery(query), tsquery(query, is_strict=False)
    loose = cast(rough, TSQUERY)
    articles = _VECTORS.join(Article, Article.id == _VECTORS.c.article_id)
    matches = _VECTORS.c.words.bool_op("@@")
    fits: list[ColumnElement[bool]] = [matches(loose)]
    if exact != rough:  # without a phrase, the index knows, and no vector is read
        fits.append(or_(~_VECTORS.c.is_whole, matches(cast(exact, TSQUERY))))
    if order == "date":
        return _by_date(select(_VECTORS.c.article_id.label("id")).select_from(articles).where(*fits, *filters))
    newest = select(_VECTORS.c.article_id.label("id"), _VECTORS.c.words).select_from(articles).where(*fits, *filters)
    ranked = newest.order_by(_VECTORS.c.article_id.desc()).limit(RANKED).subquery()
    score = func.ts_rank_cd(ranked.c.words, loose, 1)
    return select(ranked.c.id, score.label("score")).order_by(score.desc(), ranked.c.id.desc())


def _by_date(matching: Select[tuple[int]]) -> Select[tuple[int, float | None]]:
    newest_first = matching.order_by(_DATE.desc(), Article.id.desc())
    return newest_first.add_columns(null().label("score"))


def _hits(connection: Connection, query: Query, found: Mapping[int, float | None]) -> list[Hit]:
    """The articles found, in their order."""
    rows = select(Article, Outlet.slug).join(Outlet, Outlet.id == Article.outlet_id).where(Article.id.in_(found))
    with Session(connection) as session:
        articles = {article.id: (article, slug) for article, slug in session.execute(rows)}
        return [_hit(query, *articles[id], score) for id, score in found.items() if id in articles]


def _hit(query: Query, article: Article, outlet: str, score: float | None) -> Hit:
    snippet = make_snippet(query, article.text)
    return Hit(
        id=article.id,
        outlet=outlet,
        headline=article.headline,
        headline_marks=find_marks(query, article.headline or ""),
        snippet=snippet.text,
        marks=snippet.marks,
        canonical_url=article.canonical_url,
        published_at=article.published_at,
        published_precision=article.published_precision,
        first_seen_at=article.first_seen_at,
        language=article.language,
        wire=article.wire,
        access=article.access,
        chars=article.chars,
        score=score,
    )
