"""How full the pipe is with many hosts: pages a second of a crawl, beside plain Scrapy spiders over the same pages.

    python -m tests.bench.hosts [--hosts 100] [--pages 20] [--latency 0.05] [--workers 2] [--database URL]

Every host answers after the latency, one request at a time. All three are timed by the server, from the first page that
is asked for to the last one: `fetch` is Scrapy alone, `extract` calls trafilatura in its callback, and `newscrawl` is
the whole way to the rows.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.crawling import Crawler
from tests.pages import article_page, rss

SPIDER = """
import sys
import scrapy
from scrapy.crawler import CrawlerProcess
port, hosts, pages, extract = map(int, sys.argv[1:])
if extract:
    import trafilatura
class Plain(scrapy.Spider):
    name = "plain"
    async def start(self):
        for page in range(pages):
            for host in range(hosts):
                yield scrapy.Request(f"http://host{{host}}.example:{{port}}/2026/story-{{host}}-{{page}}")
    def parse(self, response):
        if extract:
            trafilatura.extract(response.text)
process = CrawlerProcess({settings})
process.crawl(Plain)
process.start()
"""
SETTINGS = {
    "TWISTED_DNS_RESOLVER": "tests.resolver.Everywhere",
    "CONCURRENT_REQUESTS": 512,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "ERROR",
    "TELNETCONSOLE_ENABLED": False,
}


class Server:
    """Answers for all hosts after the latency, and knows when it was asked for pages."""

    def __init__(self, hosts: int, pages: int, latency_s: float) -> None:
        self.hosts, self.pages, self.latency_s = hosts, pages, latency_s
        self.asked: list[float] = []
        self.port = 0
        self._ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._ready.wait()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=1000)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            path = line.split()[1].decode()
            while (await reader.readline()).strip():
                pass
            if path.startswith("/2026/"):
                self.asked.append(time.monotonic())
            await asyncio.sleep(self.latency_s)
            body = self._body(path).encode()
            status = b"200 OK" if body else b"404 Not Found"
            kind = b"Content-Type: text/html; charset=utf-8"
            writer.write(b"HTTP/1.1 %s\r\n%s\r\nContent-Length: %d\r\n\r\n%s" % (status, kind, len(body), body))
        writer.close()

    def _body(self, path: str) -> str:
        if path.startswith("/2026/"):
            return article_page(f"{path} of the harbour", place=path)
        if path.startswith("/feed-"):
            host = path.removeprefix("/feed-")
            site = f"http://host{host}.example:{self.port}"
            return rss([f"{site}/2026/story-{host}-{n}" for n in range(self.pages)])
        return ""

    def rate(self) -> float:
        """Pages a second since the last call."""
        total, seconds = len(self.asked), self.asked[-1] - self.asked[0]
        if total < self.hosts * self.pages:
            raise SystemExit(f"only {total} of {self.hosts * self.pages} pages were asked for")
        self.asked.clear()
        return total / seconds


def main() -> None:
    """Measure, and print pages a second and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--pages", type=int, default=20, help="of each host")
    parser.add_argument("--latency", type=float, default=0.05, metavar="S")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database", metavar="URL", help="(default: SQLite)")
    options = parser.parse_args()
    server = Server(options.hosts, options.pages, options.latency)
    rates = {}
    for name, extract in (("fetch", 0), ("extract", 1)):
        words = [str(word) for word in (server.port, options.hosts, options.pages, extract)]
        subprocess.run([sys.executable, "-c", SPIDER.format(settings=SETTINGS), *words], check=True)
        rates[name] = server.rate()
    with tempfile.TemporaryDirectory() as folder:
        crawler = Crawler(Path(folder), options.database)
        for host in range(options.hosts):
            home = f"http://host{host}.example:{server.port}/"
            crawler.outlet(home, ("rss", f"{home}feed-{host}"), slug=f"host{host}")
        slugs = ",".join(f"host{host}" for host in range(options.hosts))
        crawler.run(
            "news", f"outlet={slugs}", NEWSCRAWL_WORKERS=options.workers, LOG_LEVEL="ERROR",
            TWISTED_DNS_RESOLVER=SETTINGS["TWISTED_DNS_RESOLVER"],
        )  # fmt: skip
        rates["newscrawl"] = server.rate()
        stored = crawler.summary().counts.stored
    print(f"at most {options.hosts / options.latency:.0f} pages/s; {stored} articles stored")
    for name, rate in rates.items():
        shares = ", ".join(f"{rate / other:.2f} of {than}" for than, other in rates.items() if than != name)
        print(f"{name:<10}{rate:8.1f} pages/s ({shares})")


if __name__ == "__main__":
    main()
