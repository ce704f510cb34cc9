"""A part of a store copied to another database, with all that belongs to it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Connection, Engine, Table, event, func, insert, or_, select

from newscrawl.store import migrate
from newscrawl.store.engine import open_engine
from newscrawl.store.models import Article, Base, Fetch, Page, RemovedBlock, RepeatedBlock, Revision, Url
from newscrawl.store.models.stories import WORKING
from newscrawl.store.wordindex import Indexed, index_articles

BATCH = 1000
REPEATED = 3  # articles from which on a block is worth a look; the others are nearly all there are


def copy_store(source: Engine, target: str, newest: int, on_progress: Callable[[str], None]) -> int:
    """Copy the articles that were stored last, as they are at this moment, into an empty SQLite file.

    Revisions, cuts and labels come with them, and so do the fetches of the runs since the first of them, with their
    URLs; outlets, sources, runs and alarms come all. References to what was not copied stay as they are.

    Args:
        source: The store.
        target: URL of the file, which is made.
        newest: How many articles at most.
        on_progress: Gets the state as a line.

    Returns:
        How many articles were copied.

    Raises:
        StoreError: The target cannot be made.
    """
    migrate.upgrade(target)
    engine = open_engine(target)
    event.listen(engine, "connect", lambda connection, _: connection.execute("pragma foreign_keys = off"))
    if source.dialect.name == "postgresql":
        source = source.execution_options(isolation_level="REPEATABLE READ")  # one moment for all tables
    try:
        with source.connect() as reader, engine.begin() as writer:
            return _copy(reader, writer, newest, on_progress)
    finally:
        engine.dispose()


def _copy(reader: Connection, writer: Connection, newest: int, on_progress: Callable[[str], None]) -> int:
    last = select(Article.id).order_by(Article.id.desc()).limit(newest).subquery()
    first_id = reader.scalar(select(func.min(last.c.id))) or 0
    copied = 0
    for table in Base.metadata.sorted_tables:
        if table.name in WORKING:
            continue
        count = _copy_table(reader, writer, table, _wanted(table, first_id))
        on_progress(f"{table.name}: {count:,} rows copied")
        copied = count if table is Article.__table__ else copied
    return copied


def _wanted(table: Table, first_id: int) -> ColumnElement[bool] | None:
    """Which rows of a table go with the articles from a number on; None: all."""
    own = Revision.article_id >= first_id
    first_run = select(func.coalesce(func.min(Fetch.run_id), 0)).join(Revision, Revision.fetch_id == Fetch.id)
    recent = Fetch.run_id >= first_run.where(own).scalar_subquery()
    wanted: dict[str, ColumnElement[bool]] = {
        "articles": Article.id >= first_id,
        "removed_blocks": RemovedBlock.revision_id.in_(select(Revision.id).where(own)),
        "fetches": recent,
        "pages": Page.fetch_id.in_(select(Fetch.id).where(recent)),
        "urls": or_(Url.article_id >= first_id, Url.id.in_(select(Fetch.url_id).where(recent))),
        "repeated_blocks": or_(RepeatedBlock.articles >= REPEATED, RepeatedBlock.state.is_not(None)),
    }
    if table.name in wanted:
        return wanted[table.name]
    return table.c.article_id >= first_id if "article_id" in table.c else None


def _copy_table(reader: Connection, writer: Connection, table: Table, wanted: ColumnElement[bool] | None) -> int:
    query = select(table) if wanted is None else select(table).where(wanted)
    count = 0
    with reader.execution_options(yield_per=BATCH).execute(query) as rows:
        for batch in rows.mappings().partitions():
            writer.execute(insert(table), [dict(row) for row in batch])
            if table is Article.__table__:
                index_articles(writer, [Indexed(row["id"], row["headline"], row["text"]) for row in batch])
            count += len(batch)
    return count
