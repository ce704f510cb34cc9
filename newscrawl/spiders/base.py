"""What all crawling spiders share: the outlets, the leases in flight, and how a lease becomes a visit."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import scrapy
from scrapy import Request, signals
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from newscrawl.guards import PatientDownloader
from newscrawl.items import Outlet
from newscrawl.middlewares import set_delay
from newscrawl.outlets.registry import Registry, load_outlets, split_slugs, user_folders
from newscrawl.outlets.schema import Expect, OutletConfig
from newscrawl.rendering import RENDER
from newscrawl.spiders.budget import Budget, outlet_limits, run_limit
from newscrawl.spiders.equipment import Equipment
from newscrawl.spiders.trail import Trail, follow
from newscrawl.spiders.visits import conditions, visit_of_failure, visit_of_response
from newscrawl.store.engine import StoreError
from newscrawl.store.hosts import HostHeldError
from newscrawl.store.locks import LockedError
from newscrawl.store.session import CrawlSession
from newscrawl.urls import host_of
from newscrawl.visits import Lease, Visit

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

MAX_IN_FLIGHT = 1024  # leases of all outlets: twice what the downloader holds
WAIT_S = 1.0  # how long a spider waits at most before it looks at the frontier again
TIDY_S = 2.0

logger = logging.getLogger(__name__)


class CrawlError(Exception):
    """Usage or configuration is wrong: an unknown outlet, a faulty file, an unreadable list."""


class FrontierSpider(scrapy.Spider):
    """A spider whose requests are leases of the frontier; each ends in one Visit item.

    Args:
        registry: The outlets of this run.
        delay_s: Seconds between two requests to a host, in place of the outlets' own.
    """

    is_asking_outlets = True  # and heeds the budgets of their files

    def __init__(self, registry: Registry, delay_s: float | None = None) -> None:
        super().__init__()
        self.registry = registry
        self.delay_s = delay_s
        self.equipment = Equipment(registry)
        self.session: CrawlSession
        self.budget = Budget()
        self.outlets: dict[str, Outlet] = {}  # those that this run has claimed
        self.in_flight: Counter[str] = Counter()
        self.flying = 0  # the sum of it
        self.hosts: defaultdict[str, set[str]] = defaultdict(set)  # slug -> hosts that are asked for it
        self.refused: Counter[str] = Counter()  # why pages were put back
        self.held_up: set[str] = set()  # outlets whose pages are left, for another run asks their host
        self.tidied_at = time.monotonic()
        self.wake = asyncio.Event()
        self.stopping = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> FrontierSpider:
        """Read the outlets of NEWSCRAWL_OUTLETS and the arguments of the spider.

        Raises:
            CrawlError: An argument names what is not there.
        """
        folders = [Path(folder) for folder in crawler.settings.get("NEWSCRAWL_OUTLETS", "").split(os.pathsep) if folder]
        delay = crawler.settings.get("NEWSCRAWL_DELAY")
        options: dict[str, Any] = {
            "registry": load_outlets(user_folders(folders), split_slugs(kwargs.get("outlet", ""))),
            "delay_s": None if delay in (None, "") else float(delay),
        }
        spider = super().from_crawler(crawler, *args, **options, **kwargs)
        spider.budget = Budget(
            run_limit(crawler.settings), outlet_limits(spider.registry) if spider.is_asking_outlets else {}
        )
        for signal in (signals.item_scraped, signals.item_error, signals.item_dropped):
            crawler.signals.connect(spider.ended, signal)
        crawler.signals.connect(spider.lost, signals.spider_error)
        crawler.signals.connect(spider.stop, signals.spider_closed)
        return spider

    def unusable(self) -> Mapping[str, str]:
        """By slug, why outlets are left out."""
        return self.equipment.lacking

    def expected(self) -> Mapping[str, Expect]:
        """By slug, what the outlets of the run are expected to give."""
        return {slug: config.expect for slug, config in self.registry.outlets.items()}

    def use(self, session: CrawlSession) -> None:
        """Take the handle on the store."""
        self.session = session
        self.downloader.gate.keeper = session

    @property
    def downloader(self) -> PatientDownloader:
        """Where requests wait for their hosts."""
        return cast(PatientDownloader, self.crawler.engine.downloader)

    def spent(self) -> Sequence[str]:
        """The budgets that something was held back for."""
        return self.budget.spent()

    def unread(self) -> str:
        """What was held back beside pages; empty: nothing."""
        return ""

    async def claim(self, outlets: Sequence[Outlet]) -> None:
        """Claim outlets that the run meets on its way.

        Raises:
            CloseSpider: Another run holds one of them.
        """
        new = [outlet for outlet in outlets if outlet.slug not in self.outlets]
        try:
            await self.session.claim([(outlet, ()) for outlet in new])
        except LockedError as error:
            self.crawler.stats.set_value("newscrawl/problem", str(error))
            raise CloseSpider("locked") from error
        self.outlets.update((outlet.slug, outlet) for outlet in new)

    def request(self, lease: Lease) -> Request:
        """The request of a lease; it ends in `page` or in `failed`."""
        self.sent(lease)
        self.be_polite(lease.url, lease.outlet)
        meta = self.equipment.meta(lease.outlet)
        known = {} if meta[RENDER] else conditions(lease)  # what scripts load changes where their page does not
        return Request(
            lease.url,
            headers=self.equipment.headers(lease.outlet) | known,
            meta=meta,
            callback=self.page,
            errback=self.failed,
            cb_kwargs={"lease": lease},
            dont_filter=True,  # the frontier has already decided
        )

    def be_polite(self, url: str, slug: str) -> None:
        """Set the delay of a URL's host as its outlet, or the user, wants it."""
        config: OutletConfig | None = self.registry.outlets.get(slug)
        delay_s, concurrency = 1.0, 1
        if config is not None:
            delay_s, concurrency = config.politeness.delay_s, config.politeness.concurrency
        self.hosts[slug].add(host := host_of(url))
        set_delay(self.crawler, host, delay_s if self.delay_s is None else self.delay_s, concurrency)

    async def page(
        self, response: Response, lease: Lease, trail: Trail | None = None
    ) -> AsyncIterator[Visit | Request]:
        """Callback: the answer to a lease, or to the request of a page that its trail led to."""
        visit = visit_of_response(response, lease, self.outlets[lease.outlet])
        yield await self.onward(visit, trail or Trail(lease.url))

    async def failed(self, failure: Failure) -> AsyncIterator[Visit | Request]:
        """Errback: no answer."""
        about = failure.request.cb_kwargs  # type: ignore[attr-defined]
        lease: Lease = about["lease"]
        if isinstance(failure.value, HostHeldError):
            await self.put_back(lease, failure)
            return
        yield await self.onward(visit_of_failure(failure, lease), about.get("trail") or Trail(lease.url))

    async def onward(self, visit: Visit, trail: Trail) -> Visit | Request:
        """The visit that a lease ends in, or the request of the next page where its outlet wants that one, too."""
        lease = visit.lease
        config: OutletConfig | None = self.registry.outlets.get(lease.outlet)
        if config is None or not config.is_followed:
            return visit
        step = await asyncio.to_thread(follow, config, trail, visit)  # which reads the page
        if isinstance(step, Visit):
            return step
        self.be_polite(step.asked, lease.outlet)
        return Request(
            step.asked,
            headers=self.equipment.headers(lease.outlet),
            meta=self.equipment.meta(lease.outlet),
            callback=self.page,
            errback=self.failed,
            cb_kwargs={"lease": lease, "trail": step},
            priority=5,  # before other leases: what has come is held until the story is whole
            dont_filter=True,
        )

    async def put_back(self, lease: Lease, failure: Failure) -> None:
        """End a lease whose host we must not ask now; if it is the page's own, the outlet's others are left, too."""
        self.refused[str(failure.value)] += 1
        if host_of(failure.request.url) == host_of(lease.url):  # type: ignore[attr-defined]
            self.held_up.add(lease.outlet)
        try:
            with store_guard(self):
                await self.session.put_back(lease)
            self.crawler.stats.inc_value("newscrawl/put_back")
        finally:
            self._free(lease)

    def at_work(self) -> Iterable[str]:
        """The outlets whose hosts are still to be asked."""
        return [slug for slug, count in self.in_flight.items() if count]

    async def tidy(self) -> None:
        """Now and then, let others have the hosts that are not needed any more, and give a sign of life."""
        if time.monotonic() - self.tidied_at < TIDY_S:
            return
        self.tidied_at = time.monotonic()
        needed = set().union(*(self.hosts[slug] for slug in self.at_work()))
        with store_guard(self):
            await self.session.free(self.downloader.idle_hosts() - needed)

    def sent(self, lease: Lease) -> None:
        """A lease is in flight."""
        self.in_flight[lease.outlet] += 1
        self.flying += 1
        self.crawler.stats.inc_value("newscrawl/in_flight")
        self.crawler.stats.inc_value("newscrawl/taken")

    def ended(self, item: Visit) -> None:
        """A visit is stored, or has failed for good; its place is free."""
        self._free(item.lease)

    def lost(self, failure: Failure, response: Response | Failure | None) -> None:
        """A callback of ours broke: the URL stays pending, and the run is degraded."""
        request = getattr(response, "request", None)
        if request is not None and "lease" in request.cb_kwargs:
            self._free(request.cb_kwargs["lease"])

    def stop(self) -> None:
        """Take no more leases."""
        self.stopping = True
        self.wake.set()

    def notes(self) -> list[str]:
        """What was left to others."""
        return [f"pages left to a later run: {count}, for {why}" for why, count in self.refused.items()]

    def places(self, slug: str) -> int:
        """How many more leases of an outlet may be in flight: as many as go on the wire at once, and one ready behind.

        So a slow host holds few of all places.
        """
        config: OutletConfig | None = self.registry.outlets.get(slug)
        concurrency = 1 if config is None else config.politeness.concurrency
        return max(0, min(concurrency + 1 - self.in_flight[slug], MAX_IN_FLIGHT - self.flying))

    async def pause(self) -> None:
        """Wait until something ends, or has ended since `wake` was cleared; a second at most."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.wake.wait(), WAIT_S)

    async def place(self) -> None:
        """Wait until one more lease may be in flight."""
        await self.tidy()
        while self.flying >= MAX_IN_FLIGHT and not self.stopping:
            self.wake.clear()
            await self.pause()

    def _free(self, lease: Lease) -> None:
        self.in_flight[lease.outlet] -= 1
        self.flying -= 1
        self.crawler.stats.inc_value("newscrawl/in_flight", -1)
        self.wake.set()


@contextlib.contextmanager
def store_guard(spider: scrapy.Spider) -> Iterator[None]:
    """End the crawl when the store fails.

    Raises:
        CloseSpider: In place of the StoreError.
    """
    try:
        yield
    except StoreError as error:
        if spider.crawler.stats.get_value("newscrawl/problem") != str(error):  # not told before
            logger.error("%s", error)
            spider.crawler.stats.set_value("newscrawl/problem", str(error))
        raise CloseSpider("store_failed") from error
