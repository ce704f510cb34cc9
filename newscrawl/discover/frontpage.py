"""Front and section pages to article links, and sites to what they announce."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import lxml.html
from lxml import etree
from w3lib.encoding import html_to_unicode

from newscrawl.discover.found import MAX_HEADLINE, Found, distinct, read_headline, read_language, read_url
from newscrawl.discover.looks import MIN_SCORE, score_text, score_url
from newscrawl.items import Source, SourceKind
from newscrawl.text import clean_text, fold, squeeze
from newscrawl.urls import host_of, registered_domain, url_key
from newscrawl.visits import Link

COMMON_FEEDS = ("/rss.xml", "/feed", "/rss", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
"""Paths at which feeds lie that no page announces."""

COMMON_SITEMAPS = ("/sitemap.xml", "/news-sitemap.xml", "/sitemap_index.xml", "/sitemap-news.xml", "/sitemap_news.xml")
"""Paths at which sitemaps lie that no robots.txt announces."""

MAX_ANCHORS = 10_000
"""Links read on one page; 885 real pages have at most 1,315 into their own site."""

MAX_OTHER_SCORE = 1.0
"""Score of a link below which it counts as none of an article; between the two it may be either."""

MAX_FEEDS = 50
"""Feeds taken from one page."""

_FEED_TYPES: dict[str, SourceKind] = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "jsonfeed",
}
_FEED_PATH = re.compile(
    r"(?:^|/)(?:rss|feed|atom)(?:/?$|\.xml$|\.aspx$|\.php$)|\.(?:rss|atom)$|/rss/.+\.xml$", re.IGNORECASE
)
_COMMENTS = re.compile(r"comment|kommentar|comentario|commentaire|replies", re.IGNORECASE)
_TITLE_PARTS = re.compile(r"\s+[|–—·•:»-]\s+|\s*[|｜·•]\s*")

# libxml2 takes quadratic time for the attributes of one tag (700 KB: 18 s), and nothing of such a tag is needed here.
_HUGE_TAG = re.compile(r"<[^<>]{20000,}>")
_CONTROL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8]|[bBcCeEfF]|1[0-9a-fA-F]))(?:;|(?!\w))"
)
_ASIDE = re.compile(r"\b(?:nav|navi|navbar|navigation|menu|footer|breadcrumbs?|sitemap)\b", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What a page says of the site it belongs to."""

    name: str | None = None
    languages: tuple[str, ...] = ()  # BCP-47
    declared: tuple[tuple[str, str], ...] = ()  # where it states a language, as `html lang`, and which
    feeds: tuple[Source, ...] = ()  # announced ones first; not tried


@dataclass(slots=True)
class _Anchor:
    """What all anchors of a page say of one address."""

    url: str
    label: str | None = None  # the longest
    place: int = 0  # its best: 1 in a heading, -1 in a menu


def parse_section(body: bytes, url: str, *, link_pattern: str | None = None, charset: str | None = None) -> Found:
    """The articles that a front or section page links to, with the words of the longest link as headline.

    Args:
        body: The page, as received.
        url: Its final URL.
        link_pattern: Regular expression that is searched in the URLs, on any site. Without one, the links are taken
            that look like articles and lie on the page's own registered domain.
        charset: As the server declared it.

    Returns:
        Links in the page's order. A page without any gives an `error`, never an exception.
    """
    tree = read_tree(body, charset)
    if tree is None:
        return Found(error="empty answer instead of a page")
    anchors, whole = _anchors(tree, url)
    if link_pattern is not None:
        pattern = re.compile(link_pattern)
        chosen = [anchor for anchor in anchors if pattern.search(anchor.url)]
    else:
        chosen = [anchor for anchor in anchors if _is_article(anchor, url)]
    links = distinct(Link(anchor.url, headline=anchor.label) for anchor in chosen)
    error = None if whole else f"page with more than {MAX_ANCHORS:,} links: the rest was not read"
    if not links:
        wanted = f"matches {link_pattern!r}" if link_pattern else "looks like an article"
        error = f"page with {len(anchors)} links, none of which {wanted}"
    return Found(links, entries=len(anchors), error=error)


def find_sources(body: bytes, url: str, charset: str | None = None) -> SiteFacts:
    """Name, languages and feeds of the site that a page belongs to, as the page states them."""
    tree = read_tree(body, charset)
    if tree is None:
        return SiteFacts()
    base = read_base(tree, url)
    feeds: dict[str, Source] = {}
    for kind, href, about in _feed_links(tree):
        address = read_url(href, base)
        if address and not _COMMENTS.search(about) and len(feeds) < MAX_FEEDS:
            feeds.setdefault(address, Source(kind, address))
    declared = tuple((where, tag) for where, stated in _languages(tree, url) if (tag := read_language(stated)))
    languages = tuple(tag for _, tag in declared[:1])
    return SiteFacts(_site_name(tree, url), languages, declared, tuple(feeds.values()))


def parse_others(body: bytes, url: str, charset: str | None = None) -> tuple[str, ...]:
    """The pages of its own site that a front page links to, and that look like sections, topics or service."""
    tree = read_tree(body, charset)
    if tree is None:
        return ()
    own = (anchor for anchor in _anchors(tree, url)[0] if _site(anchor.url) == _site(url))
    return tuple(anchor.url for anchor in own if _score(anchor) < MAX_OTHER_SCORE)


def read_tree(body: bytes, charset: str | None) -> etree._Element | None:
    """A page's tree, without scripts and styles; None for an empty one."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            _, text = html_to_unicode(f"text/html; charset={charset}" if charset else None, body)
        except (LookupError, ValueError):  # a codec of Python's that is no encoding of text, as `uu`
            text = body.decode(errors="replace")
    text = _HUGE_TAG.sub("", _CONTROL_REFERENCE.sub("", clean_text(text)))
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree: etree._Element = lxml.html.document_fromstring(text.encode(), parser=parser)
    except etree.LxmlError:
        return None
    etree.strip_elements(tree, "script", "style", "noscript", "template", "svg", with_tail=False)
    return tree


def read_base(tree: etree._Element, url: str) -> str:
    """What the links of a page are relative to."""
    return next((base for node in tree.iter("base") if (base := read_url(node.get("href") or "", url))), url)


def _anchors(tree: etree._Element, url: str) -> tuple[list[_Anchor], bool]:
    """Every address that the page links to, once, with its longest label and its best place; whether those are all."""
    base = read_base(tree, url)
    anchors: dict[str, _Anchor] = {}
    asides = headings = read = 0
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        step = 1 if event == "start" else -1
        asides += step * _is_aside(node)
        headings += step * (node.tag in _HEADINGS)
        if event == "end" or node.tag != "a" or not (address := read_url(node.get("href") or "", base)):
            continue
        read += 1
        if read > MAX_ANCHORS:
            break
        anchor = anchors.setdefault(url_key(address), _Anchor(address, place=-1))
        label, titled = _label(node)
        if label and len(label) > len(anchor.label or ""):
            anchor.label = label
        anchor.place = max(anchor.place, bool(headings or titled) - bool(asides))
    return list(anchors.values()), read <= MAX_ANCHORS


def _is_aside(node: etree._Element) -> bool:
    named = f"{node.get('class', '')} {node.get('id', '')} {node.get('role', '')}"
    return node.tag in ("nav", "footer") or bool(_ASIDE.search(named[:1000]))


def _label(anchor: etree._Element) -> tuple[str | None, bool]:
    """The words of a link: of the heading inside it, if it is a whole card; and whether it has one."""
    heading = next((node for node in anchor.iter(*_HEADINGS)), None)
    for node in (heading, anchor):
        if node is not None and (label := read_headline(" ".join(map(str, islice(node.itertext(), 100))))):
            return label, node is heading
    return read_headline(anchor.get("title") or anchor.get("aria-label") or ""), False


def _is_article(anchor: _Anchor, page: str) -> bool:
    if _site(anchor.url) != _site(page) or url_key(anchor.url) == url_key(page):
        return False
    return _score(anchor) >= MIN_SCORE


def _score(anchor: _Anchor) -> float:
    return score_url(anchor.url) + score_text(anchor.label or "") + anchor.place


def _site(url: str) -> str:
    return registered_domain(url) or host_of(url)


def _feed_links(tree: etree._Element) -> Iterator[tuple[SourceKind, str, str]]:
    """(kind, address as written, what it is about) of every feed, those of <link> first."""
    for node in tree.iter("link"):
        kind = _FEED_TYPES.get((node.get("type") or "").lower().partition(";")[0].strip())
        href = node.get("href") or ""
        if kind and "alternate" in (node.get("rel") or "").lower().split():
            yield kind, href, f"{href} {node.get('title') or ''}"
    for node in tree.iter("a"):
        href = node.get("href") or ""
        if _FEED_PATH.search(href.partition("?")[0]):
            yield ("atom" if "atom" in href.lower() else "rss"), href, href


def _languages(tree: etree._Element, url: str) -> Iterator[tuple[str, str]]:
    yield "html lang", tree.get("lang") or ""
    yield "content-language", _meta(tree, "content-language")
    yield "og:locale", _meta(tree, "og:locale")
    for node in tree.iter("link"):
        tag = node.get("hreflang") or ""
        if tag.lower() != "x-default" and url_key(read_url(node.get("href") or "", url) or "") == url_key(url):
            yield "hreflang", tag
            return


def _meta(tree: etree._Element, name: str) -> str:
    for node in tree.iter("meta"):
        if name in ((node.get(key) or "").lower() for key in ("property", "name", "http-equiv")):
            return squeeze(clean_text(node.get("content") or ""))
    return ""


def _site_name(tree: etree._Element, url: str) -> str | None:
    if name := _meta(tree, "og:site_name") or _meta(tree, "application-name"):
        return read_headline(name)
    title = squeeze(next((node.text or "" for node in tree.iter("title")), "")[:MAX_HEADLINE])
    parts = [part for part in _TITLE_PARTS.split(title) if part]
    host = host_of(url)
    own = [part for part in parts if max(re.findall(r"\w+", fold(part)), key=len, default="?") in host]
    return read_headline((own or parts or [""])[0])  # `The Herald` of www.herald.example, before what else stands there
