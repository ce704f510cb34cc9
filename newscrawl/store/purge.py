"""Old articles and raw responses, taken out: rows in short transactions, outlet by outlet; then files nobody names."""

from __future__ import annotations

import sqlite3
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, select, update
from sqlalchemy.exc import DBAPIError

from newscrawl.store import runs
from newscrawl.store.engine import StoreError
from newscrawl.store.frontier import chunks
from newscrawl.store.locks import Holder, Locks, open_locks, outlet_lock, run_lock
from newscrawl.store.models import Article, Fetch, Outlet, Page, Revision, Run, StoryArticle, Url
from newscrawl.store.models.crawl import LEASED
from newscrawl.store.stories.writing import recount
from newscrawl.store.warcfiles import complete_files, local_names, read_uses

BATCH = 200
"""Articles, or pages, of one transaction."""
LONGEST_PAUSE_S = 0.1
PURGED = "purged"
"""Reason of a URL whose article was taken out: it is done, and is not fetched again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is from before these times goes; None: all stays."""

    articles: datetime | None = None
    raw: datetime | None = None


@dataclass(slots=True)
class OutletPurge:
    """What of an outlet is too old, and what of it has gone."""

    id: int
    outlet: str  # slug
    limits: Limits
    articles: int = 0  # too old
    raw: int = 0  # archived responses that go, with articles or without them
    raw_bytes: int = 0
    articles_gone: int = 0
    raw_gone: int = 0
    is_skipped: bool = False  # a run works on it
    holder: Holder | None = None  # that run, if it has written its name
    article_ids: array[int] = field(default_factory=lambda: array("q"), repr=False)
    page_ids: array[int] = field(default_factory=lambda: array("q"), repr=False)  # of those that lose only the response


@dataclass(frozen=True, slots=True)
class FilePurge:
    """What became of the WARC files."""

    files: int  # deleted: no row names them any more
    bytes: int
    kept_files: int  # complete, and named by some row
    held_bytes: int  # what those hold beyond the records that rows name


_Drop = Callable[[Connection, OutletPurge, Sequence[int]], tuple[int, int]]
"""Drops rows; how many articles and how many responses."""


def plan(engine: Engine, limits: Mapping[str, Limits]) -> list[OutletPurge]:
    """What is too old, by outlet; those with nothing are left out.

    Args:
        engine: The store.
        limits: By the outlet's slug.
    """
    with engine.begin() as connection:
        outlets = connection.execute(select(Outlet.id, Outlet.slug).order_by(Outlet.slug)).all()
        found = {id: OutletPurge(id, slug, limits[slug]) for id, slug in outlets if slug in limits}
        _plan_raw(connection, found)
        for one in found.values():
            _plan_articles(connection, one)
    return [one for one in found.values() if one.articles or one.raw]


def _plan_raw(connection: Connection, found: Mapping[int, OutletPurge]) -> None:
    """All outlets in one pass: pages have no index by outlet or age."""
    newest = max((one.limits.raw for one in found.values() if one.limits.raw), default=None)
    if newest is None:
        return
    query = select(Page.id, Page.warc_length, Fetch.outlet_id, Fetch.fetched_at).join(Fetch, Fetch.id == Page.fetch_id)
    for page_id, length, outlet_id, fetched_at in connection.execute(
        query.where(Page.warc_file.is_not(None), Fetch.fetched_at < newest)
    ):
        one = found.get(outlet_id)
        if one and one.limits.raw and fetched_at and fetched_at < one.limits.raw:
            one.page_ids.append(page_id)
            one.raw += 1
            one.raw_bytes += length or 0


def _plan_articles(connection: Connection, one: OutletPurge) -> None:
    if one.limits.articles is None:
        return
    one.article_ids.extend(connection.scalars(select(Article.id).where(*_too_old(one)).order_by(Article.id)))
    one.articles = len(one.article_ids)
    counted = set(one.page_ids)
    for ids in chunks(one.article_ids, BATCH):
        pages = select(Page.id, Page.warc_length).where(*_pages_of(ids), Page.warc_file.is_not(None))
        for page_id, length in connection.execute(pages):
            if page_id not in counted:
                one.raw += 1
                one.raw_bytes += length or 0


def purge(engine: Engine, planned: Sequence[OutletPurge], on_progress: Callable[[Sequence[OutletPurge]], None]) -> None:
    """Take out what was planned. Each batch is committed by itself: a kill loses nothing, and the next call goes on.

    An outlet on which a run works is skipped, and says so.

    Args:
        engine: The store.
        planned: As `plan` gives it; notes what has gone.
        on_progress: Gets it after each batch.

    Raises:
        StoreError: The outlets cannot be locked.
    """
    locks = open_locks(engine)
    try:
        for one in planned:
            if not locks.take(outlet_lock(one.outlet)):
                with engine.begin() as connection:
                    one.is_skipped, one.holder = True, runs.holder_of(connection, one.outlet)
                continue
            _purge_outlet(engine, one, lambda: on_progress(planned))
            locks.free(outlet_lock(one.outlet))
    finally:
        with suppress(DBAPIError):
            locks.close()


def _purge_outlet(engine: Engine, one: OutletPurge, tell: Callable[[], None]) -> None:
    steps: list[tuple[_Drop, Sequence[int]]] = [(_drop_raw, ids) for ids in chunks(one.page_ids, BATCH)]
    steps += [(_drop_articles, ids) for ids in chunks(one.article_ids, BATCH)]
    for drop, ids in steps:
        began = time.monotonic()
        with engine.begin() as connection:
            articles, raw = drop(connection, one, ids)
        one.articles_gone += articles
        one.raw_gone += raw
        tell()
        # Who waits for SQLite's write lock looks for it now and then: let it find it free half of the time.
        time.sleep(min(time.monotonic() - began, LONGEST_PAUSE_S))


def _drop_raw(connection: Connection, _one: OutletPurge, ids: Sequence[int]) -> tuple[int, int]:
    nothing = {"warc_file": None, "warc_offset": None, "warc_length": None}
    named = update(Page).where(Page.id.in_(ids), Page.warc_file.is_not(None))
    return 0, connection.execute(named.values(nothing)).rowcount


def _drop_articles(connection: Connection, one: OutletPurge, ids: Sequence[int]) -> tuple[int, int]:
    """Articles with all that hangs on them; what became of each URL stays in `fetches`, so that accounts balance."""
    # A run may have written since they were listed, before the lock was ours.
    ids = connection.scalars(select(Article.id).where(Article.id.in_(ids), *_too_old(one))).all()
    pages = _pages_of(ids)
    raw = connection.scalar(select(func.count()).select_from(Page).where(*pages, Page.warc_file.is_not(None))) or 0
    connection.execute(delete(Page).where(*pages))
    done = {"article_id": None, "state": "done", "attempts": 0, "reason": PURGED}
    done |= dict.fromkeys(("revisit_at", "etag", "last_modified"))
    connection.execute(update(Url).where(Url.article_id.in_(ids)).values(done))
    stories = connection.scalars(select(StoryArticle.story_id).where(StoryArticle.article_id.in_(ids)).distinct()).all()
    connection.execute(delete(Article).where(Article.id.in_(ids)))
    recount(connection, stories)
    return len(ids), raw


def _too_old(one: OutletPurge) -> tuple[ColumnElement[bool], ...]:
    """Articles that go: none that a run fetches again at this moment, on whatever outlet's account."""
    is_leased = select(Url.id).where(Url.article_id == Article.id, LEASED).exists()
    written_at = func.coalesce(Article.published_at, Article.first_seen_at)
    return Article.outlet_id == one.id, written_at < one.limits.articles, ~is_leased


def _pages_of(ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    """Pages of these articles, but for those that a text of another article comes from."""
    of_urls = select(Fetch.id).join(Url, Url.id == Fetch.url_id).where(Url.article_id.in_(ids))
    of_texts = select(Revision.fetch_id).where(Revision.article_id.in_(ids))
    of_others = select(Revision.id).where(Revision.fetch_id == Page.fetch_id, Revision.article_id.not_in(ids))
    return Page.fetch_id.in_(of_urls.union(of_texts)), ~of_others.exists()


def purge_files(engine: Engine, folder: Path, *, dry_run: bool = False) -> FilePurge:
    """Delete files that runs of this database wrote, that none writes any more, and that no row names.

    Rows go before their file, so that a kill between leaves a file too many, which the next call finds here.

    Raises:
        StoreError: A file cannot be deleted.
    """
    if not dry_run:
        _bury_dead_runs(engine)
    # Before the rows are read: what a run begins later is not looked at.
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    with engine.begin() as connection:
        uses = read_uses(connection)
        complete = complete_files(connection, names)
        reading = select(Run.id).where(Run.status == "running", Run.command == "crawl warc").limit(1)
        is_read = connection.scalar(reading) is not None  # its rows may come to name any file
    named = local_names(uses, folder)
    kept = [name for name in names if name in complete and name in named]
    unwanted = [] if is_read else [name for name in names if name in complete and name not in named]
    held = sum(max(0, _size(folder / name) - uses[name].wanted) for name in kept if name in uses)
    freed = sum(_size(folder / name) for name in unwanted)
    try:
        for name in unwanted if not dry_run else ():
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot delete ({error.strerror}); newscrawl purge tries again") from error
    return FilePurge(len(unwanted), freed, len(kept), held)


def vacuum(engine: Engine) -> None:
    """Give SQLite's free pages back to the disk; needs room for a second database meanwhile, and no writer.

    Raises:
        StoreError: There is no room, or another program writes.
    """
    raw = engine.raw_connection()
    try:
        driver = raw.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("vacuum")
        driver.execute("pragma wal_checkpoint(truncate)")
    except sqlite3.Error as error:
        raise StoreError(f"{engine.url.database}: cannot be vacuumed ({error}); everything else is done") from error
    finally:
        raw.close()


def _bury_dead_runs(engine: Engine) -> None:
    """Runs that were killed have left files, too."""
    locks: Locks = open_locks(engine)
    try:
        with engine.begin() as connection:
            dead = runs.bury_dead_runs(connection, 0, locks, datetime.now(UTC))
        for run_id in dead:
            locks.free(run_lock(run_id))
    finally:
        with suppress(DBAPIError):
            locks.close()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
