"""What a crawl does about outlets and hosts that another run has: real servers, the real crawler."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from newscrawl.items import Outlet
from newscrawl.spiders import sharing
from newscrawl.spiders.sharing import Sharing
from newscrawl.store import migrate
from newscrawl.store.claims import Share
from newscrawl.store.engine import open_engine
from newscrawl.store.session import CrawlSession
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, Web, serve

GIVEN = {"TWISTED_DNS_RESOLVER": "tests.resolver.Everywhere", "NEWSCRAWL_FAIL_LIMIT": 1}


PAGES = {  # outlet -> its pages
    "free": ["free.example/2026/a", "free.example/2026/away", "free.example/2026/b"],
    "elsewhere": [f"held.example/2026/{n}" for n in range(9)],
    "busy": [f"busy.example/2026/{n}" for n in range(9)],
    "taken": ["taken.example/2026/a"],
}


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawler, Web, str]]:
    """A crawl beside another run, which holds the outlet `taken` and asks held.example; with the crawl's log."""
    crawler = Crawler(tmp_path_factory.mktemp("crawl"))
    migrate.upgrade(crawler.database_url)
    with serve() as web:
        for slug, pages in PAGES.items():
            for page in pages:
                web.answers[f"//{page}"] = Answer(article_page(f"Story {page}", place=page))
            urls = [web.url(f"/{path}", host) for host, _, path in (page.partition("/") for page in pages)]
            web.answers[f"//{slug}.example/feed"] = Answer(rss(urls))
            home, feed = (web.url(path, f"{slug}.example") for path in ("/", "/feed"))
            domains = [f"{slug}.example", *(["held.example"] if slug == "elsewhere" else [])]
            crawler.outlet(home, ("rss", feed), slug=slug, domains=domains)
        web.answers["//free.example/2026/away"] = Answer("", 302, {"Location": web.url("/x", "held.example")})
        web.answers["//busy.example/2026/0"] = Answer("", 429, {"Retry-After": "3600"})

        async def beside() -> str:
            other = await CrawlSession.open(crawler.database_url, command="crawl news")
            await other.claim([(Outlet("taken", "Taken"), ())])
            await other.hold("held.example", 1)
            done = await asyncio.to_thread(crawler.run, "news", f"outlet={','.join(PAGES)}", **GIVEN)
            crawled = crawler.summary()
            assert (done.returncode, crawled.run.status) == (0, "ok")
            await other.close("shutdown", "interrupted", 130)
            return re.sub(r"'\n +'", "", done.stderr)  # Scrapy breaks the lines of its stats

        yield crawler, web, asyncio.run(beside())


def outcomes(crawler: Crawler) -> dict[str, tuple[int, int, int]]:
    summary = crawler.summary()
    assert summary.balanced
    return {of.slug: (of.counts.stored, of.counts.failed, of.counts.pending) for of in summary.outlets}


def test_what_another_run_has_is_left_to_it_and_the_rest_is_crawled(crawl: tuple[Crawler, Web, str]) -> None:
    crawler, web, log = crawl
    assert outcomes(crawler) == {"free": (2, 0, 1), "elsewhere": (0, 0, 9), "busy": (0, 1, 8)}
    assert {host for asked in web.asked if (host := asked.host.partition(":")[0])} == {
        "free.example", "elsewhere.example", "busy.example",
    }  # fmt: skip
    assert "left to run 1 (pid" in log
    assert ": 1 outlet (taken)" in log
    assert "held.example is asked by run 1 (pid" in log


def test_a_host_that_asks_for_a_long_pause_is_asked_no_more(crawl: tuple[Crawler, Web, str]) -> None:
    _, web, log = crawl
    assert [asked.path for asked in web.asked if "busy" in asked.host] == ["/robots.txt", "/feed", "/2026/0"]
    assert "busy.example is to be left alone for 60 s and more" in log


def test_a_page_that_was_put_back_has_had_no_attempt(crawl: tuple[Crawler, Web, str]) -> None:
    engine = open_engine(crawl[0].database_url, read_only=True)
    with engine.connect() as connection:
        states = "SELECT DISTINCT state, attempts FROM urls WHERE url LIKE '%//held.example%'"
        assert [tuple(row) for row in connection.execute(text(states))] == [("pending", 0)]
    engine.dispose()


def test_outlets_are_taken_a_few_at_a_time_and_more_while_no_pages_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(sharing.time, "monotonic", lambda: now)
    outlets = {f"outlet{n:02}": (Outlet(f"outlet{n:02}", ""), ()) for n in range(30)}
    shared = Sharing(outlets)
    assert shared.room(0, is_busy=False) == 8
    shared.take(Share({f"outlet{n:02}": () for n in range(8)}))
    assert shared.room(8, is_busy=False) == 0
    now = 101.0
    assert shared.room(8, is_busy=True) == 0
    assert shared.room(5, is_busy=True) == 3  # three have ended
    assert shared.room(8, is_busy=False) == 8
    shared.take(Share({}, dict.fromkeys(list(outlets)[8:])))
    assert (shared.is_over(), shared.room(8, is_busy=False)) == (True, 0)  # for a second
    now = 102.0
    assert shared.room(8, is_busy=False) == 8  # not 16: what another run leaves, when it dies, is for all others
    assert shared.notes() == [f"left to another run: 22 outlets ({', '.join(list(outlets)[8:18])}, …)"]
    assert "outlet08 is locked by another run" in str(shared.refusal())
