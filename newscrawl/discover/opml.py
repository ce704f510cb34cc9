"""OPML subscription lists to the feeds that they name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from newscrawl.discover.found import MAX_LINKS, has_entities, is_html, read_headline, read_language, read_url

MAX_OPML = 10_000_000
"""Bytes."""


class OpmlError(ValueError):
    """A file that is no list of feeds."""


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed as a list names it."""

    url: str
    title: str | None = None
    homepage: str | None = None
    language: str | None = None
    folder: str = ""  # titles of the outlines around it


def parse_opml(body: bytes) -> tuple[ListedFeed, ...]:
    """The feeds of a list in its order, each URL once; outlines may be nested.

    Raises:
        OpmlError: It is none, or declares entities.
    """
    if len(body) > MAX_OPML:
        raise OpmlError(f"{len(body):,} bytes; at most {MAX_OPML:,} are read")
    if is_html(body):
        raise OpmlError("a web page, not an OPML file")
    if has_entities(body):
        raise OpmlError("declares XML entities: refused, for a small file can blow up by them")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise OpmlError(f"not readable as XML: {error.msg}") from None
    if root is None:
        raise OpmlError("not readable as XML: no element in it")
    if etree.QName(root).localname.lower() != "opml":
        raise OpmlError("not an OPML file: its root is not <opml>")
    feeds: dict[str, ListedFeed] = {}
    for outline in root.iter("outline"):
        feed = _feed_of(outline)
        if feed is not None and len(feeds) < MAX_LINKS:
            feeds.setdefault(feed.url, feed)
    return tuple(feeds.values())


def _feed_of(outline: etree._Element) -> ListedFeed | None:
    own = {name.lower(): value for name, value in outline.attrib.items() if isinstance(name, str)}
    url = read_url(str(own.get("xmlurl", "")), "")
    if url is None:
        return None
    title = read_headline(str(own.get("title") or own.get("text") or ""))
    homepage = read_url(str(own.get("htmlurl", "")), "")
    language = read_language(str(own.get("language", "")))
    return ListedFeed(url, title, homepage, language, " / ".join(reversed(list(_folders(outline)))))


def _folders(outline: etree._Element) -> Iterator[str]:
    for around in outline.iterancestors("outline"):
        if name := read_headline(str(around.get("title") or around.get("text") or "")):
            yield name
