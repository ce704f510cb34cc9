"""A page in a real Chromium: what it looks like, what it becomes, and what it asks the network for."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OWN = re.compile(r"(.+\.)?google\.com|update\.googleapis\.com")  # what the browser asks by itself, whatever the page


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a page."""

    dom: str  # after rendering
    picture: bytes  # PNG
    hosts: frozenset[str]  # asked for by the page


def look(page: Path, width: int = 1200, height: int = 1600, *, dark: bool = False) -> Seen:
    """Render a page; every request goes to a proxy that answers none."""
    binary = next(filter(None, map(shutil.which, NAMES)), None)
    if binary is None:
        pytest.skip("no Chromium to look with; on Debian: apt-get install chromium")
    with TemporaryDirectory() as folder, _recorder() as (port, asked):
        picture = Path(folder) / "picture.png"
        options = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            f"--proxy-server=127.0.0.1:{port}", "--proxy-bypass-list=<-loopback>", f"--user-data-dir={folder}/profile",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}", f"--window-size={width},{height}",
            f"--screenshot={picture}", "--dump-dom",
        ]  # fmt: skip
        done = subprocess.run([binary, *options, page.resolve().as_uri()], capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        hosts = frozenset(host for host in asked if not OWN.fullmatch(host))
        return Seen(done.stdout.decode(), picture.read_bytes(), hosts)


@contextmanager
def _recorder() -> Iterator[tuple[int, set[str]]]:
    """A proxy on a free port, and the hosts it was asked for."""
    asked: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def refuse(self) -> None:
            asked.add(urlsplit(self.path if "://" in self.path else f"//{self.path}").hostname or self.path)
            self.send_error(404)

        do_GET = do_HEAD = do_POST = do_CONNECT = refuse  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing: it is all in `asked`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()
            thread.join()


def ink(picture: bytes) -> float:
    """The share of a PNG's bytes that differ from what stands before or above them; 0 for a blank one."""
    data, at = b"", 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] == b"IDAT":
            data += picture[at + 8 : at + 8 + length]
        at += length + 12
    raw = zlib.decompress(data)
    return 1 - raw.count(0) / len(raw)
