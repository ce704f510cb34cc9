"""Sitemaps, news sitemaps and sitemap indexes, XML or text, gzipped or not, to links."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO

from lxml import etree

from newscrawl.discover.feeds import parse_feed
from newscrawl.discover.found import (
    MAX_LINKS,
    Found,
    distinct,
    has_entities,
    is_html,
    read_headline,
    read_language,
    read_time,
    read_url,
)
from newscrawl.visits import Link

MAX_SITEMAP = 52_428_800
"""Bytes, uncompressed. Source: sitemaps.org."""

STEP = 1_000_000
"""Bytes unpacked at a time: a bomb then takes its limit of memory, and not three times that."""

_GZIP = b"\x1f\x8b"
_NEVER = datetime.min.replace(tzinfo=UTC)


def parse_sitemap(body: bytes, url: str) -> Found:
    """The articles of a sitemap, or the sitemaps of an index.

    Of a news sitemap come headline, time, language and tickers. Of a plain one the time is its `lastmod`, which says
    only in what order to look at the pages. A location that is no URL costs itself alone.

    Args:
        body: As received, gzipped or not.
        url: Final URL of the sitemap; relative locations are resolved against it.

    Returns:
        What could be read. An `error` too where that is nothing, or not all; never an exception.
    """
    try:
        text, whole = _unzip(body)
    except zlib.error as error:
        return Found(error=f"not readable as gzip: {error}")
    text = text.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        return Found(error="empty answer instead of a sitemap")
    if is_html(text):
        return Found(error="web page instead of a sitemap")
    if has_entities(text):
        return Found(error="sitemap declares XML entities: refused")
    if not text.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return _parse_lines(text)
    reading = _Reading(url)
    reading.read(text)
    if reading.root in ("rss", "feed", "RDF"):
        return parse_feed(text, url)  # the protocol lets a feed be a sitemap
    return reading.found(whole)


def _unzip(body: bytes) -> tuple[bytes, bool]:
    """The bytes inside, and whether those are all."""
    whole = True
    for _ in range(2):  # a zipped file that the server zips again, under a header that we did not see
        if not body.startswith(_GZIP):
            break
        unpacked, member = BytesIO(), zlib.decompressobj(wbits=31)
        while body and (room := MAX_SITEMAP - unpacked.tell()):
            unpacked.write(member.decompress(body, min(room, STEP)))
            body = member.unused_data if member.eof else member.unconsumed_tail
            if member.eof and body.startswith(_GZIP):  # members follow each other
                member = zlib.decompressobj(wbits=31)
            elif member.eof:
                break
        whole = whole and member.eof
        body = unpacked.getvalue()
    return body[:MAX_SITEMAP], whole and len(body) <= MAX_SITEMAP


def _parse_lines(text: bytes) -> Found:
    lines = text.decode("utf-8", "replace").splitlines()
    if not lines[0].startswith(("http://", "https://")):
        return Found(error="not a sitemap: neither XML nor a list of URLs")
    links = distinct(Link(safe) for line in lines[: MAX_LINKS + 1] if (safe := read_url(line, "")))
    return Found(links, entries=len(lines), error=_cut_note(len(lines), whole=True))


def _cut_note(entries: int, *, whole: bool) -> str | None:
    if entries > MAX_LINKS:
        return f"sitemap with more than {MAX_LINKS:,} entries: the rest was not read"
    return None if whole else f"sitemap cut off, or longer than {MAX_SITEMAP:,} bytes: the rest was not read"


@dataclass(slots=True)
class _Reading:
    """One pass over an XML sitemap."""

    url: str
    root: str = ""
    entries: int = 0
    links: list[Link] = field(default_factory=list)
    children: list[tuple[datetime, str]] = field(default_factory=list)
    fault: str = ""

    def read(self, text: bytes) -> None:
        """Take every entry, up to the limit; stop at what the parser cannot get over."""
        events = etree.iterparse(
            BytesIO(text),
            tag=("{*}url", "{*}sitemap"),
            recover=True,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for _, element in events:
                self.take(element)
                if self.entries > MAX_LINKS:
                    break
        except etree.XMLSyntaxError as error:
            self.fault = error.msg or ""
        root = events.root  # None where nothing could be read
        self.root = "" if root is None else _local(root)

    def take(self, element: etree._Element) -> None:
        """Take one element at its end, and forget it."""
        self.entries += 1
        if _local(element) == "url":
            self.take_url(element)
        else:
            self.take_child(element)
        parent = element.getparent()
        element.clear()
        while parent is not None and parent[0] is not element:
            del parent[0]

    def take_url(self, element: etree._Element) -> None:
        """One `<url>`."""
        own = {_local(child): child.text or "" for child in element}
        safe = read_url(own.get("loc", ""), self.url)
        if safe is None:
            return
        news = dict(_news(element))
        self.links.append(
            Link(
                url=safe,
                headline=read_headline(news.get("title", "")),
                published_at=read_time(news.get("publication_date", "")) or read_time(own.get("lastmod", "")),
                language=read_language(news.get("language", "")),
                tickers=tuple(filter(None, map(str.strip, news.get("stock_tickers", "")[:200].split(",")))),
            )
        )

    def take_child(self, element: etree._Element) -> None:
        """One `<sitemap>` of an index."""
        own = {_local(child): child.text or "" for child in element}
        safe = read_url(own.get("loc", ""), self.url)
        if safe is not None and safe != self.url:
            self.children.append((read_time(own.get("lastmod", "")) or _NEVER, safe))

    def found(self, whole: bool) -> Found:
        """What has been read."""
        links = distinct(self.links)
        newest = sorted(self.children, key=lambda child: child[0], reverse=True)
        dated: dict[str, datetime | None] = {}
        for at, url in newest[:MAX_LINKS]:
            dated.setdefault(url, None if at == _NEVER else at)
        error = _cut_note(self.entries, whole=whole)
        if not self.entries:
            error = f"sitemap without entries ({self.fault or f'its root is <{self.root}>'})"
        elif not links and not dated:
            error = f"sitemap with {self.entries} entries, none with an http(s) URL"
        return Found(links, tuple(dated), self.entries, error, tuple(dated.values()))


def _news(element: etree._Element) -> Iterator[tuple[str, str]]:
    for child in element:
        if _local(child) == "news":
            for leaf in child.iter(etree.Element):
                yield _local(leaf), leaf.text or ""


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
