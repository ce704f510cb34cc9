"""The `warc` spider: the responses of WARC files, CC-NEWS among them, in place of the network."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from newscrawl.items import Archived, Lease, Link, Outlet, Page, Visit
from newscrawl.outlets.registry import Registry, outlet_of
from newscrawl.reservations import reserved_by_headers
from newscrawl.settings import DOWNLOAD_MAXSIZE
from newscrawl.spiders.base import CrawlError, FrontierSpider, store_guard
from newscrawl.spiders.budget import Limit
from newscrawl.spiders.visits import charset_of, rejection_of_answer
from newscrawl.urls import safe_url, url_key

CHUNK = 50  # records held at a time

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """One archived HTTP response."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    captured_at: datetime
    archived: Archived


class WarcSpider(FrontierSpider):
    """Reads WARC files; nothing is fetched.

    Args:
        files: Paths, an iterable or a string with commas between.
    """

    name = "warc"

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
        by_key = {url_key(record.url): record for record in chunk}
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

    def outlet_limits(self) -> dict[str, Limit]:
        """None: nobody is asked for anything."""
        return {}

    def unread(self) -> str:
        """What no budget was left for."""
        return "the rest of the files not read" if self.is_cut else ""

    def records(self, path: Path) -> Iterator[Record]:
        """The HTTP responses of a file; a record that cannot be read costs itself alone."""
        with path.open("rb") as stream:
            archive = ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=True, auto_decode="all")
            while record := self.next_record(archive, path):
                try:
                    read = read_record(record, path)
                except Exception as error:  # fastwarc raises its own, OSError and ValueError, by kind of damage
                    self.bad_record(path, record.stream_pos, str(error))
                    continue
                if read is None:
                    self.bad_record(path, record.stream_pos, "no HTTP response of an http(s) URL")
                    continue
                yield read

    def next_record(self, archive: Iterator[WarcRecord], path: Path) -> WarcRecord | None:
        """The next record; None at the end, and where nothing after the damage can be found."""
        try:
            return next(archive, None)
        except Exception as error:  # as above
            self.bad_record(path, None, str(error))
            return None

    def bad_record(self, path: Path, position: int | None, problem: str) -> None:
        """Count and name a record that gives no page."""
        self.crawler.stats.inc_value("newscrawl/bad_records")
        logger.error("%s: record at byte %s: %s", path, "?" if position is None else position, problem)


def read_record(record: WarcRecord, path: Path) -> Record | None:
    """One response record; None where it is not one we can use."""
    url = safe_url((record.headers.get("WARC-Target-URI") or "").strip("<>"))
    http = record.http_headers
    if url is None or http is None or http.status_code is None:
        return None
    # Parsing moves the reader on, so the length of the compressed record is not known: 0 stands for "to its end".
    return Record(
        url,
        http.status_code,
        {name.lower(): value for name, value in http.items()},
        record.reader.read(DOWNLOAD_MAXSIZE),
        record.record_date or datetime.now(UTC),
        Archived(str(path.resolve()), record.stream_pos, 0),
    )


def visit_of_record(record: Record, lease: Lease, outlet: Outlet) -> Visit:
    """The visit that an archived response stands for."""
    captured_at = record.captured_at.astimezone(UTC)
    rejection = rejection_of_answer(record.url, record.status, record.headers, outlet)
    page = None
    if rejection is None:
        page = Page(
            record.url, record.body, outlet, captured_at, charset=charset_of(record.headers),
            reservations=reserved_by_headers(record.headers.items(), record.url),
        )  # fmt: skip
    return Visit(
        lease,
        captured_at,
        record.url,
        status=record.status,
        headers=record.headers,
        page=page,
        archived=record.archived,
        result=rejection,
    )
