"""The index of words, kept beside the articles: FTS5 in SQLite, a tsvector with a GIN index in PostgreSQL.

It is written in the transaction that writes the article. Where an article is deleted, the database itself takes its
words out: SQLite by a trigger, PostgreSQL by the foreign key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

from sqlalchemy import Connection, select, text, update

from newscrawl.fulltext.vectors import tsvector
from newscrawl.fulltext.words import words
from newscrawl.store.models import Article
from newscrawl.store.models.base import clean
from newscrawl.store.stories.queue import queue_articles

_SQLITE = text("INSERT OR REPLACE INTO article_words (rowid, headline, text) VALUES (:id, :headline, :text)")
_POSTGRESQL = text(
    "INSERT INTO article_words (article_id, words, is_whole) VALUES (:id, CAST(:words AS tsvector), :is_whole) "
    "ON CONFLICT (article_id) DO UPDATE SET words = excluded.words, is_whole = excluded.is_whole"
)


class Indexed(NamedTuple):
    """What of an article is searched."""

    id: int
    headline: str | None
    text: str

    @classmethod
    def of(cls, row: Mapping[str, object]) -> Indexed:
        """Of a row of the table of articles."""
        return cls(cast(int, row["id"]), cast(str | None, row["headline"]), cast(str, row["text"]))


def index_articles(connection: Connection, articles: Iterable[Indexed]) -> None:
    """Write the words of articles, in place of those that are there."""
    is_sqlite = connection.dialect.name == "sqlite"
    rows = [_fts5_row(one) if is_sqlite else _tsvector_row(one) for one in articles]
    if rows:
        connection.execute(_SQLITE if is_sqlite else _POSTGRESQL, rows)


def update_article(connection: Connection, article_id: int, values: Mapping[str, object]) -> None:
    """Change an article, and its words if they are others now; with another text, it is tied to stories anew.

    Args:
        connection: In a transaction.
        article_id: Its number.
        values: Columns; `headline`, `text` and `text_hash` among them.
    """
    own = Article.id == article_id
    before = connection.execute(select(Article.headline, Article.text_hash).where(own)).one()
    connection.execute(update(Article).where(own).values(values))
    now = connection.execute(select(Article.headline, Article.text_hash).where(own)).one()
    if now != before:
        index_articles(connection, [Indexed(article_id, now.headline, str(values["text"]))])
    if now.text_hash != before.text_hash:
        queue_articles(connection, [article_id])


def _fts5_row(article: Indexed) -> dict[str, object]:
    headline, body = _words(article)
    return {"id": article.id, "headline": " ".join(headline), "text": " ".join(body)}


def _tsvector_row(article: Indexed) -> dict[str, object]:
    vector, is_whole = tsvector(*_words(article))
    return {"id": article.id, "words": vector, "is_whole": is_whole}


def _words(article: Indexed) -> tuple[list[str], list[str]]:
    return words(clean(article.headline or "")), words(clean(article.text))
