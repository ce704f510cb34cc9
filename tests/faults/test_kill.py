"""kill -9 in the middle of a crawl: nothing acknowledged is lost, and the next run takes up the rest."""

import os
import signal
import subprocess
import time

import pytest

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import list_articles, list_runs
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, Web, serve

STORIES = 60


@pytest.fixture
def web():
    with serve() as web:
        urls = []
        for n in range(STORIES):
            web.answers[f"/2026/story-{n}"] = Answer(article_page(f"Story {n}", place=f"Port {n}"), wait_s=0.03)
            urls.append(web.url(f"/2026/story-{n}"))
        web.answers["/feed"] = Answer(rss(urls))
        yield web


def stored(crawler: Crawler) -> dict[str, str]:
    engine = open_engine(crawler.database_url, read_only=True)
    try:
        return {line.canonical_url: line.headline for line in list_articles(engine, 1000)}
    finally:
        engine.dispose()


def start(crawler: Crawler, web: Web, **settings: int) -> subprocess.Popen:
    """A crawl that has fetched some stories and not all."""
    asked = len(web.asked)
    command = crawler.command("news", "outlet=harbour", **settings)
    silent = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=silent, stderr=silent, start_new_session=True)
    until = time.monotonic() + 60
    while len(web.asked) < asked + 3 and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    return process


def test_three_kills_cost_nothing(web, tmp_path, database_url):
    crawler = Crawler(tmp_path, database_url)
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    for _ in range(3):
        process = start(crawler, web)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    crawler.run("news", "outlet=harbour")
    assert len(stored(crawler)) == STORIES
    summary = crawler.summary()
    assert (summary.counts.pending, summary.balanced, summary.run.status) == (0, True, "ok")
    engine = open_engine(crawler.database_url, read_only=True)
    assert [run.status for run in list_runs(engine)] == ["ok", "crashed", "crashed", "crashed"]
    engine.dispose()


def test_one_ctrl_c_drains_and_the_next_run_goes_on(web, tmp_path):
    crawler = Crawler(tmp_path)
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    process = start(crawler, web)
    process.send_signal(signal.SIGINT)
    process.wait(30)
    summary = crawler.summary()
    assert summary.run.status == "interrupted"
    assert 0 < summary.counts.stored < STORIES
    assert summary.balanced
    crawler.run("news", "outlet=harbour")
    assert len(stored(crawler)) == STORIES


def test_two_runs_of_one_outlet_do_not_overlap(web, tmp_path, database_url):
    crawler = Crawler(tmp_path, database_url)
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    process = start(crawler, web, NEWSCRAWL_DELAY=2)
    second = crawler.run("news", "outlet=harbour")
    assert process.poll() is None
    assert "harbour" in second.stderr
    assert str(process.pid) in second.stderr
    process.kill()
    process.wait()
    crawler.run("news", "outlet=harbour")
    assert len(stored(crawler)) == STORIES
