"""Pages that are made to be slow, deep or huge: each ends within its deadline, and costs itself alone.

The generators are in `../shared/hostile`; what is essential is below and needs nothing. The long version:

    python -m tests.faults.test_payloads [BYTES] [DEADLINE_S]
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.items import Article, Outlet, Page, Rejection
from newscrawl.workers import Workers
from tests.crawling import peak_mb
from tests.pages import article_page

GENERATORS = Path(__file__).parents[3] / "shared" / "hostile" / "payloads.py"
Payload = Callable[[int], "str | bytes"]
DEADLINE_S, SLACK_S = 1.0, 1.0
STORY = "<p>The council approved the new budget on Tuesday after a long debate about schools and roads.</p>" * 4

# Those that took the bare libraries quadratic time or too much memory, as templates: before, repeated, after.
OWN: dict[str, tuple[str, str, str]] = {
    "doctype slashes": ("<!DOCTYPE html ", "/", ""),
    "combining marks": ("<article><h1>Head</h1><p>Hello a", "\u0301\u0316", f"</p>{STORY}</article>"),
    "bold words": (f"<article>{STORY}<p>", "<b>bold</b> text ", f"</p>{STORY}</article>"),
    "attributes": ("<div ", 'a{n}="1" ', f">{STORY}</div>"),
    "wide cells": (f"<article>{STORY}<table><tr>", "<td colspan=1000>x</td>", f"</table>{STORY}</article>"),
    "headings": (f"<article>{STORY}", "<h2>Head</h2><p>t</p>", f"{STORY}</article>"),
    "paragraphs": (f"<article>{STORY}", "<p>Word {n}</p>", f"{STORY}</article>"),
    "tables": (f"<article>{STORY}", "<table><tr><td>x</td></tr></table>", f"{STORY}</article>"),
    "nesting": ("<article>", "<div>", STORY),
    "lists": (f"<article>{STORY}", "<ul><li>item ", f"{STORY}</article>"),
    "angles": (f"<article>{STORY}", "<", f"{STORY}</article>"),
    "brackets of JSON-LD": ('<script type="application/ld+json">', "[", f"</script>{STORY}"),
    "dates": (f"{STORY}<p>", "1/1/", f"</p>{STORY}"),
    "bylines": ("<div class=author>", "By A B and ", f"</div>{STORY}"),
    "spaces": (f"{STORY}<p>a", " ", f"b</p>{STORY}"),
    "anchors": (f"<article>{STORY}", '<a href="/p/{n}">link {n}</a> ', f"{STORY}</article>"),
}


def own(name: str) -> Payload:
    before, repeated, after = OWN[name]

    def payload(count: int) -> str:
        middle = "".join(repeated.format(n=n) for n in range(count)) if "{n}" in repeated else repeated * count
        return f"<html><head><title>T</title></head><body>{before}{middle}{after}</body></html>"

    return payload


def shared() -> dict[str, Payload]:
    """The generators that lie beside the project."""
    spec = importlib.util.spec_from_file_location("payloads", GENERATORS)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.C)


def sized(payload: Payload, size: int) -> bytes:
    """The payload of about so many bytes."""

    def made(count: int) -> bytes:
        page = payload(count)
        return page if isinstance(page, bytes) else page.encode("utf-8", "surrogatepass")

    few, more = len(made(100)), len(made(1100))
    return made(max(100, int((size - few) / max(more - few, 1) * 1000)) if more > few else size)


def page(body: bytes) -> Page:
    return Page("https://a.example/2026/story", body, Outlet("a", "A"), datetime(2026, 6, 4, tzinfo=UTC))


def run(payloads: dict[str, bytes], deadline_s: float) -> Iterator[tuple[str, Article | Rejection, float]]:
    """What becomes of each page, and how long it took; after each, a plain page has to pass."""
    pool = Workers(1, deadline_s=deadline_s)
    try:
        for name, body in payloads.items():
            started = time.monotonic()
            result = pool.submit(page(body)).result(deadline_s + 30)
            took = time.monotonic() - started
            if isinstance(result, Rejection) and not result.final:
                after = pool.submit(page(article_page("Pier to be rebuilt").encode())).result(30)
                assert isinstance(after, Article), f"{name}: {after}"
            yield name, result, took
    finally:
        pool.stop()


def check(payloads: dict[str, bytes], deadline_s: float) -> None:
    before = peak_mb()
    ended = list(run(payloads, deadline_s))
    assert {name: took for name, _, took in ended if took > deadline_s + SLACK_S} == {}
    reasons = {result.reason for _, result, _ in ended if isinstance(result, Rejection)}
    assert reasons <= {"deadline", "memory", "empty", "no_body", "not_article", "too_short", "javascript", "not_html"}
    assert peak_mb() - before < 50


def test_what_is_super_linear_elsewhere_ends_within_its_deadline():
    check({name: sized(own(name), 1_000_000) for name in OWN}, DEADLINE_S)


@pytest.mark.skipif(not GENERATORS.exists(), reason="the generators of hostile pages are not here")
def test_every_hostile_page_ends_within_its_deadline():
    check({name: sized(payload, 100_000) for name, payload in shared().items()}, DEADLINE_S)


def main() -> None:
    given = sys.argv[1:]
    size = int(given[0]) if given else 1_000_000
    deadline_s = float(given[1]) if given[1:] else 10.0
    payloads = {f"own: {name}": own(name) for name in OWN} | (shared() if GENERATORS.exists() else {})
    for name, payload in payloads.items():
        ((_, result, took),) = run({name: sized(payload, size)}, deadline_s)
        ended = result.reason if isinstance(result, Rejection) else f"{len(result.text)} characters"
        print(f"{name:<24} {took:6.2f} s  {peak_mb()} MB  {ended}")


if __name__ == "__main__":
    main()
