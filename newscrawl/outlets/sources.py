"""Sources in outlet files: feeds, sitemaps, section pages, and archives that only a call for them walks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from newscrawl.items import Source, SourceKind
from newscrawl.outlets.fields import Config, Pattern, SourceUrl, filled, is_dated

_DAY = timedelta(days=1)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def _month(month: object) -> object:
    match = _MONTH.fullmatch(str(month))
    if match is None or not 1900 <= int(match[1]) <= 2100:
        raise ValueError("expected a month such as 2012-05")
    return date(int(match[1]), int(match[2]), 1)


_WrittenMonth = Annotated[str, Field(pattern=rf"^{_MONTH.pattern}$")]
Month = Annotated[
    date,
    BeforeValidator(_month, json_schema_input_type=_WrittenMonth),
    PlainSerializer(lambda day: day.strftime("%Y-%m"), return_type=str),
]


class SourceConfig(Config):
    """Where an outlet announces its articles.

    Attributes:
        kind: How to read it; a section is a page of links.
        url: Where there is another every day, month or year, {yyyy}, {mm} and {dd} stand for the numbers of the day;
            it is read for today and for yesterday, and by a walk of archives for the days before.
        link_pattern: Of a section page: a regular expression that an article's URL matches.
        archive: Whether it lists old articles, and is left out unless a crawl is told to read archives.
        since: Of an archive with {yyyy} in its URL: the first month that there is, such as 2012-05.
    """

    kind: SourceKind
    url: SourceUrl
    link_pattern: Pattern | None = None
    archive: bool = False
    since: Month | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.link_pattern is not None and self.kind != "section":
            raise ValueError("link_pattern is for section pages; use allow and deny for feeds and sitemaps")
        if self.since is not None and not (self.archive and is_dated(self.url)):
            raise ValueError("since is for an archive with {yyyy} in its URL")
        return self

    def items(self, day: date | None) -> Iterator[Source]:
        """What a crawl reads on a day, the newest first; nothing of a dated source where no day is given."""
        if self.archive:
            return
        if not is_dated(self.url):
            yield Source(self.kind, self.url, self.link_pattern)
        elif day is not None:
            for url in self.parts(day, day - _DAY):
                yield Source(self.kind, url, self.link_pattern)

    def is_walked(self, since: date | None) -> bool:
        """Whether a walk of archives reads it, back to a day or as far as it goes."""
        return self.archive or (since is not None and is_dated(self.url))

    def walked(self) -> Source:
        """It, as a walk takes it: one source, of whose URL, if that is dated, the `parts` are read."""
        return Source(self.kind, self.url, self.link_pattern, archive=True)

    def parts(self, day: date, since: date | None = None) -> dict[str, date]:
        """Of a dated URL: those of a day and the days before, the newest first, each with its last day."""
        first = min(max(filter(None, (since, self.since)), default=day - _DAY), day)
        urls: dict[str, date] = {}
        for one in (day - count * _DAY for count in range((day - first).days + 1)):
            urls.setdefault(filled(self.url, one), one)
        return urls
