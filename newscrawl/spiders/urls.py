"""The `urls` spider: the pages of a list, whoever publishes them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice
from pathlib import Path

from scrapy import Request

from newscrawl.items import Link
from newscrawl.outlets.registry import Registry, outlet_of
from newscrawl.spiders.base import CrawlError, FrontierSpider, store_guard
from newscrawl.urls import safe_url

CHUNK = 500  # URLs of one look at the frontier

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
        self.again = again in ("1", "true", "yes")

    async def start(self) -> AsyncIterator[Request]:
        """Take the list a chunk at a time, so that its length does not matter."""
        lines = enumerate(self.listed, start=1)
        while not self.stopping and (chunk := list(islice(lines, CHUNK))):
            for slug, links in (await self.by_outlet(chunk)).items():
                with store_guard(self):
                    leases, _ = await self.session.take(slug, links, again=self.again)
                for lease in leases:
                    await self.place()
                    yield self.request(lease)

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
