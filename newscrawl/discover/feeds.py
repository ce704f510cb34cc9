"""RSS, RDF, Atom and JSON Feed documents to links."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time

import feedparser

from newscrawl.discover.found import (
    MAX_LINKS,
    Found,
    distinct,
    has_entities,
    is_html,
    read_headline,
    read_language,
    read_time,
    read_url,
)
from newscrawl.visits import Link

MAX_FEED = 10_000_000
"""Bytes. Parsing takes half a second a MB, and ten times that where the markup is hostile."""

_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_TICKER = re.compile(r"[A-Za-z]{2,10}:[A-Za-z0-9.\-]{1,12}")


def parse_feed(body: bytes, url: str, content_type: str | None = None) -> Found:
    """The articles of a feed, with headline, time, language and tickers as it gives them.

    Args:
        body: As received; any encoding that it or the server declares.
        url: Final URL of the feed.
        content_type: The header's value.

    Returns:
        Links in the feed's order. An unusable body gives an `error`, never an exception.
    """
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return Found(error="empty answer instead of a feed")
    if len(body) > MAX_FEED:
        return Found(error=f"feed of {len(body):,} bytes; at most {MAX_FEED:,} are read")
    if start.startswith(b"{"):
        return _parse_json(body, url)
    if is_html(body):
        return Found(error="web page instead of a feed")
    if has_entities(body):
        return Found(error="feed declares XML entities: refused")
    if not _FEED.search(body[:100_000].replace(b"\0", b"")):
        return Found(error="not a feed: no <rss>, <feed> or <rdf> element")
    return _parse_xml(body, url, content_type)


def _parse_xml(body: bytes, url: str, content_type: str | None) -> Found:
    headers = {"content-type": _content_type(body, content_type)}
    try:
        # A stream: feedparser opens a file or URL where bytes read like its name. Without a content-location it leaves
        # relative links alone, which feeds on other hosts mean relative to the site.
        feed = feedparser.parse(
            BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # feedparser documents none, and has raised some for broken dates and encodings
        return Found(error=f"not readable as a feed: {type(error).__name__}: {error}")
    site = feed.feed.get("link") or ""
    base = (read_url(site, url) or url) if (feed.version or "").startswith("rss") else url
    language = read_language(feed.feed.get("language") or "")
    links = distinct(link for entry in feed.entries if (link := _link_of(dict(entry), base, language)))
    reason = str(feed.get("bozo_exception") or "") if feed.get("bozo") else ""
    return _found(links, len(feed.entries), reason)


def _found(links: tuple[Link, ...], entries: int, reason: str = "") -> Found:
    error = None
    if not entries:
        error = "feed without entries" + (f" ({reason})" if reason else "")
    elif not links:
        error = f"feed with {entries} entries, none with an http(s) link"
    elif entries > MAX_LINKS:
        error = f"feed with {entries:,} entries: at most {MAX_LINKS:,} links were taken"
    return Found(links=links, entries=entries, error=error)


def _content_type(body: bytes, content_type: str | None) -> str:
    """What feedparser is told of the encoding: what the bytes prove, else what the server says.

    Never `text/xml` alone, which is US-ASCII by RFC 3023.
    """
    declared = _CHARSET.search(content_type or "")
    charset = declared[1] if declared else ""
    if not body.isascii():
        try:
            body.decode("utf-8")
            charset = "utf-8"  # chance does not make valid UTF-8 of another encoding; servers are often wrong
        except UnicodeDecodeError:
            pass
    return f"application/xml; charset={charset}" if charset else "application/xml"


def _link_of(entry: Mapping[str, object], base: str, language: str | None) -> Link | None:
    url = next((safe for raw in _addresses(entry) if (safe := read_url(raw, base))), None)
    if url is None:
        return None
    title = _text(entry.get("title"))
    detail = entry.get("title_detail")
    if isinstance(detail, Mapping) and detail.get("type") in ("text/html", "application/xhtml+xml"):
        title = html.unescape(_TAG.sub("", title))
    return Link(
        url=url,
        headline=read_headline(title),
        published_at=_moment(entry.get("published_parsed")) or _moment(entry.get("updated_parsed")),
        language=language,
        tickers=_tickers(entry),
    )


def _addresses(entry: Mapping[str, object]) -> Iterator[str]:
    """Where the entry may lead, the best guess first."""
    yield _text(entry.get("feedburner_origlink"))
    for link in _mappings(entry.get("links")):
        if link.get("rel", "alternate") == "alternate" and link.get("type", "text/html") == "text/html":
            yield _text(link.get("href"))
    yield _text(entry.get("link"))
    yield _address_in(entry.get("id"))


def _address_in(identifier: object) -> str:
    """An identifier that is an address as well."""
    return identifier if isinstance(identifier, str) and identifier.startswith(("http://", "https://")) else ""


def _tickers(entry: Mapping[str, object]) -> tuple[str, ...]:
    """Symbols that release distributors give as categories of a scheme for stocks."""
    found = [
        _text(tag.get("term")).strip()
        for tag in _mappings(entry.get("tags"))
        if "stock" in _text(tag.get("scheme")).lower() or "ticker" in _text(tag.get("scheme")).lower()
    ]
    return tuple(dict.fromkeys(term for term in found if _TICKER.fullmatch(term)))


def _moment(parsed: object) -> datetime | None:
    if not isinstance(parsed, struct_time):
        return None
    try:
        return read_time(datetime(*parsed[:6], tzinfo=UTC).isoformat())
    except ValueError:
        return None


def _parse_json(body: bytes, url: str) -> Found:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        return Found(error=f"not readable as JSON: {error}")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return Found(error="JSON, but no JSON Feed: it has no list of items")
    base = read_url(_text(feed.get("home_page_url")), url) or url
    language = _text(feed.get("language"))
    links = []
    for item in _mappings(items):
        given = (_text(item.get(key)) for key in ("url", "external_url"))
        address = next(filter(None, given), None) or _address_in(item.get("id"))
        if safe := read_url(address, base):
            links.append(
                Link(
                    url=safe,
                    headline=read_headline(_text(item.get("title"))),
                    published_at=read_time(_text(item.get("date_published")) or _text(item.get("date_modified"))),
                    language=read_language(_text(item.get("language")) or language),
                )
            )
    return _found(distinct(links), len(items))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mappings(value: object) -> Sequence[Mapping[str, object]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
