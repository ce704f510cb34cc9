"""When an article was published and changed: the statements of a page, in the order in which they are believed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from newscrawl.extract.dates import Clock, best_of, parse_moment, read_date, with_zone
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
_UPDATE = re.compile(
    r"updat|modif|aktualisiert|geändert|stand:|mis à jour|actualiza|aggiornat|atualizad|수정|更新|最終更新",
    re.IGNORECASE,
)
MAX_DATELINE = 80  # characters of a line that is there for its date
MAX_OPENING = 40  # characters of a paragraph that opens with its date
MAX_WORDY = 50  # the same in a line that names author and section, too
MAX_LABEL = 15  # characters beside a date that has a line for itself
_YEAR = re.compile(r"(?:19|20)\d\d|\d\s\d\d:\d\d:\d\d|\b\d\d\.\d\d\.\d\d\b")
_LABEL = re.compile(r"publi|veröffent|geschrieben|erstellt|posted|written|datum|date\b", re.IGNORECASE)
_MARKED = XPath(
    "//*[@itemprop='datePublished' or contains(@property, 'datePublished') or contains(@property, ':dateCreated')]"
)
_OTHERS = re.compile(r"©|copyright|\(c\)", re.IGNORECASE)
_TO_THE_SECOND = re.compile(r"\d\s\d\d:\d\d:\d\d\b")
_TRAILER = re.compile(r"\b(?:19|20)\d\d\b.{0,12}\d\d:\d\d.{0,12}(?:\b[A-Z]{2,4}\b|[+-]\d\d:?\d\d)")


def find_published(stated: Stated, url: str, clock: Clock) -> Moment | None:
    """When the article first appeared; None where no statement can be believed.

    Args:
        stated: What the page states.
        url: Its URL, which may name the day.
        clock: How to read what leaves a part unsaid.
    """
    document, around = stated.document, stated.around
    if chosen := best_of(parse_moment(text, "outlet", clock) for text in document.chosen.times):
        return chosen
    marked = [
        *(parse_moment(text, "json-ld", clock) for text in stated.main.texts("datePublished")),
        *(parse_moment(text, "meta", clock) for text in stated.meta.all(*_PUBLISHED)),
        *(parse_moment(text, "time", clock) for text in _time_elements(document.tree)),
    ]
    if not any(marked):
        marked = [parse_moment(text, "markup", clock) for text in _properties(document.tree)]
    near = [line for line in around.lines if _YEAR.search(line)]
    datelines = [line for line in near if _is_dateline(line, MAX_WORDY, clock)]
    found = best_of(marked)
    if found is None or found.precision == "day":
        created = [parse_moment(text, "json-ld", clock) for text in stated.main.texts("dateCreated")]
        lines = [line.text for line in document.text.lines if len(line.text) < MAX_DATELINE]
        dated = [line for line in lines if _YEAR.search(line)]
        found = (
            best_of((*marked, *_visible(datelines, clock), *created, of_trailers(dated, clock)))
            or _of_url(url, clock)
            or _signed(dated, clock)
            or _alone(dated, clock)
            or best_of(_visible([line if len(line) <= MAX_DATELINE else line[:MAX_OPENING] for line in near], clock))
        )
    shown = next((line for line in datelines if line in around.after and not _UPDATE.search(line[:30])), "")
    return with_zone(found, shown, clock)


def _visible(lines: Sequence[str], clock: Clock) -> Iterator[Moment | None]:
    """The dates of lines beside the headline, those of changes last."""
    for is_update in (False, True):
        yield from (
            read_date(line, "headline", clock) for line in lines if bool(_UPDATE.search(line[:30])) == is_update
        )


def _is_dateline(line: str, max_beside: int, clock: Clock) -> bool:
    """Whether a line is there for its date: few characters stand beside it, or it opens a paragraph."""
    found = read_date(line[: 2 * MAX_DATELINE], "", clock)
    if found is None:
        return False
    raw = found.raw or ""
    return len(line) - len(raw) <= max_beside or line.find(raw) < (MAX_LABEL if _LABEL.match(line) else 3)


def find_modified(stated: Stated, published: Moment | None, clock: Clock) -> Moment | None:
    """When the article was last changed, where the page says so and it was after its publication."""
    found = best_of(
        (
            *(parse_moment(text, "json-ld", clock) for text in stated.main.texts("dateModified")),
            *(parse_moment(text, "meta", clock) for text in stated.meta.all(*_MODIFIED)),
            *_visible_changes(stated.around.lines, clock),
        )
    )
    return found if found and (published is None or found.at > published.at) else None


def _visible_changes(lines: Sequence[str], clock: Clock) -> Iterator[Moment | None]:
    """Times after a word for a change: `Published 4 May 2024 | Updated 5 May 2024, 10:00 CET`."""
    for line in lines:
        if len(line) <= 2 * MAX_DATELINE and (match := _UPDATE.search(line)):
            yield read_date(line[match.end() :], "headline", clock)


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


def _signed(dated: Iterable[str], clock: Clock) -> Moment | None:
    """The day of an agency's trailer that tells the second: `(RADIOCOR) 09-03-26 11:20:05 (0101)`."""
    lines = (line for line in dated if _TO_THE_SECOND.search(line))
    return next((found for line in lines if (found := read_date(line, "trailer", clock))), None)


def _of_url(url: str, clock: Clock) -> Moment | None:
    match = _URL_DAY.search(url)
    found = parse_moment("-".join(match.groups()), "url", clock) if match else None
    return replace(found, raw=match[0]) if found and match else None


def _alone(dated: Iterable[str], clock: Clock) -> Moment | None:
    """The first date of the page that has a line for itself, with a label at most: `Published: 4 May 2024`."""
    for line in dated:
        beside = MAX_WORDY if _LABEL.search(line) else MAX_LABEL
        if not _OTHERS.search(line) and _is_dateline(line, beside, clock):
            return read_date(line, "page", clock)
    return None


def _properties(tree: HtmlElement) -> Iterator[str]:
    """Dates of publication in microdata and RDFa of any element."""
    for element in cast("list[HtmlElement]", _MARKED(tree))[:2]:
        yield element.get("content") or element.get("datetime") or " ".join(element.itertext())
