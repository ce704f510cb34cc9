"""Answers that are made to break a crawler: each costs its own URL or source a counted reason, and nothing else."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import count, repeat

import brotli
import pytest
from backports import zstd

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import list_articles, trace
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.resolver import PUBLIC
from tests.web import Answer, Web, serve

GUARDED = {
    "NEWSCRAWL_ALLOW_PRIVATE": 0, "TWISTED_DNS_RESOLVER": "tests.resolver.Named", "DOWNLOAD_TIMEOUT": 3,
    "RETRY_TIMES": 0,
}  # fmt: skip
MAX_PARENT_MB = 350
UNPACKED = 150_000_000  # bytes of a bomb
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
STORY = article_page("Pier to be rebuilt").encode()
STORIES = [f"/2026/story-{n}" for n in range(5)]


def packed(encoding: str) -> Answer:
    return Answer(BOMBS[encoding], headers={"Content-Encoding": encoding})


def raw(*parts: bytes) -> Answer:
    return Answer(raw=lambda: parts)


def endless(start: bytes, chunks: Callable[[], Iterable[bytes]], pause_s: float = 0.0) -> Answer:
    def send() -> Iterator[bytes]:
        yield start
        for chunk in chunks():
            yield chunk
            time.sleep(pause_s)

    return Answer(raw=send)


def bomb(wbits: int) -> bytes:
    pack = zlib.compressobj(9, zlib.DEFLATED, wbits)
    block = b"\0" * 1_000_000
    return b"".join(
        [pack.compress(b"<html><body>"), *(pack.compress(block) for _ in range(UNPACKED // len(block)))]
    ) + (pack.flush())


BOMBS = {"gzip": bomb(31), "deflate": bomb(15), "br": brotli.compress(b"\0" * UNPACKED, quality=1)}
BOMBS |= {"zstd": zstd.compress(b"\0" * UNPACKED), "gzip, gzip": gzip.compress(BOMBS["gzip"])}

NETWORK = {"network", "cut_off"}
# Host -> its answer to PAGE, and the reasons that may be counted for it; None: it is stored.
PAGE = "/2026/page"
PAGES: dict[str, tuple[Answer, set[str | None]]] = {
    "gzip": (packed("gzip"), {"too_large"}),
    "deflate": (packed("deflate"), {"too_large"}),
    "br": (packed("br"), {"too_large"}),
    "zstd": (packed("zstd"), {"too_large"}),
    "twice": (packed("gzip, gzip"), {"too_large"}),
    "unnamed-gzip": (Answer(BOMBS["gzip"]), {"no_body", "empty", "not_html"}),
    "torn-gzip": (Answer(gzip.compress(STORY)[:-30], headers={"Content-Encoding": "gzip"}), {None, *NETWORK}),
    "endless-headers": (
        endless(OK, lambda: (b"X-%d: %s\r\n" % (n, b"a" * 8000) for n in count())),
        {"headers_too_large"},
    ),
    "header-flood": (endless(OK, lambda: (b"X-Y: a\r\n" * 1000 for _ in range(200))), {"headers_too_large"}),
    "endless-header": (endless(OK + b"X: ", lambda: repeat(b"b" * 65536)), {"headers_too_large", *NETWORK}),
    "endless-body": (endless(OK + b"\r\n", lambda: repeat(b"<p>word and word</p>" * 4000)), {"too_large"}),
    "announced": (raw(OK + b"Content-Length: 99999999999\r\n\r\n<p>"), {"too_large"}),
    "slow-body": (endless(OK + b"\r\n", lambda: repeat(b"<p>x</p>", 50), 0.1), {"timeout"}),
    "slow-head": (endless(OK, lambda: (b"X-%d: b\r\n" % n for n in range(50)), 0.1), {"timeout"}),
    "hangs": (Answer(wait_s=60), {"timeout"}),
    "too-long": (raw(OK + b"Content-Length: 5000\r\n\r\n", STORY), NETWORK),
    "too-short": (raw(OK + b"Content-Length: 100\r\n\r\n", STORY), {"no_body", "empty", "too_short"}),
    "below-zero": (raw(OK + b"Content-Length: -5\r\n\r\n", STORY), NETWORK),
    "two-lengths": (raw(OK + b"Content-Length: 5\r\nContent-Length: 900\r\n\r\n", STORY), NETWORK),
    "no-chunk": (raw(OK + b"Transfer-Encoding: chunked\r\n\r\nZZZ\r\n", STORY), NETWORK),
    "torn-chunk": (raw(OK + b"Transfer-Encoding: chunked\r\n\r\n4000\r\n", STORY[:500]), NETWORK),
    "garbage": (raw(b"\x00\xff\x01not http at all\r\n\r\n"), NETWORK),
    "bare": (raw(STORY), NETWORK),
    "closes": (Answer(status=0), NETWORK),
    "circle": (Answer("", 302, {"Location": PAGE}), {"redirect_loop"}),
    "refreshes": (Answer(f'<meta http-equiv="refresh" content="0;url={PAGE}">'), {"redirect_loop"}),
    "to-file": (Answer("", 302, {"Location": "file:///etc/hostname"}), {"http_302"}),
    "to-data": (Answer("", 301, {"Location": "data:text/html,<p>x"}), {"http_301"}),
    "to-ftp": (Answer("", 307, {"Location": "ftp://127.0.0.1/x"}), {"http_307"}),
    "to-script": (Answer("", 302, {"Location": "javascript:alert(1)"}), {"http_302", *NETWORK}),
    "to-long": (Answer("", 302, {"Location": "/" + "a" * 60_000}), {"http_404", *NETWORK}),
    "to-nowhere": (Answer("", 302, {"Location": "http://[::1/"}), {"http_302", *NETWORK}),
    "refresh-file": (Answer('<meta http-equiv="refresh" content="0;url=file:///etc/hostname">'), {"no_body", "empty"}),
    "no-codec": (Answer(STORY, headers={"Content-Type": "text/html; charset=zlib_codec"}), {None, *NETWORK}),
    "odd-type": (Answer(STORY, headers={"Content-Type": "text/html; charset=\x1b[31m\x9b; x"}), {None}),
    "cookies": (Answer(STORY, headers={"Set-Cookie": "a=" + "v" * 100_000}), {None, "headers_too_large", *NETWORK}),
}


def reasons(crawler: Crawler, urls: dict[str, str]) -> dict[str, str | None]:
    engine = open_engine(crawler.database_url, read_only=True)
    try:
        return {name: trace(engine, url).fetches[-1].reason for name, url in urls.items()}
    finally:
        engine.dispose()


def stored(crawler: Crawler) -> set[str]:
    engine = open_engine(crawler.database_url, read_only=True)
    try:
        return {line.canonical_url for line in list_articles(engine, 1000)}
    finally:
        engine.dispose()


def publish(web: Web) -> None:
    for n, path in enumerate(STORIES):
        web.answers[path] = Answer(article_page(f"Story number {n} of the harbour", place=f"Port {n}"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    with serve() as web:
        publish(web)
        for name, (answer, _) in PAGES.items():
            web.answers[f"//{name}.{PUBLIC}{PAGE}"] = answer
        urls = {name: web.url(PAGE, f"{name}.{PUBLIC}") for name in PAGES}
        good = [web.url(path, PUBLIC) for path in STORIES]
        crawler = Crawler(tmp_path_factory.mktemp("pages"))
        listed = crawler.folder / "list.txt"
        listed.write_text("\n".join([*urls.values(), *good]), encoding="utf-8")
        crawler.run("urls", f"file={listed}", **GUARDED)
        yield crawler, reasons(crawler, urls), set(good)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_costs_itself_a_counted_reason(pages, name):
    assert pages[1][name] in PAGES[name][1]


def test_the_rest_of_the_list_is_stored(pages):
    crawler, _, good = pages
    assert good <= stored(crawler)
    summary = crawler.summary()
    assert (summary.counts.pending, summary.balanced, summary.counts.seen) == (0, True, len(PAGES) + len(STORIES))


def test_the_memory_of_the_crawl_stays_bounded(pages):
    assert 0 < pages[0].peak_mb < MAX_PARENT_MB


ATOM, INCLUDE = "http://www.w3.org/2005/Atom", "http://www.w3.org/2001/XInclude"
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>'
ELSEWHERE = "http://elsewhere.example"


def sitemap(*locations: str) -> str:
    return f'<urlset xmlns="{SCHEMA}">{"".join(f"<url><loc>{place}</loc></url>" for place in locations)}</urlset>'


def index(*locations: str) -> str:
    places = "".join(f"<sitemap><loc>{place}</loc></sitemap>" for place in locations)
    return f'<sitemapindex xmlns="{SCHEMA}">{places}</sitemapindex>'


def endless_index(web: Web) -> Answer:
    """An index that leads to ever new indexes."""
    return Answer(index(*(web.url(f"/index-{len(web.asked)}-{n}.xml", PUBLIC) for n in range(4))))


def sources(web: Web) -> dict[str, tuple[str, Answer, str | None]]:
    """Name -> kind, answer, what is said of it; None: it is read without a word."""
    inner = web.url("/secret", PUBLIC)
    schemes = ["file:///etc/hostname", "data:text/html,x", "ftp://127.0.0.1/x", "javascript:alert(1)", "gopher://x/"]
    external = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{inner}"><!ENTITY y SYSTEM "file:///etc/hostname">]>'
    parameter = f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{inner}"> %p;]>'
    document = rss([f"{ELSEWHERE}/2026/&x;"]).replace('<?xml version="1.0"?>', "")
    many = sitemap(*(f"{ELSEWHERE}/2026/{n}" for n in range(100_000)))
    unzipped = sitemap(*[f"{ELSEWHERE}/2026/same"] * 5_000).encode()
    return {
        "schemes": ("rss", Answer(rss(schemes)), "none with an http(s) link"),
        "laughs": ("rss", Answer(LAUGHS + rss([f"{ELSEWHERE}/&a11;"])[21:]), "XML entities: refused"),
        "wide": ("rss", Answer((LAUGHS + document).encode("utf-16")), "XML entities: refused"),
        "external": ("rss", Answer(external + document), "XML entities: refused"),
        "dtd": ("atom", Answer(f'<!DOCTYPE feed SYSTEM "{inner}"><feed xmlns="{ATOM}"/>'), "without entries"),
        "parameter": ("rss", Answer(parameter + document), "XML entities: refused"),
        "include": ("rss", Answer(f'<rss xmlns:xi="{INCLUDE}"><xi:include href="{inner}"/></rss>'), "without entries"),
        "deep": ("rss", Answer("<rss>" + "<channel>" * 20_000), "without entries"),
        "torn": ("rss", Answer(rss([f"{ELSEWHERE}/2026/torn"])[:-30]), None),
        "bytes": ("rss", Answer(bytes(range(256)) * 400), "not a feed"),
        "page": ("rss", Answer(STORY), "web page instead of a feed"),
        "empty": ("atom", Answer(""), "empty"),
        "packed": ("rss", packed("br"), "too_large"),
        "endless": ("atom", endless(OK + b"\r\n", lambda: repeat(b"<rss><channel><item/>" * 4000)), "too_large"),
        "hangs": ("rss", Answer(wait_s=60), "timeout"),
        "circle": ("rss", Answer("", 302, {"Location": "/source/circle"}), "redirect_loop"),
        "brackets": ("jsonfeed", Answer("[" * 100_000), "not"),
        "braces": ("jsonfeed", Answer('{"items":' * 100_000), "not readable as JSON"),
        "digits": ("jsonfeed", Answer('{"items": [' + "1" * 100_000 + "]}"), "not readable as JSON"),
        "map-laughs": ("sitemap", Answer(LAUGHS + sitemap("&a11;")), "XML entities: refused"),
        "map-external": ("sitemap", Answer(external + sitemap("&y;")), "XML entities: refused"),
        "map-schemes": ("sitemap", Answer(sitemap(*schemes)), "none with an http(s) URL"),
        "map-100k": ("sitemap", Answer(many), "more than 50,000 entries"),
        "map-zipped": ("sitemap", Answer(gzip.compress(unzipped) * 300), "cut off"),
        "map-bomb": ("sitemap", Answer(BOMBS["gzip"]), "sitemap"),
        "map-packed": ("sitemap", packed("gzip"), "too_large"),
        "map-deep": ("sitemap", Answer("<urlset>" + "<url>" * 100_000), "sitemap"),
        "map-self": ("sitemap", Answer(index(web.url("/source/map-self", PUBLIC))), "none with an http(s) URL"),
        "map-endless": ("sitemap", endless_index(web), None),
    }  # fmt: skip


@pytest.fixture(scope="module")
def outlet(tmp_path_factory):
    with serve() as web:
        publish(web)
        given = sources(web)
        for name, (_, answer, _) in given.items():
            web.answers[f"/source/{name}"] = answer
        for n in range(4):  # each index that is asked for leads to four new ones
            web.answers[f"/index-0-{n}.xml"] = lambda: endless_index(web)
        web.answers["/feed"] = Answer(rss([web.url(path, PUBLIC) for path in STORIES[:4]]))
        days = "".join(
            f'<a href="/2026/11/{day}">All that happened on this day of the month</a>' for day in range(1, 31)
        )
        web.answers["/section"] = Answer(f"<a href='{STORIES[4]}'>A headline of some length</a>{days}")
        for day in range(1, 31):
            web.answers[f"/2026/11/{day}"] = Answer(days + f'<a href="/2026/12/{day}">The next month</a>')
        crawler = Crawler(tmp_path_factory.mktemp("outlet"))
        crawler.outlet(
            web.url("/", PUBLIC),
            *((kind, web.url(f"/source/{name}", PUBLIC)) for name, (kind, _, _) in given.items()),
            ("rss", web.url("/feed", PUBLIC)),
            ("section", web.url("/section", PUBLIC) + "\n    link_pattern: /2026/"),
            domains=[PUBLIC],
        )
        crawler.run("news", "outlet=harbour", **GUARDED)
        yield crawler, web, given


def test_each_source_costs_itself_a_word_to_the_user(outlet):
    crawler, web, given = outlet
    said = dict(error.split(": ", 1) for error in crawler.summary().outlets[0].source_errors)
    expected = {web.url(f"/source/{name}", PUBLIC): words for name, (_, _, words) in given.items() if words}
    assert {url: words for url, words in expected.items() if words not in said.get(url, "")} == {}


def test_the_other_sources_are_read_and_their_articles_stored(outlet):
    crawler, web, _ = outlet
    assert {web.url(path, PUBLIC) for path in STORIES} <= stored(crawler)
    summary = crawler.summary()
    assert (summary.counts.pending, summary.balanced, summary.run.status) == (0, True, "ok")


def test_nothing_is_fetched_that_only_a_trap_leads_to(outlet):
    _, web, given = outlet
    assert not {path for path in web.paths() if "secret" in path or "2026/12" in path}
    assert not [asked.host for asked in web.asked if "elsewhere" in asked.host]
    assert len(web.asked) < len(given) + 100


def test_the_memory_of_an_outlet_run_stays_bounded(outlet):
    assert 0 < outlet[0].peak_mb < MAX_PARENT_MB
