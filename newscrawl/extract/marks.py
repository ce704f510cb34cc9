"""Elements that a page's markup says are about its author."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import cast

from lxml.etree import XPath, _Element, _ElementUnicodeResult
from lxml.html import HtmlElement

from newscrawl.extract.authors import names_of
from newscrawl.extract.jsonld import plain
from newscrawl.extract.lines import Around
from newscrawl.text import script_of

_TAGS = ("a", "span", "div", "p", "address", "li", "ul", "td", "cite", "b", "strong", "em", "small", "h3", "h4", "h5")
_STATED = XPath("descendant::*/@rel[.='author'] | descendant::*/@itemprop[.='author']")
_CLASS = re.compile(r"author|byline|\bautor", re.IGNORECASE)
_ELSEWHERE = re.compile(r"comment|related|teaser|recommend|most-?read|sidebar|widget|footer|reply", re.IGNORECASE)
_ALONE = frozenset({"Latn", "Hani", "Jpan", "Kore"})  # scripts in which one word of an author's element is a name
MAX_STATED = 80  # characters of an element that is said to be the author
MAX_NAMED = 200  # of one whose class speaks of authors: names and more
MAX_ALONE = 3  # names stated away from the headline; of more, most are those of other articles


def stated_authors(tree: HtmlElement) -> tuple[str, ...]:
    """Texts of the elements that are said to be the author's, each once."""
    attributes = cast("list[_ElementUnicodeResult]", _STATED(tree))
    elements = [element for attribute in attributes if (element := attribute.getparent()) is not None]
    texts = (_text(element) for element in elements)
    return tuple(dict.fromkeys(text for text in texts if 2 < len(text) < MAX_STATED))


def names_marked(tree: HtmlElement, stated: Sequence[str], around: Around, sites: Sequence[str]) -> tuple[str, ...]:
    """The persons whom markup names as authors beside the headline; elsewhere on the page, unless they are many.

    Args:
        tree: The page.
        stated: What `stated_authors` found on it.
        around: The lines beside its headline.
        sites: Names of the outlet, which are no author's.
    """
    names = names_of(stated, sites)
    if beside := _beside(names, around):
        return beside
    classed = list(dict.fromkeys(name for text in _classed(tree) for name in _classed_names(text, sites)))
    return (
        _beside(classed, around)
        or (names if len(stated) <= MAX_ALONE else ())
        or tuple(classed if len(classed) == 1 else ())
    )


def _classed(tree: HtmlElement) -> Iterator[str]:
    """Texts of the elements whose class speaks of authors, but for those of comments, teasers and footers."""
    for element in tree.iter(*_TAGS):
        named = element.get("class")
        if named and _CLASS.search(named) and (text := _parted(element)) and not _is_elsewhere(element):
            yield text


def _classed_names(text: str, sites: Sequence[str]) -> tuple[str, ...]:
    """Whole names, or the one word that is all that an element holds."""
    names = names_of([text], sites, stated=False)
    if names or script_of(text) not in _ALONE:
        return names
    alone = names_of([text], sites)
    return alone if len(alone) == 1 and text.rstrip(" -–—|,.").endswith(alone) else ()


def _text(element: _Element) -> str:
    named = next((inner for inner in element.iter() if inner.get("itemprop") == "name"), element)
    return plain(" ".join(map(str, named.itertext())))


def _parted(element: HtmlElement) -> str:
    """The texts in an element, kept apart unless each is one word of the same name."""
    parts: list[str] = []
    size = 0
    for text in element.itertext():
        size += len(text)
        if size > 4 * MAX_NAMED:  # a whole column
            return ""
        if clean := plain(text):
            parts.append(clean)
    if sum(map(len, parts)) > MAX_NAMED:
        return ""
    return (" | " if any(" " in part for part in parts) else " ").join(parts)


def _is_elsewhere(element: HtmlElement) -> bool:
    chain: Iterator[HtmlElement] = (one for one in (element, *element.iterancestors()) if one.tag != "body")
    return any(
        one.tag in ("footer", "aside") or _ELSEWHERE.search(f"{one.get('class') or ''} {one.get('id') or ''}")
        for one in chain
    )


def _beside(names: Sequence[str], around: Around) -> tuple[str, ...]:
    """The names in the first line below the headline, else above it, that holds one, and in the lines next to it."""
    for lines in (around.after, around.before[::-1]):
        found: list[str] = []
        for line in lines:
            folded = line.casefold()
            named = [name for name in names if name.casefold() in folded]
            if found and not named:
                break
            found += named
        if found:
            return tuple(dict.fromkeys(found))
    return ()
