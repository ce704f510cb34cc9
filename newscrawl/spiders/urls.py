"""The `urls` spider: the pages of a list, whoever publishes them."""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from scrapy import Request

from newscrawl.outlets.registry import Registry, outlet_of
from newscrawl.spiders.base import MAX_IN_FLIGHT, CrawlError, FrontierSpider, store_guard
from newscrawl.urls import safe_url
from newscrawl.visits import Lease, Link

CHUNK = 500  # URLs of one look at the frontier
MAX_HELD = 5_000  # leases that wait for a place, as those of one slow host do

logger = logging.getLogger(__name__)


class UrlsSpider(FrontierSpider):
    """Crawls a list of URLs.

    Args:
        urls: An iterable of URLs, or a string of them with white space between.
        file: Path of a list, a URL a line; empty lines and those beginning with `#` are passed over.
        again: `1` fetches pages that are stored already, too.
    """

    name = "urls"

    def __init__(
        self, registry: Registry, delay_s: float | None = None, *, urls: str | Iterable[str] = (), file: str = "",
        again: str = "",
    ) -> None:  # fmt: skip
        super().__init__(registry, delay_s)
        self.listed = read_list(Path(file)) if file else iter(urls.split() if isinstance(urls, str) else urls)
        self.held: defaultdict[str, deque[Lease]] = defaultdict(deque)  # slug -> leases that wait for a place
        self.again = again in ("1", "true", "yes")
        self.equipment.load(registry.outlets.values())

    async def start(self) -> AsyncIterator[Request]:
        """Take the list a chunk at a time, so that its length does not matter."""
        lines = enumerate(self.listed, start=1)
        is_read = False
        while not self.stopping:
            self.wake.clear()
            await self.tidy()
            for lease in self.ready():
                yield self.request(lease)
            held = sum(map(len, self.held.values()))
            if not is_read and held < MAX_HELD and self.flying < MAX_IN_FLIGHT:
                is_read = not await self.hold(list(islice(lines, CHUNK)))
            elif is_read and not held:
                break
            else:
                await self.pause()

    async def hold(self, chunk: Sequence[tuple[int, str]]) -> bool:
        """Lease the URLs of a chunk as far as the budget goes; the others become known and stay pending."""
        for slug, links in (await self.by_outlet(chunk)).items():
            limit = self.budget.left(slug)
            with store_guard(self):
                leases, _ = await self.session.take(slug, links, again=self.again, limit=limit)
            self.budget.take(slug, len(leases))
            if len(links) > limit:
                self.budget.left(slug)  # which notes that there is none
            self.held[slug].extend(leases)
        return bool(chunk)

    def at_work(self) -> Iterable[str]:
        """Those whose leases wait, too."""
        return [*super().at_work(), *(slug for slug, leases in self.held.items() if leases)]

    def ready(self) -> Iterator[Lease]:
        """Leases that may go out now, of each outlet a few, so that those of a slow host do not fill all places."""
        for slug, leases in self.held.items():
            if leases and self.budget.is_late(slug):
                leases.clear()  # the end of the run frees them
            while leases and self.places(slug):
                yield leases.popleft()

    async def by_outlet(self, chunk: Iterable[tuple[int, str]]) -> dict[str, list[Link]]:
        """The links of a chunk by outlet, each claimed; a line that is no URL is logged, and the rest goes on."""
        found: dict[str, list[Link]] = {}
        outlets = {}
        for number, line in chunk:
            url = safe_url(line.strip())
            if url is None:
                self.crawler.stats.inc_value("newscrawl/bad_lines")
                logger.error("URL %d of the list: expected an http(s) URL, got %r", number, line[:200])
                continue
            outlet = outlet_of(url, self.registry.outlets)
            if outlet.slug in self.unusable():
                self.crawler.stats.inc_value("newscrawl/bad_lines")
                continue
            outlets[outlet.slug] = outlet
            found.setdefault(outlet.slug, []).append(Link(url))
        with store_guard(self):
            await self.claim(list(outlets.values()))
        return found


def read_list(path: Path) -> Iterator[str]:
    """The URLs of a file, a line each, read as they are needed.

    Raises:
        CrawlError: The file cannot be read.
    """
    try:
        lines = path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise CrawlError(f"{path}: cannot be read: {error.strerror}") from error

    def urls() -> Iterator[str]:
        with lines:
            yield from (line for line in map(str.strip, lines) if line and not line.startswith("#"))

    return urls()
