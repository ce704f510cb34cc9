"""The log file of a run: rotation, and lines of JSON."""

from __future__ import annotations

import json
import logging
import multiprocessing
import sys
from pathlib import Path

import pytest
from scrapy import Request

from newscrawl.spiders.base import CrawlError
from newscrawl.spiders.runlog import KEEP, JsonFormatter, log_as_json, rotate
from newscrawl.visits import Lease

LIMIT_MB = 0.001


def test_a_full_log_is_put_aside_and_five_old_ones_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "crawl.log"
    for n in range(8):
        log.write_text(f"{n}" + "x" * 2000)
        rotate(log, LIMIT_MB)
        assert log.read_text() == ""
    assert [path.read_text()[0] for path in sorted(tmp_path.glob("crawl.log.*"))] == ["7", "6", "5", "4", "3"]


def test_a_log_that_is_not_full_stays(tmp_path: Path) -> None:
    log = tmp_path / "crawl.log"
    rotate(log, LIMIT_MB)  # makes it
    log.write_text("a line\n")
    rotate(log, LIMIT_MB)
    assert log.read_text() == "a line\n"


def write_log(file: Path, number: int) -> None:
    rotate(file, LIMIT_MB)
    log_as_json(file, "INFO")
    for n in range(100):
        logging.getLogger("a.run").info("line %d of %d", n, number)


def test_runs_that_begin_at_once_put_a_log_aside_once_and_lose_no_line(tmp_path: Path) -> None:
    log = tmp_path / "crawl.log"
    log.write_text("x" * 2000)
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=write_log, args=(log, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    lines = [line for file in sorted(tmp_path.glob("crawl.log*")) for line in file.read_text().splitlines()]
    assert lines.count("x" * 2000) == 1
    messages = {json.loads(line)["message"] for line in lines if not line.startswith("x")}
    assert messages == {f"line {n} of {number}" for n in range(100) for number in range(3)}
    assert len(list(tmp_path.glob("crawl.log.*"))) <= KEEP


def test_a_device_or_a_link_is_never_renamed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "crawl.log"
    target.write_text("x" * 2000)
    link.symlink_to(target)
    rotate(link, LIMIT_MB)
    rotate(Path("/dev/null"), LIMIT_MB)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crawl.log", "target"]
    assert link.is_symlink()


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(CrawlError, match="no such folder"):
        rotate(tmp_path / "no" / "crawl.log", LIMIT_MB)


@pytest.mark.parametrize(
    ("message", "arguments", "extra", "expected"),
    [
        ("a %s", ("b",), {}, {"message": "a b"}),
        ("%(n)d of", {"n": 3}, {}, {"message": "3 of"}),
        ("x", (), {"outlet": "bbc", "url": "http://a.example/"}, {"outlet": "bbc", "url": "http://a.example/"}),
        ("Error processing %(item)s", {"item": "http://a.example/x"}, {}, {"url": "http://a.example/x"}),
        (
            "Gave up %(request)s",
            {"request": Request("http://a.example/y", cb_kwargs={"lease": Lease(1, "http://a.example/y", "bbc")})},
            {},
            {"url": "http://a.example/y", "outlet": "bbc"},
        ),
        ("two\nlines \u2028 of 中文", (), {}, {"message": "two\nlines \u2028 of 中文"}),
    ],
)
def test_a_line_is_one_object_with_what_it_is_about(
    message: str, arguments: object, extra: dict[str, str], expected: dict[str, str]
) -> None:
    given = (arguments,) if isinstance(arguments, dict) else arguments
    record = logging.getLogger("x").makeRecord("x", logging.INFO, "f.py", 1, message, given, None, extra=extra)  # type: ignore[arg-type]
    text = JsonFormatter().format(record)
    assert "\n" not in text
    entry = json.loads(text)
    assert {name: entry.get(name) for name in expected} == expected
    assert entry.keys() <= {"time", "level", "logger", "message", "outlet", "url"}


def test_a_traceback_is_part_of_its_line() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f.py", 1, "failed", (), sys.exc_info())
    text = JsonFormatter().format(record)
    assert "\n" not in text
    assert json.loads(text)["error"].endswith("ValueError: broken")
