import gzip
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.discover.found import MAX_LINKS, Found
from newscrawl.discover.sitemaps import MAX_SITEMAP, parse_sitemap
from newscrawl.visits import Link

HERE = "https://herald.example/maps/news.xml"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def urlset(*entries: str) -> bytes:
    body = "".join(f"<url>{entry}</url>" for entry in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NAMESPACES}>{body}</urlset>'.encode()


def index(*entries: str) -> bytes:
    body = "".join(f"<sitemap>{entry}</sitemap>" for entry in entries)
    return f"<sitemapindex {NAMESPACES}>{body}</sitemapindex>".encode()


def urls(body: bytes) -> list[str]:
    return [link.url for link in parse_sitemap(body, HERE).links]


ONE = urlset("<loc>https://herald.example/1</loc>")


def test_takes_what_a_news_sitemap_says() -> None:
    entry = """<loc>https://herald.example/1</loc><lastmod>2026-11-21T19:00:00Z</lastmod>
        <image:image><image:loc>https://herald.example/1.jpg</image:loc><image:title>Picture</image:title></image:image>
        <news:news><news:publication><news:name>Herald</news:name><news:language>zh-tw</news:language></news:publication>
        <news:publication_date>2026-11-21T20:00:00+08:00</news:publication_date>
        <news:title><![CDATA[ Rates & stocks ]]></news:title>
        <news:stock_tickers>NYSE:ABC, TPE:2330,</news:stock_tickers></news:news>"""
    assert parse_sitemap(urlset(entry), HERE) == Found(
        links=(Link("https://herald.example/1", "Rates & stocks", NOON, "zh-TW", ("NYSE:ABC", "TPE:2330")),), entries=1
    )


def test_the_time_of_a_plain_sitemap_is_its_lastmod() -> None:
    entry = "<loc>https://herald.example/1</loc><lastmod>2026-11-21T12:00:00Z</lastmod>"
    assert parse_sitemap(urlset(entry), HERE).links == (Link("https://herald.example/1", published_at=NOON),)


def test_an_index_gives_its_sitemaps_the_newest_first() -> None:
    body = index(
        "<loc>https://herald.example/undated.xml</loc>",
        "<loc>/2024.xml</loc><lastmod>2024-12-31</lastmod>",
        "<loc>https://herald.example/2026.xml.gz</loc><lastmod>2026-11-21</lastmod>",
        f"<loc>{HERE}</loc>",
        "<loc>/2024.xml</loc>",
        "<loc>ftp://herald.example/x</loc>",
    )
    assert parse_sitemap(body, HERE) == Found(
        children=(
            "https://herald.example/2026.xml.gz",
            "https://herald.example/2024.xml",
            "https://herald.example/undated.xml",
        ),
        entries=6,
        changed=(datetime(2026, 11, 21, tzinfo=UTC), datetime(2024, 12, 31, tzinfo=UTC), None),
    )


def test_a_bad_location_costs_itself_alone() -> None:
    locations = ["/relative", "https://herald.example/2 ", "file:///etc/hostname", "data:text/html,x", "", "http://[bad",
                 "https://a.example/" + "x" * 3000, "https://herald.example/3?a=1&amp;b=2"]  # fmt: skip
    found = parse_sitemap(urlset(*(f"<loc>{location}</loc>" for location in locations), "<lastmod>x</lastmod>"), HERE)
    assert [link.url for link in found.links] == [
        "https://herald.example/relative",
        "https://herald.example/2",
        "https://herald.example/3?a=1&b=2",
    ]
    assert (found.entries, found.error) == (9, None)


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(ONE),
        gzip.compress(gzip.compress(ONE)),
        gzip.compress(ONE[:50]) + gzip.compress(ONE[50:]),
        gzip.compress(ONE) + b"\0\0\0",
        b"\xef\xbb\xbf\n\n" + ONE,
        ONE.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        ONE.replace(b"<loc>", b"<!-- c --><loc>").replace(b"</loc>", b"</loc><priority>1</priority>"),
        ONE.replace(f" {NAMESPACES}".encode(), b""),
        ONE.replace(b"<urlset", b'<?xml-stylesheet href="x.xsl"?><urlset'),
        ONE.replace(b"<url>", b"<url><title>A & B</title><x>\xff</x>"),
        ONE[:-9],
        b"https://herald.example/1\r\n\r\nno url\r\n",
        b"<rss><channel><item><link>https://herald.example/1</link></item></channel></rss>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://herald.example/1"/></entry></feed>',
    ],
)
def test_reads_zipped_broken_and_other_forms(body: bytes) -> None:
    assert urls(body) == ["https://herald.example/1"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "empty answer"),
        (gzip.compress(b"", mtime=0), "empty answer"),
        (b"\x1f\x8bnot gzip", "not readable as gzip"),
        (b"<html><body>Not found</body></html>", "web page instead of a sitemap"),
        (b"Not found", "not a sitemap"),
        (b"<urlset/>", "sitemap without entries (its root is <urlset>)"),
        (b"<error><code>404</code></error>", "sitemap without entries (its root is <error>)"),
        (b"<", "sitemap without entries"),
        (urlset("<loc>ftp://a.example/</loc>"), "sitemap with 1 entries, none with an http(s) URL"),
        (b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>' + ONE, "XML entities: refused"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + ONE, "XML entities: refused"),
    ],
)
def test_says_why_a_body_is_no_sitemap(body: bytes, error: str) -> None:
    found = parse_sitemap(body, HERE)
    assert found.links == found.children == ()
    assert error in (found.error or "")


def test_what_was_cut_off_is_said_and_the_rest_kept() -> None:
    many = urlset(*(f"<loc>https://herald.example/{n}</loc>" for n in range(2000)))
    found = parse_sitemap(gzip.compress(many, 0)[:40_000], HERE)
    assert 0 < len(found.links) < 2000
    assert "cut off" in (found.error or "")


def test_reads_fifty_thousand_entries_and_no_more() -> None:
    body = urlset(*(f"<loc>https://herald.example/{n}</loc>" for n in range(MAX_LINKS + 5)))
    start = time.process_time()
    found = parse_sitemap(body, HERE)
    assert time.process_time() - start < 10
    assert len(found.links) == MAX_LINKS
    assert found.error == "sitemap with more than 50,000 entries: the rest was not read"


def test_a_list_of_fifty_thousand_urls_is_whole() -> None:
    lines = [f"https://herald.example/{n}" for n in range(MAX_LINKS + 1)]
    whole = parse_sitemap("\n".join(lines[:-1]).encode(), HERE)
    assert (len(whole.links), whole.error) == (MAX_LINKS, None)
    assert "the rest was not read" in (parse_sitemap("\n".join(lines).encode(), HERE).error or "")


def test_a_gzip_bomb_stops_at_the_limit() -> None:
    start = time.process_time()
    found = parse_sitemap(gzip.compress(ONE[:-9] + b" " * (2 * MAX_SITEMAP)), HERE)
    assert time.process_time() - start < 10
    assert [link.url for link in found.links] == ["https://herald.example/1"]
    assert f"longer than {MAX_SITEMAP:,} bytes" in (found.error or "")


@settings(deadline=None)
@given(
    st.binary(max_size=300),
    st.text(max_size=40),
    st.sampled_from([b"", b"<", b"\x1f\x8b\x08", b"http://", b"<urlset><url>"]),
)
def test_no_body_raises(body: bytes, text: str, start: bytes) -> None:
    parse_sitemap(start + body, text)
    parse_sitemap(gzip.compress(start + body), text)
