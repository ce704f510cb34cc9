"""Lines of the story that trafilatura leaves out between lines that it keeps: put back where the page has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from lxml.etree import _Element

from newscrawl.extract.document import Document, restore
from newscrawl.extract.lines import INLINE, SENTENCE_ENDS, Line, PageText
from newscrawl.extract.places import words_of
from newscrawl.items import Block, BlockTag
from newscrawl.text import fold, squeeze

Place = tuple[int, int]
"""Offsets in the page's letters: of a text's first letter, and one past its last."""

MIN_PROSE = 60  # characters of a block that tells where the story stands, and how its paragraphs look
MAX_LINK_SHARE = 0.3  # of a line that is put back; more is a list of links
MIN_REPEATED = 40  # letters of a line that is dropped as a pull quote when the body holds them, too

_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol"})
_TAGS: dict[str, BlockTag] = {
    "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h5", "h6": "h6", "li": "li", "blockquote": "quote", "pre": "pre"
}  # fmt: skip

FACTS = frozenset({"author", "byline", "date", "time", "published", "meta", "share", "social", "tags"})
"""Words in the classes of lists that hold facts of the page and no text."""

_Look = tuple[_Element, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Story:
    """Where the kept blocks stand: the elements that hold them, and what each looks like in there."""

    homes: frozenset[_Element]
    looks: frozenset[_Look]
    headings: frozenset[_Look]  # that two headings or more have in one of the homes

    @classmethod
    def of(cls, page: PageText, blocks: Sequence[Block], places: Sequence[Place | None]) -> _Story:
        homes: set[_Element] = set()
        looks: set[_Look] = set()
        for block, place in zip(blocks, places, strict=True):
            if place and len(block.text) >= MIN_PROSE and block.link_share <= MAX_LINK_SHARE:
                found = tuple(_looks(page.line_at(place[0]).element))
                homes.update(_block_of(look[0]) for look in found[:1])
                looks.update(found)
        headings = Counter(
            look for home in homes for child in home.iterchildren(*_HEADINGS) for look in islice(_looks(child), 1)
        )
        return cls(frozenset(homes), frozenset(looks), frozenset(look for look, n in headings.items() if n > 1))

    def holds(self, line: Line) -> bool:
        """Whether a line stands among the story's paragraphs, as one of them, a heading or a list item."""
        element = line.element
        if element in self.homes:
            return _is_prose(line)
        if any(look in self.looks for look in _looks(element)):
            return True
        parent = element.getparent()
        if parent is None:
            return False
        if line.tag in _HEADINGS or line.tag == "blockquote":
            return parent in self.homes
        is_listed = line.tag == "li" and parent.tag in _LISTS and parent.getparent() in self.homes
        return is_listed and FACTS.isdisjoint((*words_of(element), *words_of(parent)))


def _looks(element: _Element) -> Iterator[_Look]:
    """An element as its parent has it, and as its parent's parent has it: names and classes down to it."""
    look: tuple[str, ...] = ()
    for _ in range(2):
        parent = element.getparent()
        if parent is None:
            return
        look = (str(element.tag), element.get("class") or "", *look)
        yield parent, look
        element = parent


def _is_prose(line: Line) -> bool:
    """Whether text that stands bare beside paragraphs is one of them, and no notice."""
    return len(line.text) >= MIN_PROSE and line.text.endswith(SENTENCE_ENDS)


def _block_of(element: _Element) -> _Element:
    """The element, or the one that an inline one stands in: old pages wrap paragraphs in `<font>`."""
    while element.tag in INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def with_lost_lines(
    document: Document, headline: str | None, blocks: Sequence[Block], places: Sequence[Place | None]
) -> tuple[list[Block], list[Place | None]]:
    """The blocks and their places, with the lines of the story between them that they lack.

    Args:
        document: The page.
        headline: Its headline, which is none of the lost lines.
        blocks: In reading order.
        places: Of each block; None where the page's text does not hold it.
    """
    page = document.text
    story = _Story.of(page, blocks, places)
    lost = _lost(page, story, blocks, places, fold(headline or ""))
    merged: list[Block] = []
    merged_places: list[Place | None] = []
    number = 0
    for at, place, line in lost:
        merged += blocks[number:at]
        merged_places += places[number:at]
        merged.append(Block(_text(page, line, place), _TAGS.get(line.tag, "p"), round(page.link_share(*place), 3)))
        merged_places.append(place)
        number = at
    return [*merged, *blocks[number:]], [*merged_places, *places[number:]]


_Lost = tuple[int, Place, Line]
"""Number of the block that a line stands before, its place, and the line."""


def _lost(
    page: PageText, story: _Story, blocks: Sequence[Block], places: Sequence[Place | None], headline: str
) -> list[_Lost]:
    found = [
        (number, place, line)
        for number, place, line in chain(_opening(page, story, places), _between(page, places))
        if story.holds(line) and page.link_share(*place) <= MAX_LINK_SHARE and fold(line.text) != headline
    ]
    if not found:
        return []
    body = "\n".join(page.letters[start:end] for start, end in filter(None, places))
    return [
        (number, (start, end), line)
        for number, (start, end), line in found
        if end - start < MIN_REPEATED or page.letters[start:end] not in body
    ]


def _between(page: PageText, places: Sequence[Place | None]) -> Iterator[_Lost]:
    """The lines that no block covers between two blocks, of which the second follows the first on the page, too."""
    taken = {page.number_at(place[0]) for place in places if place}
    before: Place | None = None
    before_number = 0
    for number, place in enumerate(places):
        if place is None:
            continue
        if before is not None and number == before_number + 1:
            for index in range(page.number_at(before[1] - 1) + 1, page.number_at(place[0])):
                at = page.place_of(index)
                if index not in taken and at[0] < at[1]:
                    yield number, at, page.lines[index]
        if before is None or place[0] >= before[1]:
            before, before_number = place, number


def _opening(page: PageText, story: _Story, places: Sequence[Place | None]) -> Iterator[_Lost]:
    """The line right above the first block, if it is the story's.

    It is the text that its container opens with, or a heading where more look like it: times of a live blog.
    """
    if not places or places[0] is None or (above := page.number_at(places[0][0]) - 1) < 0:
        return
    line, place = page.lines[above], page.place_of(above)
    is_heading = line.tag in _HEADINGS and next(_looks(line.element), None) in story.headings
    is_text = line.element in story.homes and _is_prose(line)
    if place[0] < place[1] and (is_heading or is_text):
        yield 0, place, line


def _text(page: PageText, line: Line, place: Place) -> str:
    """The line as it reads, with no space at a tag inside a word."""
    whole = squeeze(restore(line.element.text_content()))
    return whole if page.find(whole, place[0]) == place else restore(line.text)
