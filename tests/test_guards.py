import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, serve

# Spellings of loopback that an HTTP client connects with, though most checks of the URL text let them pass.
LOOPBACK = [
    "127.0.0.1", "127.1", "127.0.1", "0x7f000001", "0x7f.1", "2130706433", "017700000001", "0177.0.0.1", "0", "0.0.0.0",
    "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７．０．０．１",
    "127.0.0.2", "127.255.255.254",
    "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]",
]  # fmt: skip


def test_no_spelling_of_loopback_is_reached(tmp_path):
    with serve() as web:
        web.answers["/2026/pier"] = Answer(article_page("Pier to be rebuilt"))
        listed = tmp_path / "list.txt"
        listed.write_text("\n".join(web.url("/2026/pier", host) for host in LOOPBACK), encoding="utf-8")
        Crawler(tmp_path).run("urls", f"file={listed}", NEWSCRAWL_ALLOW_PRIVATE=0)
        assert web.asked == []


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_does_not_lead_to_a_private_address(tmp_path, status):
    with serve() as inner, serve() as outer:
        inner.answers["/2026/pier"] = Answer(article_page("Pier to be rebuilt"))
        outer.answers["/2026/away"] = Answer("", status, {"Location": inner.url("/2026/pier", "localhost")})
        crawler = Crawler(tmp_path)
        crawler.outlet(outer.url("/"), ("rss", outer.url("/feed")))
        outer.answers["/feed"] = Answer(rss([outer.url("/2026/away")]))
        # The outlet's own host is named as the proxy's, and so let through; `localhost` is not.
        crawler.run(
            "news", "outlet=harbour", NEWSCRAWL_ALLOW_PRIVATE=0, TWISTED_DNS_RESOLVER="tests.resolver.OnlyLiteral"
        )
        assert "/2026/away" in outer.paths()
        assert inner.asked == []


@contextmanager
def endless_headers() -> Iterator[int]:
    """A server whose response headers never end; its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def answer() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\n")
                    for n in range(200_000):
                        connection.sendall(b"X-Header-%d: %s\r\n" % (n, b"a" * 1000))
                except OSError:
                    continue

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        listener.close()
        thread.join(5)


def test_endless_headers_end_the_request_and_not_the_crawl(tmp_path):
    with endless_headers() as port:
        crawler = Crawler(tmp_path)
        crawler.run("urls", f"urls=http://127.0.0.1:{port}/2026/pier", ROBOTSTXT_OBEY=0, RETRY_TIMES=0)
        (reason,) = {**crawler.summary().rejected, **crawler.summary().failed}
        assert reason in {"headers_too_large", "network"}
        assert "headers exceed" in (tmp_path / "log.txt").read_text() or reason == "headers_too_large"


def test_a_page_above_the_size_limit_is_rejected(tmp_path):
    with serve() as web:
        web.answers["/2026/huge"] = Answer(b"<p>" + b"a" * 10_000_000)
        crawler = Crawler(tmp_path)
        crawler.run("urls", f"urls={web.url('/2026/huge')}")
        assert crawler.summary().rejected == {"too_large": 1}
