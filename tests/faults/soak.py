"""Crawls a loopback web again and again, with a fault in each run, and checks after each that nothing was lost.

python -m tests.faults.soak --minutes 30 [--kills 100] [--postgres | --database URL] [--seed N]

Ends with a table; the exit status is 1 at the first promise that was broken, and the folder is left as it was then.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

from newscrawl.store import migrate
from newscrawl.store.engine import database_url, open_engine
from tests.crawling import Crawler
from tests.faults.conservation import Ledger, ViolationError
from tests.faults.injury import FAULTS, Crawl, Injuries
from tests.faults.newsweb import NewsWeb
from tests.postgres import Server, own_server
from tests.web import serve

OUTLETS = {"harbour": "127.0.0.1", "herald": "127.0.0.2", "gazette": "127.0.0.3"}
STORIES_A_RUN = 12  # new ones of each outlet
DELAY_S = 0.2
CLEAN_RUNS = 8  # at the end, in which all must come to its end
STATUSES = {"ok": 0, "degraded": 3, "failed": 2, "interrupted": 130, "killed": -9}


class Soak:
    """One soak: the web, the crawler, the store, and what was done to them."""

    def __init__(self, folder: Path, url: str, server: Server | None, seed: int, stack: ExitStack) -> None:
        self.random = Random(seed)
        self.crawler = Crawler(folder, url)
        self.webs = [NewsWeb(stack.enter_context(serve(host)), slug, self.random) for slug, host in OUTLETS.items()]
        for news in self.webs:
            self.crawler.outlet(news.web.url("/"), ("rss", news.web.url("/feed")), slug=news.slug)
        migrate.upgrade(url)
        reader, writer = open_engine(url, read_only=True), open_engine(url)
        stack.callback(reader.dispose)
        stack.callback(writer.dispose)
        self.ledger = Ledger(reader)
        self.injuries = Injuries(self.random, server, writer)
        self.tried: Counter[str] = Counter()
        self.ends: Counter[int] = Counter()
        self.memory_mb: list[int] = []
        self.gaps_s: dict[str, float] = {}

    def round(self, fault: str) -> None:
        """One crawl with a fault, and what must hold after it.

        Raises:
            ViolationError: It does not.
        """
        for news in self.webs:
            news.publish(STORIES_A_RUN)
        asked = {news.slug: len(news.web.asked) for news in self.webs}
        with self.crawl("--patience", "3" if fault == "server away" else "60") as crawl:
            at = self.random.randrange(STORIES_A_RUN * len(self.webs))
            crawl.wait(lambda: sum(len(news.web.asked) for news in self.webs) - sum(asked.values()) >= at)
            time.sleep(self.random.random() / 4)
            if "server" not in fault:
                self.ledger.note()
            is_done = self.injuries.inflict(fault, crawl)
            crawl.finish()
        self.tried[fault if is_done else "the run ended first"] += 1
        self.judge(crawl)
        for news in self.webs:
            if (gap := news.smallest_gap_s(asked[news.slug])) is not None:
                self.gaps_s[news.slug] = min(gap, self.gaps_s.get(news.slug, gap))

    @contextmanager
    def crawl(self, *options: str) -> Iterator[Crawl]:
        command = self.crawler.newscrawl("--delay", str(DELAY_S), *options, slugs=list(OUTLETS))
        crawl = Crawl(command, self.crawler.folder / "log.txt")
        try:
            yield crawl
        finally:
            crawl.end()

    def judge(self, crawl: Crawl) -> None:
        status = crawl.process.returncode
        self.ends[status] += 1
        self.memory_mb.append(crawl.memory_mb)
        # SIGTERM before the command has begun ends it as any program.
        is_unborn = status == -signal.SIGTERM and not crawl.log()
        if not (is_unborn or status in STATUSES.values()) or "Traceback" in crawl.log():
            raise ViolationError(f"the crawl ended with {status}: {crawl.log()[-3000:]}")
        self.ledger.check()

    def drain(self) -> None:
        """Crawl without faults until nothing is left.

        Raises:
            ViolationError: Something is left, or missing.
        """
        for news in self.webs:
            news.is_faulty = False
        for _ in range(CLEAN_RUNS):
            with self.crawl() as crawl:
                crawl.finish()
            self.judge(crawl)
            if set(self.ledger.states()) <= {"done", "failed"}:
                break
        self.ledger.check_all_ended([url for news in self.webs for url in news.urls()])

    def report(self) -> str:
        """The table."""
        curve = self.memory_mb[:: max(1, len(self.memory_mb) // 12)]
        lines = [f"{fault:24} {count:5}" for fault, count in sorted(self.tried.items())]
        lines += [
            f"{'runs':24} {self.ends.total():5}  by exit status: {dict(self.ends)}",
            f"{'processes killed':24} {self.injuries.kills:5}",
            f"{'URLs':24} {sum(self.ledger.states().values()):5}  by state: {self.ledger.states()}",
            f"{'articles':24} {self.ledger.articles:5}  each once, none lost",
            f"{'requests':24} {sum(len(news.web.asked) for news in self.webs):5}",
            f"smallest gap, s (delay {DELAY_S}): { ({slug: round(gap, 3) for slug, gap in self.gaps_s.items()}) }",
            f"memory of the crawler at its peak, MB, over the runs: {curve}",
        ]
        return "\n".join(lines)


def soak(options: argparse.Namespace, folder: Path, stack: ExitStack) -> int:
    """Until time is up, or enough was killed; the exit status."""
    server = stack.enter_context(own_server()) if options.postgres else None
    url = server.url if server else database_url(options.database or f"sqlite:///{folder / 'news.db'}")
    seed = options.seed if options.seed is not None else int(time.time())
    print(f"seed {seed}, {url}, {folder}", flush=True)
    one = Soak(folder, url, server, seed, stack)
    faults = [fault for fault in FAULTS if server or "server" not in fault]
    if "sqlite" not in url:
        faults.remove("database locked")
    end = time.monotonic() + 60 * options.minutes
    try:
        while time.monotonic() < end and (not options.kills or one.injuries.kills < options.kills):
            one.round(one.random.choice(faults))
        one.drain()
    except ViolationError as violation:
        print(f"{one.report()}\n\nBROKEN in {folder}, seed {seed}: {violation}")
        return 1
    print(one.report())
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--kills", type=int, help="end after so many processes were killed")
    parser.add_argument("--database", help="URL of an empty database; default: SQLite in a new folder")
    parser.add_argument("--postgres", action="store_true", help="a server of its own, which is restarted too")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="newscrawl-soak-"))
    with ExitStack() as stack:
        status = soak(options, folder, stack)
    if status == 0:
        shutil.rmtree(folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
