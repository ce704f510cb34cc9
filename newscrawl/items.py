"""The records of outlets, pages and articles: frozen, picklable, standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

OutletKind = Literal["publisher", "portal", "wire", "aggregator", "blog"]
SourceKind = Literal["rss", "atom", "jsonfeed", "sitemap", "news_sitemap", "section"]
BlockTag = Literal["p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "row", "quote", "pre"]
RemovedKind = Literal[
    "paywall", "disclaimer", "ticker_list", "wire_trailer", "contact", "copyright", "dateline", "byline", "caption",
    "newsletter", "related", "share", "author_bio", "comments", "app_promo", "timestamp", "navigation", "other",
]  # fmt: skip
Precision = Literal["second", "minute", "day"]
AccessKind = Literal["free", "metered", "login", "subscriber", "unknown"]
Completeness = Literal["full", "truncated", "teaser", "headline", "unknown"]
TickerOrigin = Literal["body", "headline", "structured", "widget"]
Relation = Literal["wire_copy", "edited_copy", "rewrite", "translation", "press_release", "cites"]


@dataclass(frozen=True, slots=True)
class Selector:
    """Where an outlet's pages have something, as its file says."""

    xpath: str
    since: date | None = None  # first day of the fetch on which it holds
    until: date | None = None  # last one
    kind: RemovedKind = "other"  # of what is cut there

    def holds_on(self, day: date) -> bool:
        """Whether it is meant for pages that were fetched on a day."""
        return (self.since or day) <= day <= (self.until or day)


@dataclass(frozen=True, slots=True)
class PageRules:
    """What an outlet file says of its pages. A fact that a selector finds takes the place of the one found without."""

    body: tuple[Selector, ...] = ()
    byline: tuple[Selector, ...] = ()
    time: tuple[Selector, ...] = ()
    strip: tuple[Selector, ...] = ()  # blocks in these are cut
    tickers: tuple[Selector, ...] = ()  # lists of symbols beside the story
    gate: tuple[Selector, ...] = ()  # shown where the rest of a story is behind a wall
    cut: tuple[tuple[str, RemovedKind], ...] = ()  # regular expressions that a whole block to be cut matches
    keep: tuple[str, ...] = ()  # names of rules, or of their kinds (`newsletter`), that cut nothing here


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who publishes: the facts of an outlet file that the core needs."""

    slug: str
    name: str
    homepage: str = ""
    kind: OutletKind = "publisher"
    domains: tuple[str, ...] = ()
    country: str | None = None  # ISO 3166-1 alpha-2, lower case
    timezone: str | None = None  # IANA name
    languages: tuple[str, ...] = ()  # BCP-47
    revisits: tuple[timedelta, ...] = ()  # ages at which its articles are asked for again, ascending
    rules: PageRules = PageRules()


@dataclass(frozen=True, slots=True)
class Source:
    """Where an outlet announces its articles."""

    kind: SourceKind
    url: str
    link_pattern: str | None = None  # of a section page: regular expression that an article's URL matches
    etag: str | None = None  # validators of the last answer, for a conditional request
    last_modified: str | None = None
    archive: bool = False  # it lists old articles, which only a walk of archives takes


@dataclass(frozen=True, slots=True)
class Repeated:
    """A block that an outlet repeats from article to article, and that is to be cut."""

    key: str  # `text.block_key`
    is_accepted: bool = False  # a person said so; else it was learnt, and is cut below the story alone


@dataclass(frozen=True, slots=True)
class Part:
    """A further page of a story that stands on several."""

    url: str  # final URL, after redirects
    body: bytes = field(repr=False)
    charset: str | None = None  # as the server declared it


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched response, as the core reads it, with the further pages of its story."""

    url: str  # final URL, after redirects
    body: bytes = field(repr=False)
    outlet: Outlet
    fetched_at: datetime  # aware, UTC
    charset: str | None = None  # as the server declared it
    tickers: tuple[str, ...] = ()  # announced by the source, as in Link
    repeated: frozenset[Repeated] = field(default=frozenset(), repr=False)  # what its outlet was learnt to repeat
    more: tuple[Part, ...] = ()  # in the story's order
    reservations: tuple[str, ...] = ()  # what headers and robots.txt reserve: words of `newscrawl.reservations`

    def further(self) -> tuple[Page, ...]:
        """The further pages, each as a page of its own."""
        parts = self.more
        return tuple(replace(self, url=part.url, body=part.body, charset=part.charset, more=()) for part in parts)


PICTURE, AUTHOR = "echo:picture", "echo:author"
"""Names of a place whose text describes a picture of the page, or names its authors and little else."""

UNWANTED = "outlet:"
"""Begins the name of a place that its outlet's file has cut; the kind follows."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands in its page's markup."""

    at: float  # share of the letters before it, 0 to 1; of all pages of the story
    depth: int  # elements around it, its own included, up to the page's body
    steps: int  # of these, those up to the one that holds most of the text; 0: the block's element is around that
    siblings: int  # elements of its tag beside it, itself included
    names: tuple[str, ...] = ()  # tags, and words of classes and ids: `own:caption`, `in:aside`, `over:article`


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or table row, in reading order."""

    text: str  # one line, not empty, no white space at its ends
    tag: BlockTag = "p"
    link_share: float = 0.0  # share of its letters inside links, 0 to 1
    place: Place | None = None  # None: not known, as in text without markup


@dataclass(frozen=True, slots=True)
class Removed:
    """A block, or the tail of one, that is not the story.

    `cut_at` is a character offset in the kept text, every line of which counts its line end, the last one too. At the
    start of a line (or one past the end) a whole block was cut there; elsewhere the tail of that line was, and `text`
    carries the white space before it. `strip.splice` puts everything back.
    """

    kind: RemovedKind
    text: str
    rule: str  # name of the rule that cut it
    score: float  # how sure, 0 to 1
    cut_at: int


@dataclass(frozen=True, slots=True)
class Stripped:
    """Kept blocks and removed text; together exactly the input."""

    kept: tuple[Block, ...]
    removed: tuple[Removed, ...]
    bounded: bool = False  # more would have been cut than may be

    @property
    def text(self) -> str:
        """The kept blocks, one a line."""
        return "\n".join(block.text for block in self.kept)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that a page states, with how it states it."""

    at: datetime  # aware, in the zone as published; midnight UTC where only a day is known
    precision: Precision
    source: str  # `json-ld`, `meta`, `time`, `dateline`, `url`, …
    raw: str


@dataclass(frozen=True, slots=True)
class Language:
    """The language of a text; `tag` is None where it cannot be told."""

    tag: str | None  # BCP-47: `en`, `zh-Hant`
    confidence: float | None  # 0 to 1
    method: str  # `script`, `words`, `langdetect`, `declared`, `none`
    declared: str | None = None  # as the page says


@dataclass(frozen=True, slots=True)
class Access:
    """Who may read the page, and how much of the story it holds. Three facts, never one derived from another."""

    observed: AccessKind = "unknown"
    declared: AccessKind | None = None  # schema.org, content tier; None: nothing declared
    completeness: Completeness = "unknown"
    reason: str | None = None  # why `completeness` is what it is


@dataclass(frozen=True, slots=True)
class Ticker:
    """A traded symbol, and where it stood."""

    symbol: str
    origin: TickerOrigin
    mic: str | None = None  # ISO 10383 market identifier code


@dataclass(frozen=True, slots=True)
class Article:
    """One story as one page tells it, without boilerplate."""

    url: str
    canonical_url: str
    outlet: str  # slug
    headline: str | None
    text: str  # one block a line
    removed: tuple[Removed, ...]
    language: Language
    access: Access
    authors: tuple[str, ...] = ()
    published: Moment | None = None
    modified: Moment | None = None
    wire: str | None = None  # agency or release distributor whose copy it is
    section: str | None = None
    tags: tuple[str, ...] = ()
    description: str | None = None
    image_url: str | None = None
    tickers: tuple[Ticker, ...] = ()
    bounded: bool = False  # as in Stripped
    machine_translation: str | None = None  # how the page says that a machine translated it
    reservations: tuple[str, ...] = ()  # what its publisher reserves: words of `newscrawl.reservations`


@dataclass(frozen=True, slots=True)
class Rejection:
    """A page that yields no article, or a URL that yields no page."""

    url: str
    reason: str  # a snake_case word that counts: `not_article`, `too_short`, `robots`, `http_404`, …
    detail: str = ""
    final: bool = True  # False: worth another try in a later run
