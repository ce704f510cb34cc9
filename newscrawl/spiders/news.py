"""The `news` spider: every source of the named outlets, then every page of theirs that is due."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from newscrawl.discover.feeds import parse_feed
from newscrawl.discover.found import Found
from newscrawl.discover.frontpage import parse_section
from newscrawl.discover.sitemaps import parse_sitemap
from newscrawl.items import Link, Outlet, Source, SourceVisit
from newscrawl.outlets.registry import Registry
from newscrawl.spiders.base import MAX_IN_FLIGHT, CrawlError, FrontierSpider, store_guard
from newscrawl.spiders.visits import charset_of, conditions, header, rejection_of_error
from newscrawl.store.session import CrawlSession

if TYPE_CHECKING:
    from twisted.python.failure import Failure

SITEMAP_BYTES = 52_428_800  # limit of the sitemaps protocol, uncompressed
MAX_DEPTH = 2  # sitemap indexes below an index
MAX_CHILDREN = 100  # sitemaps followed from one index in a run
MAX_SITEMAPS = 1000  # sitemaps followed from one source in a run: indexes of indexes multiply

logger = logging.getLogger(__name__)


class NewsSpider(FrontierSpider):
    """Crawls configured outlets.

    Args:
        outlet: Slugs, separated by commas; empty for all outlets.
    """

    name = "news"

    def __init__(self, registry: Registry, delay_s: float | None = None, outlet: str = "") -> None:
        super().__init__(registry, delay_s)
        self.configs = {slug: registry.outlets[slug] for slug in named_slugs(registry, outlet)}
        self.sources: dict[str, Sequence[Source]] = {}
        self.followed: defaultdict[str, set[str]] = defaultdict(set)  # source -> sitemaps that it led to in this run
        self.sources_open: Counter[str] = Counter()  # by slug

    def claims(self) -> Sequence[tuple[Outlet, Sequence[Source]]]:
        """All outlets of the run."""
        return [(config.outlet(), config.items()) for config in self.configs.values()]

    def use(self, session: CrawlSession, sources: Mapping[str, Sequence[Source]]) -> None:
        """Take the handle on the store and the sources' validators."""
        super().use(session, sources)
        self.sources = dict(sources)
        self.outlets = {slug: config.outlet() for slug, config in self.configs.items()}

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every source, and for every due page as it comes to be known."""
        for slug, sources in self.sources.items():
            for source in sources:
                yield self.source_request(slug, source, source.url)
        while not self.stopping:
            # New articles go first, so that an outlet's sources are read before anything of it is asked for again.
            revisit = [slug for slug in self.configs if not self.sources_open[slug]]
            is_settled = not self.is_at_work()  # a source may bring URLs while the frontier is asked
            with store_guard(self):
                leases = await self.session.lease(self.room(), revisit)
            for lease in leases:
                yield self.request(lease)
            if not leases and is_settled:
                break
            if not leases and self.is_at_work():
                await self.pause()

    def is_at_work(self) -> bool:
        """Whether a source or a page is yet to be answered."""
        return bool(self.sources_open.total() or self.in_flight.total())

    def room(self) -> dict[str, int]:
        """How many more leases each outlet may hold: as many as go on the wire at once, and one ready behind them."""
        free = MAX_IN_FLIGHT - self.in_flight.total()
        room = {slug: config.politeness.concurrency + 1 - self.in_flight[slug] for slug, config in self.configs.items()}
        return {slug: min(free, places) for slug, places in room.items() if free > 0 and places > 0}

    def source_request(self, slug: str, source: Source, url: str, depth: int = 0) -> Request:
        """The request of a source, or of a sitemap that it leads to; conditional where we know its validators."""
        self.sources_open[slug] += 1
        self.be_polite(url, slug)
        return Request(
            url,
            headers={} if depth else conditions(source),
            callback=self.source,
            errback=self.source_failed,
            cb_kwargs={"slug": slug, "origin": source, "depth": depth},
            meta={"download_maxsize": SITEMAP_BYTES} if "sitemap" in source.kind else {},
            priority=10,
            dont_filter=True,
        )

    async def source(self, response: Response, slug: str, origin: Source, depth: int) -> AsyncIterator[Request]:
        """Callback: the answer of a source."""
        try:
            found = Found() if response.status == 304 else Found(error=f"status {response.status}")
            if response.status == 200:
                found = await asyncio.to_thread(parser_of(origin, response), response.body, response.url)
            await self.note(slug, origin, response, found)
            if depth < MAX_DEPTH:
                for child in self.children(origin, response.url, found):
                    yield self.source_request(slug, origin, child, depth + 1)
        finally:
            self.source_done(slug)

    def children(self, origin: Source, url: str, found: Found) -> list[str]:
        """The sitemaps of an index that are to be read, each once a run."""
        followed = self.followed[origin.url]
        children = [child for child in found.children if child not in followed]
        room = min(MAX_CHILDREN, MAX_SITEMAPS - len(followed))
        if len(children) > room:
            logger.warning("%s: the first %d of %d sitemaps read", url, room, len(children))
        followed.update(children[:room])
        return children[:room]

    async def source_failed(self, failure: Failure) -> None:
        """Errback: a source did not answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        slug, origin = request.cb_kwargs["slug"], request.cb_kwargs["origin"]
        try:
            rejection = rejection_of_error(request.url, failure.value)
            error = f"{rejection.reason}: {rejection.detail}"
            await self.record(slug, SourceVisit(slug, origin.url, datetime.now(UTC), request.url, error=error))
        finally:
            self.source_done(slug)

    async def note(self, slug: str, origin: Source, response: Response, found: Found) -> None:
        """Turn the links of a source into rows."""
        config = self.configs[slug]
        links: tuple[Link, ...] = tuple(link for link in found.links if config.admits(link.url))
        self.crawler.stats.inc_value("newscrawl/filtered", len(found.links) - len(links))
        kept = response.status == 304 or (not found.children and not found.error)
        visit = SourceVisit(
            slug,
            origin.url,
            datetime.now(UTC),
            response.url,
            status=response.status,
            links=links,
            # An index that has not changed says nothing of its sitemaps, so it is asked for whole each time.
            etag=header(response, "ETag") if kept else None,
            last_modified=header(response, "Last-Modified") if kept else None,
            error=found.error,
        )
        await self.record(slug, visit)

    async def record(self, slug: str, visit: SourceVisit) -> None:
        """Write what a source gave, and count it."""
        with store_guard(self):
            await self.session.discover(visit)
        stats = self.crawler.stats
        stats.inc_value("newscrawl/sources_failed" if visit.error else "newscrawl/sources_read")
        if visit.error:
            facts = {"outlet": slug, "url": visit.final_url}
            logger.warning("%s: %s: %s", slug, visit.final_url, visit.error, extra=facts)

    def source_done(self, slug: str) -> None:
        """One source of an outlet less to wait for."""
        self.sources_open[slug] -= 1
        self.wake.set()


def named_slugs(registry: Registry, outlet: str) -> list[str]:
    """The slugs of a comma-separated list; all that are known for an empty one.

    Raises:
        CrawlError: One is unknown, or its file has faults.
    """
    slugs = [slug.strip() for slug in outlet.split(",") if slug.strip()] or sorted(registry.outlets)
    problems = [registry.why_missing(slug) for slug in slugs if slug not in registry.outlets]
    if problems:
        raise CrawlError("\n".join(problems))
    if not slugs:
        raise CrawlError("no outlet is configured: add one with `newscrawl outlets add URL`")
    return slugs


def parser_of(source: Source, response: Response) -> Callable[[bytes, str], Found]:
    """The reader of a kind of source: bytes and URL to links."""
    content_type = header(response, "Content-Type") or ""
    if source.kind == "section":
        charset = charset_of({"content-type": content_type})
        return partial(parse_section, link_pattern=source.link_pattern, charset=charset)
    if "sitemap" in source.kind:
        return parse_sitemap
    return partial(parse_feed, content_type=content_type)
