"""Days, months and years in URLs: how new what a part of an archive lists, or an article, can be."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from newscrawl.visits import Link

_YEAR = r"(?<!\d)((?:19[89]|20\d)\d)"
_GAP = r"(?:[-_/.]?|&\w+=)"  # `2024-05`, `202405`, `yyyy=2024&mm=05`
# A month or a day has two digits: in `sitemap-2024-5.xml` the 5 may number a part of the year.
_MONTH = rf"{_GAP}(0[1-9]|1[0-2])"
_DAY = rf"{_GAP}(0[1-9]|[12]\d|3[01])"
_FORMS = tuple(re.compile(rf"{form}(?!\d)") for form in (_YEAR + _MONTH + _DAY, _YEAR + _MONTH, _YEAR))
_OF_ARTICLE = re.compile(
    r"[/_-]((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)|/((?:19|20)\d\d)/(0[1-9]|1[0-2])/"
)
_NUMBER = re.compile(r"\d+")


def last_days(urls: Iterable[str]) -> dict[str, date]:
    """The last day of the period that each part of an archive names; parts that name none are left out.

    A number is a date where all URLs that differ in their numbers alone have one: `sitemap-2010.xml` may be a year, or
    the next part after `sitemap-2009.xml`, `sitemap-37.xml` tells.
    """
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for url in urls:
        alike[_NUMBER.sub("#", url)].append(url)
    return {url: day for group in alike.values() for url, day in _read_group(group)}


def newest_time(day: date | None, changed: datetime | None) -> datetime | None:
    """How new something can be, of which is known until which day it is of, and when it last changed."""
    end = datetime.combine(day, time.max, UTC) if day else None
    return min((at for at in (end, changed) if at), default=None)


def announced_at(link: Link) -> datetime | None:
    """The time that a link states, or the end of the day or month in its URL if that is before; None: it says none."""
    match = _OF_ARTICLE.search(urlsplit(link.url).path)
    day = _last_day([part for part in match.groups() if part]) if match else None
    return newest_time(day, link.published_at)


def _read_group(urls: Sequence[str]) -> Iterator[tuple[str, date]]:
    """The finest form that all of them have."""
    for form in _FORMS:
        found: Mapping[str, list[date | None]] = {
            url: [_last_day(match.groups()) for match in form.finditer(_without_host(url))] for url in urls
        }
        if all(days and all(days) for days in found.values()):
            yield from ((url, max(day for day in days if day)) for url, days in found.items())
            return


def _without_host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def _last_day(numbers: Sequence[str]) -> date | None:
    """The last day of a year, of a month, or the day itself; None: there is no such day."""
    year, month, day = (*map(int, numbers), *(0,) * (3 - len(numbers)))
    last = monthrange(year, month or 12)[1]
    return date(year, month or 12, day or last) if day <= last else None
