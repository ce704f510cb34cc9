"""The way of a fetched page: archive, extract in a worker process, store. One Visit in, one outcome row out."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

from scrapy import signals
from scrapy.exceptions import CloseSpider, DropItem

from newscrawl.outlets.schema import Expect
from newscrawl.replay import Place, replay
from newscrawl.store.archive import archive_folder
from newscrawl.store.engine import StoreAwayError, StoreError, database_url
from newscrawl.store.frontier import MAX_COUNTED
from newscrawl.store.models.crawl import RunStatus
from newscrawl.store.session import CrawlSession
from newscrawl.store.spool import Spool, spools
from newscrawl.visits import Outcome, Visit
from newscrawl.workers import Workers, WorkersError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

EXIT_STATUS: dict[RunStatus, int] = {"ok": 0, "error": 1, "failed": 2, "degraded": 3, "locked": 4, "interrupted": 130}
# What Scrapy's reason for the end of a spider means for the run; any other one is degraded.
STATUS_OF_REASON: dict[str, RunStatus] = {
    "finished": "ok",
    "closespider_timeout": "ok",
    "shutdown": "interrupted",
    "store_failed": "failed",
    "locked": "locked",
    "start_error": "error",
    "workers_failed": "error",
}


class CrawlingSpider(Protocol):
    """What a spider says of itself before the crawl begins."""

    name: str

    def unusable(self) -> Mapping[str, str]:
        """By slug, why outlets are left out."""

    def expected(self) -> Mapping[str, Expect]:
        """By slug, what outlets are expected to give."""

    def use(self, session: CrawlSession) -> None:
        """Take the handle on the store."""

    def notes(self) -> Sequence[str]:
        """What was left to others."""

    def spent(self) -> Sequence[str]:
        """The budgets that something was held back for."""

    def unread(self) -> str:
        """What was held back beside pages; empty: nothing."""


class VisitPipeline:
    """Holds the run: opens the store and the workers with the spider, and writes how the run ended."""

    def __init__(self, crawler: Crawler):
        settings = crawler.settings
        self.crawler = crawler
        self.database_url: str | None = settings.get("NEWSCRAWL_DATABASE_URL")
        self.archive: str | None = settings.get("NEWSCRAWL_ARCHIVE")
        self.worker_count = settings.getint("NEWSCRAWL_WORKERS")
        self.fail_limit = settings.getfloat("NEWSCRAWL_FAIL_LIMIT")
        self.patience_s = settings.getfloat("NEWSCRAWL_PATIENCE")
        self.session: CrawlSession | None = None
        self.spool: Spool | None = None
        self.failure: Exception | None = None
        self.workers: Workers | None = None
        self.outcomes: Counter[str] = Counter()
        self.due: int | None = None  # pages that a spent budget left to the next run; None: there was enough of it
        self.closing: asyncio.Future[None] | None = None
        crawler.signals.connect(self.finish, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> VisitPipeline:
        """Read the NEWSCRAWL_ settings."""
        return cls(crawler)

    async def open_spider(self) -> None:
        """Open the store, start the workers.

        Raises:
            CloseSpider: The store or the workers are not to be had; the reason says which.
        """
        spider = cast(CrawlingSpider, self.crawler.spider)
        try:
            url = database_url(self.database_url)
            archive = archive_folder(self.archive, url)
            await self._replay(url, archive)
            self.session = await CrawlSession.open(
                url, command=f"crawl {spider.name}", archive=archive, patience_s=self.patience_s
            )
            self.spool = Spool(archive, url, self.session.run_id)
            self.crawler.stats.set_value("newscrawl/run_id", self.session.run_id)
            await self._start_workers()
        except (StoreError, WorkersError) as error:
            self._note(error)
            raise CloseSpider("store_failed" if isinstance(error, StoreError) else "workers_failed") from error
        spider.use(self.session)

    async def process_item(self, item: Visit) -> Visit:
        """Archive, extract, store; returns when the outcome is committed.

        Raises:
            DropItem: The store failed. What it could not take because it is away is spooled; all else stays pending.
        """
        visit = item
        try:
            if self.failure and not isinstance(self.failure, StoreAwayError):
                raise self.failure
            visit = await self._archive(item)
            if self.failure:
                raise self.failure
            visit = await self._extract(visit)
            outcome = await self._store(visit)
        except (StoreError, OSError) as error:
            self._fail(error)
            if isinstance(error, StoreAwayError):
                self._spool(visit)
            raise DropItem("the store failed") from error
        self._count(outcome)
        return visit

    async def finish(self, reason: str) -> None:
        """Write how the run ended; the exit status goes to Scrapy's stats for the command."""
        spider = cast(CrawlingSpider, self.crawler.spider)
        status = STATUS_OF_REASON.get(reason, "degraded")
        if self.workers is not None:
            await asyncio.to_thread(self.workers.close)
            self.workers = None
        if reason == "finished":
            reason = await self._budget_reason() or reason
        if self.session is not None:
            alarms = await self._assess()
            if status == "ok" and (self._is_degraded() or alarms):
                status = "degraded"
            try:
                summary = await self.session.close(reason, status, EXIT_STATUS[status])
                if not summary.balanced:
                    status = "failed"
                    self._note(f"the account of run {summary.run.id} does not balance: a fault of newscrawl; report it")
            except StoreError as error:
                self.failure = self.failure or error
                status = "failed"
        if self.failure is not None:
            self._note(f"{self.failure}{self._spooled()}")
        stats = self.crawler.stats
        stats.set_value("newscrawl/notes", [*stats.get_value("newscrawl/notes", ()), *spider.notes()])
        stats.set_value("newscrawl/exit_status", EXIT_STATUS[status])

    async def _budget_reason(self) -> str | None:
        """Why a run ended that has left something to the next one; None: it has not."""
        spider = cast(CrawlingSpider, self.crawler.spider)
        spent, unread = spider.spent(), spider.unread()
        if self.session is None or not spent:
            return None
        try:
            due = await self.session.due()
        except StoreError as error:
            self._note(error)
            return None
        if not (due or unread):
            return None
        self.due = due
        facts = {"spent": list(spent), "due": due, "unread": unread or None}
        self.crawler.stats.set_value("newscrawl/budget", facts)
        told = f"{MAX_COUNTED:,} pages or more" if due == MAX_COUNTED else f"{due} {'page' if due == 1 else 'pages'}"
        left = [f"{told} still due", *filter(None, [unread])]
        return f"budget spent ({', '.join(spent)}): {', '.join(left)}"

    def abandon(self) -> None:
        """End the threads and processes of a crawl that was broken off; does nothing after `finish`."""
        if self.workers is not None:
            self.workers.stop()
        if self.session is not None:
            self.session.abandon()

    async def _replay(self, url: str, archive: Path) -> None:
        """Write what earlier runs have spooled."""
        if paths := spools(archive, url):
            await self._start_workers()
            assert self.workers is not None
            written = await replay(Place(url, archive, self.patience_s), paths, self.workers)
            self.crawler.stats.set_value("newscrawl/replayed", written)

    async def _start_workers(self) -> None:
        if self.workers is None:
            self.workers = await asyncio.to_thread(Workers, self.worker_count)

    async def _archive(self, visit: Visit) -> Visit:
        if visit.page is None or visit.archived is not None:
            return visit
        assert self.session is not None
        archived = await self.session.put(visit)
        return replace(visit, archived=archived, more=tuple([await self._archive(one) for one in visit.more]))

    async def _extract(self, visit: Visit) -> Visit:
        if visit.page is None or visit.result is not None:
            return visit
        assert self.workers is not None
        assert self.session is not None
        page = replace(visit.page, repeated=self.session.repeated(visit.page.outlet.slug))
        stats = self.crawler.stats
        stats.inc_value("newscrawl/extracting")
        try:
            result = await asyncio.wrap_future(self.workers.submit(page))
        finally:
            stats.inc_value("newscrawl/extracting", -1)
        return replace(visit, result=result)

    async def _store(self, visit: Visit) -> Outcome:
        assert self.session is not None
        return await self.session.write(visit)

    def _fail(self, error: Exception) -> None:
        """End the crawl for an error of the store, which is told once."""
        if self.failure is None:
            self.failure = error
            self._note(error)
            # Not awaited: the spider closes when this item has ended.
            self.closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="store_failed"))

    def _spool(self, visit: Visit) -> None:
        assert self.spool is not None
        try:
            self.spool.add(visit)
        except OSError as error:  # the URL stays pending
            logger.error("%s: cannot spool %s (%s)", self.spool.path, visit.lease.url, error.strerror)

    def _spooled(self) -> str:
        if self.spool is None or not self.spool.count:
            return ""
        self.spool.close()
        return f"; what was fetched ({self.spool.count}) waits in {self.spool.path}, and the next crawl stores it first"

    def _count(self, outcome: Outcome) -> None:
        self.outcomes[outcome.kind] += 1
        self.crawler.stats.inc_value(f"newscrawl/{outcome.kind}")
        if outcome.reason:
            self.crawler.stats.inc_value(f"newscrawl/{outcome.kind}/{outcome.reason}")

    async def _assess(self) -> bool:
        """Compare what the outlets gave with what they used to; whether there is an alarm to tell."""
        assert self.session is not None
        try:
            alarms = await self.session.assess(cast(CrawlingSpider, self.crawler.spider).expected())
        except StoreError:  # `close` meets it too, and tells it
            return False
        told = [alarm for alarm in alarms if alarm.is_told]
        for alarm in told:
            logger.error("alarm: %s", alarm.text)
        if told:
            slugs = " ".join(sorted({alarm.outlet for alarm in told}))
            self._note(f"{len(told)} alarm{'s' * (len(told) > 1)}; see: newscrawl outlets health {slugs}")
        return bool(told)

    def _is_degraded(self) -> bool:
        """Whether an outlet was left out, or too many pages failed, or were left."""
        unusable = cast(CrawlingSpider, self.crawler.spider).unusable()
        for problem in unusable.values():
            self._note(problem)
        failed, total = self.outcomes["failed"], self.outcomes.total()
        if total and failed / total > self.fail_limit:
            self._note(f"{failed} of {total} pages failed, more than {self.fail_limit:.0%}; they are due again")
            return True
        if left := self._unended():
            self._note(f"{left} pages were taken and did not end: see the log; the next run takes them up")
            return True
        return bool(unusable or self.crawler.stats.get_value("spider_exceptions/count"))

    def _unended(self) -> int:
        """Pages that were taken and have no outcome, and were not put back."""
        stats = self.crawler.stats
        put_back = int(stats.get_value("newscrawl/put_back", 0))
        if self.due is not None or put_back:  # what is pending has not been taken
            return int(stats.get_value("newscrawl/taken", 0)) - put_back - self.outcomes.total()
        return self.session.counts.pending if self.session is not None else 0

    def _note(self, problem: Exception | str) -> None:
        told = self.crawler.stats.get_value("newscrawl/problem", "")
        if str(problem) not in told:
            logger.error("%s", problem)
            self.crawler.stats.set_value("newscrawl/problem", f"{told}\n{problem}".strip())
