"""Copies and retention as users and cron call them, beside real crawls."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from newscrawl.store.engine import open_engine
from tests.commands import run
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, Web, serve

STORIES = 12


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


def test_a_copy_made_while_a_crawl_runs_can_be_used(crawler: Crawler, tmp_path: Path) -> None:
    if not crawler.database_url.startswith("sqlite") and shutil.which("pg_dump") is None:
        pytest.skip("PostgreSQL's client programs are needed")
    silent = subprocess.DEVNULL
    command = crawler.command("news", "outlet=harbour", NEWSCRAWL_DELAY=0.3)
    process = subprocess.Popen(command, stdout=silent, stderr=silent)
    until = time.monotonic() + 60
    while not count(crawler.database_url, "SELECT COUNT(*) FROM articles"):
        assert time.monotonic() < until
        time.sleep(0.05)
    done = run("backup", "copy.db", "--with-archive", "--json", *options(crawler), cwd=tmp_path)
    assert process.poll() is None  # it was still at work
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
    assert count(str(tmp_path / "copy.db"), "SELECT COUNT(*) FROM pages WHERE warc_file IS NOT NULL") >= stored
    again = run("reclean", "--again", "--json", "--db", "copy.db", cwd=tmp_path)  # from its own archive
    assert (json.loads(again.stdout)["read"], json.loads(again.stdout)["from_text"]) == (stored, 0)
    assert run("db", "check", "--db", "copy.db", cwd=tmp_path).returncode == 0


def test_what_is_purged_is_not_fetched_again_and_accounts_balance(crawler: Crawler, web: Web, tmp_path: Path) -> None:
    crawler.run("news", "outlet=harbour")
    shown = run("purge", "--older-than", "1y", "--dry-run", *options(crawler), cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines()[1].split()[:2] == ["harbour", str(STORIES // 2)]
    refused = run("purge", "--older-than", "1y", *options(crawler), cwd=tmp_path)
    assert (refused.returncode, "--yes" in refused.stderr) == (1, True)
    assert count(crawler.database_url, "SELECT COUNT(*) FROM articles") == STORIES
    done = run("purge", "--older-than", "1y", "--raw-older-than", "1d", "--yes", *options(crawler), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"{STORIES // 2} of {STORIES // 2} articles" in done.stdout
    assert count(crawler.database_url, "SELECT COUNT(*) FROM articles") == STORIES // 2
    assert len(list((tmp_path / "archive").iterdir())) == 1
    asked = len(web.asked)
    crawler.run("news", "outlet=harbour")
    assert not [path for path in web.paths()[asked:] if "story" in path]
    why = run("why", web.url("/2026/story-1"), "--db", crawler.database_url, cwd=tmp_path)
    assert "Its article was purged" in why.stdout
    for run_id in ("1", "2"):
        told = run("runs", "show", run_id, "--json", "--db", crawler.database_url, cwd=tmp_path)
        assert json.loads(told.stdout)["balanced"]


def test_outlet_files_say_how_long_to_keep_and_articles_live_without_their_pages(
    crawler: Crawler, tmp_path: Path
) -> None:
    crawler.run("news", "outlet=harbour")
    named = [*options(crawler), "--outlets", str(tmp_path / "outlets")]
    nothing = run("purge", "--yes", *named, cwd=tmp_path)
    assert (nothing.returncode, "no outlet file says" in nothing.stdout) == (0, True)
    with (tmp_path / "outlets" / "harbour.yaml").open("a") as file:
        file.write("retention: {articles_days: 365, raw_days: 1}\n")
    engine = open_engine(crawler.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE fetches SET fetched_at = '2026-01-01 00:00:00'"))
    engine.dispose()
    done = run("purge", "--yes", "--json", *named, cwd=tmp_path)
    record = json.loads(done.stdout)
    [outlet] = record["outlets"]
    assert (outlet["articles_gone"], outlet["raw_gone"], record["files"]["files"]) == (STORIES // 2, STORIES, 1)
    assert not list((tmp_path / "archive").iterdir())
    again = run("reclean", "--again", "--json", *options(crawler), cwd=tmp_path)
    assert (again.returncode, json.loads(again.stdout)["from_text"]) == (0, STORIES // 2), again.stderr
    kept = count(crawler.database_url, "SELECT MIN(id) FROM articles")
    for command in (["inspect", "-o", "page.html", "--archive", str(tmp_path / "archive")], ["show"]):
        shown = run(command[0], str(kept), *command[1:], "--db", crawler.database_url, cwd=tmp_path)
        assert shown.returncode == 0, shown.stderr


def test_an_outlet_that_is_crawled_is_skipped_and_named(crawler: Crawler, web: Web, tmp_path: Path) -> None:
    crawler.run("news", "outlet=harbour")
    web.answers["/feed"] = Answer(rss([web.url("/2026/slow")]))
    web.answers["/2026/slow"] = Answer(article_page("Slow"), wait_s=60)
    process = subprocess.Popen(
        crawler.command("news", "outlet=harbour"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 60
    while "/2026/slow" not in web.paths():
        assert time.monotonic() < until
        time.sleep(0.05)
    done = run("purge", "--older-than", "1y", "--yes", *options(crawler), cwd=tmp_path)
    process.kill()
    process.wait()
    assert (done.returncode, f"run 2 (pid {process.pid} on {os.uname().nodename})" in done.stderr) == (4, True)
    assert count(crawler.database_url, "SELECT COUNT(*) FROM articles") == STORIES
    again = run("purge", "--older-than", "1y", "--yes", *options(crawler), cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert count(crawler.database_url, "SELECT COUNT(*) FROM articles") == STORIES // 2
    assert len(list((tmp_path / "archive").glob("*.warc.gz"))) >= 1
