"""When an article was published and changed: the statements of a page, in the order in which they are believed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from htmldate import find_date
from lxml.html import HtmlElement

from newscrawl.extract.dates import SLACK, Clock, best_of, parse_moment, read_date
from newscrawl.extract.document import Document
from newscrawl.extract.stated import Stated
from newscrawl.items import Moment

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished",
    "og:published_time", "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date",
    "publish_date", "publication_date", "article.published", "published_time", "dc.date.issued", "dcterms.issued",
    "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "citation_publication_date", "citation_date",
    "date", "article_date_original", "originalpublicationdate", "cxenseparse:recs:publishtime",
    "rnews:datepublished", "shareaholic:article_published_time", "created", "datecreated", "article:create_time",
    "weibo:article:create_at", "iptc:date", "displaydate", "ptime", "release_date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "datemodified",
    "lastmod",
    "last-modified",
)
_URL_DAY = re.compile(r"[/_-]((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_TIME_CLASS = re.compile(r"publi|date|time|posted|entry|created|meta|byline", re.IGNORECASE)
_UPDATE = re.compile(
    r"updat|modif|aktualisiert|geändert|stand:|mis à jour|actualiza|aggiornat|atualizad|수정|更新|最終更新",
    re.IGNORECASE,
)
_TO_THE_SECOND = re.compile(r"\d\s\d\d:\d\d:\d\d\b")
_TRAILER = re.compile(r"\b(?:19|20)\d\d\b.{0,12}\d\d:\d\d.{0,12}(?:\b[A-Z]{2,4}\b|[+-]\d\d:?\d\d)")


def find_published(stated: Stated, url: str, clock: Clock) -> Moment | None:
    """When the article first appeared; None where no statement can be believed.

    Args:
        stated: What the page states.
        url: Its URL, which may name the day.
        clock: How to read what leaves a part unsaid.
    """
    document, around = stated.document, stated.around.lines
    marked = [
        *(parse_moment(text, "json-ld", clock) for text in stated.main.texts("datePublished")),
        *(parse_moment(text, "meta", clock) for text in stated.meta.all(*_PUBLISHED)),
        *(parse_moment(text, "time", clock) for text in _time_elements(document.tree)),
    ]
    visible = [read_date(line, "headline", clock) for line in around if not _UPDATE.search(line[:30])]
    visible += [read_date(line, "headline", clock) for line in around if _UPDATE.search(line[:30])]
    created = [parse_moment(text, "json-ld", clock) for text in stated.main.texts("dateCreated")]
    trailer = of_trailers((line.text for line in document.text.lines), clock)
    found = best_of((*marked, *visible, *created, trailer))
    return found or _of_url(url, clock) or _signed(document, clock) or _guess(document, url, clock)


def find_modified(stated: Stated, published: Moment | None, clock: Clock) -> Moment | None:
    """When the article was last changed, where the page says so and it was after its publication."""
    found = best_of(
        (
            *(parse_moment(text, "json-ld", clock) for text in stated.main.texts("dateModified")),
            *(parse_moment(text, "meta", clock) for text in stated.meta.all(*_MODIFIED)),
        )
    )
    return found if found and (published is None or found.at > published.at) else None


def _time_elements(tree: HtmlElement) -> Iterator[str]:
    """Times of `time` elements that are the article's: marked as such, else the first, unless it is one of many."""
    times = [time for time in tree.iter("time") if time.get("datetime") or time.text]
    marked = [time for time in times if "pubdate" in time.attrib or "publish" in (time.get("itemprop") or "").lower()]
    own = [
        time
        for time in times
        if any(ancestor.tag in ("article", "main", "header") for ancestor in time.iterancestors())
    ]
    for time in (marked or own or (times if len(times) <= 3 else []))[:2]:
        yield time.get("datetime") or " ".join(time.itertext())


def of_trailers(lines: Iterable[str], clock: Clock) -> Moment | None:
    """The time that an agency's trailer tells with its zone: `July 09, 2026 15:44 ET (19:44 GMT)`."""
    signed = (line for line in lines if len(line) < 80 and _TRAILER.search(line))
    return next((found for line in signed if (found := read_date(line, "trailer", clock))), None)


def _signed(document: Document, clock: Clock) -> Moment | None:
    """The day of an agency's trailer that tells the second: `(RADIOCOR) 09-03-26 11:20:05 (0101)`."""
    lines = (line.text for line in document.text.lines if len(line.text) < 80 and _TO_THE_SECOND.search(line.text))
    return next((found for line in lines if (found := read_date(line, "trailer", clock))), None)


def _of_url(url: str, clock: Clock) -> Moment | None:
    match = _URL_DAY.search(url)
    found = parse_moment("-".join(match.groups()), "url", clock) if match else None
    return replace(found, raw=match[0]) if found and match else None


def _guess(document: Document, url: str, clock: Clock) -> Moment | None:
    """A day found by htmldate, without its search of free text, which takes the first of a month for an answer."""
    latest = (clock.fetched_at + SLACK).strftime("%Y-%m-%d")
    try:
        day = find_date(document.tree, extensive_search=False, original_date=True, url=url, max_date=latest)
    except (ValueError, TypeError, OverflowError):  # of the many formats it tries
        return None
    return parse_moment(day, "guess", clock) if day else None
