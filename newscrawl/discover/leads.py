"""Where the page of an article leads: to the next page of its story, and to the page that it is a copy of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from newscrawl.discover.found import read_url
from newscrawl.discover.frontpage import read_base, read_tree
from newscrawl.outlets.selectors import xpath_of
from newscrawl.urls import is_version, url_key

MAX_LINKS = 200
"""Links read that a selector finds on one page."""

_PREFIX = re.compile(r"^https?://(?:www\.)?")
_ENDING = re.compile(r"(?:\.[a-z]{3,5}|/)$")
_FIRST = re.compile(r"(?<!\d)[01]$")  # number of a first page
_MARK = re.compile(r"\D{0,16}?0?(\d{1,2})\D{0,6}")  # `/seite-2`, `?page=2`, `_p2.html`


@dataclass(frozen=True, slots=True)
class Leads:
    """URLs that may be asked for, on whatever site."""

    canonical: str | None = None  # the page that this one is a copy of, as its AMP version is
    further: tuple[str, ...] = ()  # what the selector finds, in the page's order


def read_leads(body: bytes, url: str, *, next_page: str | None = None, charset: str | None = None) -> Leads:
    """Read where a page leads. A page that cannot be read leads nowhere; it never raises.

    Args:
        body: The page, as received.
        url: Its final URL.
        next_page: Selector of the link to the story's next page; see `xpath_of`.
        charset: As the server declared it.
    """
    tree = read_tree(body, charset)
    if tree is None:
        return Leads()
    base = read_base(tree, url)
    stated = (link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    canonical = next((found for href in stated if (found := read_url(href or "", base))), None)
    is_copy = canonical is not None and _is_other(canonical, url)
    return Leads(canonical if is_copy else None, tuple(_selected(tree, base, next_page) if next_page else ()))


def _is_other(canonical: str, url: str) -> bool:
    """Whether a canonical URL is another page's.

    An AMP page and its original have one key. A front page is no article's original, whatever a faulty template says.
    """
    if not urlsplit(canonical).path.strip("/"):
        return False
    return url_key(canonical) != url_key(url) or (is_version(url) and not is_version(canonical))


def is_page_of(url: str, first: str, number: int) -> bool:
    """Whether a URL is that of page `number` of a story: the first page's, with the number after it.

    Source: 95 of 1,176 real articles have a rel=next. Of most of them it leads to the blog's next article.
    """
    url, first = _PREFIX.sub("", url), _PREFIX.sub("", first)
    plain = _ENDING.sub("", first)
    for stem in (first, plain, _FIRST.sub("", plain)):
        rest = url.removeprefix(stem)
        is_inside = stem[-1:].isdigit() and rest[:1].isdigit()  # of a longer number
        mark = _MARK.fullmatch(rest) if rest != url and not is_inside else None
        if mark is not None and int(mark[1]) in (number, number - 1):
            return True
    return False


def _selected(tree: etree._Element, base: str, selector: str) -> Iterator[str]:
    found = etree.XPath(xpath_of(selector))(tree)
    for node in found[:MAX_LINKS] if isinstance(found, list) else ():
        href = node.get("href") if isinstance(node, etree._Element) else str(node)
        if url := read_url(href or "", base):
            yield url
