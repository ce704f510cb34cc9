"""Extensions: the progress of a run, and log lines that never hold an article."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.logformatter import LogFormatter
from scrapy.utils.asyncio import create_looping_call

from newscrawl.store.queries import Counts
from newscrawl.visits import Visit

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)

TICK_S = 1.0
LOG_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: counts of URLs, and of sources."""

    elapsed_s: float
    seen: int  # new, or taken up again
    known: int  # found again, and stored already
    stored: int
    updated: int
    unchanged: int
    duplicate: int
    rejected: int
    failed: int
    pending: int  # seen and not ended
    in_flight: int
    sources_read: int
    sources_failed: int


class ProgressReporter:
    """Gives NEWSCRAWL_ON_PROGRESS a Progress each second and at the end; without it, logs a line a minute."""

    def __init__(self, crawler: Crawler, on_progress: Callable[[Progress], None] | None):
        self.crawler = crawler
        self.on_progress = on_progress
        self.every_s = TICK_S if on_progress else LOG_EVERY_S
        self.started = time.monotonic()
        self.loop = create_looping_call(self.report)
        crawler.signals.connect(self.begin, signals.spider_opened)
        crawler.signals.connect(self.end, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProgressReporter:
        """Read NEWSCRAWL_ON_PROGRESS."""
        return cls(crawler, crawler.settings.get("NEWSCRAWL_ON_PROGRESS"))

    def begin(self) -> None:
        """Start with the spider."""
        self.started = time.monotonic()
        self.loop.start(self.every_s, now=False)

    def end(self) -> None:
        """Report once more when the spider has ended."""
        if self.loop.running:
            self.loop.stop()
        self.report()

    def report(self) -> None:
        """Give the counts on, or log them."""
        progress = self._progress()
        if self.on_progress:
            self.on_progress(progress)
        else:
            now = progress
            logger.info(
                "%.0f s: %d seen, %d stored, %d rejected, %d failed, %d pending",
                now.elapsed_s, now.seen, now.stored, now.rejected, now.failed, now.pending,
            )  # fmt: skip

    def _progress(self) -> Progress:
        def count(name: str) -> int:
            return int(self.crawler.stats.get_value(f"newscrawl/{name}", 0))

        session = getattr(self.crawler.spider, "session", None)
        counts: Counts = session.counts if session is not None else Counts()
        return Progress(
            elapsed_s=time.monotonic() - self.started,
            seen=counts.seen,
            known=counts.known,
            stored=counts.stored,
            updated=counts.updated,
            unchanged=counts.unchanged,
            duplicate=counts.duplicate,
            rejected=counts.rejected,
            failed=counts.failed,
            pending=counts.pending,
            in_flight=count("in_flight"),
            sources_read=count("sources_read"),
            sources_failed=count("sources_failed"),
        )


class BriefLogFormatter(LogFormatter):
    """Scrapy's log lines with the URL of an item in place of the item, which would print the whole article."""

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """One line an error."""
        url = item.lease.url if isinstance(item, Visit) else type(item).__name__
        return super().item_error(url, exception, response, spider)

    # As below; the pipeline has told why, once.
    def dropped(  # type: ignore[override]
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> None:
        """Nothing: items are dropped when the store has failed."""

    # None is Scrapy's documented way to say nothing, which its annotation leaves out.
    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> None:  # type: ignore[override]
        """Nothing: an outcome is a row."""
