"""What an outlet file may say of the outlet's pages, where the general machine is not enough."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator

from newscrawl.items import PageRules, RemovedKind, Selector
from newscrawl.outlets.fields import Config, Line, Pattern, Select
from newscrawl.outlets.selectors import xpath_of


class SelectorConfig(Config):
    """A selector, and the days on which the outlet's pages are such, by the day of their fetch.

    Attributes:
        select: A CSS selector or an XPath.
        since: The first day, such as 2026-03-01.
        until: The last one.
    """

    select: Select
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _days_ascend(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError("expected since not to be after until")
        return self

    def item(self) -> Selector:
        """As the core takes it."""
        return Selector(xpath_of(self.select), self.since, self.until)


class StripConfig(SelectorConfig):
    """A selector of what is cut, and its days, by the day of the fetch.

    Attributes:
        select: A CSS selector or an XPath.
        since: The first day, such as 2026-03-01.
        until: The last one.
        kind: Of boilerplate.
    """

    kind: RemovedKind = "other"

    def item(self) -> Selector:
        """As the core takes it."""
        return Selector(xpath_of(self.select), self.since, self.until, self.kind)


class CutConfig(Config):
    """Blocks that are cut.

    Attributes:
        pattern: A regular expression that a block's whole text matches.
        kind: Of boilerplate.
    """

    pattern: Pattern
    kind: RemovedKind = "other"


def _selectors(value: object) -> object:
    """One for a list of one, and a text for a selector without days."""
    return [{"select": one} if isinstance(one, str) else one for one in _listed(value)]


def _patterns(value: object) -> object:
    return [{"pattern": one} if isinstance(one, str) else one for one in _listed(value)]


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


Selectors = Annotated[
    tuple[SelectorConfig, ...],
    BeforeValidator(_selectors, json_schema_input_type=str | SelectorConfig | list[str | SelectorConfig]),
]
Strips = Annotated[
    tuple[StripConfig, ...],
    BeforeValidator(_selectors, json_schema_input_type=str | StripConfig | list[str | StripConfig]),
]
Cuts = Annotated[
    tuple[CutConfig, ...],
    BeforeValidator(_patterns, json_schema_input_type=str | CutConfig | list[str | CutConfig]),
]


class PagesConfig(Config):
    """Where the outlet's pages have what. A fact that is not found there is looked for on the whole page.

    Each selector may be one, or a list; each with its days, if it has some: `{select: CSS, since: DAY, until: DAY}`.

    Attributes:
        body: The elements that hold the story, in place of the search for it; of several, the first that finds text.
        byline: The authors' names; of several, the first that finds a name.
        time: The time of publication: `datetime` or `content` of an element, else its text; the first that is a time.
        strip: What is cut from the story wherever it stands; it is kept among the cuts, as `outlet/strip`.
        tickers: Lists of stock symbols beside the story.
        gate: What a page shows only where the rest of its story is behind a wall.
        cut: Regular expressions of blocks to be cut, each of a whole block; kept among the cuts, as `outlet/cut`.
        keep: Names of strip rules, or of their kinds (`newsletter`), that cut nothing here.
        next_page: The link to the next page of an article, in place of the file's own `next_page` on its days; of
            several, the first that holds on the day.
    """

    body: Selectors = ()
    byline: Selectors = ()
    time: Selectors = ()
    strip: Strips = ()
    tickers: Selectors = ()
    gate: Selectors = ()
    cut: Cuts = ()
    keep: tuple[Line, ...] = ()
    next_page: Selectors = ()

    def next_page_on(self, day: date) -> str | None:
        """The selector of links to next pages that holds on the day of a fetch."""
        return next((one.select for one in self.next_page if one.item().holds_on(day)), None)

    @property
    def has_selectors(self) -> bool:
        """Whether something is selected on pages that may come to look otherwise."""
        return any((self.body, self.byline, self.time, self.strip, self.tickers, self.gate))

    def item(self) -> PageRules:
        """As the core takes it."""
        return PageRules(
            body=tuple(one.item() for one in self.body),
            byline=tuple(one.item() for one in self.byline),
            time=tuple(one.item() for one in self.time),
            strip=tuple(one.item() for one in self.strip),
            tickers=tuple(one.item() for one in self.tickers),
            gate=tuple(one.item() for one in self.gate),
            cut=tuple((one.pattern, one.kind) for one in self.cut),
            keep=self.keep,
        )
