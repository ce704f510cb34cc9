"""What was fetched while the store was away is stored by the next start, once, and never fetched again."""

import asyncio
import os
import signal
import subprocess
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newscrawl.items import Page, Rejection
from newscrawl.replay import Place, replay
from newscrawl.store import migrate
from newscrawl.store.engine import open_engine
from newscrawl.store.queries import list_articles, list_runs, run_summary
from newscrawl.store.session import CrawlSession
from newscrawl.store.spool import Spool, spools
from newscrawl.visits import Link, Visit
from newscrawl.workers import Workers
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.postgres import own_server
from tests.records import HERALD
from tests.web import Answer, serve

STORIES = 24


@pytest.fixture(scope="module")
def workers():
    pool = Workers(1)
    yield pool
    pool.stop()


def spool_stories(url: str, archive, count: int = STORIES) -> Spool:
    """A run that has fetched stories, and one page that is gone, while the store was away."""

    async def crawl() -> Spool:
        session = await CrawlSession.open(url, command="crawl", archive=archive)
        await session.claim([(HERALD, [])])
        links = [Link(f"https://herald.example/{n}") for n in range(count + 1)]
        leases, _ = await session.take("herald", links)
        spool = Spool(archive, url, session.run_id)
        for n, lease in enumerate(leases):
            now = datetime.now(UTC)
            page = Page(lease.url, article_page(f"Story {n}", f"Port {n}").encode(), HERALD, now, "utf-8")
            visit = Visit(lease, now, lease.url, 200, {"content-type": "text/html"}, 9, page)
            if n == count:
                visit = Visit(lease, now, lease.url, 404, result=Rejection(lease.url, "http_404", "\udc80"))
            spool.add(replace(visit, archived=await session.put(visit)) if visit.page else visit)
        spool.close()
        await session.close("store_failed", "failed", 2)
        return spool

    return asyncio.run(crawl())


def replay_all(url: str, archive, workers: Workers) -> int:
    return asyncio.run(replay(Place(url, archive, 10), spools(archive, url), workers))


def headlines(url: str) -> Counter[str]:
    engine = open_engine(url, read_only=True)
    try:
        return Counter(line.headline for line in list_articles(engine, 1000))
    finally:
        engine.dispose()


def accounts(url: str) -> list[tuple[str, dict[str, int], bool]]:
    """Newest first: status, counts that are not zero, whether they balance."""
    engine = open_engine(url, read_only=True)
    try:
        summaries = [run_summary(engine, run.id) for run in list_runs(engine)]
    finally:
        engine.dispose()
    names = ("seen", "stored", "unchanged", "rejected", "failed", "pending")
    return [
        (
            summary.run.status,
            {name: value for name in names if (value := getattr(summary.counts, name))},
            summary.balanced,
        )
        for summary in summaries
    ]


def test_a_replay_stores_all_in_a_run_of_its_own_and_a_second_one_nothing(database_url, tmp_path, workers):
    spool = spool_stories(database_url, tmp_path / "archive")
    lines = spool.path.read_bytes()
    assert lines.count(b"\n") == spool.count == STORIES + 1
    assert replay_all(database_url, tmp_path / "archive", workers) == STORIES + 1
    assert list(spool.path.parent.iterdir()) == []
    spool.path.write_bytes(lines)  # as if the replay had died before it was done with the file
    assert replay_all(database_url, tmp_path / "archive", workers) == 0
    assert headlines(database_url) == Counter(f"Story {n}" for n in range(STORIES))
    assert accounts(database_url) == [
        ("ok", {}, True),
        ("ok", {"seen": STORIES + 1, "stored": STORIES, "rejected": 1}, True),
        ("failed", {"seen": STORIES + 1, "pending": STORIES + 1}, True),
    ]


def test_a_failure_is_not_counted_twice(database_url, tmp_path, workers):
    """Its URL is pending after it, so that its state does not tell that the visit was written."""
    spool = spool_stories(database_url, tmp_path / "archive", 0)
    lines = spool.path.read_bytes().replace(b'"final":true', b'"final":false')
    for _ in range(2):
        spool.path.write_bytes(lines)
        replay_all(database_url, tmp_path / "archive", workers)
    assert [counts for _, counts, _ in accounts(database_url)] == [
        {},
        {"seen": 1, "failed": 1},
        {"seen": 1, "pending": 1},
    ]


def test_lines_that_give_no_visit_are_kept_aside_and_the_rest_goes_on(database_url, tmp_path, workers, caplog):
    spool = spool_stories(database_url, tmp_path / "archive", 4)
    one, two, three, *rest = spool.path.read_bytes().splitlines(keepends=True)
    lost = two.replace(b'"offset":', b'"offset":9')  # the archive has nothing there
    spool.path.write_bytes(b"".join([b"nonsense\n", one, lost, *rest, three[:70]]))
    assert replay_all(database_url, tmp_path / "archive", workers) == 3
    assert sorted(headlines(database_url)) == ["Story 0", "Story 3"]
    assert "line 1: Invalid JSON" in caplog.text
    assert "line 6: Invalid JSON" in caplog.text
    assert ".warc.gz, offset 9" in caplog.text
    [aside] = spool.path.parent.iterdir()
    assert aside.read_bytes().splitlines() == [b"nonsense", three[:70], lost.rstrip()]
    assert accounts(database_url)[0] == ("ok", {"seen": 4, "stored": 2, "rejected": 1, "pending": 1}, True)


def test_the_spool_of_another_database_in_the_same_place_is_left_alone(sqlite_database, tmp_path):
    spool = spool_stories(sqlite_database, tmp_path / "archive", 1)
    assert spools(tmp_path / "archive", sqlite_database) == [spool.path]
    assert spools(tmp_path / "archive", f"sqlite:///{tmp_path / 'other.db'}") == []
    assert spools(tmp_path / "archive", "postgresql+psycopg://ann:secret@host/news") == []


def test_a_locked_outlet_keeps_its_lines_for_a_later_start(database_url, tmp_path, workers):
    spool = spool_stories(database_url, tmp_path / "archive", 2)

    async def meet() -> int:
        other = await CrawlSession.open(database_url, command="other")
        await other.claim([(HERALD, [])])
        place = Place(database_url, tmp_path / "archive", 10)
        written = await replay(place, spools(place.archive, place.url), workers)
        await other.close("finished", "ok", 0)
        return written

    assert asyncio.run(meet()) == 0
    assert spool.path.exists()
    assert replay_all(database_url, tmp_path / "archive", workers) == 3


@pytest.fixture
def web():
    with serve() as web:
        urls = [web.url(f"/2026/story-{n}") for n in range(STORIES)]
        for n in range(STORIES):
            web.answers[f"/2026/story-{n}"] = Answer(article_page(f"Story {n}", place=f"Port {n}"), wait_s=0.05)
        web.answers["/feed"] = Answer(rss(urls))
        yield web


def test_a_server_that_stays_away_costs_no_page_and_no_second_request(web, tmp_path):
    with own_server() as server:
        migrate.upgrade(server.url)
        crawler = Crawler(tmp_path, server.url)
        crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
        command = crawler.newscrawl("--patience", "1")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        until = time.monotonic() + 60
        while len(web.asked) < 8 and time.monotonic() < until:
            time.sleep(0.02)
        server.stop()
        told, _ = process.communicate(timeout=60)
        assert process.returncode == 2, told
        [spool] = spools(tmp_path / "archive", server.url)
        waiting = spool.read_bytes().count(b"\n")
        assert f"what was fetched ({waiting}) waits in {spool}" in " ".join(told.split())
        assert "Traceback" not in told
        server.start()
        second = subprocess.run(crawler.newscrawl(), capture_output=True, text=True, timeout=60)
        assert second.returncode == 0, second.stderr
        assert f"{waiting} fetched by earlier runs stored first" in " ".join(second.stdout.split())
        assert headlines(server.url) == Counter(f"Story {n}" for n in range(STORIES))
        asked = Counter(path for path in web.paths() if "story" in path)
        assert asked == Counter(f"/2026/story-{n}" for n in range(STORIES))
        statuses, _, balanced = zip(*accounts(server.url), strict=True)
        assert statuses == ("ok", "ok", "failed")
        assert all(balanced)


def test_a_replay_that_is_killed_is_done_again(web, tmp_path):
    crawler = Crawler(tmp_path)
    crawler.outlet(web.url("/"), ("rss", web.url("/none")))
    migrate.upgrade(crawler.database_url)
    spool = spool_stories(crawler.database_url, tmp_path / "archive", 60)
    silent = subprocess.DEVNULL
    process = subprocess.Popen(crawler.newscrawl(), stdout=silent, stderr=silent, start_new_session=True)
    until = time.monotonic() + 60
    while not headlines(crawler.database_url) and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert spool.path.exists()
    subprocess.run(crawler.newscrawl(), stdout=silent, stderr=silent, timeout=60)
    assert headlines(crawler.database_url) == Counter(f"Story {n}" for n in range(60))
    assert list(spool.path.parent.iterdir()) == []
    _, again, crashed, first = accounts(crawler.database_url)
    assert (again[0], crashed[0], first[0]) == ("ok", "crashed", "failed")
    assert again[1]["stored"] + crashed[1].get("stored", 0) == 60
    assert all(balanced for _, _, balanced in (again, crashed, first))
