import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.discover.feeds import MAX_FEED, parse_feed
from newscrawl.discover.found import MAX_LINKS, Found
from newscrawl.visits import Link

HERE = "https://herald.example/feeds/main"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def rss(*items: str, head: str = "") -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{body}</channel></rss>'.encode()


def urls(body: bytes, url: str = HERE, content_type: str | None = None) -> list[str]:
    return [link.url for link in parse_feed(body, url, content_type).links]


def test_takes_what_an_rss_item_says() -> None:
    item = (
        "<title>Votes &amp; &#8220;quotes&#8221;</title><link>https://herald.example/1?utm_source=rss</link>"
        "<pubDate>Sat, 21 Nov 2026 13:00:00 +0100</pubDate>"
        '<category domain="https://wire.example/rss/stock">NYSE:ABC</category><category>Politics: local</category>'
    )
    assert parse_feed(rss(item, head="<language>en-us</language>"), HERE) == Found(
        links=(Link("https://herald.example/1?utm_source=rss", "Votes & “quotes”", NOON, "en-US", ("NYSE:ABC",)),),
        entries=1,
    )


def test_takes_what_an_atom_entry_says() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Herold</title><entry>
        <title type="html">Rat &lt;b&gt;stimmt&lt;/b&gt; zu</title>
        <link rel="replies" href="https://herald.example/1/comments"/>
        <link rel="enclosure" type="audio/mpeg" href="https://herald.example/1.mp3"/>
        <link rel="alternate" type="application/json" href="https://herald.example/1.json"/>
        <link rel="alternate" type="text/html" href="https://herald.example/1"/>
        <id>tag:herald.example,2026:1</id><updated>2026-11-21T12:00:00Z</updated></entry></feed>"""
    assert parse_feed(body, HERE).links == (Link("https://herald.example/1", "Rat stimmt zu", NOON, "de"),)


def test_takes_what_a_json_feed_says() -> None:
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "fr",
        "home_page_url": "https://herald.example/",
        "items": [
            {"id": "1", "url": "/1", "title": "Un", "date_published": "2026-11-21T13:00:00+01:00"},
            {"id": "2", "external_url": "https://other.example/2", "date_modified": "2026-11-21T12:00:00Z"},
            {"id": "https://herald.example/3", "title": 3, "language": "de"},
            {"id": "4"},
            "no item",
        ],
    }
    found = parse_feed(b"\xef\xbb\xbf" + json.dumps(body).encode(), HERE)
    assert found.error is None
    assert found.entries == 5
    assert found.links == (
        Link("https://herald.example/1", "Un", NOON, "fr"),
        Link("https://other.example/2", None, NOON, "fr"),
        Link("https://herald.example/3", None, None, "de"),
    )


def test_takes_an_rdf_feed() -> None:
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>t</title></channel>
        <item rdf:about="https://herald.example/1"><title>One</title><link>https://herald.example/1</link>
        <dc:date>2026-11-21T21:00:00+09:00</dc:date></item></rdf:RDF>"""
    assert parse_feed(body, HERE).links == (Link("https://herald.example/1", "One", NOON),)


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>https://a.example/1</link><guid>https://b.example/1</guid>", "https://a.example/1"),
        ("<guid>https://a.example/1</guid>", "https://a.example/1"),
        ('<guid isPermaLink="true">https://a.example/1</guid>', "https://a.example/1"),
        ("<link>\n https://a.example/1 \n</link>", "https://a.example/1"),
        ("<link><![CDATA[https://a.example/1]]></link>", "https://a.example/1"),
        ('<link>https://p.example/~r/x</link><fb:origLink xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0">'
         "https://a.example/1</fb:origLink>", "https://a.example/1"),
        ("<link>/1</link>", "https://www.herald.example/1"),
        ('<link xml:base="https://base.example/x/">1</link>', "https://base.example/x/1"),
        ("<link>https://a.example/1#comments</link>", "https://a.example/1"),
        ("<link>https://a.example/新闻</link>", "https://a.example/%E6%96%B0%E9%97%BB"),
        ("<link>https://a.example/?a=1&b=2</link>", "https://a.example/?a=1&b=2"),
    ],
)  # fmt: skip
def test_finds_the_address_of_an_item(item: str, url: str) -> None:
    assert urls(rss(item, head="<link>https://www.herald.example/</link>")) == [url]


@pytest.mark.parametrize(
    "item",
    [
        "<link>javascript:alert(1)</link>",
        "<link>file:///etc/hostname</link>",
        "<link>https://user@a.example/</link>",
        "<link></link>",
        "<title>no address</title>",
        "<guid isPermaLink='false'>17</guid>",
    ],
)
def test_an_item_without_an_address_costs_itself_alone(item: str) -> None:
    assert urls(rss(item, "<link>https://a.example/1</link>")) == ["https://a.example/1"]


def test_each_address_comes_once() -> None:
    found = parse_feed(rss(*["<link>https://a.example/1</link>"] * 3), HERE)
    assert (len(found.links), found.entries) == (1, 3)


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", None, None),
        ("utf-8", None, "text/xml"),
        ("utf-8", None, "text/xml; charset=ISO-8859-1"),
        ("utf-8", "iso-8859-1", "application/rss+xml"),
        ("utf-8-sig", "utf-8", None),
        ("utf-16", "utf-16", None),
        ("gb18030", "gb2312", None),
        ("gb18030", None, "application/xml; charset=gb2312"),
        ("gb18030", "gbk", "text/html"),
    ],
)
def test_reads_the_encoding_from_the_bytes_then_header_then_declaration(
    encoding: str, declared: str | None, content_type: str | None
) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = f"{declaration}<rss><channel><item><title>政府批准新预算</title><link>https://a.example/1</link></item></channel></rss>"
    assert parse_feed(text.encode(encoding), HERE, content_type).links[0].headline == "政府批准新预算"


@pytest.mark.parametrize(
    "body",
    [
        rss("<title>A & B &nbsp; < C</title><link>https://a.example/1</link>"),
        rss("<title>bad \x0b byte</title><link>https://a.example/1</link>"),
        rss("<title>Ü</title><link>https://a.example/1</link>").replace("Ü".encode(), b"\xdc\xff"),
        rss("<link>https://a.example/1</link>")[:-20],
        b"\n\n  " + rss("<link>https://a.example/1</link>"),
        rss("<link>https://a.example/1</link><pubDate>Sat, 99 Foo 20x6</pubDate>"),
        rss("<link>https://a.example/1</link>").replace(
            b"<rss", b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd"><rss'
        ),
    ],
)
def test_reads_broken_feeds_as_far_as_they_go(body: bytes) -> None:
    assert urls(body) == ["https://a.example/1"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "empty answer"),
        (b"\xef\xbb\xbf \n", "empty answer"),
        (b"<!DOCTYPE html><html><body><p>Page not found", "web page instead of a feed"),
        (b"Access denied", "not a feed"),
        (b"<urlset><url><loc>https://a.example/</loc></url></urlset>", "not a feed"),
        (b"\x1f\x8b\x08\x00\x00\x00", "not a feed"),
        (rss(), "feed without entries"),
        (rss("<title>x</title>"), "feed with 1 entries, none with an http(s) link"),
        (b'{"items": []}', "feed without entries"),
        (b'{"error": "not found"}', "no JSON Feed"),
        (b'{"items": [', "not readable as JSON"),
        (b'{"items":' + b"[" * 100_000, "not readable as JSON"),
        (b'{"items": [' + b"1" * 5000 + b"]}", "not readable as JSON"),
        (
            b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + rss("<title>&x;</title>"),
            "XML entities: refused",
        ),
        (b"<rss>" + b" " * MAX_FEED, "at most 10,000,000"),
    ],
)
def test_says_why_a_body_is_no_feed(body: bytes, error: str) -> None:
    found = parse_feed(body, HERE, "text/html; charset=nonsense")
    assert found.links == ()
    assert error in (found.error or "")


def test_names_what_is_above_the_limit_of_links() -> None:
    items = ",".join(f'{{"id": "{n}", "url": "https://a.example/{n}"}}' for n in range(MAX_LINKS + 1))
    found = parse_feed(f'{{"items": [{items}]}}'.encode(), HERE)
    assert len(found.links) == MAX_LINKS
    assert found.error == "feed with 50,001 entries: at most 50,000 links were taken"


def test_never_opens_a_file_or_address_that_the_body_names(tmp_path: Path) -> None:
    feed = tmp_path / "<rss>.xml"
    feed.write_bytes(rss("<link>https://a.example/secret</link>"))
    assert urls(str(feed).encode()) == []
    assert urls(b"http://127.0.0.1:1/<rss>") == []


@settings(deadline=None)
@given(
    st.binary(max_size=300),
    st.text(max_size=40),
    st.sampled_from([b"", b"{", b"<rss>", b"<feed>", b"<rss><item><link>"]),
)
def test_no_body_raises(body: bytes, text: str, start: bytes) -> None:
    parse_feed(start + body, text, text)
