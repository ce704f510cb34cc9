from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl.cli.jsonl import LINE_LIMIT, BadLine, Order, page_of, read_lines, read_order, run_filter
from newscrawl.workers import Workers

COMMAND = Path(sys.executable).with_name("newscrawl")
HTML = """<html lang="en"><head><title>The mill turns again</title></head><body><nav><a href="/">Home</a></nav><article>
<h1>The mill turns again</h1><p>For the first time in forty years the wheel of the old mill turned on Saturday, and the
whole village came to see whether the dam would hold.</p><p>It did. The flour that came out of it was grey and full of
sand, and every loaf that was baked from it was sold before noon.</p></article></body></html>"""


def request(**fields: object) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def page(key: object, html: str = HTML) -> bytes:
    return request(id=key, url="https://a.example/x", html_b64=base64.b64encode(html.encode()).decode(), charset=None)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(2)
    yield pool
    pool.close()


def filtered(lines: bytes, workers: Workers) -> list[dict[str, object]]:
    out = io.BytesIO()
    run_filter(io.BytesIO(lines), out, workers, {})
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("line", "key", "reason"),
    [
        (b"{", None, "bad_json"),
        (b"[1]", None, "bad_json"),
        (b'"text"', None, "bad_json"),
        (b"\xff\xfe{}", None, "bad_json"),
        (b"[" * 100_000, None, "bad_json"),
        (request(id=1), 1, "bad_field"),
        (request(id=1, text="a", html_b64="YQ=="), 1, "bad_field"),
        (request(id=1, html_b64=5), 1, "bad_field"),
        (request(id=1, html_b64="YQ==", url=["a"]), 1, "bad_field"),
        (request(id={"a": 1}, html_b64="not base64!"), {"a": 1}, "bad_base64"),
        (request(id=1, html_b64="é"), 1, "bad_base64"),
        (None, None, "line_too_long"),
    ],
)
def test_a_bad_line_is_told_from_a_page(line: bytes | None, key: object, reason: str) -> None:
    read = read_order(line, {})
    assert isinstance(read, BadLine)
    assert (read.id, read.reason) == (key, reason)


def test_a_line_may_leave_out_what_is_not_known() -> None:
    read = read_order(request(html_b64="YQ=="), {})
    assert isinstance(read, Order)
    assert (read.id, read.page.url, read.page.body, read.page.charset, read.text) == (None, "", b"a", None, None)


@pytest.mark.parametrize("url", ["", "nonsense", "file:///etc/hostname", "http://[", "http:///x"])
def test_a_page_without_a_usable_url_has_an_unknown_outlet(url: str) -> None:
    assert page_of(b"", url, None, {}).outlet.slug == "unknown"


def test_a_line_that_is_too_long_is_skipped_whole() -> None:
    source = io.BytesIO(b"a\n" + b"x" * (2 * LINE_LIMIT + 5) + b"\n\n  \nb")
    assert list(read_lines(source)) == [b"a\n", None, b"b"]


def test_lines_come_out_in_order_and_a_bad_one_costs_itself(workers: Workers) -> None:
    lines = b"".join([page(0), b"nonsense\n", page(2, ""), request(id=3, text="x"), *(page(n) for n in range(4, 60))])
    records = filtered(lines, workers)
    assert [record["id"] for record in records] == [0, None, *range(2, 60)]
    assert [record["rejection"] for record in records[:2]] == [None, "bad_json"]
    assert all(record["rejection"] for record in records[1:4])
    assert all(record["title"] == "The mill turns again" for record in records[4:])
    assert all("whether the dam would hold." in record["text"] for record in records[4:])


def test_a_line_may_carry_text_in_place_of_html(workers: Workers) -> None:
    text = (
        "For the first time in forty years the wheel of the old mill turned on Saturday, and many came.\n\n"
        "It did. The flour that came out of it was grey and full of sand, and was sold before noon all the same.\n \n"
        "Copyright 2026 The Post. All rights reserved."
    )
    (record,) = filtered(request(id="t", url="https://a.example/x", text=text), workers)
    assert record["rejection"] is None
    assert record["text"] == "\n".join(text.split("\n")[0:3:2])
    assert [cut["kind"] for cut in record["removed"]] == ["copyright"]


def test_an_answer_comes_before_the_next_question() -> None:
    """A client may wait for each answer before it sends the next page."""
    process = subprocess.Popen([COMMAND, "extract", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    killer = threading.Timer(60, process.kill)
    killer.start()
    for key in range(3):
        process.stdin.write(page(key))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == key
    killer.cancel()
    process.stdin.close()
    assert process.wait(30) == 0
    process.stdout.close()


def test_a_reader_that_goes_away_ends_the_filter(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"".join(page(n) for n in range(200)))
    done = subprocess.run(
        ["bash", "-c", f"{COMMAND} extract --jsonl in.jsonl --workers 1 | head -1"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout)["id"] == 0
    assert done.stderr == ""
