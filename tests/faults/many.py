"""Many crawlers on one PostgreSQL, in network namespaces with an address each, of which some are killed at random.

python -m tests.faults.many [--crawlers 8] [--kills 10] [--hosts 200] [--articles 30] [--delay 0.3] [--seed N]
python -m tests.faults.many --rates 1,2,4,8 --hosts 80 --articles 15 --delay 0.02

The first form proves: every article is stored exactly once, every account balances, and the log of the web shows the
delay of every host kept between its requests, whoever made them. The second one measures articles a second by the
number of crawlers. Without root, all crawlers have one address.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import Random

import psutil
from sqlalchemy import create_engine, make_url, text

from newscrawl.store import migrate
from newscrawl.store.engine import open_engine
from tests.crawling import Crawler
from tests.faults.conservation import Ledger, ViolationError
from tests.faults.fleetweb import FleetWeb
from tests.postgres import own_server

NET = "10.213.7"  # the last number: 1 is the web, 2 and more the crawlers
LIMIT_S = 3600


class Fleet:
    """The crawlers: processes on machines that are namespaces, or else on this one."""

    def __init__(self, crawler: Crawler, web: FleetWeb, delay_s: float, machines: Sequence[Sequence[str]]) -> None:
        self.crawler = crawler
        self.machines = machines  # of each, what is to be put before a command
        self.running: dict[int, subprocess.Popen[bytes]] = {}  # machine -> its crawler
        self.pids: list[int] = []
        self.cpu_s: dict[int, float] = {}  # of every process seen, at the last look
        address = f"{NET}.1" if machines[0] else "127.0.0.1"
        self.slugs = [slug for slug, _, _ in web.outlets()]
        self.options = ["--proxy", f"http://{address}:{web.port}", "--delay", str(delay_s)]
        for slug, home, feed in web.outlets():
            self.crawler.outlet(home, ("rss", feed), slug=slug)

    def start(self, machine: int) -> None:
        command = self.crawler.newscrawl(*self.options, "--contact", f"crawler{machine}", slugs=self.slugs)
        with (self.crawler.folder / f"log{machine}.txt").open("ab") as log:
            self.running[machine] = subprocess.Popen(
                [*self.machines[machine], *command], stdout=log, stderr=log, start_new_session=True
            )
        self.pids.append(self.running[machine].pid)

    def kill(self, machine: int) -> None:
        os.killpg(self.running[machine].pid, signal.SIGKILL)
        self.running.pop(machine).wait()

    def reap(self) -> None:
        """Take away those that have ended; 4: the others had taken all outlets.

        Raises:
            ViolationError: One did not end well.
        """
        for machine, process in list(self.running.items()):
            if (status := process.poll()) is not None:
                del self.running[machine]
                log = (self.crawler.folder / f"log{machine}.txt").read_text(errors="replace")
                if status not in (0, 4) or "Traceback" in log:
                    raise ViolationError(f"crawler {machine} ended with {status}: {log[-3000:]}")

    def finish(self) -> None:
        """Until all have ended."""
        until = time.monotonic() + LIMIT_S
        while self.running and time.monotonic() < until:
            self.reap()
            self.note_cpu()
            time.sleep(0.5)

    def note_cpu(self) -> None:
        """Of the crawlers and their extraction processes, which are nobody's to wait for."""
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if os.getsid(process.pid) in self.pids:
                    times = process.cpu_times()
                    self.cpu_s[process.pid] = times.user + times.system

    def end(self) -> None:
        """Leave no process behind."""
        for machine in list(self.running):
            with suppress(ProcessLookupError):
                self.kill(machine)


@contextmanager
def namespaces(count: int) -> Iterator[list[list[str]]]:
    """Machines with an address and a name each, on a bridge; where that may not be, this machine."""
    name = f"nc{os.getpid()}"
    bridge = ["ip", "link", "add", name, "type", "bridge"]
    if os.geteuid() != 0 or subprocess.run(bridge, capture_output=True).returncode:
        yield [[] for _ in range(count)]
        return
    made: list[str] = []
    try:
        _ip(f"addr add {NET}.1/24 dev {name}", f"link set {name} up")
        for n in range(count):
            _ip(f"netns add {name}-{n}")
            _ip(f"link add {name}v{n} type veth peer name eth0 netns {name}-{n}")
            made.append(f"{name}-{n}")
            _ip(f"link set {name}v{n} master {name} up")
            _ip(f"-n {name}-{n} addr add {NET}.{n + 2}/24 dev eth0", f"-n {name}-{n} link set eth0 up")
            _ip(f"-n {name}-{n} link set lo up")
        naming = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"']
        yield [["ip", "netns", "exec", f"{name}-{n}", *naming, f"machine{n}"] for n in range(count)]
    finally:
        for n, space in enumerate(made):
            _ip(f"link del {name}v{n}", f"netns del {space}")  # the link goes at once, the space when it is empty
        _ip(f"link del {name}")


def _ip(*commands: str) -> None:
    for command in commands:
        subprocess.run(["ip", *command.split()], check=True)


def check(web: FleetWeb, url: str, delay_s: float) -> str:
    """What must hold when all crawlers have ended; the figures.

    Raises:
        ViolationError: It does not.
    """
    engine = open_engine(url, read_only=True)
    try:
        ledger = Ledger(engine)
        ledger.check_all_ended([url for host in web.hosts for url in web.urls(host)])
        with engine.connect() as connection:
            held = connection.scalar(text("SELECT COUNT(*) FROM hosts WHERE run_id IS NOT NULL"))
            runs = connection.scalar(text("SELECT COUNT(*) FROM runs"))
    finally:
        engine.dispose()
    if held:
        raise ViolationError(f"{held} hosts are still held")
    gaps = sorted(web.gaps())
    across = [gap for gap, is_other in gaps if is_other]
    if gaps[0][0] < delay_s:
        raise ViolationError(f"two requests within {gaps[0][0]:.3f} s; {sum(gap < delay_s for gap, _ in gaps)} such")
    fetched = web.fetched()
    return (
        f"{ledger.articles} articles, each once; {fetched.total() - len(fetched)} of them asked for again\n"
        f"{runs} runs, every account balanced\n"
        f"{len(gaps)} gaps of {len(web.log)} hosts, the smallest {gaps[0][0]:.3f} s at a delay of {delay_s} s; "
        f"{len(across)} of them from one crawler to another, the smallest {min(across, default=0):.3f} s"
    )


def prove(fleet: Fleet, web: FleetWeb, kills: int, random: Random) -> str:
    """Kill crawlers while they crawl, and start them again; then until nothing is left."""
    total, began = len(web.hosts) * web.articles, time.monotonic()
    for machine in set(range(len(fleet.machines))) - fleet.running.keys():
        fleet.start(machine)
    for n in range(kills):
        while web.fetched().total() < (n + 1) * total // (kills + 2) and fleet.running:
            fleet.reap()
            time.sleep(0.2)
        if fleet.running:
            machine = random.choice(list(fleet.running))
            fleet.kill(machine)
            time.sleep(random.random())
            fleet.start(machine)
    fleet.finish()
    fleet.start(0)  # takes up what the others left to one that was killed after their end
    fleet.finish()
    return f"{len(fleet.machines)} crawlers, {kills} kills, {time.monotonic() - began:.0f} s"


def rate(fleet: Fleet, web: FleetWeb) -> str:
    """Articles a second, from the first one that is asked for to the last one, and the time of processors it took."""
    began = time.monotonic()
    for machine in range(len(fleet.machines)):
        fleet.start(machine)
    fleet.finish()
    articles = len(web.hosts) * web.articles
    requests = [one for log in web.log.values() for one in log]
    times = sorted(one.ended for one in requests if one.path.startswith("/2026/"))
    by_crawler = sorted(Counter(one.crawler for one in requests).values())
    cpu_s = sum(fleet.cpu_s.values())
    busy = cpu_s / (time.monotonic() - began) / (os.cpu_count() or 1)
    return (
        f"{len(fleet.machines)} crawlers: {articles / (times[-1] - times[0]):6.1f} articles/s, {busy:4.0%} of the "
        f"processors, {cpu_s / articles * 1000:.0f} ms of them an article; requests by crawler {by_crawler}"
    )


def new_database(server: str, name: str) -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    migrate.upgrade(url)
    return url


def run(options: argparse.Namespace, server: str) -> None:
    for number, count in enumerate(options.rates or [options.crawlers]):
        with ExitStack() as stack:
            web = FleetWeb(options.hosts, options.articles, options.latency)
            machines = stack.enter_context(namespaces(count))
            stack.enter_context(web.serve(f"{NET}.1" if machines[0] else "127.0.0.1"))
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = new_database(server, f"many{number}")
            fleet = Fleet(Crawler(folder, url), web, options.delay, machines)
            stack.callback(fleet.end)
            if options.rates:
                print(rate(fleet, web), flush=True)
            else:
                print(prove(fleet, web, options.kills, Random(options.seed)), flush=True)
                print(check(web, url, options.delay), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crawlers", type=int, default=8)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--articles", type=int, default=30, help="of each host")
    parser.add_argument("--delay", type=float, default=0.3, help="of each host, s")
    parser.add_argument("--latency", type=float, default=0.05, help="of each answer, s")
    parser.add_argument("--rates", type=lambda words: [int(word) for word in words.split(",")], metavar="N,N")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end the crawlers, the server, the namespaces
    try:
        with own_server() as server:
            run(options, server.url)
    except ViolationError as violation:
        print(f"BROKEN: {violation}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
