"""What a source gave, and the small readers that all sources share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from newscrawl.text import clean_text, squeeze
from newscrawl.urls import safe_url
from newscrawl.visits import Link

MAX_LINKS = 50_000
"""Links taken from one document. Source: sitemaps.org, limit of one sitemap."""

MAX_HEADLINE = 500
"""Characters; what is longer is a teaser."""

_YEARS = range(1990, 2100)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?(?![a-z\d])", re.IGNORECASE)
_SPACE_BEFORE_ZONE = re.compile(r" (?=[+-]\d\d:?\d\d$)")
_ROOT = re.compile(rb"<(?![?!])")
_ENTITY = re.compile(rb"<!ENTITY\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """What one document of a source holds."""

    links: tuple[Link, ...] = ()  # in its order, each URL once
    children: tuple[str, ...] = ()  # sitemaps that an index names, the newest first where it says when they changed
    entries: int = 0  # items, locations or anchors that it has, usable or not
    error: str | None = None  # None: read well; else what a person should know; there may be links all the same
    changed: tuple[datetime | None, ...] = ()  # when each of the children last did, as the index says


def read_url(raw: str, base: str) -> str | None:
    """The URL that a source names; None for nothing, which a browser would take for the source itself."""
    return safe_url(raw, base) if raw.strip() else None


def distinct(links: Iterable[Link]) -> tuple[Link, ...]:
    """The first link of each URL, at most `MAX_LINKS`."""
    kept: dict[str, Link] = {}
    for link in links:
        kept.setdefault(link.url, link)
        if len(kept) == MAX_LINKS:
            break
    return tuple(kept.values())


def read_headline(text: str) -> str | None:
    """A headline in one line; None for white space or a whole teaser."""
    line = squeeze(clean_text(text[: 2 * MAX_HEADLINE]))
    return line if 0 < len(line) <= MAX_HEADLINE else None


def read_time(text: str) -> datetime | None:
    """A time in UTC from ISO 8601 (as W3C profiles it) or RFC 5322; without a zone it is taken as UTC.

    None for what is neither, and for years in which there was no web.
    """
    text = text[:100].strip()
    try:
        try:
            at = datetime.fromisoformat(_SPACE_BEFORE_ZONE.sub("", text))
        except ValueError:
            at = parsedate_to_datetime(text)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return at if at.year in _YEARS else None


def read_language(tag: str) -> str | None:
    """A BCP-47 tag in its usual case: `en_us` is `en-US`, `zh-hant-tw` is `zh-Hant-TW`; None for what is none."""
    match = _LANGUAGE.match(tag.strip())
    if not match:
        return None
    language, script, region = match.groups()
    parts = (language.lower(), script.title() if script else None, region.upper() if region else None)
    return "-".join(part for part in parts if part)


def has_entities(body: bytes) -> bool:
    """Whether an XML document declares entities: no feed needs them, and every expansion bomb does."""
    text = body[:1_000_000].replace(b"\0", b"")  # UTF-16 is ASCII with NULs
    root = _ROOT.search(text)
    return bool(_ENTITY.search(text, 0, root.start() if root else len(text)))


def is_html(body: bytes) -> bool:
    """Whether a body is a web page, as sites answer with 200 where a feed once was."""
    start = re.sub(rb"<!--.*?-->|<\?xml[^>]*>|\0", b"", body[:4000], flags=re.DOTALL).lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:14].lower().startswith((b"<!doctype html", b"<html", b"<head", b"<body"))
