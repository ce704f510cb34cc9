"""An inspected page as one HTML page: its blocks in order, the cuts in colour, and what was found beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from newscrawl import __version__
from newscrawl.article import Inspection
from newscrawl.cli.records import stamp
from newscrawl.cli.words import reason_text
from newscrawl.extract import Metadata
from newscrawl.items import Article, Moment, Rejection, RemovedKind, Ticker
from newscrawl.strip import Verdict, rules_version
from newscrawl.strip.document import CUT, Mark
from newscrawl.text import clean_text, script_of
from newscrawl.urls import safe_url

EVIDENCE = {
    "link_share": "share of links",
    "digit_share": "share of digits",
    "label": "short, and no sentence",
    "short": "short",
    "paragraph": "full paragraph",
    "sentence": "sentence",
    "heading": "heading by its tag",
    "inside_story": "between paragraphs of the story",
    "outside_story": "outside the story",
    "foreign_script": "in another script than the story",
    "withheld": "not cut, as too much of the text would go with it",
    "model: rules": "model: what the rules say of it",
    "model: formula": "model: how far its formulas go",
    "model: formulas": "model: number of its formulas",
    "model: inside_story": "model: its place in the story",
    "model: letters": "model: its length",
    "model: link_share": "model: its links",
    "model: capitals": "model: its capitals",
    "model: heading": "model: its tag",
    "model: label": "model: its shape",
    "model: text_before": "model: how much text stands before it",
    "model: text_after": "model: how much text stands after it",
    "model: blocks": "model: number of blocks",
    "model: page_before": "model: how much of the page stands before it",
    "model: headline_words": "model: its words in the headline",
    "model: headline_share": "model: the headline's words in it",
    "model: siblings": "model: elements like its own beside it",
    "model: steps": "model: how far its element is from the story's",
    "model: depth": "model: depth of its element",
    "model: names": "model: names of the elements around it",
    "model: words": "model: its words",
    "model: near_rules": "model: what the rules say of the blocks around it",
    "model: near_words": "model: words of the blocks around it",
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was found on the page; without a value, that it was not."""

    name: str
    value: str | None
    note: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A block as the page shows it."""

    number: int
    verdict: Verdict
    pieces: tuple[tuple[str, Mark | None], ...]  # its text, parted where it was cut
    language: str | None  # BCP-47; None: its script is not the story's

    @property
    def is_cut(self) -> bool:
        """Whether nothing of it stays."""
        return self.verdict.start == 0

    @property
    def evidence(self) -> list[tuple[str, float]]:
        """In words; what speaks for a cut first, the strongest first."""
        named = [(EVIDENCE.get(name, name), value) for name, value in self.verdict.evidence]
        return sorted(named, key=lambda entry: -entry[1])


@dataclass(frozen=True, slots=True)
class Count:
    """A kind in the legend."""

    kind: RemovedKind
    blocks: int
    tails: int
    first: int  # number of the first block that has it


def render(inspection: Inspection, origin: str) -> str:
    """The page, complete in itself.

    Args:
        inspection: What to show.
        origin: Where the page came from, in words.
    """
    result, metadata = inspection.result, inspection.metadata
    article = result if isinstance(result, Article) else None
    if article:
        headline, facts, tag = article.headline, _article_facts(article), article.language.tag
    else:
        headline, tag = (metadata.headline, metadata.language) if metadata else (None, None)
        facts = _metadata_facts(metadata, inspection.url) if metadata else [_link("URL", inspection.url)]
    language = tag if tag and _LANGUAGE.fullmatch(tag) else None
    blocks = _shown(inspection.verdicts, language)
    return _template().render(
        headline=headline,
        origin=origin,
        problem=reason_text(result.reason, result.detail) if isinstance(result, Rejection) else "",
        facts=facts,
        language=language,
        blocks=blocks,
        counts=_counts(blocks),
        kept=sum(not block.is_cut for block in blocks),
        trimmed=sum(bool(block.verdict.start) for block in blocks),
        kept_share=_kept_share(blocks),
        cut_score=CUT,
        version=__version__,
        rules=rules_version(),
    )


@cache
def _template() -> Template:
    # Autoescape for every name; what is not escaped here is the page's own text.
    environment = Environment(
        loader=PackageLoader("newscrawl.cli", "inspection_page"), autoescape=True, undefined=StrictUndefined,
        finalize=lambda value: clean_text(value) if type(value) is str else value,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("page.html")


def _shown(verdicts: Sequence[Verdict], language: str | None) -> list[Shown]:
    script = script_of("".join(verdict.text[: verdict.start] for verdict in verdicts))
    blocks = []
    for number, verdict in enumerate(verdicts, 1):
        own = script_of(verdict.text)
        blocks.append(Shown(number, verdict, _pieces(verdict), language if own in (None, script) else None))
    return blocks


def _pieces(verdict: Verdict) -> tuple[tuple[str, Mark | None], ...]:
    stops = [*(mark.start for mark in verdict.cuts), len(verdict.text)]
    kept = verdict.text[: stops[0]]
    cuts = zip(pairwise(stops), verdict.cuts, strict=True)
    return (*(((kept, None),) if kept else ()), *((verdict.text[start:stop], mark) for (start, stop), mark in cuts))


def _counts(blocks: Sequence[Shown]) -> list[Count]:
    """The kinds, the most frequent first."""
    marks = [(block, mark) for block in blocks for mark in block.verdict.cuts]
    counts = []
    for kind, _ in Counter(mark.kind for _, mark in marks).most_common():
        found = [(block, mark) for block, mark in marks if mark.kind == kind]
        whole = sum(mark.start == 0 for _, mark in found)
        counts.append(Count(kind, whole, len(found) - whole, found[0][0].number))
    return counts


def _kept_share(blocks: Sequence[Shown]) -> float:
    every = list(chain.from_iterable(block.pieces for block in blocks))
    return sum(len(text) for text, mark in every if mark is None) / max(sum(len(text) for text, _ in every), 1)


def _article_facts(article: Article) -> list[Fact]:
    language, access = article.language, article.access
    confidence = "" if language.confidence is None else f"confidence {language.confidence:.2f}, "
    declared = f"; the page declares {language.declared}" if language.declared else ""
    return [
        Fact("Outlet", article.outlet),
        Fact("Authors", ", ".join(article.authors) or None),
        _moment("Published", article.published),
        _moment("Modified", article.modified),
        Fact("Language", language.tag, f"{confidence}by {language.method}{declared}"),
        Fact("Wire", article.wire),
        Fact("Access", access.observed, f"declared: {access.declared or 'nothing'}"),
        Fact("Completeness", access.completeness, access.reason or ""),
        Fact("Section", article.section),
        Fact("Tags", ", ".join(article.tags) or None),
        *_tickers(article.tickers),
        _link("Canonical URL", article.canonical_url),
        _link("URL", article.url),
    ]


def _metadata_facts(metadata: Metadata, url: str) -> list[Fact]:
    """Of a page that is no article: what it states, and no more."""
    free = {None: None, True: "free", False: "not free"}[metadata.is_free]
    return [
        Fact("Authors", ", ".join(metadata.authors) or None),
        _moment("Published", metadata.published),
        _moment("Modified", metadata.modified),
        Fact("Language", metadata.language, "as the page declares it"),
        Fact("Access", metadata.content_tier or free, "as the page declares it"),
        Fact("Section", metadata.section),
        Fact("Tags", ", ".join(metadata.tags) or None),
        Fact("Page types", ", ".join(metadata.kinds) or None),
        _link("Canonical URL", metadata.canonical_url),
        _link("URL", url),
    ]


def _moment(name: str, moment: Moment | None) -> Fact:
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


def _link(name: str, url: str) -> Fact:
    """A URL as a link, if it is one of the web: never a script."""
    return Fact(name, url or None, href=safe_url(url) if url else None)
