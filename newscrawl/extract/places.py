"""Where each block stands in the page's tree: what its containers say of it, as weak evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from lxml.etree import _Element

from newscrawl.extract.chosen import holder
from newscrawl.extract.document import Document
from newscrawl.items import UNWANTED, Block, Place

MIN_PROSE = 60  # characters of a block that tells which container holds the text
MAX_LINK_SHARE = 0.5  # of such a block
MAX_NAMES = 60

_NAMING = ("class", "id", "itemprop", "role", "data-component", "data-testid")
_WORD = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}")
_OUTERMOST = frozenset({"body", "html"})


def with_places(
    document: Document, blocks: Sequence[Block], places: Sequence[tuple[int, int] | None]
) -> tuple[Block, ...]:
    """The blocks, each with its place.

    Args:
        document: The page.
        blocks: In reading order.
        places: First and last offset + 1 of each block's letters in the page's; None where it is not found there.
    """
    page = document.text
    starts = [place and place[0] for place in places]
    elements = [None if start is None else page.line_at(start).element for start in starts]
    main = frozenset(_holding_most(blocks, elements))
    total = max(len(page.letters), 1)
    known: dict[_Element, _Around] = {}
    return tuple(
        block
        if element is None or start is None
        else replace(block, place=_judged(document, element, _place(element, start / total, main, known)))
        for block, element, start in zip(blocks, elements, starts, strict=True)
    )


def _judged(document: Document, element: _Element, place: Place) -> Place:
    """A place with the kind of boilerplate that the outlet's file says it is, if it does."""
    unwanted = document.chosen.unwanted
    box = holder(element, unwanted)
    return place if box is None else replace(place, names=(f"{UNWANTED}{unwanted[box]}", *place.names))


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


class _Around(NamedTuple):
    """What the blocks in an element have in common."""

    depth: int  # of it
    steps: int  # from it to the main element
    names: tuple[str, ...]
    children: Counter[object]  # by tag

    @classmethod
    def of(cls, parent: _Element, main: frozenset[_Element]) -> _Around:
        """Of the parent of a block's element."""
        chain = [parent, *parent.iterancestors()]
        inner = [one for one in chain if one.tag not in _OUTERMOST]
        steps = next((count for count, one in enumerate(chain) if one in main), len(chain))
        names = (
            f"{'over' if one in main else 'in'}:{word}" for one in inner for word in (f"<{one.tag}>", *words_of(one))
        )
        return cls(len(inner), steps, tuple(names), Counter(child.tag for child in parent))


def _place(element: _Element, at: float, main: frozenset[_Element], known: dict[_Element, _Around]) -> Place:
    parent = element.getparent()
    if parent is None:
        return Place(round(at, 4), 0, 0, 1)
    if parent not in known:
        known[parent] = _Around.of(parent, main)
    around = known[parent]
    steps = 0 if element in main else around.steps + 1
    own = (f"own:{word}" for word in (f"<{element.tag}>", *words_of(element)) if element.tag not in _OUTERMOST)
    names = tuple(dict.fromkeys((*own, *around.names)))[:MAX_NAMES]
    depth = around.depth + (element.tag not in _OUTERMOST)
    return Place(round(at, 4), depth, steps, around.children[element.tag], names)


def words_of(element: _Element) -> tuple[str, ...]:
    """The words of an element's classes, ids and roles, in lower case."""
    return _split(" ".join(filter(None, map(element.get, _NAMING))))


@lru_cache(maxsize=4096)
def _split(names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.lower() for word in _WORD.findall(names)))
