"""Reading the database for the commands that show something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from newscrawl.cli.terminal import STORE, USAGE, CommandError, line

if TYPE_CHECKING:
    from sqlalchemy import Engine


def reading(url: str | None) -> AbstractContextManager[Engine]:
    """The database, for reading.

    Raises:
        CommandError: It cannot be read; the text says what to do.
    """
    return _opened(url, is_written=False)


def writing(url: str | None) -> AbstractContextManager[Engine]:
    """The database, for changes.

    Raises:
        CommandError: There is none, or it cannot be written; the text says what to do.
    """
    return _opened(url, is_written=True)


@contextmanager
def _opened(url: str | None, *, is_written: bool) -> Iterator[Engine]:
    from sqlalchemy.exc import DBAPIError

    from newscrawl.store.engine import StoreError, database_url, explain, masked, open_engine
    from newscrawl.store.filters import FilterError
    from newscrawl.store.queries import open_reader

    chosen = database_url(url)
    try:
        engine = open_reader(chosen)  # which says what is wrong, and creates nothing
        if is_written:
            engine.dispose()
            engine = open_engine(chosen)
        try:
            yield engine
        finally:
            engine.dispose()
    except StoreError as error:
        raise CommandError(str(error), USAGE if isinstance(error, FilterError) else STORE) from error
    except DBAPIError as error:
        raise CommandError(f"{masked(chosen)}: {line(explain(error))}", STORE) from error


def count_articles(url: str | None, slugs: Sequence[str]) -> int:
    """How many articles of these outlets are stored.

    Raises:
        CommandError: As `reading`.
    """
    from sqlalchemy import bindparam, text

    if not slugs:
        return 0
    query = text("SELECT COUNT(*) FROM articles WHERE outlet_id IN (SELECT id FROM outlets WHERE slug IN :slugs)")
    with reading(url) as engine, engine.connect() as connection:
        found = connection.scalar(query.bindparams(bindparam("slugs", slugs, expanding=True)))
    return int(found or 0)
