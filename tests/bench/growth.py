"""What a crawl asks of a store that grows: claim, discover, lease, write, count and search, with so many URLs waiting.

    python -m tests.bench.growth URL [--urls 10000000] [--rounds 5]

The database is one that `tests.bench.fill` has filled. URLs that wait are added until there are so many in all. A
figure is the median of the rounds, in milliseconds, for a batch as a crawl makes it. Run it again for each size.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import count
from random import Random
from statistics import median

from sqlalchemy import Engine, func, select, text

from newscrawl.items import Outlet, Source
from newscrawl.store.engine import database_url, open_engine
from newscrawl.store.filters import Filter
from newscrawl.store.handle import Handle
from newscrawl.store.models import Run, Url
from newscrawl.store.search import search
from newscrawl.urls import url_key
from newscrawl.visits import Lease, Link, SourceVisit, Visit
from tests.bench.fill import write
from tests.bench.prose import Prose
from tests.records import article

BATCH = 20_000
LINKS, LEASES, VISITS = 500, 10, 50  # of a source; of each outlet; in a transaction
SLUGS = [f"outlet{number}" for number in range(1, 51)]
YEAR_S = 31_536_000


def grow(engine: Engine, urls: int) -> None:
    """Add URLs that wait, spread over the outlets and over the last year; indexes are made when all are there."""
    with engine.begin() as connection:
        first, run = (connection.scalar(select(func.max(one))) or 0 for one in (Url.id, Run.id))
        indexes = Url.metadata.tables["urls"].indexes if first < urls else set()
        for index in indexes:
            index.drop(connection)
    now, digits = datetime.now(UTC), len(url_key("https://outlet1.example/"))
    for start in range(first + 1, urls + 1, BATCH):
        rows = [_waiting(number, run, now, digits) for number in range(start, min(start + BATCH, urls + 1))]
        with engine.begin() as connection:
            write(connection, [(Url, rows)])
    with engine.begin() as connection:
        for index in indexes:
            index.create(connection)
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT setval(pg_get_serial_sequence('urls', 'id'), MAX(id)) FROM urls"))


def _waiting(number: int, run: int, now: datetime, digits: int) -> dict[str, object]:
    outlet, at = number % len(SLUGS) + 1, now - timedelta(seconds=number * 7919 % YEAR_S)
    return {
        "id": number, "outlet_id": outlet, "source_id": 2 * outlet, "tickers": "", "state": "pending", "attempts": 0,
        "url": f"https://outlet{outlet}.example/{at:%Y/%m/%d}/waiting-{number}", "published_at": at, "due_at": at,
        "url_key": blake2b(b"%d" % number, digest_size=digits // 2).hexdigest(), "rank_at": at, "found_at": at,
        "found_run_id": run,
    }  # fmt: skip


class Crawl:
    """A run that does one batch at a time."""

    def __init__(self, handle: Handle):
        self.handle = handle
        now = time.time_ns()  # another one in each call: what was stored before would be a duplicate
        self._pages = count(now)
        self._leases: list[Lease] = []
        self._prose, self._rng = Prose("en", 3), Random(now)

    def claim(self) -> None:
        """Outlets with a source each."""
        self.handle.claim([(_outlet(slug), [Source("rss", _feed(slug))]) for slug in SLUGS])

    def discover(self) -> None:
        """A source half of whose links are new."""
        new = [Link(f"https://outlet1.example/{next(self._pages)}") for _ in range(LINKS // 2)]
        known = [Link(f"https://outlet1.example/known/{number}") for number in range(LINKS // 2)]
        at, feed = datetime.now(UTC), _feed(SLUGS[0])
        self.handle.discover(SourceVisit(SLUGS[0], feed, at, feed, 200, (*new, *known)))

    def lease(self) -> None:
        """Due URLs of ten outlets, newest first."""
        self._leases += self.handle.lease(dict.fromkeys(SLUGS[:10], LEASES), ())

    def write(self) -> None:
        """Articles in one transaction."""
        leases, self._leases = self._leases[:VISITS], self._leases[VISITS:]
        assert len(leases) == VISITS
        self.handle.write([self._visit(lease) for lease in leases])

    def _visit(self, lease: Lease) -> Visit:
        told = self._prose.text(self._rng, 1500)
        found = article(lease.url_id, told, url=lease.url, canonical_url=lease.url, outlet=lease.outlet)
        return Visit(lease, datetime.now(UTC), lease.url, 200, {"content-type": "text/html"}, 120, result=found)


def _outlet(slug: str) -> Outlet:
    return Outlet(slug, slug, f"https://{slug}.example/", domains=(f"{slug}.example",))


def _feed(slug: str) -> str:
    return f"https://{slug}.example/0.xml"


def steps(engine: Engine, crawl: Crawl) -> dict[str, Callable[[], object]]:
    """What is timed, in this order."""
    month = Filter(since=datetime.now(UTC) - timedelta(days=30))
    word = Prose("en", 1).line(Random(1), 90).split()[3]
    return {
        f"claim {len(SLUGS)} outlets": crawl.claim,
        f"discover {LINKS} links, half of them new": crawl.discover,
        f"lease {LEASES} of each of 10 outlets": crawl.lease,
        f"write {VISITS} articles": crawl.write,
        "count what is due": crawl.handle.due,
        "account of the run": crawl.handle.summary,
        f"search {word!r}": lambda: search(engine, word),
        f"search {word!r} of a month": lambda: search(engine, word, month),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("url")
    options.add_argument("--urls", type=int, default=0, help="add URLs that wait until there are so many")
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    engine = open_engine(database_url(given.url))
    began = time.perf_counter()
    grow(engine, given.urls)
    print(f"grown in {time.perf_counter() - began:.0f} s")
    handle = Handle.open(given.url, command="growth", archive=None, patience_s=60)
    for name, step in steps(engine, Crawl(handle)).items():
        print(f"{name:<44}{median(_timed(step) for _ in range(given.rounds)):10.1f} ms", flush=True)
    handle.end("finished", "interrupted", 0)
    handle.close()
    engine.dispose()


def _timed(step: Callable[[], object]) -> float:
    began = time.perf_counter()
    step()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
