"""No way into a crawl leads to an address that is not public, however it is written."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from newscrawl.urls import host_of
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.resolver import POINTED, PUBLIC
from tests.web import Answer, Web, serve

# Loopback as HTTP clients understand it, though most checks of a URL's text let it pass; and private networks.
SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "127.0.0.2", "127.255.255.254", "0177.0.0.1", "0177.1", "0x7f.1", "0x7F.0.0x0.1",
    "0x7f000001", "2130706433", "017700000001", "0", "0.0.0.0", "127.0.0.1.", "localhost", "LOCALHOST", "localhost.",
    "loc%61lhost", "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７．０．０．１", "ⓛocalhost", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "harbour.example@127.0.0.1",
    "harbour.example:80@localhost", "169.254.169.254", "10.0.0.7", "172.16.0.1", "192.168.7.7", *POINTED,
]  # fmt: skip
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
REFUSED = {"refused_address", "robots_unreachable", "dns", "network"}  # a name that nobody has is no address to refuse


@dataclass(frozen=True)
class Two:
    """A server that stands for the public web, and one that nobody may reach."""

    outer: Web
    inner: Web

    def forbidden(self, path: str) -> list[str]:
        return [self.inner.url(path, host) for host in SPELLINGS]

    def public(self, path: str, host: str = PUBLIC) -> str:
        return self.outer.url(path, host)


@pytest.fixture
def two():
    with serve() as outer, serve(everywhere=True) as inner:
        for path in ("/2026/pier", "/feed", "/map.xml", "/robots.txt"):
            inner.answers[path] = Answer(article_page("The secret of the pier"))
        outer.answers["/2026/pier"] = Answer(article_page("Pier to be rebuilt"))
        yield Two(outer, inner)


def run(folder: Path, spider: str, argument: str) -> Crawler:
    crawler = Crawler(folder)
    guarded = {"NEWSCRAWL_ALLOW_PRIVATE": 0, "TWISTED_DNS_RESOLVER": "tests.resolver.Named", "DNS_TIMEOUT": 3}
    crawler.run(spider, argument, CONCURRENT_ITEMS=32, **guarded)
    return crawler


def check(crawler: Crawler, two: Two, least: int) -> None:
    summary = crawler.summary()
    ended = {**summary.rejected, **summary.failed}
    assert two.inner.asked == []
    assert set(ended) <= REFUSED
    assert ended["refused_address"] >= least
    assert (summary.counts.stored, summary.counts.pending, summary.balanced) == (1, 0, True)
    assert summary.counts.seen == sum(ended.values()) + 1


def test_no_listed_url_and_no_redirect_leads_inwards(two, tmp_path):
    web = two.outer
    urls = [two.public("/2026/pier"), *two.forbidden("/2026/pier")]
    for n, target in enumerate(two.forbidden("/2026/pier")):
        location = {"Location": target.encode().decode("latin-1")}
        away = Answer("", (301, 302, 303, 307, 308)[n % 5], location)
        busy = iter([Answer("busy", 503)])
        web.answers[f"/2026/moved-{n}"] = away
        web.answers[f"/2026/busy-{n}"] = lambda busy=busy, away=away: next(busy, away)
        refresh = f'<html><head><meta http-equiv="refresh" content="0;url={target}"></head></html>'
        web.answers[f"/2026/refresh-{n}"] = Answer(refresh)
        web.answers[f"//r{n}.{PUBLIC}/robots.txt"] = Answer("", 302, location)
        web.answers[f"/2026/behind-robots-{n}"] = Answer(article_page("Not to be read"))
        urls += [two.public(f"/2026/{way}-{n}") for way in ("moved", "busy", "refresh")]
        urls.append(two.public(f"/2026/behind-robots-{n}", f"r{n}.{PUBLIC}"))
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(urls), encoding="utf-8")
    crawler = run(tmp_path, "urls", f"file={listed}")
    check(crawler, two, least=90)
    assert {asked.path for asked in web.asked} >= {f"/2026/busy-{n}" for n in range(len(SPELLINGS))}
    assert not [asked.path for asked in web.asked if "behind-robots" in asked.path]
    assert crawler.summary().failed["robots_unreachable"] >= len(SPELLINGS)


def test_no_feed_no_sitemap_and_no_page_leads_inwards(two, tmp_path):
    web, inner = two.outer, two.inner
    inwards = inner.url("/2026/pier")
    hints = "".join(
        f'<link rel="{name}" href="{inwards}">'
        for name in ("canonical", "next", "amphtml", "alternate", "icon", "preload", "stylesheet")
    )
    hints += f'<base href="{inner.url("/")}"><iframe src="{inwards}"></iframe>'
    web.answers["/2026/pier"] = Answer(article_page("Pier to be rebuilt").replace("</head>", f"{hints}</head>"))
    web.answers["/feed"] = Answer(rss([two.public("/2026/pier"), *two.forbidden("/2026/in-a-feed")]))
    locations = "".join(f"<url><loc>{url}</loc></url>" for url in two.forbidden("/2026/in-a-sitemap"))
    web.answers["/map.xml"] = Answer(f'<urlset xmlns="{SITEMAP}">{locations}</urlset>')
    children = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in two.forbidden("/map.xml"))
    web.answers["/index.xml"] = Answer(f'<sitemapindex xmlns="{SITEMAP}">{children}</sitemapindex>')
    links = "".join(f'<a href="{url}">A headline of some length</a>' for url in two.forbidden("/2026/in-a-section"))
    web.answers["/section"] = Answer(links)
    web.answers["/moved-feed"] = Answer("", 301, {"Location": inner.url("/feed")})
    # The outlet's file admits these hosts, so that nothing but the guard is in the way.
    domains = [PUBLIC, *(host.lower() for host in SPELLINGS if host_of(f"http://{host}/") == host.lower())]
    sources = [("rss", "/feed"), ("sitemap", "/map.xml"), ("sitemap", "/index.xml"), ("rss", "/moved-feed")]
    crawler = Crawler(tmp_path)
    crawler.outlet(
        two.public("/"),
        *((kind, two.public(path)) for kind, path in sources),
        ("section", two.public("/section") + "\n    link_pattern: /2026/"),
        domains=domains,
    )
    run(tmp_path, "news", "outlet=harbour")
    check(crawler, two, least=60)
    assert crawler.summary().sources_failed == 2  # the feed that moved, and the index, whose sitemaps are all refused


def test_without_the_guard_the_spellings_would_arrive(two):
    """Else the tests above would show nothing. The resolver asks the C library for an address, as this does."""
    for host in SPELLINGS:
        with contextlib.suppress(OSError, UnicodeError):
            address = socket.gethostbyname(urlsplit(two.inner.url("/", host.encode("idna").decode())).hostname)
            if address == "0.0.0.0" or address.startswith("127."):
                connection = HTTPConnection(address, two.inner.port, timeout=5)
                connection.request("GET", "/2026/pier")
                connection.getresponse().close()
                connection.close()
    assert len(two.inner.asked) >= 20
