"""The `warc` spider: the responses of WARC files, CC-NEWS among them, in place of the network."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from pathlib import Path

from newscrawl.outlets.registry import Registry, outlet_of
from newscrawl.spiders.base import CrawlError, FrontierSpider, store_guard
from newscrawl.urls import url_key
from newscrawl.visits import Lease, Link, Visit
from newscrawl.warcs import BadRecord, Record, read_records, visit_of_record

CHUNK = 50  # records held at a time

logger = logging.getLogger(__name__)


class WarcSpider(FrontierSpider):
    """Reads WARC files; nothing is fetched.

    Args:
        files: Paths, an iterable or a string with commas between.
    """

    name = "warc"
    is_asking_outlets = False

    def __init__(self, registry: Registry, delay_s: float | None = None, files: str | Sequence[str] = "") -> None:
        super().__init__(registry, delay_s)
        self.is_cut = False  # whether the budget left something of the files
        self.files = [Path(file) for file in (files.split(",") if isinstance(files, str) else files) if file]
        missing = [str(path) for path in self.files if not path.is_file()]
        if missing or not self.files:
            raise CrawlError(f"no such WARC file: {', '.join(missing)}" if missing else "no WARC file named")

    async def start(self) -> AsyncIterator[Visit]:
        """Every response as a visit of its URL, unless the store has it already."""
        for path in self.files:
            records = self.records(path)
            while not self.stopping and (chunk := await asyncio.to_thread(lambda it: list(islice(it, CHUNK)), records)):
                if not self.budget.left():
                    self.is_cut = True
                    return
                async for visit in self.visits(chunk):
                    await self.place()
                    self.sent(visit.lease)
                    yield visit

    async def visits(self, chunk: Sequence[Record]) -> AsyncIterator[Visit]:
        """The visits of a chunk, with their outlets claimed."""
        by_key: dict[str, Record] = {}
        for record in chunk:
            by_key.setdefault(url_key(record.url), record)
        outlets = {key: outlet_of(record.url, self.registry.outlets) for key, record in by_key.items()}
        with store_guard(self):
            await self.claim(list({outlet.slug: outlet for outlet in outlets.values()}.values()))
        for slug in {outlet.slug for outlet in outlets.values()}:
            links = [Link(record.url) for key, record in by_key.items() if outlets[key].slug == slug]
            for lease in await self.leases(slug, links):
                yield visit_of_record(by_key[url_key(lease.url)], lease, self.outlets[slug])

    async def leases(self, slug: str, links: Sequence[Link]) -> list[Lease]:
        """Leases of archived pages. Above the budget they do not become known: a crawl would fetch what is pending."""
        taken: list[Lease] = []
        while links:
            limit = self.budget.left(slug)
            if not limit:
                self.is_cut = True
                break
            with store_guard(self):
                leases, _ = await self.session.take(slug, links[:limit])
            self.budget.take(slug, len(leases))
            taken += leases
            links = links[limit:]
        return taken

    def unread(self) -> str:
        """What no budget was left for."""
        return "the rest of the files not read" if self.is_cut else ""

    def records(self, path: Path) -> Iterator[Record]:
        """The HTTP responses of a file; a record that cannot be read costs itself alone."""
        with path.open("rb") as stream:
            for record in read_records(stream, str(path.resolve())):
                if isinstance(record, Record):
                    yield record
                else:
                    self.bad_record(path, record)

    def bad_record(self, path: Path, bad: BadRecord) -> None:
        """Count and name a record that gives no page."""
        self.crawler.stats.inc_value("newscrawl/bad_records")
        logger.error("%s: record at byte %s: %s", path, "?" if bad.position is None else bad.position, bad.problem)
