"""A web server on loopback for tests: pages by path, and a record of what was asked."""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    body: str | bytes = ""
    status: int = 200  # 0: the connection is closed without an answer
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    raw: Callable[[], Iterable[bytes]] | None = None  # everything that is sent, in place of the above
    drip_s: float = 0.0  # between the halves of the body
    reset: bool = False  # the connection, in place of an answer


@dataclass(frozen=True)
class Asked:
    at: float  # monotonic seconds
    host: str
    path: str
    headers: Mapping[str, str]


class Web:
    """Answers of paths, or of hosts' paths (`//a.example/robots.txt`); a callable is asked at each request.

    Behind a proxy a path is a whole URL.
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.port = port
        self.host = host
        self.answers: dict[str, Answer | Callable[[], Answer]] = {}
        self.asked: list[Asked] = []
        self.open: Counter[str] = Counter()  # host -> requests that are not answered yet
        self.most_open: Counter[str] = Counter()

    def url(self, path: str, host: str = "") -> str:
        return f"http://{host or self.host}:{self.port}{path}"

    @contextmanager
    def waiting(self, host: str) -> Iterator[str]:
        """Count a request of the host as open."""
        self.open[host] += 1
        self.most_open[host] = max(self.most_open[host], self.open[host])
        try:
            yield host
        finally:
            self.open[host] -= 1

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def answer(self, path: str, host: str = "") -> Answer:
        found = self.answers.get(f"//{host}{path}") or self.answers.get(path, Answer("<h1>Not found</h1>", 404))
        return found() if callable(found) else found


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # with the usual 5, a crawl of many hosts waits seconds for its connections

    def handle_error(self, *about: object) -> None:
        """Nothing where who asked has gone."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(*about)


class _EveryAddress(_Server):
    """On all addresses of the machine, IPv4 and IPv6, so that no spelling of it fails to arrive for a wrong reason."""

    address_family = socket.AF_INET6

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


def is_known(asked: Mapping[str, str], answer: Answer) -> bool:
    """Whether a conditional request names the validators of the answer."""
    names = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
    pairs = [(asked[name], answer.headers.get(names[name])) for name in names if name in asked]
    return bool(pairs) and answer.status == 200 and all(sent == known for sent, known in pairs)


@contextmanager
def serve(host: str = "127.0.0.1", *, everywhere: bool = False) -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            web.asked.append(Asked(time.monotonic(), self.headers["Host"] or "", self.path, dict(self.headers)))
            with web.waiting((self.headers["Host"] or "").partition(":")[0]) as asked:
                answer = web.answer(self.path, asked)
                time.sleep(answer.wait_s)
            if is_known(self.headers, answer):
                answer = Answer("", 304, answer.headers)
            if answer.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                return
            if not answer.status or answer.raw:
                self.close_connection = True
                with suppress(OSError):  # the client has seen enough
                    for chunk in answer.raw() if answer.raw else ():
                        self.wfile.write(chunk)
                return
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            with suppress(OSError):
                self.send_response(answer.status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **answer.headers}.items():
                    self.send_header(name, value)
                if "Content-Length" not in answer.headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2])
                time.sleep(answer.drip_s)
                self.wfile.write(body[len(body) // 2 :])
                self.close_connection = int(answer.headers.get("Content-Length", 0)) > len(body)

        def log_message(self, *_: object) -> None:
            pass

    server: _Server
    if everywhere and socket.has_dualstack_ipv6():
        server = _EveryAddress(("::", 0), Handler)
    else:
        server = _Server(("" if everywhere else host, 0), Handler)
    web = Web(server.server_address[1], host)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
