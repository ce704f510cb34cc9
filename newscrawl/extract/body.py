"""Tree to blocks: trafilatura finds the body, and its text lines become blocks with the tag and links they had."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from typing import cast

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted
from trafilatura.settings import Extractor

from newscrawl.extract.document import Document, restore
from newscrawl.extract.echoes import with_echoes
from newscrawl.extract.gaps import MAX_LINK_SHARE, MIN_PROSE, Place, with_lost_lines
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
"""Letters of a body below which trafilatura's fallbacks are asked."""

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

_FAST = Extractor(comments=False, fast=True, output_format="python")
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
    the body.

    Args:
        document: The page.
        metadata: Its facts: headline and standfirst, and the story in its JSON-LD.
    """
    try:
        blocks = _shown(document, metadata.headline)
    except RecursionError:  # trafilatura goes down lists in lists by calling itself
        blocks = tuple(_prose(document))
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


def _letters(blocks: Sequence[Block]) -> int:
    return sum(sum(map(str.isalnum, block.text)) for block in blocks)


def _clean(line: str) -> str:
    return unicodedata.normalize("NFC", squeeze(restore(line)))


def _shown(document: Document, headline: str | None) -> tuple[Block, ...]:
    """The body as trafilatura finds it, with the lines that it leaves out of its midst."""
    found = _found(lean_copy(document.tree), _FAST)
    if _is_doubtful(document, found):
        small = document.tree.xpath("count(//*)") <= MAX_ELEMENTS
        found = _found(document.tree, _WHOLE if small else _FAST)
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


def _prose(document: Document) -> Iterator[Block]:
    """The paragraphs of a page that trafilatura cannot read."""
    page = document.text
    for number, line in enumerate(page.lines):
        share = page.link_share(*page.place_of(number))
        if line.tag == "p" and len(line.text) >= MIN_PROSE and share <= MAX_LINK_SHARE:
            yield Block(_clean(line.text), "p", round(share, 3))


def _found(tree: HtmlElement, options: Extractor) -> Extracted | None:
    found = bare_extraction(tree, options=options)
    return found if isinstance(found, Extracted) and found.text else None


def _is_doubtful(document: Document, found: Extracted | None) -> bool:
    """Whether trafilatura's fallbacks may find much more than its own rules did.

    They replace a body if they find twice its letters, so that there must be as much prose outside it.

    Source: of 389 pages the fallbacks made the body of nine longer by a quarter or more. This finds seven of them, and
    one page in fifteen in all; two of 231 other pages were lists of labels without them.
    """
    if found is None:
        return True
    paragraphs = sum(1 for element in found.body.iter("p") if (element.text or "").strip())
    if not paragraphs or sum(1 for _ in found.body.iter("table")) > paragraphs:
        return True
    text = found.text or ""
    if sum(len(line) for line in text.split("\n") if len(line) >= MIN_PROSE) < len(text) / 2:
        return True  # labels and links of the page, for want of a story
    letters = sum(map(str.isalnum, text))
    page = document.text
    if letters < SHORT or letters > len(page.letters):  # more than the page shows
        return True
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
