"""A web with a feed of stories, the processes of a crawl of it, and what that has stored."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import RunSummary, list_articles, list_runs, run_summary
from tests.pages import article_page, rss
from tests.web import Answer, Web

STORIES = 24


ALL = Counter(f"Story {n}" for n in range(STORIES))


def publish(web: Web) -> None:
    """24 stories in a feed, each 50 ms away."""
    for n in range(STORIES):
        web.answers[f"/2026/story-{n}"] = Answer(story(n), wait_s=0.05)
    web.answers["/feed"] = Answer(rss([web.url(f"/2026/story-{n}") for n in range(STORIES)]))


def story(n: int) -> str:
    return article_page(f"Story {n}", place=f"Port {n}")


def wait_until(is_so: Callable[[], bool], limit_s: float = 60) -> None:
    until = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < until, f"not so after {limit_s} s"
        time.sleep(0.02)


def headlines(url: str) -> Counter[str]:
    """Of all articles."""
    engine = open_engine(url, read_only=True)
    try:
        return Counter(line.headline or "" for line in list_articles(engine, 1000))
    finally:
        engine.dispose()


def accounts(url: str) -> list[RunSummary]:
    """Of all runs, newest first; each balances."""
    engine = open_engine(url, read_only=True)
    try:
        summaries = [run_summary(engine, run.id) for run in list_runs(engine)]
    finally:
        engine.dispose()
    found = [summary for summary in summaries if summary]
    assert all(summary.balanced for summary in found), found
    return found


def worker_pids(pid: int) -> list[int]:
    """The extraction processes of a crawl: children of a server that forks them."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # ended meanwhile
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return [child for child, parent in parents.items() if parents.get(parent) == pid]
