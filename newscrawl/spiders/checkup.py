"""Asking the sources of outlets as a crawl would, without a store, for `outlets doctor`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import scrapy
from scrapy import Request
from scrapy.http import Response

from newscrawl.discover.found import Found
from newscrawl.items import Source
from newscrawl.middlewares import set_delay
from newscrawl.outlets.schema import OutletConfig
from newscrawl.spiders.probe import NO_STORE
from newscrawl.spiders.sources import SITEMAP_BYTES, parser_of
from newscrawl.spiders.visits import rejection_of_error
from newscrawl.urls import host_of
from newscrawl.visits import Link

if TYPE_CHECKING:
    from twisted.python.failure import Failure

PERMANENT = frozenset({301, 308})  # redirects
MAX_CHILDREN = 2  # sitemaps of an index that are looked into, the newest first


@dataclass(slots=True)
class SourceCheck:
    """What a source of an outlet answered."""

    source: Source
    final_url: str = ""
    moved: bool = False  # there, by permanent redirects alone
    status: int | None = None  # None: no answer
    reason: str | None = None  # why there was none, in a word that counts, as in Rejection
    error: str | None = None  # what is wrong with the document
    links: dict[str, Link] = field(default_factory=dict)
    children: int = 0  # sitemaps that it leads to


class CheckupSpider(scrapy.Spider):
    """Asks for every source of the outlets once, and for the newest sitemaps of an index.

    Args:
        configs: The outlets.
        delay_s: Seconds between two requests to a host, in place of the outlets' own.
    """

    name = "checkup"
    custom_settings = NO_STORE

    def __init__(self, configs: Sequence[OutletConfig], delay_s: float | None = None) -> None:
        super().__init__()
        self.configs = configs
        self.delay_s = delay_s
        # Of sources that are another every day, those of the last whole days.
        day = datetime.now(UTC).date() - timedelta(days=1)
        self.checks = {config.slug: [SourceCheck(source) for source in config.items(day)] for config in configs}

    async def start(self) -> AsyncIterator[Request]:
        """Ask for each source."""
        for config in self.configs:
            for check in self.checks[config.slug]:
                yield self.request(config, check, check.source.url)

    def request(self, config: OutletConfig, check: SourceCheck, url: str, depth: int = 0) -> Request:
        """The request of a source, or of a sitemap that it leads to."""
        delay_s = config.politeness.delay_s if self.delay_s is None else self.delay_s
        set_delay(self.crawler, host_of(url), delay_s, config.politeness.concurrency)
        return Request(
            url,
            headers=config.headers,
            callback=self.answered,
            errback=self.failed,
            cb_kwargs={"config": config, "check": check, "depth": depth},
            meta={"download_maxsize": SITEMAP_BYTES} if "sitemap" in check.source.kind else {},
            dont_filter=True,
        )

    async def answered(
        self, response: Response, config: OutletConfig, check: SourceCheck, depth: int
    ) -> AsyncIterator[Request]:
        """Callback: keep what the source holds."""
        if not depth:
            check.status, check.final_url = response.status, response.url
            reasons = response.meta.get("redirect_reasons", ())
            check.moved = bool(reasons) and PERMANENT.issuperset(reasons)
        if response.status != 200:
            return
        parse = parser_of(check.source, response)
        found: Found = await asyncio.to_thread(parse, response.body, response.url)
        check.links |= {link.url: link for link in found.links}
        check.children += len(found.children)
        if not depth:
            check.error = found.error
            for child in found.children[:MAX_CHILDREN]:
                yield self.request(config, check, child, depth + 1)

    def failed(self, failure: Failure) -> None:
        """Errback: keep why there is no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        check: SourceCheck = request.cb_kwargs["check"]
        if not request.cb_kwargs["depth"]:
            rejection = rejection_of_error(request.url, failure.value)
            check.reason, check.error = rejection.reason, rejection.detail
