"""Where each block stands in the page's tree: what its containers say of it, as weak evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
    around = _Surroundings(frozenset(_holding_most(blocks, elements)))
    total = max(len(page.letters), 1)
    return tuple(
        block if element is None or start is None else replace(block, place=around.place(element, start / total))
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


@dataclass(frozen=True, slots=True)
class _Container:
    """What an element says of all that stand directly in it."""

    children: Counter[object]  # by tag
    depth: int
    steps: int  # from an element in it to the nearest that holds most of the text
    names: tuple[str, ...]


class _Surroundings:
    """Containers, each read once: the blocks of a page stand in few."""

    def __init__(self, main: frozenset[_Element]) -> None:
        self._main = main
        self._known: dict[_Element, _Container] = {}

    def place(self, element: _Element, at: float) -> Place:
        parent = element.getparent()
        if parent is None:
            return Place(round(at, 4), 0, int(element not in self._main), 1)
        container = self._known.get(parent) or self._read(parent)
        is_inner = element.tag not in _OUTERMOST
        own = [f"own:{word}" for word in _words(element)] if is_inner else []
        return Place(
            round(at, 4),
            container.depth + is_inner,
            0 if element in self._main else container.steps,
            container.children[element.tag],
            tuple(dict.fromkeys((*own, *container.names)))[:MAX_NAMES],
        )

    def _read(self, parent: _Element) -> _Container:
        chain = [parent, *parent.iterancestors()]
        inner = [one for one in chain if one.tag not in _OUTERMOST]
        steps = next((count for count, one in enumerate(chain) if one in self._main), len(chain)) + 1
        names = (
            f"{'in' if count < steps else 'over'}:{word}"
            for count, one in enumerate(inner, start=1)
            for word in _words(one)
        )
        container = _Container(Counter(child.tag for child in parent), len(inner), steps, tuple(dict.fromkeys(names)))
        self._known[parent] = container
        return container


def _words(element: _Element) -> tuple[str, ...]:
    return (f"<{element.tag}>", *_split(" ".join(filter(None, map(element.get, _NAMING)))))


@lru_cache(maxsize=4096)
def _split(names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.lower() for word in _WORD.findall(names)))
