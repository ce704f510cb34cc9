"""An outlet that changes its template, crawled by the real command: the alarm, its line, its row, its exit status."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.store.engine import open_engine
from tests.commands import run
from tests.crawling import Crawler
from tests.health import DAY, HOUR, write_history
from tests.health import run as past_run
from tests.pages import article_page, rss
from tests.web import Answer, Web, serve


@pytest.fixture
def web():
    with serve() as web:
        yield web


def publish(web: Web, edition: str, count: int, *, is_broken: bool = False) -> None:
    """Put so many new stories into the feed; broken ones have no date, and every other one no text."""
    paths = [f"/2026/{edition}-{n}" for n in range(count)]
    for n, path in enumerate(paths):
        page = article_page(f"Story {edition} {n} of the harbour", place=f"Port {edition} {n}")
        if is_broken:
            page = page.replace("article:published_time", "x")
            page = page.partition("<article>")[0] if n % 2 else page
        web.answers[path] = Answer(page)
    web.answers["/feed"] = Answer(rss([web.url(path) for path in paths]))


def test_a_changed_template_is_told_once_and_stands(web: Web, sqlite_database: str, tmp_path: Path) -> None:
    crawler = Crawler(tmp_path, sqlite_database)
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    engine = open_engine(sqlite_database)
    with engine.begin() as connection:
        now = datetime.now(UTC)
        write_history(
            connection, "harbour", [past_run(now - n * HOUR, 20, authored=0, chars=430) for n in range(30, 0, -5)]
        )
    engine.dispose()
    crawl = ["crawl", "harbour", "--outlets", "outlets", "--db", sqlite_database, "--allow-private", "--delay", "0"]

    publish(web, "a", 21)
    well = run(*crawl, "--quiet", cwd=tmp_path)
    assert (well.returncode, well.stdout, well.stderr) == (0, "", "")

    publish(web, "b", 44, is_broken=True)
    told = run(*crawl, "--quiet", cwd=tmp_path)
    assert told.returncode == 3, told.stderr
    assert "ALARM harbour: dated: 0% of its last 22 articles have a date; before, 100%; since 20" in told.stderr
    assert "ALARM harbour: lost: 50% of its last 44 URLs were rejected or failed; before, 0%" in told.stderr
    assert "newscrawl outlets health harbour" in told.stderr
    assert "degraded" in told.stdout

    still = run(*crawl, "--quiet", "--json", cwd=tmp_path)
    summary = json.loads(still.stdout)
    assert (still.returncode, still.stderr, summary["run"]["status"]) == (0, "", "ok")
    assert {(alarm["measure"], alarm["is_told"]) for alarm in summary["alarms"]} >= {("dated", False), ("lost", False)}

    shown = run("runs", "show", "--db", sqlite_database, cwd=tmp_path)
    assert "ALARM harbour: dated: " in shown.stderr
    listed = json.loads(run("runs", "list", "--db", sqlite_database, "--json", cwd=tmp_path).stdout)
    assert [bool(row["alarms"]) for row in listed] == [True, True, False] + [False] * 6
    health = run("outlets", "health", "harbour", "--db", sqlite_database, cwd=tmp_path)
    assert health.returncode == 0
    assert "dated" in health.stdout.splitlines()[2]
    assert f"{now.date()}" in health.stdout
    [record] = json.loads(run("outlets", "health", "--db", sqlite_database, "--json", cwd=tmp_path).stdout)
    assert {alarm["measure"] for alarm in record["alarms"]} >= {"dated", "lost"}
    assert record["last_new_at"] < record["last_run_at"]
    assert now - DAY < datetime.fromisoformat(record["last_new_at"])


def test_what_the_file_expects_is_told_with_its_rule(web: Web, tmp_path: Path) -> None:
    crawler = Crawler(tmp_path)
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    with (tmp_path / "outlets" / "harbour.yaml").open("a", encoding="utf-8") as file:
        file.write("expect: {authored: 0.9, dated: 1, min_chars: 100}\n")
    publish(web, "a", 20)
    done = run("crawl", "harbour", "--outlets", "outlets", "--allow-private", "--delay", "0", cwd=tmp_path)
    assert done.returncode == 3
    assert "harbour: authored: 0% of its last 20 articles have an author; its file expects authored: 0.9" in done.stderr
    missing = run("outlets", "health", "nowhere", cwd=tmp_path)
    assert (missing.returncode, "nowhere" in missing.stderr) == (1, True)
