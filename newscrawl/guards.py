"""What keeps a crawl inside its bounds: public addresses only, headers of a bounded size, delays that are kept."""

from __future__ import annotations

import ipaddress
import random
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from scrapy.core.downloader import Downloader, Slot
from scrapy.core.downloader.handlers import http11
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.datatypes import LocalCache
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.error import DNSLookupError

from newscrawl.gate import Gate

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request as TxRequest
    from twisted.web.iweb import IResponse

MAX_HEADER_BYTES = 256 * 1024


class RefusedAddressError(DNSLookupError):
    """A host name led to an address that is not public."""


# Host -> address. Twisted drops the resolver's exception and says that it found nothing.
refused_addresses: LocalCache[str, str] = LocalCache(10_000)


class GuardedResolver(CachingThreadedResolver):
    """Refuses hosts whose address is not public.

    The check is made on the address that is connected to, so spellings of loopback (`127.1`, `0x7f000001`), names that
    point there and DNS rebinding are all covered. The host of NEWSCRAWL_PROXY is let through: it was named on purpose.
    """

    allow_private = False
    allowed_hosts: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> GuardedResolver:
        """Read NEWSCRAWL_ALLOW_PRIVATE and NEWSCRAWL_PROXY."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.allow_private = crawler.settings.getbool("NEWSCRAWL_ALLOW_PRIVATE")
        proxy = crawler.settings.get("NEWSCRAWL_PROXY")
        resolver.allowed_hosts = frozenset(filter(None, [urlsplit(proxy).hostname if proxy else None]))
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 (Twisted's name)
        """The address of a host.

        Raises (in the Deferred):
            RefusedAddressError: The address is not a public one.
        """
        found = super().getHostByName(name, timeout)
        if self.allow_private or name in self.allowed_hosts:
            return found

        def check(address: str) -> str:
            ip = ipaddress.ip_address(address)
            if not ip.is_global or ip.is_multicast:
                refused_addresses[name] = address
                raise RefusedAddressError(f"refused non-public address {address} for {name}")
            return address

        return found.addCallback(check)


class HeadersTooLargeError(Exception):
    """The server's response headers do not end within MAX_HEADER_BYTES."""


# DOWNLOAD_MAXSIZE does not count headers: endless ones took 5.2 GB in 8 s. Scrapy has no public hook for its parser, so
# these subclass private classes of the minor version that pyproject.toml pins; tests/faults/test_bombs.py holds them.
class _CappedParser(http11._LenientHTTPClientParser):
    header_bytes = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 (Twisted's name)
        self.header_bytes += len(line) + 2
        if self.header_bytes > MAX_HEADER_BYTES:
            raise HeadersTooLargeError(f"response headers exceed {MAX_HEADER_BYTES} bytes")
        super().lineReceived(line)


class _CappedProtocol(http11._LenientHTTP11ClientProtocol):
    def request(self, request: TxRequest) -> Deferred[IResponse]:
        answer = super().request(request)
        assert self._parser is not None
        self._parser.__class__ = _CappedParser
        return answer


class _CappedFactory(http11._LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _CappedProtocol:  # noqa: N802 (Twisted's name)
        return _CappedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class CappedHandler(http11.HTTP11DownloadHandler):
    """Scrapy's HTTP handler with a limit on the size of response headers, and without retries of its own.

    A host's delay begins with the end of its answer. Scrapy's begins when a request is taken from the queue; where the
    event loop is busy, one is sent late and the next in time, and the server saw two within 0.08 s at a delay of 0.2.
    """

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self._crawler = crawler
        self._pool._factory = _CappedFactory
        # The pool would ask again at once when a server drops a connection that it kept open: our own retry waits.
        self._pool.retryAutomatically = False
        # To the pool a proxy is one host, and the limit of one a host would open a new connection for each request.
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS")

    async def download_request(self, request: Request) -> Response:
        """The answer to a request, which leaves when its host may be asked.

        Raises:
            HostHeldError: It may not be asked by us now.
        """
        assert self._crawler.engine is not None
        downloader = cast(PatientDownloader, self._crawler.engine.downloader)
        slot = downloader.slots[host := downloader.get_slot_key(request)]
        await downloader.gate.enter(host, slot.delay)
        try:
            return await super().download_request(request)
        finally:
            slot.lastseen = time.monotonic()


class _PatientSlot(Slot):
    __slots__ = ()

    def download_delay(self) -> float:
        return self.delay * (1 + random.uniform(0, self.jitter))  # noqa: S311 (no secret)


class PatientDownloader(Downloader):
    """Scrapy's downloader, but a delay is the least there is: its jitter would go below it as often as above."""

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.gate = Gate()

    def get_slot_key(self, request: Request) -> str:
        """The host that is asked. Scrapy keeps a redirected request in the queue of the host that it was sent to."""
        return urlparse_cached(request).hostname or ""

    def idle_hosts(self) -> set[str]:
        """Hosts that are ours, and that nothing waits for, with their delay over."""
        now = time.monotonic()
        at_work = {host for host, slot in self.slots.items() if slot.active or now - slot.lastseen < slot.delay}
        return set(self.gate.keeper.hosts - at_work) if self.gate.keeper else set()

    def _get_slot(self, request: Request, spider: Spider | None = None) -> tuple[str, Slot]:
        key, slot = super()._get_slot(request)
        slot.__class__ = _PatientSlot
        return key, slot
