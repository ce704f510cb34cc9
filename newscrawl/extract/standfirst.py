"""The sentence under the headline, which extractors leave out together with a page's header."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.extract.document import Document
from newscrawl.items import Block
from newscrawl.text import fold

MIN_LETTERS = 30  # of a standfirst; fewer are a label
MAX_LETTERS = 600  # more are a paragraph
MIN_START = 60  # characters of a description, which is often cut, that a standfirst must hold
MAX_LINK_SHARE = 0.3  # of a standfirst; more is a teaser
MAX_LINES = 6  # below the headline in which it stands; labels, byline and date may come before it


def with_standfirst(
    document: Document, blocks: tuple[Block, ...], headline: str | None, description: str | None
) -> tuple[Block, ...]:
    """The blocks, opened by the standfirst where the page shows one below the headline and they lack it.

    A line there is one if it is the page's description; without that test every third is a caption.

    Args:
        document: The page.
        blocks: The body found, the headline at its top or not.
        headline: The page's headline; without one there is no telling.
        description: As the page's metadata give it, which often is the standfirst.
    """
    top = 1 if blocks and headline and fold(blocks[0].text) == fold(headline) else 0
    text = _standfirst(document, blocks[top:], headline, fold(description or ""))
    return (*blocks[:top], Block(text), *blocks[top:]) if text else blocks


def _standfirst(document: Document, blocks: Sequence[Block], headline: str | None, description: str) -> str | None:
    if not blocks or len(description) < MIN_LETTERS:
        return None
    body = "".join(fold(block.text) for block in blocks[:6])
    first = document.text.find(blocks[0].text)
    for line in document.text.below(headline)[:MAX_LINES]:
        key = fold(line.text)
        if key in body:
            return None
        place = document.text.find(line.text)
        if place is None or (first and place[0] >= first[0]) or document.text.link_share(*place) > MAX_LINK_SHARE:
            continue
        if MIN_LETTERS <= len(key) <= MAX_LETTERS and (key in description or description[:MIN_START] in key):
            return line.text
    return None
