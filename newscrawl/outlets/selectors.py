"""Selectors of outlet files: what a person writes, as an XPath that is known to work."""

from __future__ import annotations

from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree, html

REL_NEXT = "rel"
"""Stands for the link that the page itself calls the next one."""

_REL_NEXT = (
    "//*[self::link or self::a][contains(concat(' ', translate(normalize-space(@rel), 'NEXT', 'next'), ' '), ' next ')]"
)
_XPATH_STARTS = ("/", "(", "./")

# Functions and prefixes that there are not show only where a path has found something to apply them to.
_SAMPLE = html.document_fromstring(
    "<html><head><link rel=next href=/2></head><body><main><article><p>Story</p></article><nav id=n class=n><ul><li>"
    "<a rel=next class=n href=/2><span>2</span></a></li></ul></nav></main><div id=d class=d><a href=/2>2</a></div>"
)


@lru_cache(maxsize=256)
def xpath_of(selector: str) -> str:
    """The XPath of a selector: `rel`, an XPath (`//…`, `(//…`, `.//…`) or a CSS selector.

    Raises:
        ValueError: It is none, or finds no elements and attributes.
    """
    selector = selector.strip()
    if selector == REL_NEXT:
        return _REL_NEXT
    if not selector.startswith(_XPATH_STARTS):
        try:
            return HTMLTranslator().css_to_xpath(selector, prefix="//")
        except SelectorError as error:
            raise ValueError(f"expected rel, an XPath (//…) or a CSS selector ({error})") from None
    try:
        found = etree.XPath(selector)(_SAMPLE)
    except etree.XPathError as error:
        raise ValueError(f"expected rel, a CSS selector or an XPath ({error})") from None
    if not isinstance(found, list):
        raise ValueError("expected an XPath of links or their addresses, such as //a[@class='next']/@href")
    return selector
