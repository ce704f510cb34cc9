"""WARC files for tests."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.pages import article_page

HTML = {"Content-Type": "text/html; charset=utf-8"}


def member(url: str, body: bytes = b"", status: str = "200 OK", headers: dict[str, str] = HTML) -> bytes:
    """A response as a gzip member."""
    packed = io.BytesIO()
    writer = WARCWriter(packed, gzip=True)
    http = StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1")
    about = {"WARC-Date": "2026-11-21T08:00:00Z"}
    writer.write_record(
        writer.create_warc_record(
            url, "response", io.BytesIO(body), length=len(body), http_headers=http, warc_headers_dict=about
        )
    )
    return packed.getvalue()


def story(number: int, outlet: str = "harbour", words: str = "") -> bytes:
    """A story of its own at its own URL."""
    place = f"Port {number} of {outlet}{words}"
    body = article_page(f"Story {number} of the {outlet}", place).encode()
    return member(f"http://www.{outlet}.example/2026/11/21/story-{number}", body)


def mixed(start: int, count: int) -> list[bytes]:
    """Stories of three outlets, and what is none; URLs and texts come again."""
    members = [story(n, ("harbour", "coast", "inland")[n % 3]) for n in range(start, start + count)]
    again = article_page(f"Story {start + 1} of the coast", f"Port {start + 1} of coast").encode()
    return [
        *members,
        member("http://www.harbour.example/missing", status="404 Not Found"),
        member("http://www.harbour.example/report.pdf", b"%PDF", headers={"Content-Type": "application/pdf"}),
        member(f"http://www.harbour.example/empty-{start}", b"<html><body><p>Nothing</p></body></html>"),
        member(f"http://www.coast.example/copy-of-{start}", again),
        members[0],
        member("dns:www.harbour.example", b"192.0.2.1"),
    ]


def write(path: Path, members: Iterable[bytes]) -> Path:
    path.write_bytes(b"".join(members))
    return path
