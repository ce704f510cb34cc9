"""Facts of an article as pages show them: a name, a value, and where it was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newscrawl.cli.records import stamp
from newscrawl.items import Article, Moment, Ticker
from newscrawl.urls import safe_url

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was found on the page; without a value, that it was not."""

    name: str
    value: str | None
    note: str = ""
    href: str | None = None


def language_tag(tag: str | None) -> str | None:
    """A language as an attribute takes it; None for what is no tag."""
    return tag if tag and _LANGUAGE.fullmatch(tag) else None


def article_facts(article: Article) -> list[Fact]:
    """What is known of an article, with where it was found."""
    language, access = article.language, article.access
    confidence = "" if language.confidence is None else f"confidence {language.confidence:.2f}, "
    declared = f"; the page declares {language.declared}" if language.declared else ""
    return [
        Fact("Outlet", article.outlet),
        Fact("Authors", ", ".join(article.authors) or None),
        moment_fact("Published", article.published),
        moment_fact("Modified", article.modified),
        Fact("Language", language.tag, f"{confidence}by {language.method}{declared}"),
        Fact("Wire", article.wire),
        Fact("Translated", article.machine_translation),
        Fact("Reserved", ", ".join(article.reservations) or None),
        Fact("Access", access.observed, f"declared: {access.declared or 'nothing'}"),
        Fact("Completeness", access.completeness, access.reason or ""),
        Fact("Section", article.section),
        Fact("Tags", ", ".join(article.tags) or None),
        *_tickers(article.tickers),
        link_fact("Canonical URL", article.canonical_url),
        link_fact("URL", article.url),
    ]


def moment_fact(name: str, moment: Moment | None) -> Fact:
    """A time as the page states it."""
    if moment is None:
        return Fact(name, None)
    value = stamp(moment) or ""
    raw = f": {moment.raw}" if moment.raw not in ("", value) else ""
    return Fact(name, value.replace("T", " "), f"to the {moment.precision}, from {moment.source}{raw}")


def _tickers(tickers: Sequence[Ticker]) -> Iterator[Fact]:
    if not tickers:
        yield Fact("Tickers", None)
    for origin in dict.fromkeys(ticker.origin for ticker in tickers):
        symbols = (f"{t.mic}:{t.symbol}" if t.mic else t.symbol for t in tickers if t.origin == origin)
        yield Fact("Tickers", ", ".join(symbols), f"from the {origin}")


def link_fact(name: str, url: str) -> Fact:
    """A URL as a link, if it is one of the web: never a script."""
    return Fact(name, url or None, href=safe_url(url) if url else None)
