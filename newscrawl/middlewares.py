"""Downloader middlewares: the named proxy, robots.txt by RFC 9309, retries that heed Retry-After."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import defaultdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from scrapy import Request, signals
from scrapy.downloadermiddlewares.retry import RetryMiddleware as ScrapyRetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler
from w3lib.http import basic_auth_header

from newscrawl.gate import MAX_WAIT_S, Gate
from newscrawl.outlets.cookiejar import OwnCookies
from newscrawl.reservations import AI_CRAWLERS, ROBOTS_AI
from newscrawl.store.hosts import HostHeldError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

MAX_ROBOTS_BYTES = 512 * 1024  # RFC 9309: at least 500 KiB have to be read
MAX_CRAWL_DELAY_S = 120.0  # CC news-crawl's limit; a host that asks for more is left alone
PAUSE_STATUSES = frozenset({429, 503})  # whose Retry-After is heeded
RESERVED = "newscrawl_reserved"  # key of a request's meta: words of `newscrawl.reservations` for robots.txt
OWN_COOKIES = "newscrawl_cookies"  # key of a request's meta: the OwnCookies of its outlet
MIN_DELAY_S = 0.001  # with none, Scrapy 2.19 sends all that is queued for a host at once, whatever its concurrency
_GROUP = re.compile(rb"((?:^|(?<=[\r\n]))[ \t]*user[- ]?agent[ \t]*:[ \t]*)([a-z_-]+)[^\r\n#]*", re.IGNORECASE)


class ProxyMiddleware:
    """Sends every request, those for robots.txt too, through NEWSCRAWL_PROXY."""

    def __init__(self, proxy: str):
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        self.authorization = basic_auth_header(user, password) if user else None
        # Without the credentials: handlers would not use them, and logs would show them.
        self.proxy = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", "", ""))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProxyMiddleware:
        """Read NEWSCRAWL_PROXY; without one there is nothing to do."""
        proxy = crawler.settings.get("NEWSCRAWL_PROXY")
        if not proxy:
            raise NotConfigured
        return cls(proxy)

    def process_request(self, request: Request) -> None:
        """Name the proxy to the download handler."""
        request.meta["proxy"] = self.proxy
        if self.authorization:
            request.headers["Proxy-Authorization"] = self.authorization


class OwnCookiesMiddleware:
    """Sends an outlet's own cookies with the requests that bear it in their meta.

    After a redirect they are chosen anew. Answers lose `Set-Cookie`, which may renew a login: their headers are stored.
    """

    def process_request(self, request: Request) -> None:
        """Choose the cookies of a request."""
        own: OwnCookies | None = request.meta.get(OWN_COOKIES)
        if own is not None:
            request.headers.pop("Cookie", None)
            if header := own.header(request.url):
                request.headers["Cookie"] = header

    def process_response(self, request: Request, response: Response) -> Response:
        """Take off what sets cookies."""
        if OWN_COOKIES in request.meta:
            response.headers.pop("Set-Cookie", None)
        return response


class RobotsForbidden(IgnoreRequest):
    """robots.txt forbids the URL."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt could not be read, which RFC 9309 takes for a complete disallow."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """robots.txt by RFC 9309: 4xx allows everything, an unreachable one nothing, Crawl-delay is kept.

    Scrapy's own (2.14 to 2.19) lets requests that arrive while robots.txt is being fetched go out unchecked: they share
    one Deferred, and `asFuture` leaves None in it for all but the first. One lock a host closes the gap.
    """

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        # Origin -> parser, why there is none, or None where all is allowed.
        self.rules: dict[str, RobotParser | RobotsUnreachable | None] = {}
        self.named: dict[str, tuple[str, ...]] = {}  # origin -> crawlers for models that its robots.txt names
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._token = self._robotstxt_useragent or self._default_useragent

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of the request's origin, fetched once a run.

        Raises:
            RobotsUnreachable: The rules cannot be known, or ask for more patience than we have.
        """
        site = origin(request)
        async with self.locks[site]:
            if site not in self.rules:
                self.rules[site] = await self._fetch(site, request)
        rules = self.rules[site]
        if isinstance(rules, RobotsUnreachable):
            raise RobotsUnreachable(str(rules)) from rules.__cause__
        return rules

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Let the request pass, or not.

        Raises:
            RobotsForbidden: The rules forbid its URL.
        """
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as refusal:
            raise RobotsForbidden("forbidden by robots.txt") from refusal
        named = self.named.get(origin(request), ())
        is_reserved = rp is not None and not all(rp.allowed(request.url, agent) for agent in named)
        request.meta[RESERVED] = (ROBOTS_AI,) if is_reserved else ()

    async def _fetch(self, site: str, request: Request) -> RobotParser | RobotsUnreachable | None:
        asked = Request(
            f"{site}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        try:
            response = await self.crawler.engine.download_async(asked)
        except HostHeldError:  # which says nothing of the rules
            raise
        except Exception as error:
            logger.info("%s: robots.txt unreachable: %s", asked.url, error)
            unreachable = RobotsUnreachable(f"robots.txt unreachable: {error or type(error).__name__}")
            unreachable.__cause__ = error
            return unreachable
        if response.status == 200:
            return await self._parse(response, request)
        if 400 <= response.status < 500 and response.status != 429:
            return None
        return RobotsUnreachable(f"robots.txt unreachable: status {response.status}")

    async def _parse(self, response: Response, request: Request) -> RobotParser | RobotsUnreachable:
        rules = robots_text(response.body, self._token)
        parser: RobotParser = build_from_crawler(self._parserimpl, self.crawler, rules)
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=parser, request=request
        )
        delay = parser.crawl_delay(self._token)
        if delay and delay > MAX_CRAWL_DELAY_S:
            return RobotsUnreachable(
                f"robots.txt asks for a Crawl-delay of {delay:g} s; the limit is {MAX_CRAWL_DELAY_S:g} s"
            )
        text = response.body[:MAX_ROBOTS_BYTES].lower()
        self.named[origin(request)] = tuple(agent for agent in AI_CRAWLERS if agent.lower().encode() in text)
        if delay:
            set_delay(self.crawler, urlparse_cached(request).hostname or "", float(delay))
        return parser


def robots_text(body: bytes, token: str) -> bytes:
    """The rules that are read: whole lines of the first 512 KiB, as UTF-8, their groups named by product tokens."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):  # against the standard, but a complete disallow must not be lost
        body = body[: 2 * MAX_ROBOTS_BYTES].decode("utf-16", "replace").encode()
    if len(body) > MAX_ROBOTS_BYTES:
        cut = body[:MAX_ROBOTS_BYTES]
        body = cut[: max(cut.rfind(b"\n"), cut.rfind(b"\r")) + 1]  # half an `Allow: /public` would allow everything
    body, ours = body.removeprefix(b"\xef\xbb\xbf"), token.encode().lower()

    def group(match: re.Match[bytes]) -> bytes:
        """The line of a group; Protego takes `news` for us, and does not take `newscrawl/1.0`."""
        name = match[2].lower()
        if name == ours:
            return match[1] + ours
        return match[1] + b"not-" + name if ours.startswith(name) else match[0]

    return _GROUP.sub(group, body)


def origin(request: Request) -> str:
    """Scheme and authority of a request: what one robots.txt speaks for (RFC 9309, 2.3)."""
    url = urlparse_cached(request)
    return f"{url.scheme}://{url.netloc}"


class RetryMiddleware(ScrapyRetryMiddleware):
    """Retries within the run; a Retry-After holds its whole host back, for all runs on the store.

    What asks for more patience than MAX_WAIT_S is not retried in this run: its row is due again at the time given.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryMiddleware:
        """Listen for responses: at this signal the next request of the host has not left yet."""
        middleware = super().from_crawler(crawler)
        crawler.signals.connect(middleware.hold, signals.response_downloaded)
        return middleware

    def hold(self, response: Response, request: Request) -> None:
        """Send nothing more to a host that asks for a pause, not even what is queued already."""
        wait = retry_after_s(response) if response.status in PAUSE_STATUSES else None
        if wait:
            downloader = self.crawler.engine.downloader
            gate: Gate = downloader.gate  # type: ignore[attr-defined]  # of our own downloader
            gate.pause(downloader.get_slot_key(request), wait)

    # The `spider` argument of the base class is deprecated.
    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Give the response on, or the request that tries again."""
        if response.status in PAUSE_STATUSES and (retry_after_s(response) or 0.0) > MAX_WAIT_S:
            return response
        answer: Request | Response = super().process_response(request, response)
        return answer


def retry_after_s(response: Response, now: datetime | None = None) -> float | None:
    """Seconds that the server asks us to wait: a number or an HTTP date; None where it says nothing readable."""
    raw = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if not raw:
        return None
    if raw.isdigit():
        return float(raw)
    try:
        until = parsedate_to_datetime(raw)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def set_delay(crawler: Crawler, host: str, delay_s: float, concurrency: int = 1) -> None:
    """Ask for a longer delay between two requests to a host; the longest ever asked for holds."""
    downloader = crawler.engine.downloader
    delay_s = max(delay_s, MIN_DELAY_S)
    known = downloader.per_slot_settings.get(host)
    if known is not None:
        delay_s = max(delay_s, float(known["delay"]))
        concurrency = int(known["concurrency"])
    # Slots are dropped after a minute of silence and made anew from these settings.
    downloader.per_slot_settings[host] = {"delay": delay_s, "concurrency": concurrency}
    if slot := downloader.slots.get(host):
        slot.delay = delay_s
