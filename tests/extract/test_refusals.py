"""Pages that are no article, and those that only look so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extract import Document, extract_body, extract_metadata, parse_document, refusal_of
from newscrawl.items import Outlet, Page

SENTENCE = "The harbour board met on Monday and agreed, after four hours, to deepen the channel for larger ships. "
LINKS = "".join(f'<p><a href="/n/{n}">Ships wait longer for pilot number {n} this week</a></p>' for n in range(12))
ARTICLE_LD = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x"}</script>'


def reason_of(title: str, body: str, url: str = "https://news.example/a/1", head: str = "") -> str | None:
    source = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    page = Page(url, source.encode(), Outlet("news", "News"), datetime(2026, 11, 21, tzinfo=UTC))
    document = parse_document(page)
    assert isinstance(document, Document)
    metadata = extract_metadata(document, page)
    refusal = refusal_of(document, metadata, extract_body(document, metadata), page)
    return refusal.reason if refusal else None


@pytest.mark.parametrize(
    ("title", "body", "url", "reason"),
    [
        ("News", LINKS, "https://news.example/", "front_page"),
        ("News", LINKS, "https://news.example/index.html", "front_page"),
        (
            "404 - Page not found",
            "<h1>Page not found</h1><p>Try the search.</p>",
            "https://news.example/a/1",
            "soft_404",
        ),
        ("Seite nicht gefunden", "<p>Leider gibt es diese Seite nicht.</p>", "https://news.example/a/1", "soft_404"),
        ("Before you continue", f"<p>{SENTENCE}</p>", "https://news.example/a/1", "consent_page"),
        ("Just a moment...", "<p>Checking your browser.</p>", "https://news.example/a/1", "consent_page"),
        (
            "News",
            "<noscript>Please enable JavaScript</noscript><div id=app></div>",
            "https://news.example/a/1",
            "javascript",
        ),
        ("News", "<div id=app></div><script src=/app.js></script>", "https://news.example/a/1", "javascript"),
        ("News", "<div id=app></div>", "https://news.example/a/1", "empty"),
        (
            "News",
            "<h1>Sorry</h1><p>The page you were looking for has moved, or is no longer with us.</p>",
            "https://news.example/a/1",
            "soft_404",
        ),
        (
            "News",
            "<h2>Choose</h2><p>We and our 812 partners store and access information on a device, such as cookies, and "
            "process personal data. You may change your choices at any time by the link below.</p>",
            "https://news.example/a/1",
            "consent_page",
        ),
        ("Ships", LINKS, "https://news.example/ships", "not_article"),
        ("News", LINKS * 9 + f"<p>{SENTENCE}</p><p>{SENTENCE * 2}</p>", "https://news.example/", "front_page"),
    ],
)
def test_is_no_article(title: str, body: str, url: str, reason: str) -> None:
    assert reason_of(title, body, url) == reason


@pytest.mark.parametrize(
    ("title", "body", "url", "head"),
    [
        (
            "How the 404 page was invented",
            f"<h1>How the 404 page was invented</h1><p>{SENTENCE * 12}</p>",
            "https://news.example/a/1",
            "",
        ),
        (
            "Fines",
            f"<p>{SENTENCE * 2}</p><p>A court fined it over cookies and personal data.</p>",
            "https://a.example/1",
            "",
        ),
        ("Consent in medicine", f"<p>{SENTENCE * 12}</p>", "https://news.example/a/1", ""),
        ("Ships", f"<p>{SENTENCE * 3}</p>", "https://news.example/?p=5", ""),
        ("Our firm", f"<h1>Our firm</h1><p>{SENTENCE * 6}</p>", "https://firm.example/", ""),
        ("News", f"<article><h1>Ships</h1><p>{SENTENCE}</p></article>{LINKS}", "https://news.example/", ARTICLE_LD),
        ("A site of one story", f"<p>{SENTENCE * 2}</p>" * 3 + f"<nav>{LINKS * 3}</nav>", "https://news.example/", ""),
        ("Short", f"<h1>Short</h1><p>{SENTENCE}</p>", "https://news.example/a/1", ""),
    ],
)
def test_may_be_an_article(title: str, body: str, url: str, head: str) -> None:
    assert reason_of(title, body, url, head) is None
