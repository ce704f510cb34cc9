"""What a page says of its article beside the body: headline, byline, times, canonical URL, section, walls, symbols."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml.etree import _Element
from lxml.html import HtmlElement

from newscrawl.extract.bylines import find_authors
from newscrawl.extract.dates import Clock
from newscrawl.extract.document import Document
from newscrawl.extract.headline import Titles, choose_headline
from newscrawl.extract.jsonld import Node, plain, read_jsonld
from newscrawl.extract.metatags import MetaTags
from newscrawl.extract.stated import Stated
from newscrawl.extract.times import find_modified, find_published
from newscrawl.items import Moment, Page
from newscrawl.reservations import reserved_by_meta
from newscrawl.urls import canonical_url, registered_domain, safe_url, within

_MARK = re.compile(r"\s+--\s+(?P<mark>(?=[A-Z])[^-]{2,30})$|^(?P<flag>MW)\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Facts of one page, as stated; nothing here is derived from the body's words."""

    headline: str | None = None
    headline_mark: str | None = None  # an agency's mark taken off the headline: `WSJ`, `MW`
    authors: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()  # raw: every author or source that markup or the lines around the headline name
    around: tuple[str, ...] = ()  # visible lines around the headline, byline and times among them
    site_names: tuple[str, ...] = ()
    published: Moment | None = None
    modified: Moment | None = None
    canonical_url: str = ""
    section: str | None = None
    tags: tuple[str, ...] = ()
    description: str | None = None
    image_url: str | None = None
    language: str | None = None  # as declared
    is_free: bool | None = None  # schema.org isAccessibleForFree
    content_tier: str | None = None  # `free`, `metered`, `locked`, `premium`: as a meta tag says
    word_count: int | None = None  # as declared
    article_body: str = field(default="", repr=False)  # of JSON-LD
    tickers: tuple[str, ...] = ()  # as written in meta tags
    kinds: tuple[str, ...] = ()  # schema.org types and og:type, lower case
    reservations: tuple[str, ...] = ()  # words of `newscrawl.reservations`, as meta tags say
    translation_sign: str | None = None  # what a machine that translated the page has left in its markup


def extract_metadata(document: Document, page: Page) -> Metadata:
    """Read all facts of a parsed page."""
    tree = document.tree
    meta = MetaTags.read(tree)
    headings = [texts for h1 in tree.iter("h1") if (texts := _texts(h1)) and not _is_in_trail(h1)]
    shown = " ".join(headings[0]) if len(headings) == 1 else meta.first("og:title")
    nodes, main = read_jsonld(tree, shown)
    sites = _site_names(nodes, main, meta, page)
    whole = choose_headline(_titles(document, headings, main, meta, sites)) or _heading(tree)
    headline, mark = without_mark(whole)
    stated = Stated(document, main, meta, document.text.around(whole), sites)
    clock = Clock(page.fetched_at, page.outlet.timezone, page.outlet.country == "us" or _is_american(tree))
    authors, bylines = find_authors(stated)
    published = find_published(stated, page.url, clock)
    return Metadata(
        headline=headline, headline_mark=mark, authors=authors, bylines=bylines, around=stated.around.lines,
        site_names=sites,
        published=published, modified=find_modified(stated, published, clock),
        canonical_url=_canonical(tree, meta, page),
        section=main.text("articleSection") or meta.first("article:section", "section", "parsely-section"),
        tags=_tags(main, meta),
        description=main.text("description") or meta.first("og:description", "description", "twitter:description"),
        image_url=_image(main, meta, page), language=_language(tree, main, meta),
        is_free=_is_free(nodes, main), content_tier=_tier(meta),
        word_count=main.number("wordCount"), article_body=main.long_text("articleBody"),
        tickers=tuple(meta.all("ticker", "tickers", "stock", "symbol", "stock_tickers", "news:stock_tickers")),
        kinds=tuple(kind.lower() for kind in (*main.types, *meta.all("og:type"))),
        translation_sign=_translation_sign(tree, meta),
        reservations=reserved_by_meta(meta.contents, page.url),
    )  # fmt: skip


def _texts(heading: HtmlElement) -> tuple[str, ...]:
    return tuple(filter(None, map(plain, heading.itertext())))


def _is_in_trail(heading: HtmlElement) -> bool:
    """Whether a heading closes the trail of sections above an article, whose own headline stands below."""
    return any(
        one.tag in ("nav", "ol") or "breadcrumb" in (one.get("class") or "").lower()
        for one in (heading, *heading.iterancestors())
    )


def _titles(
    document: Document, headings: Sequence[tuple[str, ...]], main: Node, meta: MetaTags, sites: Sequence[str]
) -> Titles:
    title = document.tree.find(".//title")
    return Titles(
        h1=headings,
        og=meta.first("og:title"),
        jsonld=main.text("headline"),
        twitter=meta.first("twitter:title"),
        title=plain(" ".join(title.itertext())) if title is not None else None,
        site_names=sites,
        subheads=(texts for heading in document.tree.iter("h2", "h3") if (texts := _texts(heading))),
        lines=(line.text for line in document.text.lines if len(line.text) < 200),
    )


def _site_names(nodes: Sequence[Node], main: Node, meta: MetaTags, page: Page) -> tuple[str, ...]:
    domain = registered_domain(page.url) or urlsplit(page.url).hostname or ""
    publishers = [node.text("name") for node in (*main.nodes("publisher"), *(n for n in nodes if "WebSite" in n.types))]
    names = (
        meta.first("og:site_name"),
        meta.first("application-name"),
        *publishers,
        page.outlet.name,
        domain,
        domain.split(".")[0],
    )
    return tuple(dict.fromkeys(name for name in names if name))


def _heading(tree: HtmlElement) -> str | None:
    for heading in tree.iter("h2"):
        if text := plain(" ".join(heading.itertext())):
            return text
    return None


def without_mark(headline: str | None) -> tuple[str | None, str | None]:
    """A headline without the mark an agency puts on it, and the mark."""
    if headline and (match := _MARK.search(headline)):
        return headline[: match.start()] + headline[match.end() :], match["mark"] or match["flag"]
    return headline, None


def _translation_sign(tree: HtmlElement, meta: MetaTags) -> str | None:
    """What translation services leave in a page; an outlet that only offers them to its readers has none of it."""
    if meta.first("translation-stats"):
        return "meta translation-stats"
    if any("machine-translated-from" in (link.get("rel") or "") for link in tree.iter("link")):
        return "link machine-translated-from"
    names = (tree.get("class") or "").split()
    return next((f"class {name}" for name in names if name in ("translated-ltr", "translated-rtl")), None)


def _is_american(tree: HtmlElement) -> bool:
    return (tree.get("lang") or "").lower().replace("_", "-") == "en-us"


def _canonical(tree: HtmlElement, meta: MetaTags, page: Page) -> str:
    """The page's canonical URL as it states it, on the outlet's own domains; any other statement is not believed."""
    stated = [
        link.get("href") or "" for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for raw in (*stated, meta.first("og:url") or ""):
        url = safe_url(raw, page.url) if raw.strip() else None
        if url and _is_own(url, page) and _is_article_path(url, page.url):
            return canonical_url(url)
    return canonical_url(page.url)


def _is_own(url: str, page: Page) -> bool:
    domain = registered_domain(page.url)
    return (domain is not None and registered_domain(url) == domain) or within(url, page.outlet.domains)


def _is_article_path(url: str, page_url: str) -> bool:
    """Whether a canonical link can be this page's: a template that names the front page on every page is wrong."""
    return bool(urlsplit(url).path.strip("/") or urlsplit(url).query) or not urlsplit(page_url).path.strip("/")


def _tags(main: Node, meta: MetaTags) -> tuple[str, ...]:
    stated = list(meta.all("article:tag", "og:article:tag"))
    if not stated:
        texts = main.texts("keywords") or tuple(meta.all("news_keywords", "keywords", "parsely-tags", "sailthru.tags"))
        stated = [tag for text in texts for tag in re.split(r"[,;，、|]", text)]
    tags = (tag.strip() for tag in stated)
    return tuple(dict.fromkeys(tag for tag in tags if 1 < len(tag) <= 80))[:40]


def _image(main: Node, meta: MetaTags, page: Page) -> str | None:
    stated = (
        meta.first("og:image", "og:image:url", "twitter:image"),
        *(node.text("url", "name") for node in main.nodes("image")),
    )
    return next((url for raw in stated if raw and (url := safe_url(raw, page.url))), None)


def _language(tree: HtmlElement, main: Node, meta: MetaTags) -> str | None:
    root: _Element = tree
    stated = (
        main.text("inLanguage"), root.get("lang"), root.get("xml:lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        meta.first("content-language", "dc.language", "language"), meta.first("og:locale"),
    )  # fmt: skip
    return next((code for raw in stated if raw and (code := raw.strip().replace("_", "-")) and len(code) <= 20), None)


def _is_free(nodes: Sequence[Node], main: Node) -> bool | None:
    stated = main.flag("isAccessibleForFree")
    if stated is not None:
        return stated
    return next((flag for node in nodes if (flag := node.flag("isAccessibleForFree")) is not None), None)


def _tier(meta: MetaTags) -> str | None:
    if tier := meta.first(
        "article:content_tier", "og:article:content_tier", "content_tier", "content-tier", "ad:access"
    ):
        return tier.lower()
    paid = meta.first("ispremium", "is_premium", "k5a:paid", "premium", "is_paid", "paywall", "isaccessibleforfree")
    if paid is None:
        return None
    return "locked" if paid.lower() in ("true", "yes", "1", "premium", "paid", "locked") else "free"
