"""What an outlet file may say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, field_validator, model_validator

from newscrawl.items import Outlet, OutletKind, Source
from newscrawl.outlets.expectations import PageTest
from newscrawl.outlets.fields import Age, Config, Country, Domain, HttpUrl, Language, Line, Pattern, Select, TimeZone
from newscrawl.outlets.pagerules import PagesConfig
from newscrawl.outlets.sources import SourceConfig
from newscrawl.urls import host_of, is_trap, registered_domain, within

MAX_DELAY_S = 120
"""Seconds between two requests that we wait at most; also the Crawl-delay above which a host is left alone."""

REVISITS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""Ages at which articles are asked for again by default; edits are most frequent in the first hours."""

MAX_REVISITS = 20
"""Ages that an outlet file may name."""

MAX_DAYS = 36_500
"""A hundred years: the longest that a number of days may stand for."""

_HEADER = r"^(Accept|Accept-Language|Cache-Control|Referer|X-[A-Za-z0-9-]{1,60})$"
Header = Annotated[str, Field(pattern=_HEADER)]
HeaderValue = Annotated[str, Field(pattern=r"^[\x20-\x7e]{1,500}$")]


class Politeness(Config):
    """How hard an outlet may be asked; its robots.txt may ask for less.

    Attributes:
        delay_s: Seconds between two requests.
        concurrency: Requests at a time.
    """

    delay_s: float = Field(default=1.0, ge=0, le=MAX_DELAY_S)
    concurrency: int = Field(default=1, ge=1, le=16)


class Expect(Config):
    """What an outlet is expected to give; a crawl that ends with less raises an alarm.

    Shares go from 0 to 1, and are measured over the last 20 articles or more: leave some room.

    Attributes:
        articles_per_day: New articles at least, on the mean of seven days.
        dated: Share of articles with a time of publication, at least.
        authored: Share of articles with an author, at least.
        min_chars: Median length of the texts, at least.
        gated_max: Share of articles behind a wall or cut short, at most.
        cut_max: Share of the text that is cut as boilerplate, at most.
        lost_max: Share of the fetched URLs that are rejected or fail, at most.
    """

    articles_per_day: float | None = Field(default=None, gt=0)
    dated: float | None = Field(default=None, ge=0, le=1)
    authored: float | None = Field(default=None, ge=0, le=1)
    min_chars: int | None = Field(default=None, ge=1)
    gated_max: float | None = Field(default=None, ge=0, le=1)
    cut_max: float | None = Field(default=None, ge=0, le=1)
    lost_max: float | None = Field(default=None, ge=0, le=1)


class Retention(Config):
    """How long what an outlet gave is kept, in days, until `newscrawl purge`; None: for ever.

    Attributes:
        articles_days: Articles, from when they were first seen.
        raw_days: Raw responses.
    """

    articles_days: int | None = Field(default=None, ge=1, le=MAX_DAYS)
    raw_days: int | None = Field(default=None, ge=1, le=MAX_DAYS)


class Budget(Config):
    """How much of an outlet one run takes; the rest is the next run's.

    Attributes:
        pages_per_run: Pages of articles; feeds and sitemaps do not count.
        minutes_per_run: From its first request.
    """

    pages_per_run: int | None = Field(default=None, ge=1)
    minutes_per_run: float | None = Field(default=None, gt=0)


def _no_revisits(revisits: object) -> object:
    return () if revisits in ("off", False) else revisits


Revisits = Annotated[
    tuple[Age, ...], BeforeValidator(_no_revisits, json_schema_input_type=Literal["off", False] | tuple[Age, ...])
]


class OutletConfig(Config):
    """An outlet file.

    Attributes:
        slug: Its short name: small letters, digits, dots, dashes.
        name: Its name, for people.
        homepage: Its front page.
        kind: What it is: publisher, portal (of others' copy, too), wire, aggregator, blog.
        country: Where it is published: ISO 3166-1 alpha-2, in small letters.
        timezone: Of times that state none, such as Europe/Paris.
        languages: In which it writes: BCP-47, such as en, pt-BR or zh-Hant.
        sources: Where it announces its articles.
        domains: Hosts whose pages are the outlet's, with what lies below them; by default the homepage's domain.
        allow: Regular expressions, searched in the URL; where any are given, an article's URL matches one.
        deny: Regular expressions that no article's URL matches, nor one that its page leads to.
        politeness: How hard it may be asked.
        retention: How long what it gave is kept.
        budget: How much of it one run takes.
        expect: What it is expected to give; less is an alarm.
        next_page: The link to the next page of an article: `rel` for rel=next, an XPath or a CSS selector.
        follow_canonical: Whether the page that an article's page calls its canonical one is fetched in its place.
        revisits: How old an article is each time its page is asked for again, such as `[1h, 6h, 1d]`, or `off`.
        headers: Request headers of all its pages and sources: Accept, Accept-Language, Cache-Control, Referer, X-….
        cookies: A cookies.txt with your own login, beside the outlet file; sent to its domains alone.
        render: Whether scripts write its pages' texts, so that a browser has to show them first.
        pages: Where its pages have what, and what is to be cut from them or kept.
        checked: When somebody last saw the sources work, in words.
        tests: Saved pages with what is expected of them, for `newscrawl outlets test`.
    """

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    name: Line
    homepage: HttpUrl
    kind: OutletKind = "publisher"
    country: Country | None = None
    timezone: TimeZone | None = None
    languages: tuple[Language, ...] = ()
    domains: tuple[Domain, ...] = ()
    sources: tuple[SourceConfig, ...] = ()
    allow: tuple[Pattern, ...] = ()
    deny: tuple[Pattern, ...] = ()
    politeness: Politeness = Politeness()
    retention: Retention = Retention()
    budget: Budget = Budget()
    next_page: Select | None = None
    follow_canonical: bool = False
    expect: Expect = Expect()
    revisits: Revisits = Field(default=REVISITS, max_length=MAX_REVISITS)
    headers: dict[Header, HeaderValue] = Field(default_factory=dict, json_schema_extra={"additionalProperties": False})
    cookies: Line | None = None
    render: bool = False
    pages: PagesConfig = PagesConfig()
    checked: Line | None = None
    tests: tuple[PageTest, ...] = ()

    _path: Path | None = PrivateAttr(default=None)

    @field_validator("sources")
    @classmethod
    def _sources_differ(cls, sources: tuple[SourceConfig, ...]) -> tuple[SourceConfig, ...]:
        if len({(source.url, source.archive) for source in sources}) < len(sources):
            raise ValueError("expected each source once")
        return sources

    @field_validator("revisits")
    @classmethod
    def _ages_ascend(cls, revisits: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
        return tuple(sorted(set(revisits)))

    @model_validator(mode="before")
    @classmethod
    def _default_domain(cls, data: object) -> object:
        if isinstance(data, dict) and not data.get("domains") and isinstance(home := data.get("homepage"), str):
            domain = registered_domain(home) or host_of(home)
            return {**data, "domains": (domain,)} if domain else data
        return data

    @property
    def path(self) -> Path | None:
        """The file it was read from."""
        return self._path

    def outlet(self) -> Outlet:
        """What the core needs to know of it."""
        return Outlet(
            slug=self.slug,
            name=self.name,
            homepage=self.homepage,
            kind=self.kind,
            domains=self.domains,
            country=self.country,
            timezone=self.timezone,
            languages=self.languages,
            revisits=self.revisits,
            rules=self.pages.item(),
        )

    def items(self, day: date | None = None) -> tuple[Source, ...]:
        """Its sources, as every crawl takes them: without those of old articles.

        Args:
            day: Today, for sources whose URL has a date in it; without, they are left out.
        """
        return tuple(dict.fromkeys(item for source in self.sources for item in source.items(day)))

    def archives(self, since: date | None = None) -> tuple[Source, ...]:
        """Its sources of old articles; where a day is named to go back to, those of every day are among them."""
        return tuple(source.walked() for source in self.sources if source.is_walked(since))

    @property
    def is_followed(self) -> bool:
        """Whether an article's page may lead to others that belong to it."""
        return bool(self.next_page or self.pages.next_page or self.follow_canonical)

    def next_page_on(self, day: date) -> str | None:
        """The selector of an article's next page, for pages fetched on a day."""
        return self.pages.next_page_on(day) or self.next_page

    def admits(self, url: str) -> bool:
        """Whether a URL may be an article of this outlet: on its domains, allowed, not denied, and no trap."""
        return self.leads_to(url) and (not self.allow or any(re.search(pattern, url) for pattern in self.allow))

    def leads_to(self, url: str) -> bool:
        """Whether an article's page may lead to a URL: on its domains, not denied, and no trap."""
        return (
            within(url, self.domains) and not is_trap(url) and not any(re.search(pattern, url) for pattern in self.deny)
        )
