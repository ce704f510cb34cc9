"""Pages whose text scripts write, as Chromium shows them; everything that they load comes through Scrapy's downloader.

Chromium itself never reaches the network. So what guards a page guards its scripts and data, too: robots.txt, public
addresses, sizes, delays, redirects, the proxy, the user agent. scrapy-playwright lets Chromium resolve names and follow
redirects by itself, where no guard of ours sees them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from newscrawl.middlewares import OWN_COOKIES
from newscrawl.store.archive import RENDERED_BY

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Playwright, Route
    from scrapy.crawler import Crawler

RENDER = "newscrawl_render"  # key of a request's meta: whether its page is rendered
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAX_PAGES = 2  # at once: each takes a few hundred MB
MAX_REQUESTS = 100  # of a page
MAX_BYTES = 30_000_000  # of all that a page loads
MAX_CACHE = 50_000_000  # bytes of scripts, which pages of an outlet share
LOAD_S = 60.0  # after which a page is taken as it is
GRACE_S = 10.0  # for a page to give its DOM
LOADED = frozenset({"script", "xhr", "fetch"})
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"})
_ARGUMENTS = (
    "--disable-dev-shm-usage", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=512",
)  # fmt: skip
_NOWHERE = "http://127.0.0.1:1"  # for what gets past the routes: nothing listens there

logger = logging.getLogger(__name__)


class RenderError(Exception):
    """A page could not be rendered."""


def chromium_path() -> str | None:
    """The Chromium of NEWSCRAWL_CHROMIUM, else the system's; None: Playwright's own."""
    return os.environ.get("NEWSCRAWL_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)


def why_not() -> str | None:
    """Why nothing can be rendered here, and what to do; None: it can."""
    if find_spec("playwright") is None:
        return "render: true needs a browser: pip install 'newscrawl[render]'"
    named = os.environ.get("NEWSCRAWL_CHROMIUM")
    return f"NEWSCRAWL_CHROMIUM: {named}: no such program" if named and not shutil.which(named) else None


class RenderMiddleware:
    """Renders the HTML pages of requests that ask for it in their meta."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.renderer: Renderer | None = None
        crawler.signals.connect(self.close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RenderMiddleware:
        """Nothing is started before the first page."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The page with the DOM that its scripts make.

        Raises:
            RenderError: There is no browser, or the page does not let it go on.
        """
        kind = (response.headers.get("Content-Type") or b"").lower()
        if not request.meta.get(RENDER) or response.status != 200 or b"html" not in kind:
            return response
        self.renderer = self.renderer or Renderer(self.crawler)
        dom = (await self.renderer.render(request, response)).encode("utf-8", "replace")
        if len(dom) > self.crawler.settings.getint("DOWNLOAD_MAXSIZE"):
            raise RenderError(f"its DOM has {len(dom):,} bytes")
        self.crawler.stats.inc_value("newscrawl/rendered")
        response.headers["Content-Type"] = "text/html; charset=utf-8"
        response.headers[RENDERED_BY] = self.renderer.name
        return response.replace(body=dom, encoding="utf-8")

    async def close(self) -> None:
        """End the browser."""
        if self.renderer is not None:
            await self.renderer.close()


class Renderer:
    """A Chromium that is started with its first page."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.name = ""
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._starting = asyncio.Lock()
        self._places = asyncio.Semaphore(MAX_PAGES)
        self._cache: dict[str, Response] = {}
        self._cached = 0

    async def render(self, request: Request, response: Response) -> str:
        """The DOM of a page when it has loaded, as HTML."""
        from playwright.async_api import Error

        async with self._places:
            try:
                browser = await self._start()
                agent = (request.headers.get("User-Agent") or b"").decode("latin-1")
                context = await browser.new_context(
                    user_agent=agent, service_workers="block", accept_downloads=False, proxy={"server": _NOWHERE}
                )
                try:
                    page = await context.new_page()
                    await page.route_web_socket("**/*", lambda socket: socket.close())
                    await page.route("**/*", PageLoad(self, request, response).answer)
                    return await self._load(page, response.url)
                finally:
                    with suppress(Error, TimeoutError):
                        await asyncio.wait_for(context.close(), GRACE_S)
            except (Error, TimeoutError) as error:
                raise RenderError(str(error).split("\n", 1)[0] or "the page does not answer") from error

    async def close(self) -> None:
        """End the browser."""
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()

    def cached(self, url: str) -> Response | None:
        """A script that another page has loaded."""
        return self._cache.get(url)

    def keep(self, url: str, response: Response) -> None:
        """Keep a script for other pages."""
        if self._cached + len(response.body) <= MAX_CACHE and url not in self._cache:
            self._cache[url] = response
            self._cached += len(response.body)

    async def _load(self, page: Page, url: str) -> str:
        from playwright.async_api import TimeoutError as LoadTimeoutError

        with suppress(LoadTimeoutError):
            await page.goto(url, wait_until="load", timeout=LOAD_S * 1000)
            await page.wait_for_load_state("networkidle", timeout=LOAD_S * 1000)
        if page.url.startswith("chrome-error:"):
            raise RenderError("the browser shows an error page")
        return await asyncio.wait_for(page.content(), GRACE_S)

    async def _start(self) -> Browser:
        from playwright.async_api import async_playwright

        async with self._starting:
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            if self._browser is None or not self._browser.is_connected():
                # Chromium refuses its sandbox to root.
                self._browser = await self._playwright.chromium.launch(
                    executable_path=chromium_path(), args=list(_ARGUMENTS), chromium_sandbox=os.geteuid() != 0,
                    proxy={"server": _NOWHERE}, handle_sigint=False, handle_sigterm=False, handle_sighup=False,
                )  # fmt: skip
                self.name = f"Chromium/{self._browser.version}"
            return self._browser


class PageLoad:
    """What one page asks for, and gets.

    Args:
        renderer: Whose page it is.
        request: The request that brought it.
        response: The page, as its server sent it.
    """

    def __init__(self, renderer: Renderer, request: Request, response: Response) -> None:
        self.renderer = renderer
        self.request = request
        self.response = response
        self.is_open = False  # whether the page itself was given
        self.requests = 0
        self.bytes = 0

    async def answer(self, route: Route) -> None:
        """Give the page, then what it needs for its text; all else is refused."""
        from playwright.async_api import Error

        asked = route.request
        found: Response | None = None
        if asked.is_navigation_request() and not self.is_open:
            self.is_open, found = True, self.response
        elif asked.resource_type == "stylesheet":  # some scripts wait for theirs
            found = Response(asked.url, headers={"Content-Type": "text/css"})
        elif asked.resource_type in LOADED and asked.method == "GET" and asked.url.startswith(("http://", "https://")):
            found = await self.load(asked.url, asked.headers.get("accept", "*/*"), asked.resource_type)
        with suppress(Error):  # the page may be closed meanwhile
            if found is None:
                await route.abort("aborted")  # of a page that leaves, the DOM stays; else an error page takes its place
            else:
                await route.fulfill(status=found.status, headers=self.headers(found), body=found.body)

    async def load(self, url: str, accept: str, kind: str) -> Response | None:
        """What a script asks for, as Scrapy's downloader brings it; None: it is not to be had."""
        if found := self.renderer.cached(url):
            return found
        if self.requests >= MAX_REQUESTS or self.bytes >= MAX_BYTES:
            return None
        self.requests += 1
        crawler = self.renderer.crawler
        crawler.stats.inc_value("newscrawl/rendered/requests")
        kept = {OWN_COOKIES: self.request.meta[OWN_COOKIES]} if OWN_COOKIES in self.request.meta else {}
        request = Request(
            url, headers={"Accept": accept, "Referer": self.response.url}, priority=5, callback=NO_CALLBACK,
            meta={"dont_retry": True, **kept},
        )  # fmt: skip
        try:
            found = await crawler.engine.download_async(request)
        except Exception as error:  # whatever a guard or the network says: the page goes on without it
            logger.info("%s: not loaded for %s: %s", url, self.response.url, error or type(error).__name__)
            return None
        self.bytes += len(found.body)
        if kind == "script" and found.status == 200:
            self.renderer.keep(url, found)
        return found

    def headers(self, response: Response) -> dict[str, str]:
        """The headers that the browser gets; the data of other origins is for the page to read, too."""
        raw = ((name.decode("latin-1").lower(), b", ".join(of)) for name, of in response.headers.items())
        pairs = ((name, value.decode("latin-1")) for name, value in raw)
        page = urlsplit(self.response.url)
        allowed = {
            "access-control-allow-origin": f"{page.scheme}://{page.netloc}",
            "access-control-allow-credentials": "true",
        }
        return {name: value for name, value in pairs if name not in _OF_THE_WIRE} | allowed
