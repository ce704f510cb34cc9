"""Copies and retention as users and cron call them, beside real crawls."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from newscrawl.cli.words import state_text
from newscrawl.items import Moment
from newscrawl.store.archive import Archive
from newscrawl.store.engine import open_engine
from newscrawl.store.queries import list_articles, run_summary, trace
from newscrawl.store.session import CrawlSession
from newscrawl.store.stored import archived_page
from tests.commands import run
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.records import FEED, HERALD, NOW, article, link, page, visit
from tests.web import Answer, Web, serve

STORIES = 10


@pytest.fixture
def web() -> Iterator[Web]:
    """Half of the stories are of last year."""
    with serve() as web:
        paths = [f"/2026/story-{n}" for n in range(STORIES)]
        for n, path in enumerate(paths):
            day = "2025-01-02T08:00:00Z" if n % 2 else "2026-11-20T08:00:00Z"
            web.answers[path] = Answer(article_page(f"Story {n}", place=f"Port {n}", published=day))
        web.answers["/feed"] = Answer(rss([web.url(path) for path in paths]))
        yield web


@pytest.fixture
def crawler(web: Web, tmp_path: Path, database_url: str) -> Crawler:
    crawler = Crawler(tmp_path, database_url)
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    return crawler


def count(url: str, query: str) -> int:
    engine = open_engine(url, read_only=True)
    try:
        with engine.connect() as connection:
            return int(connection.scalar(text(query)) or 0)
    finally:
        engine.dispose()


def options(crawler: Crawler) -> list[str]:
    return ["--db", crawler.database_url, "--archive", str(crawler.folder / "archive")]


def test_a_copy_made_while_a_crawl_runs_can_be_used(crawler: Crawler, web: Web, tmp_path: Path) -> None:
    if not crawler.database_url.startswith("sqlite") and shutil.which("pg_dump") is None:
        pytest.skip("PostgreSQL's client programs are needed")
    gate = threading.Event()  # the later half of the stories comes when the copy is made
    for n in range(STORIES // 2, STORIES):
        path, page = f"/2026/story-{n}", web.answers[f"/2026/story-{n}"]
        web.answers[path] = lambda page=page: (gate.wait(60), page)[1]
    silent = subprocess.DEVNULL
    process = subprocess.Popen(crawler.command("news", "outlet=harbour"), stdout=silent, stderr=silent)
    until = time.monotonic() + 60
    while not count(crawler.database_url, "SELECT COUNT(*) FROM articles"):
        assert time.monotonic() < until
        time.sleep(0.05)
    done = run("backup", "copy.db", "--with-archive", "--json", *options(crawler), cwd=tmp_path)
    assert process.poll() is None  # it was still at work
    gate.set()
    process.wait(60)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["archive"]["copied"], record["archive"]["missing"]) == (1, [])
    assert crawler.summary().counts.stored == STORIES
    if not crawler.database_url.startswith("sqlite"):
        assert "pg_restore" in record["restore"]
        return
    listed = run("runs", "list", "--db", "copy.db", cwd=tmp_path)
    assert "running" in listed.stdout, listed.stderr
    stored = count(str(tmp_path / "copy.db"), "SELECT COUNT(*) FROM articles")
    assert 0 < stored < STORIES
    copy = open_engine(str(tmp_path / "copy.db"), read_only=True)
    bodies = [archived_page(copy, row.id, tmp_path / "copy-archive") for row in list_articles(copy)]
    copy.dispose()
    assert [body is not None for body in bodies] == [True] * stored


def test_what_is_purged_is_not_fetched_again_and_accounts_balance(crawler: Crawler, web: Web, tmp_path: Path) -> None:
    crawler.run("news", "outlet=harbour")
    ages = ["--older-than", "1y", "--raw-older-than", "1d"]
    done = run("purge", *ages, "--yes", *options(crawler), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split()[:2] == ["harbour", str(STORIES // 2)]
    assert f"{STORIES // 2} of {STORIES // 2} articles" in done.stdout
    assert count(crawler.database_url, "SELECT COUNT(*) FROM articles") == STORIES // 2
    assert len(list((tmp_path / "archive").iterdir())) == 1
    asked = len(web.asked)
    crawler.run("news", "outlet=harbour")
    assert not [path for path in web.paths()[asked:] if "story" in path]
    engine = open_engine(crawler.database_url, read_only=True)
    summaries = [run_summary(engine, run_id) for run_id in (1, 2)]
    gone = trace(engine, web.url("/2026/story-1"))
    engine.dispose()
    assert [summary and (summary.balanced, summary.counts.stored) for summary in summaries] == [
        (True, STORIES),
        (True, 0),
    ]
    assert gone is not None
    assert "Its article was purged" in state_text(gone)


@pytest.fixture
def stored(sqlite_database: str, tmp_path: Path) -> Path:
    """A folder with a database of two articles, one published long ago, and their archived pages; fetched long ago."""

    async def fill() -> None:
        session = await CrawlSession.open(sqlite_database, command="test")
        await session.claim([(HERALD, [FEED])])
        archive = Archive(tmp_path / "newscrawl-archive")
        leases, _ = await session.take("herald", [link(0), link(1)])
        for n, lease in enumerate(leases):
            published = Moment(datetime.now(UTC) - timedelta(days=1 + 400 * n), "second", "meta", "")
            story = replace(article(n), published=published)
            one = visit(lease, story, fetched_at=NOW - timedelta(days=100), page=page(lease))
            await session.write(replace(one, archived=archive.put(one)))
        archive.close()
        await session.close("finished", "ok", 0)

    asyncio.run(fill())
    (tmp_path / "outlets").mkdir()
    return tmp_path


HERALD_FILE = "slug: herald\nname: The Herald\nhomepage: https://herald.example/\n"


def test_outlet_files_say_how_long_to_keep_and_articles_live_without_their_pages(stored: Path) -> None:
    file = stored / "outlets" / "herald.yaml"
    file.write_text(HERALD_FILE)
    nothing = run("purge", "--outlets", "outlets", cwd=stored)
    assert (nothing.returncode, "no outlet file says" in nothing.stdout) == (0, True)
    file.write_text(f"{HERALD_FILE}retention: {{articles_days: 365, raw_days: 90}}\n")
    done = run("purge", "--yes", "--json", "--vacuum", "--outlets", "outlets", cwd=stored)
    record = json.loads(done.stdout)
    [outlet] = record["outlets"]
    assert (outlet["articles_gone"], outlet["raw_gone"], record["files"]["files"]) == (1, 2, 1)
    assert list((stored / "newscrawl-archive").iterdir()) == []
    again = json.loads(run("reclean", "--again", "--json", cwd=stored).stdout)
    assert (again["read"], again["failed"], again["from_text"]) == (1, 0, 1)
    for command in (["inspect", "1", "-o", "page.html"], ["show", "1"]):
        shown = run(*command, cwd=stored)
        assert shown.returncode == 0, shown.stderr


def test_nothing_goes_unasked_by_mistake_or_beside_a_run(stored: Path, sqlite_database: str) -> None:
    def purge(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run("purge", *arguments, cwd=stored)

    assert purge("--older-than", "1y", "--dry-run").returncode == 0
    for arguments, told in ((["--older-than", "1y"], "--yes"),
                            (["--older-than", "soon"], "expected an age such as 90d"),
                            (["--outlet", "herold"], "it holds herald")):  # fmt: skip
        done = purge(*arguments)
        assert (done.returncode, told in done.stderr) == (1, True), done.stderr

    async def crawl() -> None:
        session = await CrawlSession.open(sqlite_database, command="test")
        await session.claim([(HERALD, [FEED])])
        done = await asyncio.to_thread(purge, "--older-than", "1y", "--yes")
        assert (done.returncode, f"herald: skipped, for run {session.run_id} (pid" in done.stderr) == (4, True)
        await session.close("finished", "ok", 0)

    asyncio.run(crawl())
    assert count(sqlite_database, "SELECT COUNT(*) FROM articles") == 2
