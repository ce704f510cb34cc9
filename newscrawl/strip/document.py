"""A document as the steps see it, and the marks that they put on its blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from newscrawl.items import PageRules, RemovedKind
from newscrawl.strip.features import Features

NO_RULES = PageRules()

CUT = 0.7
"""Score from which a block is cut."""
SURE = 0.9
"""Score from which a block is cut whatever share of the text goes with it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A step's verdict on a block, or on its tail from `start` on (characters; 0: the whole block)."""

    index: int
    kind: RemovedKind
    rule: str
    score: float
    start: int = 0


Marks = Mapping[int, Mark]


@dataclass(frozen=True, slots=True)
class Document:
    """The blocks' evidence, in reading order, and what else is known of the page."""

    blocks: tuple[Features, ...]
    headline: str | None  # folded
    site_name: str | None  # folded
    script: str | None  # of the story; ISO 15924
    paragraphs: tuple[int, ...]  # full paragraphs in the story's script, without a formula of boilerplate
    repeated: Mapping[str, bool] = field(default_factory=dict)  # keys of blocks to be cut; whether a person said so
    rules: PageRules = NO_RULES  # of the outlet's file

    def story(self, marks: Marks) -> range:
        """From the first to the last full paragraph that nothing speaks against; empty where there is none."""
        found = [index for index in self.paragraphs if index not in marks]
        return range(found[0], found[-1] + 1) if found else range(len(self.blocks), len(self.blocks))


def read_document(blocks: Sequence[Features], headline: str | None, site_name: str | None) -> Document:
    """The document that blocks make.

    Args:
        blocks: In reading order.
        headline: Folded.
        site_name: Folded.
    """
    script = main_script(blocks)
    clean = [index for index, block in enumerate(blocks) if _may_be_story(block, script)]
    paragraphs = [index for index in clean if blocks[index].is_paragraph]
    # a story in one-sentence paragraphs may have none that is long
    paragraphs = paragraphs or [index for index in clean if blocks[index].is_sentence]
    return Document(tuple(blocks), headline, site_name, script, tuple(paragraphs))


def _may_be_story(block: Features, script: str | None) -> bool:
    formulas = ("notice", "start", "end")
    return not is_foreign(block.script, script) and not any(
        hit.rule.where in formulas and not block.is_quoted(hit) for hit in block.hits
    )


Step = Callable[[Document, Marks], Iterable[Mark]]


def stretches(doc: Document, is_one: Callable[[Features], bool]) -> Iterator[tuple[int, int]]:
    """Where blocks that are one stand together: first index, and the index after the last."""
    start = None
    for index, block in enumerate(doc.blocks):
        if is_one(block) != (start is None):
            continue
        if start is None:
            start = index
        else:
            yield start, index
            start = None
    if start is not None:
        yield start, len(doc.blocks)


def main_script(blocks: Iterable[Features]) -> str | None:
    """The script of most text in full paragraphs; of all text where there are none."""
    full: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for block in blocks:
        if block.script:
            every[block.script] += block.weight
            if block.is_paragraph:
                full[block.script] += block.weight
    counts = full or every
    return counts.most_common(1)[0][0] if counts else None


_SHARED = {"Jpan": {"Hani"}, "Kore": {"Hani", "Jpan"}, "Hani": {"Bopo"}}


def is_foreign(script: str | None, main: str | None) -> bool:
    """Whether a text in `script` is in another script than the story; kanji alone are at home in Japanese."""
    return script is not None and main is not None and script != main and script not in _SHARED.get(main, set())
