from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse

import pytest

from newscrawl.cli.demoweb import OUTLETS, DemoWeb, load_web
from newscrawl.discover.feeds import parse_feed
from newscrawl.discover.sitemaps import parse_sitemap
from newscrawl.outlets.registry import load_file
from newscrawl.urls import within

ANSWERS = load_web()
CONFIGS = [load_file(path) for path in sorted(OUTLETS.glob("*.yaml"))]


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    with DemoWeb() as web:
        yield web.proxy


def ask(proxy: str, url: str, **headers: str) -> HTTPResponse:
    """The answer of the proxy, read and closed."""
    connection = HTTPConnection(proxy.removeprefix("http://"))
    connection.request("GET", url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.slug)
def test_every_source_of_a_demo_outlet_is_served(config) -> None:
    assert all(source.url in ANSWERS for source in config.sources)
    assert any(within(url, config.domains) for url in ANSWERS)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.slug)
def test_the_feeds_can_be_read_and_name_pages_of_the_outlet(config) -> None:
    for source in config.sources:
        body = ANSWERS[source.url].body
        if source.kind == "section":
            continue
        parsed = parse_sitemap(body, source.url) if "sitemap" in source.kind else parse_feed(body, source.url, None)
        assert parsed.error is None
        assert len(parsed.links) >= 3
        assert all(link.headline and link.published_at for link in parsed.links)
        assert all(config.admits(link.url) for link in parsed.links)


def test_a_redirect_a_missing_page_and_an_unchanged_feed_are_answered_so(proxy: str) -> None:
    moved = ask(proxy, "http://www.harborcourier.example/go/8812")
    assert moved.status == 302
    assert moved.headers["Location"] in ANSWERS
    assert ask(proxy, "http://www.harborcourier.example/2026/05/29/bridge-closure").status == 404
    feed = ask(proxy, "http://www.harborcourier.example/rss.xml")
    assert feed.status == 200
    assert ask(proxy, "http://www.harborcourier.example/rss.xml", If_None_Match=feed.headers["ETag"]).status == 304


def test_somebody_who_opens_the_proxy_is_told_what_it_is(proxy: str) -> None:
    assert ask(proxy, "/").status == 200


def test_a_charset_is_declared_as_it_is_used() -> None:
    page = ANSWERS["http://www.gacetadelpuerto.example/local/2026/06/03/el-faro-viejo-sera-una-biblioteca.html"]
    assert page.content_type == "text/html; charset=iso-8859-1"
    assert "Iñigo" in page.body.decode("iso-8859-1")


def test_no_placeholder_is_left_in_a_page() -> None:
    for url, answer in ANSWERS.items():
        for name in (b"$headline", b"$published", b"$body", b"$site"):
            assert name not in answer.body, url
