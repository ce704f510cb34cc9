"""`newscrawl extract --jsonl`: a filter from pages to articles, a line each, in order, in bounded memory."""

from __future__ import annotations

import base64
import binascii
import json
import queue
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from newscrawl.cli.records import article_record, rejection_record
from newscrawl.cli.terminal import json_line
from newscrawl.items import Article, Outlet, Page, Rejection
from newscrawl.outlets.registry import outlet_of
from newscrawl.outlets.schema import OutletConfig
from newscrawl.urls import safe_url

if TYPE_CHECKING:
    from newscrawl.workers import Workers

LINE_LIMIT = 16_000_000  # bytes: a page of 9.5 MB in base64, and what stands around it
AHEAD = 48  # pages read ahead: one that takes its whole deadline must not stop the others at once

Outlets = dict[str, OutletConfig]


@dataclass(frozen=True, slots=True)
class BadLine:
    """An input line that holds no page."""

    id: object  # as given, None where it cannot be read
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Order:
    """An input line that holds a page."""

    id: object
    page: Page
    text: str | None  # in place of the page's HTML


_Waiting = tuple[Order | BadLine, Future[Article | Rejection] | None]


def run_filter(source: BinaryIO, target: BinaryIO, workers: Workers, outlets: Outlets) -> None:
    """Write one line for each line read, in order; each as soon as it and all before it are done.

    Raises:
        OSError: The input cannot be read, or nobody reads the output.
    """
    waiting: queue.Queue[_Waiting | OSError | None] = queue.Queue(AHEAD)

    def read() -> None:
        try:
            for raw in read_lines(source):
                order = read_order(raw, outlets)
                done = workers.submit(order.page, order.text) if isinstance(order, Order) else None
                waiting.put((order, done))
        except OSError as error:
            waiting.put(error)
        waiting.put(None)

    # A thread, so that a client that waits for an answer before it sends the next page gets it.
    threading.Thread(target=read, daemon=True).start()
    while (item := waiting.get()) is not None:
        if isinstance(item, OSError):
            raise item
        target.write(json_line(_answer(*item)))
        target.flush()


def read_lines(source: BinaryIO) -> Iterator[bytes | None]:
    """The lines that are not blank; None for one that is longer than LINE_LIMIT."""
    while raw := source.readline(LINE_LIMIT):
        if len(raw) == LINE_LIMIT and not raw.endswith(b"\n"):
            while rest := source.readline(LINE_LIMIT):
                if rest.endswith(b"\n"):
                    break
            yield None
        elif raw.strip():
            yield raw


def read_fields(raw: bytes | None, texts: Sequence[str]) -> dict[str, Any] | BadLine:
    """The fields of an input line, those named being texts where they are given."""
    if raw is None:
        return BadLine(None, "line_too_long", f"more than {LINE_LIMIT} bytes")
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError) as error:
        return BadLine(None, "bad_json", str(error)[:200])
    if not isinstance(fields, dict):
        return BadLine(None, "bad_json", f"expected an object, got {type(fields).__name__}")
    for name in texts:
        if fields.get(name) is not None and not isinstance(fields[name], str):
            return BadLine(fields.get("id"), "bad_field", f"{name}: expected text, got {type(fields[name]).__name__}")
    return fields


def read_order(raw: bytes | None, outlets: Outlets) -> Order | BadLine:
    """What an input line asks for."""
    fields = read_fields(raw, ("url", "charset", "html_b64", "text"))
    if isinstance(fields, BadLine):
        return fields
    key = fields.get("id")
    text, html = fields.get("text"), fields.get("html_b64")
    if (text is None) == (html is None):
        return BadLine(key, "bad_field", "expected one of html_b64 and text")
    try:
        body = b"" if html is None else base64.b64decode(html, validate=True)
    except (binascii.Error, ValueError) as error:
        return BadLine(key, "bad_base64", str(error))
    return Order(key, page_of(body, fields.get("url") or "", fields.get("charset") or None, outlets), text)


def page_of(body: bytes, url: str, charset: str | None, outlets: Outlets) -> Page:
    """A page that was not fetched now, as if it had been."""
    outlet = outlet_of(url, outlets) if safe_url(url) else Outlet(slug="unknown", name="unknown")
    return Page(url, body, outlet, datetime.now(UTC), charset=charset)


def _answer(order: Order | BadLine, done: Future[Article | Rejection] | None) -> dict[str, object]:
    if isinstance(order, BadLine):
        return {"id": order.id, "rejection": order.reason, "detail": order.detail}
    assert done is not None
    result = done.result()
    if isinstance(result, Article):
        return {"id": order.id} | article_record(result)
    return {"id": order.id} | rejection_record(result, order.page.outlet)
