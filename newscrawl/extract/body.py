"""Tree to blocks: trafilatura finds the body, and its text lines become blocks with the tag and links they had."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted
from trafilatura.settings import Extractor

from newscrawl.extract.chosen import blocks_in
from newscrawl.extract.document import Document, restore
from newscrawl.extract.echoes import with_echoes
from newscrawl.extract.gaps import MAX_LINK_SHARE, MIN_PROSE, Place, with_lost_lines
from newscrawl.extract.guarded import GUARDED, use_expressions
from newscrawl.extract.lean import lean_copy
from newscrawl.extract.lines import PageText
from newscrawl.extract.metadata import Metadata
from newscrawl.extract.places import with_places
from newscrawl.extract.standfirst import with_standfirst
from newscrawl.extract.state import stated_blocks
from newscrawl.items import Block, BlockTag
from newscrawl.text import squeeze

MAX_ELEMENTS = 50_000
"""Elements from which trafilatura's fallbacks, which take quadratic time on such pages, are left out."""

SHORT = 300
"""Letters of a body below which the page's own paragraphs may be it."""

MAX_PART, MAX_PART_SHARE = 2500, 0.12
"""Letters of a body, and their share of the page's, up to which it may be a part of the story alone."""

MIN_ELSEWHERE = 1.3
"""How many times the body's letters another element's prose must have, to be the story rather than it."""

MAX_TEXT = 1_000_000
"""Characters of body text. Tables with wide cells blow 2.6 MB of HTML up to 30 MB of text."""

MAX_MISSES = 200  # lines that are not found in the page's text as they are; each search for one reads it all

MIN_GAIN = 1.8
"""How many times the letters of the page's shown body a story in its JSON-LD must have, to be taken instead: captions,
lists and credits alone make up to half as much again."""

MIN_STATED = 3  # paragraphs of that story; a text without line ends has lost them, and is better than none alone

MIN_SHOWN = 1500  # letters of a shown body from which the data in the page's scripts are not looked at

# It warns of every page without a body; that is a counted Rejection here.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
use_expressions(GUARDED)

_FAST = Extractor(comments=False, fast=True, output_format="python")
_FAST.focus = "once"  # balanced, without a second run over the page for a body that is a small part of it
_WHOLE = Extractor(comments=False, output_format="python")
_TAGS: dict[str, BlockTag] = {
    "item": "li", "row": "row", "cell": "row", "quote": "quote", "code": "pre"
}  # fmt: skip
MIN_LETTERS = 3  # of a line that is taken off a paragraph; fewer are an initial
_OPENERS = frozenset("([\"'“„«‘「『【（［¿¡#@")
_RULE = re.compile(r"\|(?:-+\|)+")  # drawn by trafilatura below a table's head
_CELLS = re.compile(r"(?<!\\)\|")


def extract_body(document: Document, metadata: Metadata) -> tuple[Block, ...]:
    """The page's body in reading order, boilerplate that trafilatura lets through included; empty without one.

    The blocks are the lines of trafilatura's own text, list marks aside; a table row is
    `| cell | cell |`, empty cells too. Where the markup carries a story that the page shows the start of only, it is
    the body. Where the outlet's file selects the body, it is that, and nothing is looked for elsewhere.

    Args:
        document: The page.
        metadata: Its facts: headline and standfirst, and the story in its JSON-LD.
    """
    if selected := _selected(document):
        return with_echoes(document, selected, metadata.authors)
    try:
        blocks = _shown(document, metadata.headline)
    except RecursionError:  # trafilatura goes down lists in lists by calling itself
        blocks = _prose(document, metadata.headline)
        if not blocks:
            raise
    shown = _letters(blocks)
    stated = tuple(Block(text) for line in metadata.article_body[:MAX_TEXT].split("\n") if (text := _clean(line)))
    if len(stated) < MIN_STATED and shown < MIN_SHOWN and document.states:
        stated = stated_blocks(document, metadata.headline, blocks)
    if (len(stated) >= MIN_STATED or not shown) and _letters(stated) > MIN_GAIN * shown:
        return stated
    blocks = with_echoes(document, blocks, metadata.authors)
    return with_standfirst(document, blocks, metadata.headline, metadata.description)


def _selected(document: Document) -> tuple[Block, ...]:
    """All text in what the outlet's file selects as the body; nothing without such a selector, or where it is empty."""
    for elements in document.chosen.bodies:
        found = [(text, *pair) for pair in blocks_in(document.text, elements) if (text := _clean(pair[0].text))]
        if found:
            blocks = [replace(block, text=text) for text, block, _ in found]
            return with_places(document, blocks, [place for *_, place in found])
    return ()


def _letters(blocks: Sequence[Block]) -> int:
    return sum(sum(map(str.isalnum, block.text)) for block in blocks)


def _clean(line: str) -> str:
    return unicodedata.normalize("NFC", squeeze(restore(line)))


def _shown(document: Document, headline: str | None) -> tuple[Block, ...]:
    """The body as trafilatura finds it, with the lines that it leaves out of its midst."""
    lean = lean_copy(document.tree)
    found = _found(lean, _FAST)
    letters = sum(map(str.isalnum, (found and found.text) or ""))
    if _is_stub(found, letters) and (prose := _prose(document, headline, 2 * letters)):
        return prose
    is_lost = found is None or _is_beside_the_story(document, found, letters)
    if is_lost or _is_part(document, letters):
        tree = document.tree if is_lost else lean
        found = _found(tree, _WHOLE if tree.xpath("count(//*)") <= MAX_ELEMENTS else _FAST)
    if found is None:
        return ()
    blocks: list[Block] = []
    places: list[tuple[int, int] | None] = []
    at = misses = 0
    for line, tag in _tagged((found.text or "")[:MAX_TEXT], found.body):
        text = _clean(_unmarked(line, tag))
        if not text:
            continue
        place = document.text.find(line, at) if misses < MAX_MISSES else None
        misses += place is None
        at = place[1] if place else at
        for part, own in _split(document.text, text, place) if place and tag == "p" else [(text, place)]:
            share = document.text.link_share(*own) if own else 0.0
            blocks.append(Block(part, tag, round(share, 3)))
            places.append(own)
    return with_places(document, *with_lost_lines(document, headline, blocks, places))


def _split(page: PageText, text: str, place: Place) -> Iterator[tuple[str, Place]]:
    """A paragraph where the page has it, or the lines that trafilatura has run together in it."""
    start, end = place
    first, last = page.number_at(start), page.number_at(end - 1)
    bounds = [page.lines[number].start for number in range(first + 1, last + 1) if _opens(page.lines[number].text)]
    cuts = deque(dict.fromkeys(bound for bound in bounds if start + MIN_LETTERS <= bound < end))
    letters = start
    at = 0
    for offset, char in enumerate(text if cuts else ""):
        if cuts and letters == cuts[0] and char.isalnum():
            opening = offset
            while text[opening - 1] in _OPENERS:
                opening -= 1
            yield text[at:opening].rstrip(), (start, letters)
            at, start = opening, letters
            cuts.popleft()
        letters += char.isalnum()
    yield text[at:], (start, end)


def _opens(text: str) -> bool:
    """Whether a line can be the start of a paragraph, or is an address, and is no piece of a sentence or a word."""
    first = text[:1]
    return first in _OPENERS or (first.isalnum() and not first.islower()) or ("@" in text and " " not in text)


def _prose(document: Document, headline: str | None, more_than: int = 0) -> tuple[Block, ...]:
    """The paragraphs in containers of the one class that holds most prose, if they have more letters than that."""
    by_class: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
    for parent, places in _homes(document.text).items():
        by_class[str(parent.tag), parent.get("class") or ""] += places
    places = max(by_class.values(), key=_extent, default=[])
    if _extent(places) <= more_than:
        return ()
    page = document.text
    texts = (_clean(page.line_at(start).text) for start, _ in places)
    blocks = [Block(text, "p", round(page.link_share(*place), 3)) for text, place in zip(texts, places, strict=True)]
    return with_places(document, *with_lost_lines(document, headline, blocks, places))


def _homes(page: PageText) -> dict[_Element, list[Place]]:
    """Where the paragraphs of prose stand, by the element they stand in; footers aside."""
    homes: defaultdict[_Element, list[Place]] = defaultdict(list)
    for number, line in enumerate(page.lines):
        place, parent = page.place_of(number), line.element.getparent()
        is_prose = line.tag == "p" and len(line.text) >= MIN_PROSE and page.link_share(*place) <= MAX_LINK_SHARE
        if is_prose and parent is not None and next(parent.iterancestors("footer"), None) is None:
            homes[parent].append(place)
    return homes


def _extent(places: Sequence[Place]) -> int:
    return sum(end - start for start, end in places)


def _found(tree: HtmlElement, options: Extractor) -> Extracted | None:
    found = bare_extraction(tree, options=options)
    return found if isinstance(found, Extracted) and found.text else None


def _is_stub(found: Extracted | None, letters: int) -> bool:
    """Whether what was found is hardly a story: nothing, little, or labels and links of the page for want of one."""
    text = (found and found.text) or ""
    in_prose = sum(len(line) for line in text.split("\n") if len(line) >= MIN_PROSE)
    return letters < SHORT or in_prose < len(text) / 2


def _is_beside_the_story(document: Document, found: Extracted, letters: int) -> bool:
    """Whether more of the story may be elsewhere: nothing found is a paragraph, or much more prose is in one element.

    Source: of 714 pages, 8 are such; the lean copy lacks what trafilatura's fallbacks find on them.
    """
    if not any((element.text or "").strip() for element in found.body.iter("p")):
        return True
    page = document.text
    return letters > len(page.letters) or max(map(_extent, _homes(page).values()), default=0) > MIN_ELSEWHERE * letters


def _is_part(document: Document, letters: int) -> bool:
    """Whether trafilatura's fallbacks may find much more: a short body on a long page, with more prose outside it.

    They replace a body only if they find twice its letters.

    Source: prose outside alone is so on 49 of 714 pages, of which the fallbacks changed 15; 13 are asked for now.
    """
    page = document.text
    if letters > min(MAX_PART, MAX_PART_SHARE * len(page.letters)):
        return False
    places = (page.place_of(number) for number, line in enumerate(page.lines) if len(line.text) >= MIN_PROSE)
    return sum(end - start for start, end in places if page.link_share(start, end) <= MAX_LINK_SHARE) > 2 * letters


def _tagged(text: str, body: _Element) -> Iterator[tuple[str, BlockTag]]:
    """The lines of trafilatura's text, each with the tag of the element that its first letter stands in.

    Text and body hold the same letters in the same order, so that counting them is enough.
    """
    starts = _starts(body)
    count, run = 0, 0
    for line in filter(None, map(str.strip, text.split("\n"))):
        while run + 1 < len(starts) and starts[run + 1][0] <= count:
            run += 1
        if not _RULE.fullmatch(line):
            yield line, starts[run][1] if starts else "p"
        count += sum(map(str.isalnum, line))


def _starts(body: _Element) -> list[tuple[int, BlockTag]]:
    """Letters before each run of text in the body, with the block tag of that run."""
    starts: list[tuple[int, BlockTag]] = []
    count = 0
    stack: list[tuple[_Element, BlockTag, bool]] = [(body, "p", False)]
    while stack:
        element, around, is_tail = stack.pop()
        tag = around if is_tail else _tag_of(element, around)
        text = element.tail if is_tail else element.text
        if text and (letters := sum(map(str.isalnum, text))):
            starts.append((count, tag))
            count += letters
        if not is_tail:
            for child in reversed(element):
                stack += [(child, tag, True), (child, tag, False)]
    return starts


def _tag_of(element: _Element, around: BlockTag) -> BlockTag:
    if element.tag == "head":
        level = element.get("rend") or ""
        return cast("BlockTag", level) if re.fullmatch("h[1-6]", level) else "h2"
    return _TAGS.get(str(element.tag), around)


def _unmarked(line: str, tag: BlockTag) -> str:
    if line.startswith("|") and tag == "row":
        cells = [squeeze(cell).replace("\\|", "|") for cell in _CELLS.split(line.strip().strip("|"))]
        return f"| {' | '.join(cells)} |" if any(cells) else ""
    return line[1:] if tag == "li" and re.match(r"-(?:\s|$)", line) else line
