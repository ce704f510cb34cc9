"""Asking the sources of outlets, the sitemaps that they lead to, and the parts of archives, for their links."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from newscrawl.answers import charset_of
from newscrawl.discover.feeds import parse_feed
from newscrawl.discover.found import Found
from newscrawl.discover.frontpage import parse_section
from newscrawl.discover.periods import announced_at, last_days
from newscrawl.discover.sitemaps import parse_sitemap
from newscrawl.items import Source
from newscrawl.outlets.fields import is_dated
from newscrawl.outlets.registry import Registry
from newscrawl.outlets.schema import OutletConfig
from newscrawl.rendering import RENDER
from newscrawl.spiders.base import FrontierSpider, store_guard
from newscrawl.spiders.visits import conditions, header, rejection_of_error
from newscrawl.spiders.walk import MAX_PARTS, Asking, Walk, WalkReport, is_before, is_read_whole
from newscrawl.store.claims import hosts_of
from newscrawl.store.hosts import HostHeldError
from newscrawl.visits import ArchivePart, Link, SourceVisit

if TYPE_CHECKING:
    from twisted.python.failure import Failure

SITEMAP_BYTES = 52_428_800  # limit of the sitemaps protocol, uncompressed
MAX_DEPTH = 2  # sitemap indexes below an index
MAX_CHILDREN = 100  # sitemaps followed from one index in a run
MAX_SITEMAPS = 1000  # sitemaps followed of one outlet in a run
MAX_NOTES = 20  # a run tells of, by name; all are counted and logged

logger = logging.getLogger(__name__)


class SourcesSpider(FrontierSpider):
    """A spider that asks the sources of its outlets.

    Args:
        configs: The outlets, by slug.
        since: Nothing older is taken; None: everything is.
    """

    def __init__(
        self,
        registry: Registry,
        delay_s: float | None,
        configs: Mapping[str, OutletConfig],
        since: datetime | None,
    ) -> None:
        super().__init__(registry, delay_s)
        self.configs = configs
        self.since = since
        self.to_ask: defaultdict[str, deque[Asking]] = defaultdict(deque)  # by slug
        self.asked: Counter[str] = Counter()  # slug -> its sources in flight
        self.held_back = 0  # sources, for a budget
        self.sitemaps: defaultdict[str, set[str]] = defaultdict(set)  # slug -> followed from its indexes
        self.walks: dict[str, Walk] = {}  # by slug, of those whose archives are read
        self.dry: set[str] = set()  # outlets none of whose pages is due any more
        self.unasked: list[str] = []  # sources whose host another run asks

    async def plan(self, slug: str, sources: Sequence[Source]) -> None:
        """Line the sources of an outlet up; parts of its archives wait until its pages are fetched."""
        if any(source.archive for source in sources):
            with store_guard(self):
                self.walks[slug] = Walk(self.since, await self.session.parts(slug))
        self.to_ask[slug].extend(Asking(source, source.url) for source in sources if not is_dated(source.url))
        self.walk_days(slug, [source for source in sources if is_dated(source.url)])

    def is_asking(self) -> bool:
        """Whether a source is on its way, or to be asked for."""
        waiting = any(self.to_ask.values()) or any(walk.waiting for walk in self.walks.values())
        return bool(self.asked.total() or waiting)

    def source_requests(self) -> Iterator[Request]:
        """Requests of sources, of each outlet as many at a time as of its pages, unless its budget is spent."""
        for slug, waiting in self.to_ask.items():
            if waiting and not self.budget.left(slug):
                self.held_back += len(waiting)
                waiting.clear()
            while waiting and self.asked[slug] <= self.configs[slug].politeness.concurrency:
                yield self.source_request(slug, waiting.popleft())
        for slug, walk in self.walks.items():
            if walk.waiting and (slug in self.held_up or not self.budget.left(slug)):
                walk.stop()
            elif walk.waiting and slug in self.dry and self.is_read(slug):  # what newer parts brought is on its way
                yield self.source_request(slug, walk.next())

    def reports(self) -> list[WalkReport]:
        """How far the walks through archives have come."""
        return [walk.report(slug) for slug, walk in self.walks.items()]

    def unread(self) -> str:
        """The sources, and the parts of archives, that no budget was left for."""
        parts = sum(walk.left for walk in self.walks.values())
        left = ((self.held_back, "source", "sources"), (parts, "part of archives", "parts of archives"))
        told = " and ".join(f"{count} {one if count == 1 else many}" for count, one, many in left if count)
        return f"{told} not asked" if told else ""

    def source_request(self, slug: str, asking: Asking) -> Request:
        """The request of a source, or of a part that it leads to; conditional where we know its validators."""
        source = asking.source
        # A part has validators of its own; an archive may have been read for less far back.
        is_known = not asking.depth and not source.archive
        meta = self.equipment.meta(slug)
        meta[RENDER] = meta[RENDER] and source.kind == "section"
        if "sitemap" in source.kind:
            meta["download_maxsize"] = SITEMAP_BYTES
        self.asked[slug] += 1
        self.be_polite(asking.url, slug)
        return Request(
            asking.url,
            headers=self.equipment.headers(slug) | (conditions(source) if is_known and not meta[RENDER] else {}),
            callback=self.source,
            errback=self.source_failed,
            cb_kwargs={"slug": slug, "asking": asking},
            meta=meta,
            priority=10,
            dont_filter=True,
        )

    async def source(self, response: Response, slug: str, asking: Asking) -> None:
        """Callback: the answer of a source."""
        origin = asking.source
        try:
            found = Found() if response.status == 304 else Found(error=f"status {response.status}")
            if response.status == 200:
                found = await asyncio.to_thread(parser_of(origin, response), response.body, response.url)
            await self.note(slug, asking, response, found)
            if found.children and origin.archive:
                self.walk_index(slug, asking, found)
            elif found.children:
                self.follow_index(slug, asking, found.children)
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
            self.bounded(slug, index.url, left, f"{MAX_CHILDREN} an index, {MAX_SITEMAPS:,} an outlet")

    def walk_index(self, slug: str, index: Asking, found: Found) -> None:
        """Let the sitemaps of an archive's index wait for their turn."""
        if index.depth >= MAX_DEPTH:
            self.bounded(slug, index.url, len(found.children), f"{MAX_PARTS:,} an outlet")
            return
        days, depth = last_days(found.children), index.depth + 1
        parts = [
            Asking(index.source, url, depth, days.get(url), changed)
            for url, changed in zip(found.children, found.changed, strict=True)
        ]
        if left := self.walks[slug].add(parts):
            self.bounded(slug, index.url, left, f"{MAX_PARTS:,} an outlet")

    def walk_days(self, slug: str, sources: Sequence[Source]) -> None:
        """Let the days, months or years of dated sources wait for their turn."""
        configured = {source.url: source for source in self.configs[slug].sources}
        asked = {asking.url for asking in self.to_ask[slug]}  # today's is a source of every crawl
        since = self.since.date() if self.since else None
        for source in sources:
            days = configured[source.url].parts(datetime.now(UTC).date(), since)
            parts = [Asking(source, url, 1, day) for url, day in days.items() if url not in asked]
            if left := self.walks[slug].add(parts):
                self.bounded(slug, source.url, left, f"{MAX_PARTS:,} an outlet")

    def bounded(self, slug: str, url: str, count: int, limits: str) -> None:
        """Count and name what a limit leaves out."""
        stats = self.crawler.stats
        note = f"{count:,} of its sitemaps not read; limits of a run: {limits}, {MAX_DEPTH} indexes deep"
        stats.inc_value("newscrawl/bounded/sitemaps", count)
        if len(stats.get_value("newscrawl/notes", [])) < MAX_NOTES:
            stats.set_value("newscrawl/notes", [*stats.get_value("newscrawl/notes", []), f"{slug}: {url}: {note}"])
        logger.warning("%s: %s: %s", slug, url, note, extra={"outlet": slug, "url": url})

    async def source_failed(self, failure: Failure) -> None:
        """Errback: a source did not answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        slug, asking = request.cb_kwargs["slug"], request.cb_kwargs["asking"]
        try:
            if isinstance(failure.value, HostHeldError):
                self.unasked.append(f"{slug}: {request.url} not asked: {failure.value}")
                if asking.is_part:
                    self.walks[slug].end(None)
                return
            rejection = rejection_of_error(request.url, failure.value)
            error = f"{rejection.reason}: {rejection.detail}"
            await self.record(slug, SourceVisit(slug, asking.source.url, datetime.now(UTC), request.url, error=error))
            if asking.is_part:
                self.walks[slug].end(None)
        finally:
            self.source_done(slug)

    async def note(self, slug: str, asking: Asking, response: Response, found: Found) -> None:
        """Turn the links of a source into rows."""
        config, now = self.configs[slug], datetime.now(UTC)
        admitted: tuple[Link, ...] = tuple(link for link in found.links if config.admits(link.url))
        links = tuple(link for link in admitted if not is_before(announced_at(link), self.since))
        older = len(admitted) - len(links)
        self.crawler.stats.inc_value("newscrawl/filtered", len(found.links) - len(admitted))
        self.crawler.stats.inc_value("newscrawl/older", older)
        kept = response.status == 304 or not (found.children or found.error or older)
        part = None
        if asking.is_part and is_read_whole(asking, response.status, found):
            oldest_at = min((at for link in links if (at := announced_at(link))), default=None)
            part = ArchivePart(asking.url, now, asking.changed, self.since, older, oldest_at)
        visit = SourceVisit(
            slug,
            asking.source.url,
            now,
            response.url,
            status=response.status,
            links=links,
            # An index that has not changed says nothing of its sitemaps, so it is asked for whole each time; a source
            # of which older links were not taken, too.
            etag=header(response, "ETag") if kept else None,
            last_modified=header(response, "Last-Modified") if kept else None,
            error=found.error,
            from_archive=asking.source.archive,
            part=part,
        )
        await self.record(slug, visit)
        if slug in self.walks:
            self.walks[slug].links_left_out += older
        if asking.is_part and not found.children:
            self.walks[slug].end(part)

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
            self.hosts[slug] = hosts_of((self.outlets[slug], ()))  # others wait for those of feeds alone
        self.wake.set()

    def is_read(self, slug: str) -> bool:
        """Whether all sources of an outlet have answered."""
        return not self.asked[slug] and not self.to_ask[slug]


def parser_of(source: Source, response: Response) -> Callable[[bytes, str], Found]:
    """The reader of a kind of source: bytes and URL to links."""
    content_type = header(response, "Content-Type") or ""
    if source.kind == "section":
        charset = charset_of({"content-type": content_type})
        return partial(parse_section, link_pattern=source.link_pattern, charset=charset)
    if "sitemap" in source.kind:
        return parse_sitemap
    return partial(parse_feed, content_type=content_type)
