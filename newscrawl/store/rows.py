"""Rows that wait to be written together: a statement for many rows costs a tenth of one for each."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import Connection, bindparam, insert, update

from newscrawl.store.frontier import upsert
from newscrawl.store.models import (
    Article,
    ArticleTicker,
    Author,
    Base,
    Fetch,
    Page,
    RemovedBlock,
    RepeatedBlock,
    Revision,
    Tag,
    Url,
)
from newscrawl.store.runs import Changes, add_counts
from newscrawl.store.stories.queue import queue_articles
from newscrawl.store.wordindex import Indexed, index_articles

Body = dict[str, object]
"""Columns of a row and their values."""

_END_FETCH = update(Fetch).where(Fetch.id == bindparam("fetch"))
_END_LEASE = update(Url).where(Url.id == bindparam("lease"))
_NEW: tuple[type[Base], ...] = (Page, Article, Revision, Author, Tag, ArticleTicker, RemovedBlock)  # as they refer


class Rows:
    """What a transaction has decided to write. Who reads such rows, or changes one, calls `flush_new` before."""

    def __init__(self, run_id: int):
        self.changes: Changes = defaultdict(Counter)
        self._run_id = run_id
        self._new: dict[type[Base], list[Body]] = defaultdict(list)
        self._fetches: list[Body] = []
        self._leases: list[Body] = []
        self._blocks: Counter[tuple[int, str]] = Counter()  # (outlet, block_key) -> articles
        self._texts: dict[str, str] = {}  # block_key -> block

    def add(self, table: type[Base], *rows: Body) -> None:
        """New rows; all of a table with the same columns."""
        self._new[table] += rows

    def end_fetch(self, fetch_id: int, row: Body) -> None:
        """What a fetch came to; all with the same columns."""
        self._fetches.append({"fetch": fetch_id} | row)

    def end_lease(self, url_id: int, row: Body) -> None:
        """What a URL came to; all with the same columns."""
        self._leases.append({"lease": url_id, "leased_at": None} | row)

    def count_blocks(self, outlet_id: int, blocks: dict[str, str]) -> None:
        """Short blocks that one more article carries."""
        self._blocks.update((outlet_id, key) for key in blocks)
        self._texts.update(blocks)

    def flush_new(self, connection: Connection) -> None:
        """Write the rows given to `add`."""
        for table in _NEW:
            if rows := self._new.pop(table, None):
                connection.execute(insert(table), rows)
                if table is Article:
                    index_articles(connection, map(Indexed.of, rows))
                    queue_articles(connection, [row["id"] for row in rows])

    def flush(self, connection: Connection) -> None:
        """Write everything."""
        self.flush_new(connection)
        if self._fetches:
            connection.execute(_END_FETCH, self._fetches)
        if self._leases:
            connection.execute(_END_LEASE, self._leases)
        if self._blocks:
            self._flush_blocks(connection)
        add_counts(connection, self._run_id, self.changes)

    def _flush_blocks(self, connection: Connection) -> None:
        """The block itself is kept from its second article on: most have but one."""
        statement = upsert(connection, RepeatedBlock)
        counted = statement.on_conflict_do_update(
            index_elements=["outlet_id", "block_key"],
            set_={"articles": RepeatedBlock.articles + statement.excluded.articles, "text": bindparam("block")},
        )
        rows = [
            {
                "outlet_id": outlet_id,
                "block_key": key,
                "articles": articles,
                "text": self._texts[key] if articles > 1 else None,
                "block": self._texts[key],
            }
            for (outlet_id, key), articles in sorted(self._blocks.items())
        ]
        connection.execute(counted, rows)
