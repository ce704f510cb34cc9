"""The visible text of a page in one pass: its lines in reading order, and which of its letters are links."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from newscrawl.text import fold, letters_of, squeeze

MAX_KICKER = 100  # characters that a heading may hold beside the headline
MAX_BELOW = 16  # lines from the headline on
MAX_AROUND = 240  # characters of a line that is a byline, a date or a standfirst, not a paragraph

SENTENCE_ENDS = tuple('.!?…。！？؟।”"»」')

_SILENT = frozenset({
    "head", "script", "style", "template", "noscript", "svg", "math", "select", "iframe", "object", "textarea",
    "audio", "video",
})  # fmt: skip
INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr",
})  # fmt: skip
_PASSED = INLINE - {"a"}
_ROWS = frozenset({"tr", "li", "dd"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """What a page shows on one line."""

    parts: tuple[str, ...]  # a part for each element in it, not empty, white space at most inside
    element: HtmlElement  # innermost that is no inline one: `p`, `h1`, `td`, …
    start: int = 0  # offset of its first letter in the page's letters
    row: int = 0  # number of the list item or table row it stands in; 0: in none

    @property
    def tag(self) -> str:
        """Name of its element."""
        return str(self.element.tag)

    @property
    def text(self) -> str:
        """The line as it reads, cells and spans parted by a space."""
        return " ".join(self.parts)


@dataclass(frozen=True, slots=True)
class PageText:
    """All visible lines of a page, and the string of its letters with the links in it."""

    lines: tuple[Line, ...]
    letters: str = field(repr=False)  # letters and digits alone
    _starts: Sequence[int] = field(repr=False)  # offsets in `letters` where a run of link or no link begins
    _linked: Sequence[int] = field(repr=False)  # how many linked letters stand before each start
    _firsts: Sequence[int] = field(repr=False)  # offset of each line's first letter

    def find(self, text: str, start: int = 0) -> tuple[int, int] | None:
        """First and last offset + 1 of a text's letters, looked for from `start`, else from the top."""
        key = letters_of(text)
        if not key:
            return None
        at = self.letters.find(key, start)
        at = at if at >= 0 else self.letters.find(key)
        return (at, at + len(key)) if at >= 0 else None

    def link_share(self, start: int, end: int) -> float:
        """Share of the letters from `start` to `end` that are in links, 0 to 1."""
        return (self._before(end) - self._before(start)) / (end - start) if end > start else 0.0

    def line_at(self, offset: int) -> Line:
        """The line that holds the letter at an offset."""
        return self.lines[self.number_at(offset)]

    def number_at(self, offset: int) -> int:
        """Number of the line that holds the letter at an offset."""
        return bisect_right(self._firsts, offset) - 1

    def place_of(self, number: int) -> tuple[int, int]:
        """First and last offset + 1 of a line's letters; the same where it has none."""
        last = number + 1 == len(self.lines)
        return self.lines[number].start, len(self.letters) if last else self.lines[number + 1].start

    def rows(self) -> Iterator[str]:
        """List items, table rows and the other lines, the parts of each joined with ` | `."""
        for row, lines in groupby(self.lines, key=lambda line: line.row or None):
            if row is None:
                yield from (" | ".join(line.parts) for line in lines)
            else:
                yield " | ".join(part for line in lines for part in line.parts)

    def around(self, headline: str | None) -> Around:
        """The lines around the headline, up to the first paragraph; none where the page does not show it."""
        at = self._headline(headline)
        if at is None:
            return Around()
        before = (line.text for line in self.lines[max(0, at - 4) : at])
        after: list[str] = []
        for line in self.lines[at + 1 : at + MAX_BELOW]:
            if len(line.text) > MAX_AROUND and len(after) > 4:
                break
            after.append(line.text)
        return Around(tuple(before), tuple(text[: 2 * MAX_AROUND] for text in after))

    def _headline(self, headline: str | None) -> int | None:
        wanted = fold(headline or "")
        if not wanted:
            return None
        for number, line in enumerate(self.lines):
            if 0.5 * len(wanted) < len(line.text) < len(wanted) + MAX_KICKER:
                key = fold(line.text)
                if key == wanted or (line.tag[:1] == "h" and wanted in key):
                    return number
        return None

    def _before(self, offset: int) -> int:
        run = bisect_right(self._starts, offset) - 1
        if run < 0:
            return 0
        inside = offset - self._starts[run] if run % 2 else 0  # runs alternate, beginning with no link
        return self._linked[run] + inside


@dataclass(frozen=True, slots=True)
class Around:
    """The short lines just before and after the headline."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Both, in reading order."""
        return self.before + self.after


class _Reader:
    """Collects lines and letters while the tree is walked."""

    def __init__(self, tree: HtmlElement) -> None:
        self.lines: list[Line] = []
        self.letters: list[str] = []
        self.length = 0
        self.starts, self.linked = [0], [0]
        self.parts: list[str] = []
        self.elements, self.rows = [tree], [0]
        self.start = 0
        self.row_count = self.anchors = 0

    def add(self, text: str) -> None:
        key = letters_of(text)
        if not key:
            if text := squeeze(text):
                self.parts.append(text)
            return
        if (self.anchors > 0) != (len(self.starts) % 2 == 0):
            before = self.linked[-1] + (self.length - self.starts[-1] if len(self.starts) % 2 == 0 else 0)
            self.starts.append(self.length)
            self.linked.append(before)
        self.letters.append(key)
        self.length += len(key)
        self.parts.append(squeeze(text))

    def flush(self) -> None:
        if self.parts:
            self.lines.append(Line(tuple(self.parts), self.elements[-1], self.start, self.rows[-1]))
            self.parts = []
        self.start = self.length

    def open(self, element: HtmlElement, tag: str) -> None:
        if tag == "a":
            self.anchors += 1
        else:
            self.flush()
            self.elements.append(element)
            if tag in _ROWS:
                self.row_count += 1
                self.rows.append(self.row_count)

    def close(self, tag: str) -> None:
        if tag == "a":
            self.anchors -= 1
        else:
            self.flush()
            self.elements.pop()
            if tag in _ROWS:
                self.rows.pop()


def read_lines(tree: HtmlElement) -> PageText:
    """Walk a page's tree once. Silent and hidden elements are left out."""
    reader = _Reader(tree)
    walk = iterwalk(tree, events=("start", "end"))
    silent: object = None
    for event, element in walk:
        if event == "start":
            tag, text = element.tag, element.text
            if tag in _SILENT or _is_hidden(element):
                silent = element
                walk.skip_subtree()
                continue
            if tag not in _PASSED:
                reader.open(element, tag)
        else:
            tag, text = element.tag, element.tail
            if element is silent:
                silent = None
            elif tag not in _PASSED:
                reader.close(tag)
        if text and not text.isspace():  # as most of a page's text nodes between tags are
            reader.add(text)
    reader.flush()
    firsts = [line.start for line in reader.lines]
    return PageText(tuple(reader.lines), "".join(reader.letters), reader.starts, reader.linked, firsts)


def _is_hidden(element: HtmlElement) -> bool:
    style = element.get("style")
    return (style is not None and _HIDDEN.search(style) is not None) or element.get("hidden") is not None
