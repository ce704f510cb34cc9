"""What the model weighs: a row of numbers and two sets of words for each block."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from newscrawl.strip.document import Document, Marks
from newscrawl.strip.features import Features
from newscrawl.strip.steps.words import weigh

OWN = (
    "rules", "formula", "formulas", "inside_story", "letters", "link_share", "capitals", "heading", "label",
    "text_before", "text_after", "blocks", "page_before", "headline_words", "headline_share", "siblings", "steps",
    "depth",
)  # fmt: skip
"""Signals of a block, in the order of `Signals.numbers`."""
NEAR = ("two_before", "before", "after", "two_after", "all_after", "all_before")
"""Where the neighbours stand whose rules and words count for a block, too."""

_MAX_LETTERS, _MAX_BLOCKS, _MAX_SIBLINGS, _MAX_STEPS, _MAX_DEPTH = 1500, 60, 30, 6, 30
_START, _MAX_WORDS, _MAX_PAIRS = 150, 20, 40  # characters and words of a block that are read
_NOWHERE = -9.0  # a neighbour beyond the first or last block
_UNSEGMENTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Signals:
    """One block as the model sees it."""

    numbers: tuple[float, ...]  # in the order of `OWN`
    names: tuple[str, ...]  # of its place in the markup
    words: tuple[str, ...]  # of its text, and pairs of them; digits masked


def read_signals(doc: Document, marks: Marks) -> tuple[Signals, ...]:
    """The signals of every block.

    Args:
        doc: The document before anything is cut.
        marks: What the rules say of it.
    """
    plain, story = doc.story({}), doc.story(marks)
    through = list(accumulate(block.weight for block in doc.blocks))
    total = max(through[-1], 1) if through else 1
    headline = set((doc.headline or "").split())
    return tuple(
        Signals(
            (
                marks[index].score if index in marks else 0.0,
                *_formulas(block, plain, index),
                float(index in story),
                float(min(block.weight, _MAX_LETTERS)),
                block.block.link_share,
                _capitals(block.block.text),
                float(block.is_heading),
                float(block.is_label),
                (through[index] - block.weight) / total,
                (total - through[index]) / total,
                float(min(len(doc.blocks), _MAX_BLOCKS)),
                block.block.place.at if block.block.place else -1.0,
                *_of_headline(block, headline),
                *_of_place(block),
            ),
            block.names,
            words_of(block.flat),
        )
        for index, block in enumerate(doc.blocks)
    )


def near(values: Sequence[float]) -> list[tuple[float, ...]]:
    """What stands around each block, of one number that each of them has, in the order of `NEAR`."""
    through = list(accumulate(values))
    count = len(values)
    padded = [_NOWHERE, _NOWHERE, *values, _NOWHERE, _NOWHERE]
    return [
        (
            *padded[at : at + 2],
            *padded[at + 3 : at + 5],
            (through[-1] - through[at]) / (count - 1 - at) if at < count - 1 else _NOWHERE,
            (through[at] - values[at]) / at if at else _NOWHERE,
        )
        for at in range(count)
    ]


def words_of(flat: str) -> tuple[str, ...]:
    """Words and pairs of words at the start of a text; pairs of letters in scripts without spaces."""
    flat = _DIGIT.sub("0", flat[:_START])
    if not flat.isascii() and _UNSEGMENTED.search(flat):
        return tuple(dict.fromkeys(map("".join, pairwise(flat[: _MAX_PAIRS + 1]))))
    words = _WORD.findall(flat)[:_MAX_WORDS]
    edges = (f"^{words[0]}", f"^{' '.join(words[:2])}", f"{words[-1]}$") if words else ()
    return tuple(dict.fromkeys((*words, *map(" ".join, pairwise(words)), *edges)))


def _formulas(block: Features, story: range, index: int) -> tuple[float, float]:
    own = [weigh(block, hit, story, index) for hit in block.hits if hit.rule.where != "trailer"]
    return max(own, default=0.0), float(len(own))


def _capitals(text: str) -> float:
    """Share of the letters at its start that are capitals."""
    text = text[:_START]
    return sum(map(str.isupper, text)) / max(sum(map(str.isalpha, text)), 1)


def _of_headline(block: Features, headline: set[str]) -> tuple[float, float]:
    """What it shares with the headline: of its own words, and of the headline's."""
    words = set(block.flat[:_START].split())
    shared = len(words & headline)
    return shared / max(len(words), 1), shared / max(len(headline), 1)


def _of_place(block: Features) -> tuple[float, float, float]:
    place = block.block.place
    if place is None:
        return 0.0, -1.0, 0.0
    return (
        float(min(place.siblings, _MAX_SIBLINGS)),
        float(min(place.steps, _MAX_STEPS)),
        float(min(place.depth, _MAX_DEPTH)),
    )
