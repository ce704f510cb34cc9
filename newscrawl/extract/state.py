"""Stories that a page carries in the data of its scripts alone, and shows when they run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.etree import ParserError
from lxml.html import document_fromstring

from newscrawl.extract.document import Document, restore
from newscrawl.extract.lines import read_lines
from newscrawl.items import Block
from newscrawl.text import fold, squeeze

MAX_STATES = 40  # objects read of one script
MAX_NODES = 20_000  # values read of a page's objects
MAX_NEAR = 3  # levels below an object that names the headline, in which the story stands
MIN_LETTERS = 300  # of a story; a few sentences are a teaser
MIN_PARAGRAPHS = 3
MIN_START = 40  # letters of the shown text that the story must hold

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

_START = re.compile(r"=\s*(?:JSON\.parse\(\s*(?=\")|(?=[\[{]\s*[\[{\"]))|^\s*(?=[\[{])")
_MARKUP = re.compile(r"<(?:p|div|br|h[2-6]|li)\b", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/][^<>]*>")
_TEXTS = (
    "text", "html", "value", "content", "body", "children", "nodes", "items", "paragraph", "paragraphs", "data",
    "model", "copy", "attributes",
)  # fmt: skip
"""Keys under which editors' formats hold a paragraph's text, or the parts of it."""


@dataclass(frozen=True, slots=True)
class _Story:
    """Paragraphs of one string or list, and their letters."""

    paragraphs: tuple[str, ...]
    letters: str

    @classmethod
    def of(cls, paragraphs: Sequence[str]) -> _Story:
        texts = tuple(text for paragraph in paragraphs if (text := squeeze(restore(paragraph))))
        return cls(texts, _letters("".join(texts)))

    def is_whole(self) -> bool:
        """Whether it is long enough to be a story: prose, not labels."""
        return (
            len(self.letters) >= MIN_LETTERS
            and len(self.paragraphs) >= MIN_PARAGRAPHS
            and len(self.letters) >= MIN_START * len(self.paragraphs)
        )


def stated_blocks(document: Document, headline: str | None, shown: Sequence[Block]) -> tuple[Block, ...]:
    """The story in the data of a page's scripts; empty where there is none.

    It must hold the start of the text that the page shows; where it shows none, it must stand by the headline.

    Args:
        document: The page.
        headline: Its headline.
        shown: The body that it shows without running scripts.
    """
    longest = max((block.text for block in shown), key=lambda text: len(text), default="")
    start = _letters(longest)[:MIN_START]
    wanted = fold(headline or "")
    best = _Story((), "")
    for value, is_near in _values(document.states, wanted):
        if not (is_near or start):
            continue
        story = _story(value)
        if len(story.letters) > len(best.letters) and story.is_whole() and start in story.letters:
            best = story
    return tuple(map(Block, best.paragraphs))


def _values(states: Sequence[str], headline: str) -> Iterator[tuple[Json, bool]]:
    """Strings and lists in the objects of scripts, and whether each stands by the headline."""
    stack: list[tuple[Json, int]] = [(value, 0) for state in states for value in _objects(state)]
    for _ in range(MAX_NODES):
        if not stack:
            return
        value, near = stack.pop()
        if isinstance(value, dict):
            near = MAX_NEAR if headline and _names(value, headline) else near
            stack += [(child, max(near - 1, 0)) for child in value.values() if isinstance(child, (dict, list, str))]
        elif isinstance(value, list):
            yield value, near > 0
            stack += [(child, near) for child in value if isinstance(child, (dict, list))]
        elif isinstance(value, str) and len(value) >= MIN_LETTERS:
            yield value, near > 0


def _objects(state: str) -> Iterator[Json]:
    """The objects that a script is, assigns or parses."""
    decoder = json.JSONDecoder(strict=False)
    at = 0
    for _ in range(MAX_STATES):
        if (match := _START.search(state, at)) is None:
            return
        try:
            value, at = decoder.raw_decode(state, match.end())
            yield json.loads(value, strict=False) if isinstance(value, str) else value
        except (ValueError, RecursionError):
            at = max(match.end(), at + 1)


def _names(value: dict[str, Json], headline: str) -> bool:
    texts = [text for child in value.values() for text in (child.values() if isinstance(child, dict) else (child,))]
    return any(
        isinstance(text, str) and len(text) < 2 * len(headline) + 20 and fold(text) == headline for text in texts
    )


def _story(value: Json) -> _Story:
    if isinstance(value, str):
        return _Story.of(_paragraphs(value))
    parts = value if isinstance(value, list) else []
    return _Story.of([text for part in parts for text in _paragraphs(_joined(part, 0))])


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _paragraphs(text: str) -> list[str]:
    if not _MARKUP.search(text):
        return _TAG.sub("", text).split("\n")
    try:
        return [line.text for line in read_lines(document_fromstring(f"<div>{text}</div>")).lines]
    except (ParserError, ValueError):
        return []


def _joined(part: Json, depth: int) -> str:
    """The text of a paragraph that is a string, or an object with its text or the parts of it."""
    if isinstance(part, str):
        return part
    if depth > 6:
        return ""
    if isinstance(part, list):
        return "".join(_joined(child, depth + 1) for child in part)
    if isinstance(part, dict):
        return next((text for key in _TEXTS if key in part and (text := _joined(part[key], depth + 1))), "")
    return ""
