"""Where each block stands in the page's tree: what its containers say of it, as weak evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from lxml.etree import _Element

from newscrawl.extract.document import Document
from newscrawl.items import Block, Place

MIN_PROSE = 60  # characters of a block that tells which container holds the text
MAX_LINK_SHARE = 0.5  # of such a block
MAX_NAMES = 60

_NAMING = ("class", "id", "itemprop", "role", "data-component", "data-testid")
_WORD = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}")
_OUTERMOST = frozenset({"body", "html"})


def with_places(document: Document, blocks: Sequence[Block], starts: Sequence[int | None]) -> tuple[Block, ...]:
    """The blocks, each with its place.

    Args:
        document: The page.
        blocks: In reading order.
        starts: Offset of each block's first letter in `document.text.letters`; None where it is not found there.
    """
    page = document.text
    elements = [None if start is None else page.line_at(start).element for start in starts]
    main = frozenset(_holding_most(blocks, elements))
    total = max(len(page.letters), 1)
    return tuple(
        block if element is None or start is None else replace(block, place=_place(element, start / total, main))
        for block, element, start in zip(blocks, elements, starts, strict=True)
    )


def _holding_most(blocks: Sequence[Block], elements: Sequence[_Element | None]) -> Iterator[_Element]:
    """The element in which most of the prose stands, and those around it."""
    held: Counter[_Element] = Counter()
    for block, element in zip(blocks, elements, strict=True):
        parent = None if element is None else element.getparent()
        if parent is not None and len(block.text) > MIN_PROSE and block.link_share < MAX_LINK_SHARE:
            held[parent] += len(block.text)
    if held:
        main = held.most_common(1)[0][0]
        yield main
        yield from main.iterancestors()


def _place(element: _Element, at: float, main: frozenset[_Element]) -> Place:
    parent = element.getparent()
    siblings = 1 if parent is None else sum(child.tag == element.tag for child in parent)
    chain = [element, *element.iterancestors()]
    inner = [one for one in chain if one.tag not in _OUTERMOST]
    steps = next((count for count, one in enumerate(chain) if one in main), len(chain))
    names: dict[str, None] = {}
    for count, one in enumerate(inner):
        prefix = "own" if one is element else "in" if count < steps else "over"
        names.update(dict.fromkeys(f"{prefix}:{word}" for word in (f"<{one.tag}>", *_words(one))))
    return Place(round(at, 4), len(inner), steps, siblings, tuple(names)[:MAX_NAMES])


def _words(element: _Element) -> tuple[str, ...]:
    return _split(" ".join(filter(None, map(element.get, _NAMING))))


@lru_cache(maxsize=4096)
def _split(names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.lower() for word in _WORD.findall(names)))
