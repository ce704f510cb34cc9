from datetime import UTC, datetime
from itertools import pairwise

import pytest
from scrapy import Request
from scrapy.http import Response

from newscrawl.middlewares import origin, retry_after_s
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, serve

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("5", 5.0),
        (" 120 ", 120.0),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_reads_retry_after_in_seconds_and_as_a_date(raw: str, seconds: float | None) -> None:
    response = Response("http://a.example/", status=503, headers={"Retry-After": raw})
    assert retry_after_s(response, NOW) == seconds


def test_a_robots_txt_speaks_for_one_scheme_and_port_alone() -> None:
    urls = ["http://a.example/x", "https://a.example/x", "http://a.example:8080/x", "http://a.example/y?z"]
    assert len({origin(Request(url)) for url in urls}) == 3


def test_concurrent_first_requests_all_wait_for_robots_txt(tmp_path):
    """Scrapy's own middleware lets all but the first of them through (2.14 to 2.19)."""
    with serve() as web:
        web.answers["/robots.txt"] = Answer("User-agent: *\nDisallow: /private/", wait_s=0.5)
        forbidden = [f"/private/{n}" for n in range(8)]
        for path in forbidden:
            web.answers[path] = Answer(article_page("Members only"))
        crawler = Crawler(tmp_path)
        urls = " ".join(web.url(path) for path in forbidden)
        crawler.run("urls", f"urls={urls}", CONCURRENT_REQUESTS_PER_DOMAIN=8)
        assert web.paths() == ["/robots.txt"]
        assert crawler.summary().rejected == {"robots": 8}


def test_keeps_the_crawl_delay_of_robots_txt_also_after_a_connection_was_dropped(tmp_path):
    with serve() as web:
        web.answers["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 1")
        paths = [f"/2026/story-{n}" for n in range(3)]
        dropped = iter([Answer(), Answer(reset=True)])
        for path in paths:
            page = Answer(article_page(f"Story {path[-1]}", place=f"Port {path[-1]}"))
            web.answers[path] = lambda page=page: answer if (answer := next(dropped, page)).reset else page
        crawler = Crawler(tmp_path)
        crawler.run("urls", f"urls={' '.join(map(web.url, paths))}", DOWNLOAD_DELAY_JITTER=0)
        times = [asked.at for asked in web.asked if asked.path in paths]
        assert len(times) == 4
        assert crawler.summary().counts.stored == 3
        assert min(later - earlier for earlier, later in pairwise(times)) >= 0.95


def test_retry_after_holds_the_whole_host_back(tmp_path):
    with serve() as web:
        urls = [web.url(f"/2026/story-{n}") for n in range(3)]
        busy = iter([Answer("busy", 503, {"Retry-After": "2"})])
        for n in range(3):
            page = Answer(article_page(f"Story {n}", place=f"Port {n}"))
            web.answers[f"/2026/story-{n}"] = lambda page=page: next(busy, page)
        web.answers["/feed"] = Answer(rss(urls))
        crawler = Crawler(tmp_path)
        crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
        crawler.run("news", "outlet=harbour")
        times = [asked.at for asked in web.asked if asked.path.startswith("/2026/")]
        assert len(times) == 4
        assert times[1] - times[0] >= 1.9
        assert crawler.summary().counts.stored == 3


def test_a_long_retry_after_is_left_to_a_later_run(tmp_path):
    with serve() as web:
        web.answers["/2026/pier"] = Answer("busy", 503, {"Retry-After": "3600"})
        crawler = Crawler(tmp_path)
        crawler.run("urls", f"urls={web.url('/2026/pier')}")
        assert web.paths().count("/2026/pier") == 1
        assert crawler.summary().failed == {"http_503": 1}
