"""Blocks that say what the page's markup says elsewhere: a picture's description, the names of the authors."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from newscrawl.extract.document import Document
from newscrawl.items import AUTHOR, PICTURE, Block

MAX_CHARACTERS = 300
"""Of a block that is compared; more is a paragraph."""
MIN_DESCRIPTION = 16  # characters; fewer are a name or a label, as they stand in stories
MAX_REST, MAX_DATED = 20, 48
"""Characters beside the names in a line of authors: a place, a word like `by`; with a date and the time it takes."""

_GAPS = re.compile(r"[\W_]+")


def with_echoes(document: Document, blocks: Sequence[Block], authors: Collection[str]) -> tuple[Block, ...]:
    """The blocks; those that repeat the description of a picture, or name the page's authors, know it.

    Args:
        document: The page.
        blocks: With their places.
        authors: As the page's metadata name them.
    """
    pictures = {_plain(text) for image in document.tree.iter("img") for text in _said_of(image.get)}
    names = [_plain(author) for author in authors]
    return tuple(_echoing(block, pictures, names) for block in blocks)


def _said_of(get: Callable[[str], str | None]) -> Iterator[str]:
    yield from (text for key in ("alt", "title") if (text := get(key)) and len(text) >= MIN_DESCRIPTION)


def _echoing(block: Block, pictures: Collection[str], names: Sequence[str]) -> Block:
    if block.place is None or len(block.text) > MAX_CHARACTERS:
        return block
    text = _plain(block.text)
    found = [name for name, is_so in ((PICTURE, text in pictures), (AUTHOR, _is_of_authors(text, names))) if is_so]
    if not found:
        return block
    return replace(block, place=replace(block.place, names=(*block.place.names, *found)))


def _is_of_authors(text: str, names: Sequence[str]) -> bool:
    rest = text
    for name in names:
        rest = rest.replace(name, "")
    if rest == text:
        return False
    beside = len(_GAPS.sub(" ", rest).strip())
    is_dated = any(map(str.isdecimal, rest)) and not rest.endswith((".", "?", "!"))
    return beside <= (MAX_DATED if is_dated else MAX_REST)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
