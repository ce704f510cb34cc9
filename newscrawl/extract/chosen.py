"""What an outlet's own selectors find on a page, where its file has some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement

from newscrawl.extract.lines import INLINE
from newscrawl.items import Block, BlockTag, Page, RemovedKind, Selector
from newscrawl.text import squeeze

if TYPE_CHECKING:
    from newscrawl.extract.lines import Line, PageText

MAX_FACT = 300
"""Characters of a byline or a time."""

_TAGS: dict[str, BlockTag] = {"li": "li", "dd": "li", "dt": "li", "tr": "row", "td": "row", "th": "row", "pre": "pre"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Elements that selectors find. A page whose outlet has none gives an empty one."""

    bodies: tuple[frozenset[_Element], ...] = ()  # of each selector that finds one
    unwanted: Mapping[_Element, RemovedKind] = field(default_factory=dict)
    bylines: tuple[tuple[str, ...], ...] = ()  # texts, of each selector
    times: tuple[str, ...] = ()
    widgets: frozenset[_Element] = frozenset()
    gates: frozenset[_Element] = frozenset()


NOTHING = Chosen()


def choose(tree: HtmlElement, page: Page) -> Chosen:
    """Look for what the file of a page's outlet selects on the day on which it was fetched."""
    rules = page.outlet.rules
    if not any((rules.body, rules.strip, rules.byline, rules.time, rules.tickers, rules.gate)):
        return NOTHING
    day = page.fetched_at.date()
    bodies = (frozenset(map(_boxed, _elements(tree, one))) for one in _in_force(rules.body, day))
    return Chosen(
        bodies=tuple(filter(None, bodies)),
        unwanted={_boxed(element): one.kind for one in _in_force(rules.strip, day) for element in _elements(tree, one)},
        bylines=tuple(tuple(map(_text, _found(tree, one))) for one in _in_force(rules.byline, day)),
        times=tuple(_time(found) for one in _in_force(rules.time, day) for found in _found(tree, one)),
        widgets=frozenset(
            map(_boxed, (found for one in _in_force(rules.tickers, day) for found in _elements(tree, one)))
        ),
        gates=frozenset(map(_boxed, (found for one in _in_force(rules.gate, day) for found in _elements(tree, one)))),
    )


def finds(tree: HtmlElement, selector: Selector) -> bool:
    """Whether a selector finds something."""
    return bool(_found(tree, selector))


def _in_force(selectors: Sequence[Selector], day: date) -> Iterator[Selector]:
    return (one for one in selectors if one.holds_on(day))


@lru_cache(maxsize=1024)
def _compiled(xpath: str) -> XPath:
    return XPath(xpath)


def _found(tree: HtmlElement, selector: Selector) -> list[HtmlElement | str]:
    return cast("list[HtmlElement | str]", _compiled(selector.xpath)(tree))


def _elements(tree: HtmlElement, selector: Selector) -> Iterator[HtmlElement]:
    return (found for found in _found(tree, selector) if isinstance(found, HtmlElement))


def _boxed(element: HtmlElement) -> _Element:
    """The element that makes a line of its own: text is known by lines."""
    around: _Element | None = element
    while around is not None and around.tag in INLINE:
        around = around.getparent()
    return element if around is None else around


def _text(found: HtmlElement | str) -> str:
    text = found if isinstance(found, str) else " ".join(found.itertext())
    return squeeze(str(text))[:MAX_FACT]


def _time(found: HtmlElement | str) -> str:
    stated = None if isinstance(found, str) else found.get("datetime") or found.get("content")
    return stated or _text(found)


def holder(element: _Element, among: Mapping[_Element, RemovedKind] | frozenset[_Element]) -> _Element | None:
    """The nearest of some elements that an element is, or stands in."""
    if not among:
        return None
    around: _Element | None = element
    while around is not None and around not in among:
        around = around.getparent()
    return around


def texts_in(page: PageText, among: frozenset[_Element]) -> Iterator[str]:
    """The texts of the lines in some elements, their parts joined with ` | `."""
    return (" | ".join(page.lines[number].parts) for number in _lines_in(page, among))


def _lines_in(page: PageText, among: frozenset[_Element]) -> list[int]:
    return (
        [number for number, line in enumerate(page.lines) if holder(line.element, among) is not None] if among else []
    )


def blocks_in(page: PageText, among: frozenset[_Element]) -> list[tuple[Block, tuple[int, int] | None]]:
    """All text in some elements as blocks, each with its place among the page's letters; a table row is one."""
    found: list[tuple[Block, tuple[int, int] | None]] = []
    row = 0
    for number in _lines_in(page, among):
        line, (start, end) = page.lines[number], page.place_of(number)
        tag, text = _tag(line), line.text
        if tag == "row" and line.row == row and found and found[-1][0].tag == "row":
            before, place = found.pop()
            start, text = place[0] if place else start, f"{before.text} {text} |"
        elif tag == "row":
            text = f"| {text} |"
        row = line.row
        found.append((Block(text, tag, round(page.link_share(start, end), 3)), (start, end) if end > start else None))
    return found


def _tag(line: Line) -> BlockTag:
    if line.tag in _HEADINGS:
        return cast("BlockTag", line.tag)
    if line.tag in _TAGS:
        return _TAGS[line.tag]
    tags = {ancestor.tag for ancestor in line.element.iterancestors("blockquote", "li", "td", "th", "pre")}
    return (
        "row" if tags & {"td", "th"} else "li" if "li" in tags else "pre" if "pre" in tags else "quote" if tags else "p"
    )
