"""Looking at sites without a store: single pages for `extract URL`, and the sources of a site for `outlets add`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import scrapy
from scrapy import Request, signals
from scrapy.http import Response

from newscrawl.answers import charset_of
from newscrawl.discover.feeds import parse_feed
from newscrawl.discover.found import Found
from newscrawl.discover.frontpage import (
    COMMON_FEEDS,
    COMMON_SITEMAPS,
    SiteFacts,
    find_sources,
    parse_others,
    parse_section,
)
from newscrawl.discover.sitemaps import parse_sitemap
from newscrawl.items import Page, Rejection, Source
from newscrawl.outlets.registry import implicit_outlet, outlet_for, outlet_of
from newscrawl.outlets.schema import OutletConfig
from newscrawl.spiders.trail import Trail, follow
from newscrawl.spiders.visits import header, rejection_of_error, visit_of_failure, visit_of_response
from newscrawl.urls import host_of, registered_domain
from newscrawl.visits import Lease, Link, Visit

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

NO_STORE = {"ITEM_PIPELINES": {}, "EXTENSIONS": {"scrapy.extensions.logstats.LogStats": None}}

MAX_CHILDREN = 5  # sitemaps of an index that are looked into
SAMPLES = 3  # articles of a site that are fetched to see what they come to

logger = logging.getLogger(__name__)


class PageSpider(scrapy.Spider):
    """Fetches pages and keeps them, with the further pages of their stories.

    Args:
        urls: What to fetch.
        outlets: Files by slug, which may say how the pages of their outlets are asked for and read.
    """

    name = "page"
    custom_settings = NO_STORE

    def __init__(self, urls: Sequence[str], outlets: Mapping[str, OutletConfig] | None = None) -> None:
        super().__init__()
        self.urls = urls
        self.outlets = outlets or {}
        self.results: dict[str, Page | Rejection] = {}

    async def start(self) -> AsyncIterator[Request]:
        """Ask for each page."""
        for url in self.urls:
            yield self.request(url, Trail(url))

    def request(self, asked: str, trail: Trail) -> Request:
        """The request of a page, or of one that its trail leads to."""
        config = outlet_for(asked, self.outlets)
        return Request(
            trail.asked,
            headers=config.headers if config else None,
            callback=self.page,
            errback=self.failed,
            cb_kwargs={"asked": asked, "trail": trail},
            dont_filter=True,
        )

    def page(self, response: Response, asked: str, trail: Trail) -> Request | None:
        """Callback: an answer."""
        outlet = outlet_of(response.url, self.outlets)
        return self.onward(visit_of_response(response, Lease(0, asked, ""), outlet), trail)

    def failed(self, failure: Failure) -> Request | None:
        """Errback: no answer."""
        about = failure.request.cb_kwargs  # type: ignore[attr-defined]
        return self.onward(visit_of_failure(failure, Lease(0, about["asked"], "")), about["trail"])

    def onward(self, visit: Visit, trail: Trail) -> Request | None:
        """Keep the page, or why it is none, unless its outlet's file leads on from it."""
        asked = visit.lease.url
        config = outlet_for(asked, self.outlets)
        step = follow(config, trail, visit) if config and config.is_followed else visit
        if isinstance(step, Trail):
            return self.request(asked, step)
        result = step.page if step.result is None else step.result
        assert isinstance(result, Page | Rejection)
        self.results[asked] = result
        return None


@dataclass(slots=True)
class Site:
    """What has been found out about a site so far."""

    url: str
    home: str = ""  # where its front page answers
    facts: SiteFacts | None = None
    problem: str | None = None  # why its front page could not be read
    sources: dict[str, Source] = field(default_factory=dict)  # URL -> feed or sitemap with articles
    indexes: dict[str, Source] = field(default_factory=dict)  # URL -> sitemap index
    front_links: list[str] = field(default_factory=list)  # links of the front page that look like articles
    others: tuple[str, ...] = ()  # those that look like sections and the like
    links: dict[str, Link] = field(default_factory=dict)  # URL -> what feeds and news sitemaps announce
    by_source: dict[str, tuple[Link, ...]] = field(default_factory=dict)  # URL of a feed or sitemap -> its links
    pages: dict[str, Page | Rejection] = field(default_factory=dict)  # URL -> page of some articles
    pending: int = 0  # addresses that are being tried


class ProbeSpider(scrapy.Spider):
    """Visits sites, and tries what their pages and robots.txt announce, then the usual addresses.

    Args:
        urls: Home pages.
        samples: Articles of each site that are fetched once its sources are known.
    """

    name = "probe"
    custom_settings = NO_STORE

    def __init__(self, urls: Sequence[str], samples: int = SAMPLES) -> None:
        super().__init__()
        self.samples = samples
        self.sites = {url: Site(url) for url in urls}
        self.asked: set[str] = set()
        self.announced: dict[str, list[str]] = {}  # host -> sitemaps of its robots.txt

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> ProbeSpider:
        """Listen for the robots.txt that the middleware fetches anyway."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.robots, signals.robots_parsed)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Ask for each front page."""
        for url, site in self.sites.items():
            failed = partial(self.front_failed, site)
            yield Request(url, callback=self.front, errback=failed, cb_kwargs={"site": site}, dont_filter=True)

    def robots(self, robotparser: Any, request: Request) -> None:
        """Keep the sitemaps that a robots.txt names."""
        self.announced[host_of(request.url)] = list(robotparser.rp.sitemaps)

    async def front(self, response: Response, site: Site) -> AsyncIterator[Request]:
        """Callback: a front page; what it and robots.txt announce is tried first."""
        if response.status != 200:
            site.problem = f"{response.url}: status {response.status}"
            return
        site.home = response.url
        charset = charset_of({"content-type": header(response, "Content-Type") or ""})
        site.facts = find_sources(response.body, response.url, charset)
        found = parse_section(response.body, response.url, link_pattern=None, charset=charset)
        site.front_links = [link.url for link in found.links]
        site.others = parse_others(response.body, response.url, charset)
        announced = [url for host in (host_of(site.url), host_of(response.url)) for url in self.announced.get(host, ())]
        feeds = [source.url for source in site.facts.feeds] or COMMON_FEEDS
        site.pending += 1
        for path in (*feeds, *(announced or COMMON_SITEMAPS)):
            if request := self.attempt(site, urljoin(response.url, path)):
                yield request
        for request in self.tried(site):
            yield request

    def front_failed(self, site: Site, failure: Failure) -> None:
        """Errback: the front page did not answer."""
        rejection = rejection_of_error(site.url, failure.value)
        site.problem = f"{site.url}: {rejection.reason}: {rejection.detail}"

    def attempt(self, site: Site, url: str, depth: int = 0) -> Request | None:
        """The request that tries an address, once."""
        if url in self.asked or not url.startswith(("http://", "https://")):
            return None
        self.asked.add(url)
        site.pending += 1
        return Request(
            url,
            callback=self.source,
            errback=self.no_source,
            cb_kwargs={"site": site, "depth": depth},
            dont_filter=True,
        )

    async def source(self, response: Response, site: Site, depth: int) -> AsyncIterator[Request]:
        """Callback: keep an address if a feed or sitemap with articles lies there."""
        source, found = recognise(response) if response.status == 200 else (None, Found())
        if source is not None and found.children and not depth:
            site.indexes[source.url] = source
            for child in found.children[:MAX_CHILDREN]:
                if request := self.attempt(site, child, depth + 1):
                    yield request
        elif source is not None and found.links and (not depth or source.kind == "news_sitemap"):
            site.sources[source.url] = source
            site.by_source[source.url] = found.links
            if source.kind != "sitemap":
                site.links |= {link.url: link for link in found.links if link.url not in site.links}
        for request in self.tried(site):
            yield request

    async def no_source(self, failure: Failure) -> AsyncIterator[Request]:
        """Errback: nothing there."""
        logger.debug("%s: %s", failure.request.url, failure.value)  # type: ignore[attr-defined]
        for request in self.tried(failure.request.cb_kwargs["site"]):  # type: ignore[attr-defined]
            yield request

    def tried(self, site: Site) -> Iterator[Request]:
        """Count an address as tried; after the last one, ask for some articles."""
        site.pending -= 1
        if site.pending:
            return
        for url in pick_samples(site, self.samples):
            site.pages[url] = Rejection(url, "not_fetched", "the visit was ended", final=False)
            about = {"site": site, "asked": url}
            yield Request(url, callback=self.sample, errback=self.no_sample, cb_kwargs=about, dont_filter=True)

    def sample(self, response: Response, site: Site, asked: str) -> None:
        """Callback: keep an article's page."""
        visit = visit_of_response(response, Lease(0, asked, ""), implicit_outlet(asked))
        result = visit.page or visit.result
        assert isinstance(result, Page | Rejection)
        site.pages[asked] = result

    def no_sample(self, failure: Failure) -> None:
        """Errback: keep why there is no page."""
        about = failure.request.cb_kwargs  # type: ignore[attr-defined]
        about["site"].pages[about["asked"]] = rejection_of_error(about["asked"], failure.value)


def pick_samples(site: Site, count: int) -> list[str]:
    """Articles of a site, from all over what it announces; those on its own domain before others."""
    urls = list(site.links) or site.front_links
    own = [url for url in urls if registered_domain(url) == registered_domain(site.url)] or urls
    step = max(len(own) // max(count, 1), 1)
    return own[::step][:count]


def recognise(response: Response) -> tuple[Source | None, Found]:
    """What kind of source a response is, told by its content; (None, …) if it is none."""
    start = response.body[:2000].lower()
    if b"<urlset" in start or b"<sitemapindex" in start:
        found = parse_sitemap(response.body, response.url)
        kind = "news_sitemap" if b"<news:" in response.body else "sitemap"
    else:
        content_type = header(response, "Content-Type") or ""
        found = parse_feed(response.body, response.url, content_type)
        kind = "atom" if b"<feed" in start else "jsonfeed" if start.lstrip().startswith(b"{") else "rss"
    if not (found.links or found.children):
        return None, found
    return Source(kind, response.url), found  # type: ignore[arg-type]
