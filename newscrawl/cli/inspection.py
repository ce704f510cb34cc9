"""An inspected page as one HTML page: its blocks in order, the cuts in colour, and what was found beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from newscrawl import __version__
from newscrawl.article import Inspection
from newscrawl.cli.facts import Fact, article_facts, language_tag, link_fact, moment_fact
from newscrawl.cli.words import reason_text
from newscrawl.extract import Metadata
from newscrawl.items import Article, Rejection, RemovedKind
from newscrawl.strip import Verdict, rules_version
from newscrawl.strip.document import CUT, Mark
from newscrawl.text import clean_text, script_of

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
        headline, facts, tag = article.headline, article_facts(article), article.language.tag
    else:
        headline, tag = (metadata.headline, metadata.language) if metadata else (None, None)
        facts = _metadata_facts(metadata, inspection.url) if metadata else [link_fact("URL", inspection.url)]
    language = language_tag(tag)
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


def _metadata_facts(metadata: Metadata, url: str) -> list[Fact]:
    """Of a page that is no article: what it states, and no more."""
    free = {None: None, True: "free", False: "not free"}[metadata.is_free]
    return [
        Fact("Authors", ", ".join(metadata.authors) or None),
        moment_fact("Published", metadata.published),
        moment_fact("Modified", metadata.modified),
        Fact("Language", metadata.language, "as the page declares it"),
        Fact("Access", metadata.content_tier or free, "as the page declares it"),
        Fact("Section", metadata.section),
        Fact("Tags", ", ".join(metadata.tags) or None),
        Fact("Page types", ", ".join(metadata.kinds) or None),
        link_fact("Canonical URL", metadata.canonical_url),
        link_fact("URL", url),
    ]
