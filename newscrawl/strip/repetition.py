"""Which blocks an outlet repeats from article to article, and which of them may be cut before a person has looked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from newscrawl.items import Block
from newscrawl.strip.features import measure
from newscrawl.strip.lexicon import Lexicon
from newscrawl.strip.splice import Line
from newscrawl.text import block_key, squeeze

MIN_ARTICLES = 3
"""Distinct articles from which a block counts as repeated."""
MIN_SHARE = 0.1
"""Of the articles looked at, those that must carry a block that is cut before a person has looked."""
MIN_CLOSING = 0.95
"""Of these, those that it must close."""
AIM = 0.99
"""Precision at which the condition of `is_safe` aims."""
MAX_BLOCK = 300
"""Characters of a block that is counted as one that may repeat."""

_NO_WORDS = Lexicon(())
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Repeat:
    """A block that several articles of an outlet carry."""

    key: str
    text: str  # as in the newest of them
    articles: int  # that carry it, kept or cut
    closing: int  # of these, those in which nothing but cut or repeated blocks stand below it
    share: float  # of the articles looked at


def short_blocks(texts: Iterable[str]) -> dict[str, str]:
    """The lines of texts that may repeat, by their keys."""
    lines = (squeeze(line) for text in texts for line in text.split("\n"))
    return {block_key(line): line for line in lines if 0 < len(line) <= MAX_BLOCK}


def find_repeats(articles: Sequence[Sequence[Line]]) -> list[Repeat]:
    """The blocks that at least three of an outlet's articles carry.

    Args:
        articles: The lines of each, newest first.
    """
    keyed = [[(_key(line.whole), line) for line in lines] for lines in articles]
    counts = Counter(key for article in keyed for key in {key for key, _ in article} if key)
    repeated = {key for key, count in counts.items() if count >= MIN_ARTICLES}
    closing = Counter(key for article in keyed for key in set(_closing(article, repeated)))
    texts = {key: squeeze(line.whole) for article in reversed(keyed) for key, line in article}
    return [Repeat(key, texts[key], counts[key], closing[key], counts[key] / len(articles)) for key in sorted(repeated)]


def is_safe(repeat: Repeat) -> bool:
    """Whether a block may be cut before a person has looked.

    It closes nearly all articles that carry it, many articles of the outlet do, and it is neither a sentence nor holds
    a number. What wires repeat is left out by that: the background of a story is told in sentences, a subhead or the
    head of a list has text below it, and the last line of a result holds numbers.
    """
    if repeat.articles < MIN_ARTICLES or repeat.share < MIN_SHARE or _DIGIT.search(repeat.text):
        return False
    return repeat.closing >= MIN_CLOSING * repeat.articles and measure(Block(repeat.text), _NO_WORDS).is_label


def _key(text: str) -> str:
    """Empty for a block that is too long to be counted."""
    text = squeeze(text)
    return block_key(text) if 0 < len(text) <= MAX_BLOCK else ""


def _closing(article: Sequence[tuple[str, Line]], repeated: set[str]) -> Iterator[str]:
    """Keys of the repeated blocks that stand below everything that is of this article alone."""
    for key, line in reversed(article):
        if key in repeated and not measure(Block(line.whole), _NO_WORDS).is_paragraph:
            yield key
        elif line.kept:
            return
