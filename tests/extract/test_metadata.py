"""Facts of a page beside its body."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extract import Document, Metadata, extract_metadata, parse_document
from newscrawl.items import Outlet, Page

LONG = f"<p>{'It is low. ' * 20}</p>"
URL = "https://www.harbourpost.example/news/2024/port-deepened"
OUTLET = Outlet("harbourpost", "Harbour Post", domains=("harbourpost.example", "harbourpost-cdn.example"))


def read(head: str = "", body: str = "<h1>Port to be deepened</h1><p>Text.</p>", url: str = URL) -> Metadata:
    title = "<title>Port to be deepened | Harbour Post</title>"
    source = f"<html lang=en-GB><head>{title}{head}</head><body>{body}</body></html>"
    page = Page(url, source.encode(), OUTLET, datetime(2026, 11, 21, tzinfo=UTC))
    document = parse_document(page)
    assert isinstance(document, Document)
    return extract_metadata(document, page)


def canonical(href: str) -> str:
    return f'<link rel="canonical" href="{href}">'


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (canonical("https://harbourpost.example/a/1"), "https://harbourpost.example/a/1"),
        (canonical("/a/1?utm_source=x"), "https://www.harbourpost.example/a/1"),
        (canonical("https://m.harbourpost-cdn.example/a/1"), "https://m.harbourpost-cdn.example/a/1"),
        (canonical("https://www.nytimes.com/a/1"), URL),  # anyone may claim it
        (canonical("http://127.0.0.1/admin"), URL),
        (canonical("javascript:alert(1)"), URL),
        (canonical("https://www.harbourpost.example/"), URL),  # a template names the front page on every page
        (canonical(""), URL),
        (
            '<meta property="og:url" content="https://www.harbourpost.example/a/2">',
            "https://www.harbourpost.example/a/2",
        ),
        ("", URL),
    ],
)
def test_a_canonical_url_is_believed_on_the_outlets_own_domains(head: str, expected: str) -> None:
    assert read(head).canonical_url == expected


@pytest.mark.parametrize(
    ("head", "body", "authors"),
    [
        ('<meta name="author" content="Jane Roe">', "", ("Jane Roe",)),
        ('<meta property="article:author" content="https://facebook.com/jane">', "", ()),
        ('<meta name="author" content="EFE">', "", ()),
        (
            '<meta name="author" content="Harbour Post">',
            "<h1>Port to be deepened</h1><p>By Jane Roe</p>",
            ("Jane Roe",),
        ),
        (
            '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Jane Roe">',
            "",
            ("Jane Roe",),
        ),
        ("", '<h1>Port to be deepened</h1><a rel="author" href="/jane">Jane Roe</a>', ("Jane Roe",)),
        ("", "<h1>Port to be deepened</h1><div>Jane Roe</div><div>4 May 2024</div>", ("Jane Roe",)),
        ("", "<h1>Port to be deepened</h1><span>By</span><div>Jane Roe</div>", ("Jane Roe",)),
        ("", "<h1>Port to be deepened</h1><p>Photo: Jane Roe</p>", ()),
        ('<meta name="author" content="Jane">', "<h1>Port to be deepened</h1><p>By Jane Roe</p>", ("Jane Roe",)),
        (
            '<meta name="author" content="Jane Roe">',
            "<h1>Port to be deepened</h1><p>By Jane Roe and John Doe</p>",
            ("Jane Roe", "John Doe"),
        ),
        (
            '<meta name="author" content="Jane Roe">',
            "<h1>Port to be deepened</h1><p>By Jane Roe Sailing</p>",
            ("Jane Roe",),
        ),
        ("", "<h1>Port to be deepened</h1><p>4 May 2024 | 13:10 | Jane Roe</p>", ("Jane Roe",)),
        (
            "",
            f"<h1>Port to be deepened</h1><p>JANE ROE/JOHN DOE</p><p>{'The tide is high. ' * 12}</p>",
            ("Jane Roe", "John Doe"),
        ),
        (
            '<meta name="author" content="dpa">',
            f"<h1>Port to be deepened</h1><p>Low Tide</p><p>{'It is low. ' * 20}</p>",
            (),
        ),
        ("", f"<h1>Port to be deepened</h1><p>{'It is low. ' * 20}</p><p>Author: Jane Roe</p>", ("Jane Roe",)),
        (  # two places on the page agree against its head
            '<meta name="author" content="Tide Service">',
            '<h1>Port to be deepened</h1><p>By <span class="author">Jane Roe</span></p>',
            ("Jane Roe",),
        ),
        (  # one alone may be of another story
            '<meta name="author" content="Jane Roe">',
            "<h1>Port to be deepened</h1><p>By John Doe</p>",
            ("Jane Roe",),
        ),
        ("", "<h1>Port to be deepened</h1><p>2024年5月4日</p><p>投資情報部 柏木 俊介</p>", ("柏木 俊介",)),
    ],
)
def test_authors_are_persons_wherever_they_are_named(head: str, body: str, authors: tuple[str, ...]) -> None:
    assert read(head, body or "<h1>Port to be deepened</h1>").authors == authors


def test_json_ld_comes_first() -> None:
    script = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Port to be deepened",
        "datePublished": "2024-05-04T08:00:00+02:00", "dateModified": "2024-05-04T09:00:00+02:00",
        "author": [{"@type": "Person", "name": "Jane Roe"}, {"@type": "Organization", "name": "Some Desk"}],
        "isAccessibleForFree": "False", "wordCount": "812", "inLanguage": "de", "keywords": "ports, ships",
        "articleSection": "Shipping", "image": {"url": "/p.jpg"}}</script>"""
    found = read(f'{script}<meta name="author" content="John Doe"><meta name="date" content="2020-01-01">')
    assert found.authors == ("Jane Roe",)
    assert found.published is not None
    assert found.published.at.isoformat() == "2024-05-04T08:00:00+02:00"
    assert (found.published.source, found.published.raw) == ("json-ld", "2024-05-04T08:00:00+02:00")
    assert found.modified is not None
    assert (found.is_free, found.word_count, found.language, found.section) == (False, 812, "de", "Shipping")
    assert found.tags == ("ports", "ships")
    assert found.image_url == "https://www.harbourpost.example/p.jpg"


@pytest.mark.parametrize(
    ("head", "body", "url", "day", "source"),
    [
        ('<meta property="article:published_time" content="2024-05-04T08:00:00Z">', "", URL, "2024-05-04", "meta"),
        ("", '<h1>Port to be deepened</h1><time datetime="2024-05-04T08:00Z">x</time>', URL, "2024-05-04", "time"),
        ("", "<h1>Port to be deepened</h1><p>Published 4 May 2024</p>", URL, "2024-05-04", "headline"),
        ("", "<h1>Port to be deepened</h1><p>Updated 6 May 2024</p><p>4 May 2024</p>", URL, "2024-05-04", "headline"),
        ("", "<h1>Port to be deepened</h1>", "https://www.harbourpost.example/2024/05/04/port", "2024-05-04", "url"),
        (
            "",
            "<h1>Port to be deepened</h1><p>x</p><p>July 09, 2026 15:44 ET (19:44 GMT)</p>",
            URL,
            "2026-07-09",
            "headline",
        ),
        ('<meta name="date" content="2027-03-01T00:00:00Z">', "", URL, None, None),  # after the fetch: refused
        ("", "<h1>Port to be deepened</h1><p>It will open in May 2028.</p>", URL, None, None),
        ("", f"<h1>Port to be deepened</h1><p>{'Ships waited at the quay, ' * 3} on 4 May 2024.</p>", URL, None, None),
        ("", "<h1>Port to be deepened</h1><p>2024-05-04 - The tide is high.</p>", URL, "2024-05-04", "headline"),
        ("", "<p>Created: 4 May 2024</p><h2>x</h2><p>© 2020-01-01 Harbour Post</p>", URL, "2024-05-04", "page"),
        ("", '<h1>Port</h1><i itemprop="datePublished" content="2024-05-04">May</i>', URL, "2024-05-04", "markup"),
    ],
)
def test_the_time_of_publication_is_stated_or_unknown(
    head: str, body: str, url: str, day: str | None, source: str | None
) -> None:
    published = read(head, body or "<h1>Port to be deepened</h1>", url).published
    assert (published.at.date().isoformat() if published else None) == day
    assert (published.source if published else None) == source


@pytest.mark.parametrize(
    ("head", "line", "modified"),
    [
        ('<meta property="article:modified_time" content="2024-05-06T08:00:00Z">', "4 May 2024", "2024-05-06"),
        ("", "Published 4 May 2024 | Updated 5 May 2024, 10:00 CET", "2024-05-05"),
        ("", "4 May 2024", None),
        ('<meta property="article:modified_time" content="2024-05-03">', "4 May 2024", None),  # before it appeared
    ],
)
def test_a_change_is_told_by_markup_or_beside_the_headline(head: str, line: str, modified: str | None) -> None:
    found = read(head, f"<h1>Port to be deepened</h1><p>{line}</p>")
    assert found.published is not None
    assert found.published.at.date().isoformat() == "2024-05-04"
    assert (found.modified.at.date().isoformat() if found.modified else None) == modified


@pytest.mark.parametrize(
    ("head", "tier"),
    [
        ('<meta property="article:content_tier" content="metered">', "metered"),
        ('<meta name="k5a:paid" content="true">', "locked"),
        ('<meta name="ispremium" content="false">', "free"),
        ("", None),
    ],
)
def test_content_tiers_have_many_names(head: str, tier: str | None) -> None:
    assert read(head).content_tier == tier


@pytest.mark.parametrize(
    ("head", "sign"),
    [
        ('<meta name="translation-stats" content="123 words">', "meta translation-stats"),
        ('<link rel="alternate machine-translated-from" href="/en/1">', "link machine-translated-from"),
        ('<link rel="alternate" hreflang="fr" href="/fr/1">', None),
    ],
)
def test_what_a_translating_machine_leaves_in_the_markup_is_told(head: str, sign: str | None) -> None:
    assert read(head).translation_sign == sign
