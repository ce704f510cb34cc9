from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.items import Article, Outlet, Page, Rejection
from newscrawl.workers import Workers

WORDS = b"the wheel of the old mill turned on Saturday and the whole village came to see whether the dam would hold "
STORY = b"<html><head><title>The mill</title></head><body><article><h1>The mill</h1>%s</article></body></html>"


def page(paragraphs: int = 4, number: int = 0) -> Page:
    body = STORY % (b"<p>For the first time in forty years %s.</p>" % WORDS.strip() * paragraphs)
    return Page(f"https://a.example/{number}", body, Outlet("a", "A"), datetime(2026, 6, 4, tzinfo=UTC))


@pytest.fixture
def workers() -> Iterator[Workers]:
    pool = Workers(2)
    yield pool
    pool.stop()


def children() -> set[int]:
    """Worker processes of this one."""
    return {child.pid for child in multiprocessing.active_children() if child.pid}


def test_pages_become_articles_in_other_processes(workers: Workers) -> None:
    futures = [workers.submit(page(number=number)) for number in range(20)]
    results = [future.result(30) for future in futures]
    assert all(isinstance(result, Article) for result in results)
    assert [result.url for result in results] == [f"https://a.example/{number}" for number in range(20)]


def test_text_is_taken_in_place_of_a_page(workers: Workers) -> None:
    text = f"For the first time in forty years {WORDS.decode()}.\n\nAnd again on Sunday: {WORDS.decode()}."
    result = workers.submit(page(), text).result(30)
    assert isinstance(result, Article)
    assert result.text.startswith("For the first time")


def test_a_page_past_its_deadline_costs_itself_alone() -> None:
    pool = Workers(1, deadline_s=2)
    try:
        started = time.monotonic()
        slow = pool.submit(page(60_000))
        assert slow.result(30) == Rejection("https://a.example/0", "deadline", "not done after 2 s", final=False)
        assert time.monotonic() - started < 6
        assert isinstance(pool.submit(page()).result(30), Article)
    finally:
        pool.stop()


def test_a_page_above_the_memory_limit_costs_itself_alone() -> None:
    pool = Workers(1, deadline_s=60, memory_mb=250)
    try:
        result = pool.submit(page(60_000)).result(90)
        assert isinstance(result, Rejection)
        assert result.reason in ("memory", "crashed")
        assert not result.final
        assert isinstance(pool.submit(page()).result(30), Article)
    finally:
        pool.stop()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_page_that_kills_its_process_costs_itself_alone() -> None:
    pool = Workers(1, deadline_s=60)
    try:
        doomed = pool.submit(page(60_000))
        while not any(cpu_seconds(pid) > 0.5 for pid in children()):  # to read the page takes a tenth of that
            time.sleep(0.05)
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        expected = Rejection("https://a.example/0", "crashed", "its process ended with status -9", final=False)
        assert doomed.result(60) == expected
        assert isinstance(pool.submit(page()).result(60), Article)
    finally:
        pool.stop()


def test_kills_at_any_moment_leave_no_page_without_a_result(workers: Workers) -> None:
    moments = random.Random(7)
    futures = [workers.submit(page(4 if number % 2 else 4000, number)) for number in range(60)]
    for _ in range(40):
        time.sleep(moments.uniform(0, 0.05))
        for pid in children():
            with suppress(ProcessLookupError):  # just ended
                os.kill(pid, signal.SIGKILL)
    results = [future.result(60) for future in futures]
    assert {result.reason for result in results if isinstance(result, Rejection)} <= {"crashed"}
    assert isinstance(workers.submit(page()).result(30), Article)


def test_processes_that_are_killed_while_idle_are_replaced(workers: Workers) -> None:
    assert isinstance(workers.submit(page()).result(30), Article)
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    futures = [workers.submit(page(number=number)) for number in range(10)]
    assert all(isinstance(future.result(60), Article) for future in futures)


def test_what_was_given_is_done_before_the_pool_closes() -> None:
    pool = Workers(1)
    futures = [pool.submit(page(number=number)) for number in range(10)]
    pool.close()
    assert all(isinstance(future.result(0), Article) for future in futures)


def test_a_pool_that_is_stopped_leaves_no_page_without_a_result() -> None:
    pool = Workers(1)
    futures = [pool.submit(page(2000, number)) for number in range(10)]
    pool.stop()
    results = [future.result(0) for future in futures]
    assert {result.reason for result in results if isinstance(result, Rejection)} == {"stopped"}
    assert pool.submit(page()).result(0).reason == "stopped"
    assert not children()


def test_a_page_can_be_awaited_and_given_up() -> None:
    pool = Workers(1)

    async def give_up() -> Article | Rejection:
        slow = asyncio.wrap_future(pool.submit(page(60_000)))
        await asyncio.sleep(0.5)
        slow.cancel()
        return await asyncio.wait_for(asyncio.wrap_future(pool.submit(page())), 5)

    try:
        assert isinstance(asyncio.run(give_up()), Article)
    finally:
        pool.stop()


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent("""
        import os, signal
        from newscrawl.workers import Workers
        if __name__ == "__main__":
            pool = Workers(2)
            os.kill(os.getpid(), signal.SIGKILL)
        """)
    )
    subprocess.run([sys.executable, script], check=False, timeout=60)
    deadline = time.monotonic() + 15
    while (left := _running_with(str(script))) and time.monotonic() < deadline:
        time.sleep(0.3)
    assert left == []


def _running_with(word: str) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if word in line and "ps -eo" not in line]


@pytest.mark.parametrize("count", [0, -1])
def test_a_pool_has_a_process(count: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Workers(count)
