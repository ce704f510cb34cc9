"""Resident memory of the extraction processes, and of their parent, over many pages.

    python tests/bench/memory.py PAGES.jsonl[.xz] [--pages N] [--workers N]

The pages of the file are read again from its start until there are enough of them. Each line of the table stands for
the pages since the one before: the most that any extraction process had, and what the parent has now.
"""

from __future__ import annotations

import argparse
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from itertools import cycle, islice
from pathlib import Path

import psutil
from pages import read_pages

from newscrawl.items import Article, Rejection
from newscrawl.workers import Workers

EVERY = 250  # pages between two lines
LOOK = 10  # pages between two looks


def resident_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / 2**20
    except psutil.NoSuchProcess:
        return 0.0


def peaks(pool: Workers, pages: Iterator, ahead: int) -> Iterator[tuple[int, float, float]]:
    """Pages done, the most that a child had since the last line, and what the parent has; megabytes."""
    parent = psutil.Process()
    running: deque[Future[Article | Rejection]] = deque(pool.submit(page) for page in islice(pages, ahead))
    done, most = 0, 0.0
    while running:
        running.popleft().result()
        done += 1
        running.extend(pool.submit(page) for page in islice(pages, 1))
        if done % LOOK == 0:
            most = max(most, *map(resident_mb, parent.children(recursive=True)))
        if done % EVERY == 0 or not running:
            yield done, most, resident_mb(parent)
            most = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--pages", dest="count", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    pool = Workers(options.workers)
    print("  pages   largest worker   parent")
    held = list(read_pages(options.pages))
    for done, worker, parent in peaks(pool, islice(cycle(held), options.count), 2 * options.workers):
        print(f"{done:7}{worker:14.0f} MB{parent:7.0f} MB", flush=True)
    pool.close()


if __name__ == "__main__":
    main()
