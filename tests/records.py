"""Records for tests of the store: one outlet, one source, articles and visits by number."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from newscrawl.items import Access, Article, Language, Moment, Outlet, Page, Rejection, Removed, Source, Ticker
from newscrawl.visits import Lease, Link, SourceVisit, Visit

HERALD = Outlet("herald", "The Herald", "https://herald.example/", domains=("herald.example",), languages=("en",))
GAZETTE = Outlet("gazette", "Gazette", "https://gazette.example/", domains=("gazette.example",))
FEED = Source("rss", "https://herald.example/rss")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TEXT = (
    "The council met on Friday.\nIt voted for the budget by nine to four, after a debate of six hours.\n"
    + "Long. " * 30
)


def link(number: int, **more: object) -> Link:
    return replace(Link(f"https://herald.example/story/{number}"), **more)


def source_visit(*links: Link, **more: object) -> SourceVisit:
    visit = SourceVisit("herald", FEED.url, NOW, FEED.url, 200, tuple(links), etag='"1"', last_modified="Fri")
    return replace(visit, **more)


def article(number: int, text: str | None = None, **more: object) -> Article:
    text = f"Story {number}.\n{TEXT}" if text is None else text
    url = f"https://herald.example/story/{number}"
    plain = Article(
        url=url,
        canonical_url=url,
        outlet="herald",
        headline=f"Story {number}",
        text=text,
        removed=(Removed("newsletter", "Sign up for our newsletter", "newsletter.words", 0.9, len(text) + 1),),
        language=Language("en", 0.99, "langdetect", "en-GB"),
        access=Access("free", None, "full", "ends with a full stop"),
    )
    return replace(plain, **more)


def rich_article(number: int) -> Article:
    tokyo = datetime(2026, 11, 20, 18, 30, tzinfo=timezone(timedelta(hours=9)))
    return article(
        number,
        authors=("Ann Lee", "Bo Li"),
        published=Moment(tokyo, "minute", "json-ld", "2026-11-20T18:30+09:00"),
        modified=Moment(datetime(2026, 11, 21, tzinfo=UTC), "day", "meta", "21 November"),
        machine_translation="Translated by AI",
        reservations=("noarchive", "tdm", "tdm-policy:https://herald.example/tdm.json", "robots:ai"),
        wire="Kyodo",
        section="Politics",
        tags=("budget", "council"),
        description="A budget passes.",
        image_url="https://herald.example/1.jpg",
        tickers=(Ticker("7203", "body", "XTKS"), Ticker("AAPL", "widget")),
        access=Access("metered", "subscriber", "truncated", "ends in an ellipsis"),
    )


def visit(lease: Lease, result: Article | Rejection | None, **more: object) -> Visit:
    return replace(Visit(lease, NOW, lease.url, 200, {"content-type": "text/html"}, 120, result=result), **more)


def page(lease: Lease, body: bytes = b"<p>Story</p>") -> Page:
    return Page(lease.url, body, HERALD, NOW, "utf-8")
