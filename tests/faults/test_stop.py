"""Signals to a crawl and to its workers, and a server that restarts: each leaves what the next run continues."""

import os
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress

import pytest

from newscrawl.store import migrate
from tests.crawling import Crawler
from tests.faults.stories import ALL, STORIES, accounts, headlines, story, wait_until, worker_pids
from tests.postgres import Server, own_server
from tests.web import Answer, Web


def start(crawler: Crawler, web: Web, *options: str) -> subprocess.Popen[str]:
    """A crawl that has fetched some stories and not all."""
    command, pipe = crawler.newscrawl(*options), subprocess.PIPE
    process = subprocess.Popen(command, stdout=pipe, stderr=subprocess.STDOUT, text=True)
    wait_until(lambda: len(web.asked) >= 6 or process.poll() is not None)
    return process


def finish(crawler: Crawler) -> None:
    """The next run stores the rest."""
    done = subprocess.run(crawler.newscrawl(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert headlines(crawler.database_url) == ALL


@pytest.fixture
def server(crawler: Crawler) -> Server:
    with own_server() as server:
        migrate.upgrade(server.url)
        crawler.database_url = server.url
        yield server


def test_sigterm_drains(web, crawler):
    process = start(crawler, web)
    process.send_signal(signal.SIGTERM)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 130, told
    [summary] = accounts(crawler.database_url)
    assert summary.run.status == "interrupted"
    asked = Counter(path for path in web.paths() if "story" in path)
    assert summary.counts.stored == asked.total() == STORIES - summary.counts.pending  # what was on the wire came in
    finish(crawler)
    assert set(Counter(path for path in web.paths() if "story" in path).values()) == {1}


def test_two_ctrl_c_stop_at_once(web, crawler):
    web.answers["/2026/story-9"] = Answer("late", wait_s=20)
    process = start(crawler, web)
    wait_until(lambda: "/2026/story-9" in web.paths())
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None  # it waits for the story
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=15)
    assert process.returncode == 130, told
    web.answers["/2026/story-9"] = Answer(story(9))
    finish(crawler)
    assert [summary.run.status for summary in accounts(crawler.database_url)] == ["ok", "crashed"]


def test_two_ctrl_c_stop_a_crawl_that_waits_for_its_database(web, crawler, server):
    process = start(crawler, web)
    server.stop()
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=15)  # not the minute that it would wait for the server
    assert process.returncode == 130, told
    server.start()
    finish(crawler)
    assert [summary.run.status for summary in accounts(crawler.database_url)] == ["ok", "crashed"]


def test_a_worker_that_is_killed_costs_its_page_one_run(web, crawler):
    process = start(crawler, web)
    kills = 0
    while process.poll() is None and kills < 5:
        for pid in worker_pids(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                kills += 1
        time.sleep(0.1)
    told, _ = process.communicate(timeout=60)
    assert process.returncode in (0, 3), told  # 3 where more than a fifth failed
    [summary] = accounts(crawler.database_url)
    assert kills
    assert summary.counts.pending == 0
    assert summary.counts.stored + summary.counts.failed == STORIES
    assert set(summary.failed) <= {"crashed"}
    finish(crawler)


def test_five_restarts_of_the_server_cost_nothing(web, crawler, server):
    for n in range(STORIES):
        web.answers[f"/2026/story-{n}"] = Answer(story(n), wait_s=0.2)
    process = start(crawler, web)
    for mode in ("fast", "immediate", "fast", "immediate", "fast"):
        asked = len(web.asked)
        server.stop(mode)
        time.sleep(0.2)
        server.start()
        wait_until(lambda asked=asked: len(web.asked) > asked)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert headlines(server.url) == ALL
    [summary] = accounts(server.url)
    assert (summary.run.status, summary.counts.stored) == ("ok", STORIES)
    assert set(Counter(path for path in web.paths() if "story" in path).values()) == {1}
