"""The store for Python: articles with all their facts, to be read and not written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, Engine, func, select

from newscrawl.items import Removed
from newscrawl.store.export.run import rows_of, snapshot
from newscrawl.store.filters import ALL, Filter, article_ids, check, conditions
from newscrawl.store.models import Article
from newscrawl.store.queries import find_article, open_reader
from newscrawl.store.records import ArticleRow
from newscrawl.store.revisions import RevisionText, read_revision
from newscrawl.store.search import Hit, Order, search


def open_store(url: str | Path | None = None) -> Store:
    """Open a store, to read it; crawls go on meanwhile.

    Args:
        url: Path of a SQLite file, or a URL such as `postgresql://you@host/news`; None: what NEWSCRAWL_DATABASE_URL
            says, else `newscrawl.db` in the working folder.

    Raises:
        StoreError: There is none, or it is of another version.

    >>> with open_store("newscrawl.db") as store:
    ...     for article in store.articles(Filter(outlets=("herald",), languages=("en",))):
    ...         print(article.id, article.headline, article.authors)
    1 Harbour opens ('Ann Lee',)
    """
    return Store(open_reader(None if url is None else str(url)))


class Store:
    """Articles, from a database. Close it, or use it in a `with`."""

    def __init__(self, engine: Engine):
        self._engine = engine

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def articles(self, wanted: Filter = ALL) -> Iterator[ArticleRow]:
        """Articles that a filter picks, in the order of their numbers, as one moment shows them.

        A few hundred are in memory at a time, however many there are.

        Raises:
            FilterError: The filter names an outlet or a run that is not there.
        """
        with self._picking(wanted) as connection:
            for rows in rows_of(connection, article_ids(connection, wanted)):
                yield from rows

    def count(self, wanted: Filter = ALL) -> int:
        """How many articles a filter picks; errors as of `articles`."""
        with self._picking(wanted) as connection:
            return connection.scalar(select(func.count()).select_from(Article).where(*conditions(wanted))) or 0

    def search(self, query: str, wanted: Filter = ALL, *, limit: int = 20, order: Order = "relevance") -> list[Hit]:
        """Articles by the words in them, as `newscrawl search` finds them.

        Raises:
            QueryError: The query cannot be understood.
            FilterError: The filter names an outlet or a run that is not there.
        """
        return search(self._engine, query, wanted, limit=limit, order=order)

    def article(self, wanted: int | str) -> ArticleRow | None:
        """An article by its number, or by any URL that led to it; None: there is none."""
        return find_article(self._engine, wanted)

    def removed(self, article_id: int) -> tuple[Removed, ...]:
        """What was cut from an article's text; `newscrawl.strip.splice` puts it back."""
        found = self.article(article_id)
        return found.removed if found else ()

    def revision(self, article_id: int, number: int) -> RevisionText | None:
        """A text that an article has had; `ArticleRow.revisions` lists them. None: there is none of that number."""
        return read_revision(self._engine, article_id, number)

    @contextmanager
    def _picking(self, wanted: Filter) -> Iterator[Connection]:
        with snapshot(self._engine) as connection:
            check(connection, wanted)
            yield connection
