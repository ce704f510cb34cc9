"""A web of many hosts behind a proxy, whose log says which crawler asked which host, from when to when."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from tests.pages import article_page, rss


@dataclass(frozen=True)
class Request:
    crawler: str  # the address that asked
    path: str
    began: float  # monotonic seconds
    ended: float


class FleetWeb:
    """Hosts with a feed of articles each; of every tenth, the feed lies on a host that they share."""

    def __init__(self, hosts: int, articles: int, latency_s: float) -> None:
        self.hosts = [f"host{n}.example" for n in range(hosts)]
        self.articles = articles
        self.latency_s = latency_s
        self.log: defaultdict[str, list[Request]] = defaultdict(list)  # host -> requests as they ended
        self.port = 0
        self._open: set[asyncio.StreamWriter] = set()

    def urls(self, host: str) -> list[str]:
        return [f"http://{host}/2026/{host.partition('.')[0]}-story-{n}" for n in range(self.articles)]

    def outlets(self) -> Iterator[tuple[str, str, str]]:
        """Slug, homepage, feed."""
        for n, host in enumerate(self.hosts):
            yield f"outlet{n}", f"http://{host}/", f"http://{'feeds.example' if n % 10 == 0 else host}/feed{n}"

    def fetched(self) -> Counter[str]:
        """How often each article was asked for."""
        return Counter(f"http://{host}{one.path}" for host, log in self.log.items() for one in log
                       if one.path.startswith("/2026/"))  # fmt: skip

    def gaps(self) -> Iterator[tuple[float, bool]]:
        """Seconds from each answer of a host to its next request, and whether another crawler made that."""
        for log in self.log.values():
            for before, after in pairwise(sorted(log, key=lambda one: one.began)):
                yield after.began - before.ended, after.crawler != before.crawler

    @contextmanager
    def serve(self, address: str = "127.0.0.1") -> Iterator[FleetWeb]:
        ready = threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._serve(address, ready)), daemon=True)
        thread.start()
        ready.wait(10)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._stop.set)
            thread.join()

    async def _serve(self, address: str, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(self._connection, address, 0, backlog=1000) as server:
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await self._stop.wait()
        for writer in list(self._open):
            writer.close()
        await asyncio.sleep(0.1)  # in which they do

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while line := await reader.readline():
                headers = []
                while (header := await reader.readline()).strip():
                    headers.append(header.decode("latin-1"))
                await self._answer(line.split()[1].decode(), "".join(headers), writer)
        except OSError:
            pass  # it was killed
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, url: str, headers: str, writer: asyncio.StreamWriter) -> None:
        began, parts = time.monotonic(), urlsplit(url)
        host = headers.lower().partition("host: ")[2].partition("\r")[0]
        # Crawlers have an address each, or else name themselves as contacts.
        crawler = f"{writer.get_extra_info('peername')[0]} {headers.partition('newscrawl/')[2].partition(')')[0]}"
        await asyncio.sleep(self.latency_s)
        body = self._body(parts.path).encode()
        status = b"200 OK" if body else b"404 Not Found"
        head = b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
        # One that was killed meanwhile has asked, too.
        self.log[host].append(Request(crawler, parts.path, began, time.monotonic()))
        writer.write(head % (status, len(body)) + body)
        await writer.drain()

    def _body(self, path: str) -> str:
        if path.startswith("/2026/"):
            return article_page(f"{path.rpartition('/')[2]}", place=path.rpartition("/")[2])
        number = path.removeprefix("/feed")
        return rss(self.urls(self.hosts[int(number)])) if number.isdecimal() else ""
