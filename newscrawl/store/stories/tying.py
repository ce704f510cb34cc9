"""Queued articles into stories, a batch a transaction: a kill in the middle leaves it to the next step.

One process at a time ties; others leave it to that one. Each article gets a place in an order that is kept, so that
`rebuild` goes the same way again, by the same texts, and comes to the same stories.
"""

from __future__ import annotations

import gc
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, delete, func, insert, select

from newscrawl.dedup import Stories, Told, evidence_of, packaged_model
from newscrawl.dedup.frequencies import Frequencies
from newscrawl.dedup.pairs import Weighed
from newscrawl.dedup.stories import Arrival
from newscrawl.store import models
from newscrawl.store.frontier import upsert
from newscrawl.store.locks import lock_key
from newscrawl.store.models import Article, Outlet, Revision, StoryArticle, StoryQueue, StoryState, StoryTie
from newscrawl.store.stories.window import StoredWindow, among
from newscrawl.store.stories.writing import write_stories

logger = logging.getLogger(__name__)

LOCK = "tie=stories"
BATCH = 400
"""Articles of one transaction."""
HELD = 2_000
"""Articles whose evidence one step leaves to the next in memory, of 10 KB each."""
TIDY = 2_000
"""Articles after which what is found no more is deleted."""
LONGEST_PAUSE_S = 0.1
AHEAD = timedelta(days=1)  # a publication date that is later than the first fetch by more is wrong

Work: TypeAlias = Callable[[Connection, bool], int]
Transact: TypeAlias = Callable[[Work], int]
_Tie: TypeAlias = Row[*tuple[Any, ...]]


@dataclass(slots=True)
class _Memory:
    """What the next step of the same process need not read again."""

    done: int
    newest: int
    frequencies: Frequencies
    articles: dict[int, Weighed] = field(default_factory=dict)  # those used last


class Tying:
    """Steps of one process."""

    def __init__(self) -> None:
        self._memory: _Memory | None = None

    def run(self, transact: Transact, limit: int | None = None, tell: Callable[[int], None] = lambda _: None) -> int:
        """Tie what waits; how many articles were tied. None where another process is at it: that one goes on.

        Args:
            transact: Does a piece of work in a transaction of its own.
            limit: Articles to stop after, about; None: all.
            tell: Gets the number of articles so far, after each batch.
        """
        tied = 0
        while limit is None or tied < limit:
            began = time.monotonic()
            with _uncollected():
                count = transact(lambda connection, _: self.step(connection))
            if not count:
                break
            tied += count
            tell(tied)
            # Who waits for SQLite's write lock looks for it now and then: let it find it free half of the time.
            time.sleep(min(time.monotonic() - began, LONGEST_PAUSE_S))
        return tied

    def step(self, connection: Connection) -> int:
        """Tie one batch; how many articles it had."""
        if not _is_alone(connection):
            return 0
        memory, self._memory = self._memory, None
        memory = _current(connection, memory)
        _take_queued(connection, memory.done)
        ties = connection.execute(_TIES.where(StoryTie.id > memory.done).limit(BATCH)).all()
        if ties:
            window = StoredWindow(connection, memory.frequencies, memory.newest, memory.articles)
            _tie(connection, window, ties)
            last: int = ties[-1].id
            if last // TIDY > memory.done // TIDY:
                window.tidy(last)
            memory = _Memory(last, window.newest, memory.frequencies, window.used(HELD))
            _write_state(connection, memory)
        self._memory = memory
        return len(ties)


@contextmanager
def _uncollected() -> Iterator[None]:
    """A step makes many containers and no cycle: the collector would visit all that is in memory for nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def begin_rebuild(connection: Connection) -> bool:
    """Forget all stories, so that the next steps make them again; not while another process ties."""
    if not _is_alone(connection):
        return False
    for table in (models.ArticleOrigin, StoryArticle, models.StoryRow, models.StoryPosting, models.StoryEvidence):
        connection.execute(delete(table))
    connection.execute(delete(StoryState))
    return True


def _is_alone(connection: Connection) -> bool:
    """Whether nobody else ties until the transaction ends: SQLite has one writer anyway."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.scalar(select(func.pg_try_advisory_xact_lock(lock_key(LOCK)))))


def waiting(connection: Connection) -> int:
    """How many articles are still to be tied."""
    done = connection.scalar(select(StoryState.done)) or 0
    ties = connection.scalar(select(func.count()).select_from(StoryTie).where(StoryTie.id > done)) or 0
    return ties + (connection.scalar(select(func.count()).select_from(StoryQueue)) or 0)


def _current(connection: Connection, memory: _Memory | None) -> _Memory:
    """How far tying has come: what is in memory, if nobody else went on."""
    done = connection.scalar(select(StoryState.done))
    if done is None:
        return _Memory(0, 0, Frequencies())
    if memory and memory.done == done:
        return memory
    row = connection.execute(select(StoryState.newest, StoryState.articles, StoryState.counts)).one()
    return _Memory(done, row.newest, Frequencies(row.counts, json.loads(row.articles)))


def _write_state(connection: Connection, memory: _Memory) -> None:
    values = {
        "done": memory.done,
        "newest": memory.newest,
        "articles": json.dumps(memory.frequencies.articles),
        "counts": memory.frequencies.packed(),
    }
    statement = upsert(connection, StoryState).values(id=1, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def _take_queued(connection: Connection, done: int) -> None:
    """Give the next articles of the queue their places in the order; those whose text was tied already get none."""
    queued = connection.execute(select(StoryQueue.id, StoryQueue.article_id).order_by(StoryQueue.id).limit(BATCH)).all()
    if not queued:
        return
    ids = sorted({row.article_id for row in queued})
    tied = {
        (article_id, revision)
        for article_id, revision in connection.execute(
            select(StoryTie.article_id, func.max(StoryTie.revision))
            .where(among(connection, StoryTie.article_id, ids))
            .group_by(StoryTie.article_id)
        )
    }
    facts = (Article.id, Article.revision, Article.published_at, Article.first_seen_at, Article.language, Article.wire)
    query = select(*facts, Article.machine_translation).where(among(connection, Article.id, ids)).order_by(Article.id)
    rows = [row for row in connection.execute(query) if (row.id, row.revision) not in tied]
    last = max(done, connection.scalar(select(func.max(StoryTie.id))) or 0)
    ties = [
        {
            "id": place,
            "article_id": row.id,
            "revision": row.revision,
            "at": _time(row.published_at, row.first_seen_at),
            "language": row.language,
            "wire": row.wire,
            "machine_translation": row.machine_translation,
        }
        for place, row in enumerate(rows, last + 1)
    ]
    if ties:
        connection.execute(insert(StoryTie), ties)
    connection.execute(delete(StoryQueue).where(among(connection, StoryQueue.id, [row.id for row in queued])))


def _time(published_at: datetime | None, first_seen_at: datetime) -> datetime:
    return published_at if published_at and published_at <= first_seen_at + AHEAD else first_seen_at


_TIES = (
    select(
        StoryTie, Outlet.name, Revision.headline, func.coalesce(Revision.text, Article.text).label("text"),
    )
    .join(Article, Article.id == StoryTie.article_id)
    .join(Outlet, Outlet.id == Article.outlet_id)
    .join(Revision, (Revision.article_id == StoryTie.article_id) & (Revision.revision == StoryTie.revision))
    .order_by(StoryTie.id)
)  # fmt: skip


def _tie(connection: Connection, window: StoredWindow, ties: Sequence[_Tie]) -> None:
    """Tie articles in their order, and write what came of it."""
    stories = Stories(packaged_model().score, window)
    arrivals = [_arrival(stories, tie) for tie in ties]
    ids = [tie.article_id for tie in ties]
    query = select(StoryArticle.article_id, StoryArticle.place)
    known = connection.execute(query.where(among(connection, StoryArticle.article_id, ids)))
    places: dict[int, int] = dict(known.all())
    window.prefetch_postings(arrivals)
    window.prefetch_articles(places.values())
    before: list[int | None] = []  # place of the same article with another text
    found: list[list[int]] = []
    for tie, arrival in zip(ties, arrivals, strict=True):
        before.append(places.get(tie.article_id))
        if before[-1] is not None:
            stories.withdraw(before[-1])
        found.append(stories.find(arrival))
        places[tie.article_id] = arrival.place
        window.article_ids[arrival.place] = tie.article_id
    window.prefetch_articles({place for places in found for place in places})
    alike = [stories.alike(arrival, places) for arrival, places in zip(arrivals, found, strict=True)]
    window.prefetch_stories({place for places in (*alike, filter(None, before)) for place in places})
    for arrival, left, scores in zip(arrivals, before, alike, strict=True):
        if left is not None:
            stories.leave(left)
        stories.settle(arrival, scores)
    write_stories(connection, window, {places[id]: id for id in ids})
    window.write()


def _arrival(stories: Stories, tie: _Tie) -> Arrival:
    told = Told(
        id=tie.article_id,
        outlet=tie.name,
        language=tie.language,
        published=tie.at,
        title=tie.headline or "",
        text=tie.text,
        wire=tie.wire,
        translated=tie.machine_translation,
    )
    try:
        evidence = evidence_of(told)
    except Exception:  # a fault of ours must not keep all other articles waiting
        logger.exception("article %s: cannot be compared; it stands alone", tie.article_id)
        evidence = evidence_of(replace(told, title="", text="", wire=None))
    return stories.weigh(tie.id, evidence)
