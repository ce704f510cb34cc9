"""What an outlet file may say."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PrivateAttr,
    field_validator,
    model_validator,
)

from newscrawl.items import Outlet, OutletKind, Source, SourceKind
from newscrawl.outlets.expectations import PageTest
from newscrawl.outlets.selectors import xpath_of
from newscrawl.text import clean_text, squeeze
from newscrawl.urls import host_of, is_trap, registered_domain, safe_url, within

MAX_DELAY_S = 120
"""Seconds between two requests that we wait at most; also the Crawl-delay above which a host is left alone."""

REVISITS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""Ages at which articles are asked for again by default; edits are most frequent in the first hours."""

MAX_REVISITS = 20
"""Ages that an outlet file may name."""

MAX_DAYS = 36_500
"""A hundred years: the longest that a number of days may stand for."""

_AGE = re.compile(r"([1-9]\d{0,3})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")


def _http_url(url: str) -> str:
    safe = safe_url(url)
    if safe is None:
        raise ValueError("expected an http(s) URL")
    return safe


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"expected a regular expression ({error})") from None
    return pattern


def _selector(selector: str) -> str:
    xpath_of(selector)
    return selector


def _line(text: str) -> str:
    line = squeeze(clean_text(text))
    if not line:
        raise ValueError("expected some text")
    return line


def _language(tag: str) -> str:
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError("expected a BCP-47 tag such as en, pt-BR or zh-Hant")
    return tag


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, a path, a folder of zones (`America`)
        raise ValueError("expected an IANA time zone such as Europe/Paris") from None
    return name


def _age(age: object) -> timedelta:
    match = _AGE.fullmatch(str(age))
    if match is None or (wait := timedelta(**{_UNITS[match[2]]: int(match[1])})) < timedelta(minutes=10):
        raise ValueError("expected an age such as 30m, 6h or 3d, ten minutes at least")
    return wait


def _written_age(age: timedelta) -> str:
    minutes = age // timedelta(minutes=1)
    if minutes % 60:
        return f"{minutes}m"
    return f"{minutes // 1440}d" if minutes % 1440 == 0 else f"{minutes // 60}h"


def _domain(domain: str) -> str:
    host = host_of(f"http://{domain}/")
    if not host or host != domain.lower():
        raise ValueError("expected a bare host name such as example.com")
    return host


Age = Annotated[timedelta, BeforeValidator(_age), PlainSerializer(_written_age)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
Regex = Annotated[str, AfterValidator(_regex)]
Line = Annotated[str, AfterValidator(_line)]


class _Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceConfig(_Config):
    """Where an outlet announces its articles."""

    kind: SourceKind
    url: HttpUrl
    link_pattern: Regex | None = None

    @model_validator(mode="after")
    def _pattern_is_of_a_section(self) -> Self:
        if self.link_pattern is not None and self.kind != "section":
            raise ValueError("link_pattern is for section pages; use allow and deny for feeds and sitemaps")
        return self


class Politeness(_Config):
    """How hard an outlet may be asked; its robots.txt may ask for less."""

    delay_s: float = Field(default=1.0, ge=0, le=MAX_DELAY_S)
    concurrency: int = Field(default=1, ge=1, le=16)


class Expect(_Config):
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


class Retention(_Config):
    """How long what an outlet gave is kept, in days, until `newscrawl purge`; None: for ever."""

    articles_days: int | None = Field(default=None, ge=1, le=MAX_DAYS)
    raw_days: int | None = Field(default=None, ge=1, le=MAX_DAYS)


class Budget(_Config):
    """How much of an outlet one run takes; the rest is the next run's."""

    pages_per_run: int | None = Field(default=None, ge=1)
    minutes_per_run: float | None = Field(default=None, gt=0)


class OutletConfig(_Config):
    """An outlet file.

    Attributes:
        domains: Hosts whose pages are the outlet's, with what lies below them; by default the homepage's domain.
        allow: Regular expressions, searched in the URL; where any are given, an article's URL matches one.
        deny: Regular expressions that no article's URL matches, nor one that its page leads to.
        next_page: The link to the next page of an article: `rel`, an XPath or a CSS selector; see `xpath_of`.
        follow_canonical: Whether the page that an article's page calls its canonical one is fetched in its place.
        revisits: How old an article is each time its page is asked for again, such as `[1h, 6h, 1d]`, or `off`.
        checked: When somebody last saw the sources work, in words.
        tests: Saved pages with what is expected of them, for `newscrawl outlets test`.
    """

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    name: Line
    homepage: HttpUrl
    kind: OutletKind = "publisher"
    country: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    timezone: Annotated[str, AfterValidator(_timezone)] | None = None
    languages: tuple[Annotated[str, AfterValidator(_language)], ...] = ()
    domains: tuple[Annotated[str, AfterValidator(_domain)], ...] = ()
    sources: tuple[SourceConfig, ...] = ()
    allow: tuple[Regex, ...] = ()
    deny: tuple[Regex, ...] = ()
    politeness: Politeness = Politeness()
    retention: Retention = Retention()
    budget: Budget = Budget()
    next_page: Annotated[str, AfterValidator(_selector)] | None = None
    follow_canonical: bool = False
    expect: Expect = Expect()
    revisits: tuple[Age, ...] = Field(default=REVISITS, max_length=MAX_REVISITS)
    checked: Line | None = None
    tests: tuple[PageTest, ...] = ()

    _path: Path | None = PrivateAttr(default=None)

    @field_validator("sources")
    @classmethod
    def _sources_differ(cls, sources: tuple[SourceConfig, ...]) -> tuple[SourceConfig, ...]:
        if len({source.url for source in sources}) < len(sources):
            raise ValueError("expected each source once")
        return sources

    @field_validator("revisits", mode="before")
    @classmethod
    def _no_revisits(cls, revisits: object) -> object:
        return () if revisits in ("off", False) else revisits

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
        )

    def items(self) -> tuple[Source, ...]:
        """Its sources, as the crawl takes them."""
        return tuple(Source(source.kind, source.url, source.link_pattern) for source in self.sources)

    def admits(self, url: str) -> bool:
        """Whether a URL may be an article of this outlet: on its domains, allowed, not denied, and no trap."""
        return self.leads_to(url) and (not self.allow or any(re.search(pattern, url) for pattern in self.allow))

    def leads_to(self, url: str) -> bool:
        """Whether an article's page may lead to a URL: on its domains, not denied, and no trap."""
        return (
            within(url, self.domains) and not is_trap(url) and not any(re.search(pattern, url) for pattern in self.deny)
        )
