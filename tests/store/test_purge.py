"""What is too old goes with all that hangs on it, and nothing else does; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from newscrawl.items import Moment
from newscrawl.store.accounts import run_summary
from newscrawl.store.archive import Archive
from newscrawl.store.engine import open_engine
from newscrawl.store.judgements import mark
from newscrawl.store.locks import open_locks, outlet_lock
from newscrawl.store.purge import Limits, OutletPurge, plan, purge, purge_files, vacuum
from newscrawl.store.queries import find_article, trace
from newscrawl.store.session import CrawlSession
from tests.records import FEED, GAZETTE, HERALD, NOW, article, link, page, rich_article, visit

InSession = Callable[[Callable[[CrawlSession], Awaitable[None]]], None]
DAY = timedelta(days=1)
PARTS = ("article_revisions", "removed_blocks", "article_authors", "article_tags", "article_tickers", "block_labels")


def count(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(query)) or 0)


def write(in_session: InSession, folder: Path, days_ago: Sequence[int], *, dated: bool = True) -> None:
    """Articles with archived pages, published or else fetched so many days before NOW, in one WARC file."""

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        archive = Archive(folder)
        leases, _ = await session.take("herald", [link(n) for n in range(len(days_ago))])
        for n, (lease, days) in enumerate(zip(leases, days_ago, strict=True)):
            at = NOW - days * DAY
            story = replace(rich_article(n), published=Moment(at, "second", "meta", "then") if dated else None)
            one = visit(lease, story, fetched_at=at, page=page(lease, f"<p>Story {n}</p>".encode()))
            await session.write(replace(one, archived=archive.put(one)))
        archive.close()

    in_session(crawl)


def throw(engine: Engine, *, articles: datetime | None = None, raw: datetime | None = None) -> list[OutletPurge]:
    planned = plan(engine, {"herald": Limits(articles, raw), "gazette": Limits(articles, raw)})
    purge(engine, planned, lambda _: None)
    return planned


def test_an_old_article_goes_with_all_that_hangs_on_it_and_is_not_fetched_again(
    in_session: InSession, engine: Engine, tmp_path: Path
) -> None:
    write(in_session, tmp_path, [400, 10])
    for number in (1, 2):
        mark(engine, number, 1, "other", NOW)
    [done] = throw(engine, articles=NOW - 90 * DAY)
    assert (done.articles_gone, done.raw_gone, done.articles, done.raw) == (1, 1, 1, 1)
    assert find_article(engine, 1) is None
    assert find_article(engine, 2) is not None
    for table in PARTS[2:]:
        assert count(engine, f"SELECT COUNT(*) FROM {table} WHERE article_id <> 2") == 0
        assert count(engine, f"SELECT COUNT(*) FROM {table}") > 0
    assert count(engine, "SELECT COUNT(*) FROM article_revisions WHERE article_id <> 2") == 0
    orphans = "SELECT COUNT(*) FROM removed_blocks WHERE revision_id NOT IN (SELECT id FROM article_revisions)"
    assert count(engine, orphans) == 0
    assert count(engine, "SELECT COUNT(*) FROM pages") == 1
    gone = trace(engine, link(0).url)
    assert gone is not None
    assert (gone.state, gone.article_id, gone.reason, gone.fetches[0].outcome) == ("done", None, "purged", "stored")
    assert gone.revisit_at is None
    summary = run_summary(engine, 1)
    assert summary is not None
    assert (summary.balanced, summary.counts.stored) == (True, 2)

    async def take_again(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        assert (await session.take("herald", [link(0)]))[0] == []
        assert await session.lease({"herald": 10}) == []

    in_session(take_again)


def test_without_a_date_the_first_fetch_counts(in_session: InSession, engine: Engine, tmp_path: Path) -> None:
    write(in_session, tmp_path, [400, 10], dated=False)
    assert throw(engine, articles=NOW - 90 * DAY)[0].articles_gone == 1
    assert throw(engine, articles=NOW - 90 * DAY) == []


def test_a_file_goes_when_the_last_page_in_it_has_gone(in_session: InSession, engine: Engine, tmp_path: Path) -> None:
    write(in_session, tmp_path, [400, 10])
    [file] = tmp_path.glob("*.warc.gz")
    assert throw(engine, raw=NOW - 90 * DAY)[0].raw_gone == 1
    left = purge_files(engine, tmp_path)
    assert (left.files, left.kept_files, left.held_bytes > 100, file.exists()) == (0, 1, True, True)
    for number, is_archived in ((1, False), (2, True)):
        row = find_article(engine, number)
        assert row is not None
        assert (row.archived is not None) == is_archived
    throw(engine, articles=NOW)
    assert purge_files(engine, tmp_path, dry_run=True).files == 1
    assert file.exists()
    assert purge_files(engine, tmp_path).files == 1
    assert not file.exists()


def test_files_of_others_and_of_a_run_that_lives_stay(in_session: InSession, engine: Engine, tmp_path: Path) -> None:
    write(in_session, tmp_path, [400])
    names = ("newscrawl-20200101T000000-1-1.warc.gz", "mine.warc.gz", "notes.txt")  # another database's, and a user's
    for name in names:
        (tmp_path / name).touch()

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        [lease], _ = await session.take("herald", [link(7)])
        archive = Archive(tmp_path)
        archived = archive.put(visit(lease, None, page=page(lease)))  # no row names it yet
        await asyncio.to_thread(purge_files, engine, tmp_path)
        archive.close()
        assert (tmp_path / archived.file).exists()
        await session.write(replace(visit(lease, article(7), page=page(lease)), archived=archived))

    in_session(crawl)
    throw(engine, raw=NOW + DAY)
    purge_files(engine, tmp_path)
    assert {path.name for path in tmp_path.iterdir() if path.suffix in (".gz", ".txt")} == set(names)


def test_a_file_that_was_read_from_elsewhere_is_never_touched(
    in_session: InSession, engine: Engine, tmp_path: Path
) -> None:
    write(in_session, tmp_path / "archive", [400])
    [file] = (tmp_path / "archive").iterdir()
    with engine.begin() as connection:  # as `crawl --warc` names it
        connection.execute(text("UPDATE pages SET warc_file = :path"), {"path": str(file)})
    assert purge_files(engine, tmp_path / "archive").files == 0
    assert purge_files(engine, tmp_path / "elsewhere").files == 0
    throw(engine, raw=NOW)
    assert purge_files(engine, tmp_path / "elsewhere").files == 0
    assert file.exists()


def test_an_outlet_on_which_a_run_works_is_skipped_and_its_holder_named(
    in_session: InSession, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    write(in_session, tmp_path, [400])

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(GAZETTE, [])])
        [lease], _ = await session.take("gazette", [replace(link(9), url="https://gazette.example/9")])
        story = replace(article(9), outlet="gazette", canonical_url=lease.url)
        await session.write(visit(lease, replace(story, published=Moment(NOW - 400 * DAY, "second", "meta", ""))))
        done = {one.outlet: one for one in await asyncio.to_thread(throw, engine, articles=NOW - DAY)}
        holder = done["gazette"].holder
        assert holder is not None
        assert (done["gazette"].is_skipped, holder.run_id) == (True, session.run_id)
        assert (done["gazette"].articles_gone, done["herald"].articles_gone) == (0, 1)

    in_session(crawl)
    other = open_engine(database_url)
    locks = open_locks(other)
    assert locks.take(outlet_lock("gazette"))
    assert [(one.is_skipped, one.holder) for one in throw(engine, articles=NOW)] == [(True, None)]
    locks.close()
    other.dispose()
    assert [one.articles_gone for one in throw(engine, articles=NOW)] == [1]


def test_an_article_that_a_run_of_another_outlet_fetches_stays_until_that_is_done(
    in_session: InSession, engine: Engine, tmp_path: Path
) -> None:
    write(in_session, tmp_path, [400, 400])

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(GAZETTE, [])])  # a portal's list names the herald's story
        [lease], _ = await session.take("gazette", [link(0)], again=True)
        assert (await asyncio.to_thread(throw, engine, articles=NOW))[0].articles_gone == 1
        outcome = await session.write(visit(lease, rich_article(0)))
        assert (outcome.kind, outcome.article_id) == ("unchanged", 1)

    in_session(crawl)
    assert throw(engine, articles=NOW)[0].articles_gone == 1
    assert count(engine, "SELECT COUNT(*) FROM articles") == 0


def test_a_page_that_another_articles_text_comes_from_stays(
    in_session: InSession, engine: Engine, tmp_path: Path
) -> None:
    write(in_session, tmp_path, [400, 10])
    with engine.begin() as connection:  # the URL of article 1 led to article 2 before
        connection.execute(text("UPDATE article_revisions SET fetch_id = 1 WHERE article_id = 2"))
    assert throw(engine, articles=NOW - 90 * DAY)[0].raw_gone == 0
    assert count(engine, "SELECT COUNT(*) FROM pages") == 2


def test_sqlite_gives_its_room_back(sqlite_database: str, tmp_path: Path) -> None:
    async def fill() -> None:
        session = await CrawlSession.open(sqlite_database, command="test")
        await session.claim([(HERALD, [FEED])])
        leases, _ = await session.take("herald", [link(n) for n in range(50)])
        await asyncio.gather(*(session.write(visit(lease, rich_article(n))) for n, lease in enumerate(leases)))
        await session.close("finished", "ok", 0)

    asyncio.run(fill())
    engine = open_engine(sqlite_database)
    before = (tmp_path / "newscrawl.db").stat().st_size
    throw(engine, articles=NOW + DAY)
    vacuum(engine)
    engine.dispose()
    assert (tmp_path / "newscrawl.db").stat().st_size < before
