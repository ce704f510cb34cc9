"""Fill an empty database with invented articles and all that a crawl of them would have left: how does it do when full?

    python -m tests.bench.fill URL [--articles 1000000] [--outlets 200] [--seed 1] [--words]

The same arguments give the same rows. A run's rows are written together, by COPY in PostgreSQL; memory does not grow.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection, Engine, text

from newscrawl.store.engine import database_url, open_engine
from newscrawl.store.models import Article, Base
from newscrawl.store.models.base import UtcTime
from newscrawl.store.revision import ensure_ready
from newscrawl.store.wordindex import Indexed, index_articles
from tests.bench.invention import Invention, Rows
from tests.bench.plan import Plan


def fill(engine: Engine, plan: Plan, *, has_words: bool = False) -> None:
    """Write everything, and the index of words if asked for; the tables are there, and empty."""
    invention = Invention(plan)
    with engine.begin() as connection:
        write(connection, invention.outlets())
    for run in range(1, plan.runs + 1):
        with engine.begin() as connection:
            tables = invention.run(run)
            write(connection, tables)
            if has_words:
                index_articles(
                    connection, (Indexed.of(row) for table, rows in tables for row in rows if table is Article)
                )
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables if engine.dialect.name == "postgresql" else ():
            if "id" in table.c:
                top = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}"
                connection.execute(text(top))


def write(connection: Connection, tables: Rows) -> None:
    """Through the driver: what is invented is clean text, so of the types only times need to be bound."""
    dialect, cursor = connection.dialect, cast(Any, connection.connection.driver_connection).cursor()
    for table, rows in tables:
        if not rows:
            continue
        columns = [table.__table__.c[name] for name in rows[0]]
        times = {c.name: c.type.bind_processor(dialect) for c in columns if isinstance(c.type, UtcTime)}
        for row in rows:
            for name, bind in times.items():
                row[name] = bind(row[name])
        names, values = ", ".join(rows[0]), (tuple(row.values()) for row in rows)
        if dialect.name == "sqlite":
            cursor.executemany(f"INSERT INTO {table.__tablename__} ({names}) VALUES ({_marks(columns)})", values)
            continue
        with cursor.copy(f"COPY {table.__tablename__} ({names}) FROM STDIN") as copy:
            for value in values:
                copy.write_row(value)


def _marks(columns: Sequence[object]) -> str:
    return ", ".join("?" * len(columns))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("url")
    options.add_argument("--articles", type=int, default=1_000_000)
    options.add_argument("--outlets", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--words", action="store_true", help="what `newscrawl search` looks in; three times as slow")
    given = options.parse_args()
    engine = open_engine(database_url(given.url))
    ensure_ready(engine)
    began = time.monotonic()
    fill(engine, Plan(given.articles, given.outlets, given.seed), has_words=given.words)
    print(f"{given.articles:,} articles in {time.monotonic() - began:.0f} s")
    engine.dispose()


if __name__ == "__main__":
    main()
