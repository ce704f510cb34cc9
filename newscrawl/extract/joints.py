"""The space between two sentences that a page leaves to its markup."""

from __future__ import annotations

from lxml.html import HtmlElement

_INLINE = ("span", "a", "b", "strong", "i", "em", "font")


def space_glued_sentences(tree: HtmlElement) -> None:
    """Put the space between two sentences that only a tag parts: `the port,<span>The ships`."""
    for element in tree.iter(*_INLINE):
        if element.text and element.text[0].isupper() and _ends_sentence(_text_before(element)):
            element.text = " " + element.text
        if element.tail and element.tail[0].isupper() and _ends_sentence(_last_text(element)):
            element.tail = " " + element.tail


def _text_before(element: HtmlElement) -> str:
    previous = element.getprevious()
    if previous is None:
        parent = element.getparent()
        return (parent.text if parent is not None else None) or ""
    return previous.tail or (_last_text(previous) if previous.tag in _INLINE else "")


def _last_text(element: HtmlElement) -> str:
    return (element[-1].tail if len(element) else element.text) or ""


def _ends_sentence(text: str) -> bool:
    """Whether the text ends in a word and a mark after which a space must stand; `U.S.` and `www.` do not."""
    is_word = len(text) > 3 and text[-3:-1].isalpha() and text[-3:-1].islower()
    return is_word and (text[-1] in ",;:!?" or (text[-1] == "." and len(text) > 6))
