"""The `news` spider: every source of the named outlets, then every page of theirs that is due."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from newscrawl.answers import charset_of
from newscrawl.discover.feeds import parse_feed
from newscrawl.discover.found import Found
from newscrawl.discover.frontpage import parse_section
from newscrawl.discover.sitemaps import parse_sitemap
from newscrawl.items import Lease, Link, Outlet, Source, SourceVisit
from newscrawl.outlets.registry import Registry
from newscrawl.spiders.base import MAX_IN_FLIGHT, CrawlError, FrontierSpider, split_slugs, store_guard
from newscrawl.spiders.visits import conditions, header, rejection_of_error
from newscrawl.store.session import CrawlSession

if TYPE_CHECKING:
    from twisted.python.failure import Failure

SITEMAP_BYTES = 52_428_800  # limit of the sitemaps protocol, uncompressed
MAX_DEPTH = 2  # sitemap indexes below an index
MAX_CHILDREN = 100  # sitemaps followed from one index in a run
MAX_SITEMAPS = 1000  # sitemaps followed of one outlet in a run
MAX_NOTES = 20  # a run tells of, by name; all are counted and logged

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asking:
    """A source, or a sitemap that it leads to, to be asked for."""

    source: Source
    url: str
    depth: int = 0


class NewsSpider(FrontierSpider):
    """Crawls configured outlets.

    Args:
        outlet: Slugs, separated by commas; empty for all outlets.
        archives: Not empty: read their archives of old articles, too.
    """

    name = "news"

    def __init__(self, registry: Registry, delay_s: float | None = None, outlet: str = "", archives: str = "") -> None:
        super().__init__(registry, delay_s)
        self.configs = {slug: registry.outlets[slug] for slug in named_slugs(registry, outlet)}
        self.archives = bool(archives)
        self.sources: dict[str, Sequence[Source]] = {}
        self.to_ask: defaultdict[str, deque[Asking]] = defaultdict(deque)  # by slug
        self.asked: Counter[str] = Counter()  # slug -> its sources in flight
        self.held_back = 0  # sources, for a budget
        self.sitemaps: defaultdict[str, set[str]] = defaultdict(set)  # slug -> followed from its indexes
        self.dry: set[str] = set()  # outlets none of whose pages is due any more

    def claims(self) -> Sequence[tuple[Outlet, Sequence[Source]]]:
        """All outlets of the run."""
        today = datetime.now(UTC).date()
        return [(config.outlet(), config.items(today, archives=self.archives)) for config in self.configs.values()]

    def use(self, session: CrawlSession, sources: Mapping[str, Sequence[Source]]) -> None:
        """Take the handle on the store and the sources' validators."""
        super().use(session, sources)
        self.sources = dict(sources)
        self.outlets = {slug: config.outlet() for slug, config in self.configs.items()}

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every source, and for every due page as it comes to be known."""
        for slug, sources in self.sources.items():
            self.to_ask[slug].extend(Asking(source, source.url) for source in sources)
        while not self.stopping:
            self.wake.clear()  # before the look, so that nothing that ends during it is missed
            for request in self.source_requests():
                yield request
            for lease in (leases := await self.lease()):
                yield self.request(lease)
            if not leases and not self.is_busy() and not self.wake.is_set():
                break
            if not leases:
                await self.pause()

    def is_busy(self) -> bool:
        """Whether something is on its way, or to be asked for."""
        return bool(self.flying or self.asked.total() or any(self.to_ask.values()))

    def is_read(self, slug: str) -> bool:
        """Whether all sources of an outlet have answered."""
        return not self.asked[slug] and not self.to_ask[slug]

    async def lease(self) -> list[Lease]:
        """As many due pages as there are places for. An outlet that has none is not looked at again until it has."""
        room = self.room()
        if not room:
            return []
        revisit = {slug for slug in room if self.is_read(slug)}  # after what its sources bring: new articles go first
        with store_guard(self):
            leases = await self.session.lease(room, revisit)
        given = Counter(lease.outlet for lease in leases)
        none_left = (slug for slug, places in room.items() if given[slug] < places)
        self.dry.update(slug for slug in none_left if slug in revisit or not self.is_read(slug))
        for slug, pages in given.items():
            self.budget.take(slug, pages)
        return leases

    def room(self) -> dict[str, int]:
        """How many more leases each outlet may hold."""
        room: dict[str, int] = {}
        left = min(self.budget.left(), MAX_IN_FLIGHT - self.flying)
        for slug in self.configs.keys() - self.dry if left > 0 else ():
            if places := min(self.places(slug), left):
                places = min(places, self.budget.left(slug))
            if places:
                room[slug] = places
                left -= places
        return room

    def source_requests(self) -> Iterator[Request]:
        """Requests of sources, of each outlet as many at a time as of its pages, unless its budget is spent."""
        for slug, waiting in self.to_ask.items():
            if waiting and not self.budget.left(slug):
                self.held_back += len(waiting)
                waiting.clear()
            while waiting and self.asked[slug] <= self.configs[slug].politeness.concurrency:
                asking = waiting.popleft()
                yield self.source_request(slug, asking.source, asking.url, asking.depth)

    def unread(self) -> str:
        """The sources that no budget was left for."""
        return f"{self.held_back} {'source' if self.held_back == 1 else 'sources'} not asked" if self.held_back else ""

    def source_request(self, slug: str, source: Source, url: str, depth: int = 0) -> Request:
        """The request of a source, or of a sitemap that it leads to; conditional where we know its validators."""
        self.asked[slug] += 1
        self.be_polite(url, slug)
        return Request(
            url,
            headers=self.headers(slug) | ({} if depth else conditions(source)),
            callback=self.source,
            errback=self.source_failed,
            cb_kwargs={"slug": slug, "origin": source, "depth": depth},
            meta={"download_maxsize": SITEMAP_BYTES} if "sitemap" in source.kind else {},
            priority=10,
            dont_filter=True,
        )

    async def source(self, response: Response, slug: str, origin: Source, depth: int) -> None:
        """Callback: the answer of a source."""
        try:
            found = Found() if response.status == 304 else Found(error=f"status {response.status}")
            if response.status == 200:
                found = await asyncio.to_thread(parser_of(origin, response), response.body, response.url)
            await self.note(slug, origin, response, found)
            if found.children:
                self.follow_index(slug, Asking(origin, response.url, depth), found.children)
        finally:
            self.source_done(slug)

    def follow_index(self, slug: str, index: Asking, children: Sequence[str]) -> None:
        """Ask for the sitemaps of an index, each once in a run, and tell of those that are too many or too deep."""
        followed = self.sitemaps[slug]
        new = [url for url in dict.fromkeys(children) if url not in followed and url != index.source.url]
        room = min(MAX_CHILDREN, MAX_SITEMAPS - len(followed)) if index.depth < MAX_DEPTH else 0
        followed.update(new[:room])
        self.to_ask[slug].extend(Asking(index.source, url, index.depth + 1) for url in new[:room])
        if left := len(new) - room if len(new) > room else 0:
            limits = f"{MAX_CHILDREN} an index, {MAX_SITEMAPS:,} an outlet, {MAX_DEPTH} indexes deep"
            self.bounded(slug, index.url, left, f"{left:,} of its sitemaps not read; limits of a run: {limits}")

    def bounded(self, slug: str, url: str, count: int, note: str) -> None:
        """Count and name what a limit leaves out."""
        stats = self.crawler.stats
        stats.inc_value("newscrawl/bounded/sitemaps", count)
        if len(stats.get_value("newscrawl/notes", [])) < MAX_NOTES:
            stats.set_value("newscrawl/notes", [*stats.get_value("newscrawl/notes", []), f"{slug}: {url}: {note}"])
        logger.warning("%s: %s: %s", slug, url, note, extra={"outlet": slug, "url": url})

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
            discovery = await self.session.discover(visit)
        if discovery.new:
            self.dry.discard(slug)
        stats = self.crawler.stats
        stats.inc_value("newscrawl/sources_failed" if visit.error else "newscrawl/sources_read")
        if visit.error:
            facts = {"outlet": slug, "url": visit.final_url}
            logger.warning("%s: %s: %s", slug, visit.final_url, visit.error, extra=facts)

    def source_done(self, slug: str) -> None:
        """One source of an outlet less to wait for; after the last one, its pages are asked for again."""
        self.asked[slug] -= 1
        if self.is_read(slug):
            self.dry.discard(slug)
        self.wake.set()


def named_slugs(registry: Registry, outlet: str) -> list[str]:
    """The slugs of a comma-separated list; all that are known for an empty one.

    Raises:
        CrawlError: One is unknown, or its file has faults.
    """
    slugs = split_slugs(outlet) or sorted(registry.outlets)
    problems = registry.problems(slugs)
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
