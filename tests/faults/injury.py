"""A crawl as a process, and the faults that a soak inflicts on it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

from sqlalchemy import Engine, text

from tests.faults.stories import worker_pids
from tests.postgres import Server

FAULTS = (
    "kill -9 of all",
    "kill -9 of the crawler",
    "kill -9 of the crawler",
    "kill -9 of workers",
    "SIGTERM",
    "two Ctrl-C",
    "database locked",
    "server restart",
    "server away",
)
LIMIT_S = 300


class Crawl:
    """A running crawl. Its peak of memory is read while it runs."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._log = log
        with log.open("w") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        self.memory_mb = 0
        self._watch = threading.Thread(target=self._read_memory, daemon=True)
        self._watch.start()

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Until it is so, or the crawl has ended."""
        until = time.monotonic() + LIMIT_S
        while self.process.poll() is None and not is_so() and time.monotonic() < until:
            time.sleep(0.02)

    def finish(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(LIMIT_S)

    def end(self) -> None:
        """Leave no process behind."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._watch.join()

    def _read_memory(self) -> None:
        status = Path(f"/proc/{self.process.pid}/status")
        while self.process.poll() is None:
            with suppress(OSError, StopIteration):
                peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
                self.memory_mb = max(self.memory_mb, int(peak.split()[1]) // 1024)
            time.sleep(0.2)


class Injuries:
    """Inflicts faults, and counts the processes it kills."""

    def __init__(self, random: Random, server: Server | None, engine: Engine) -> None:
        self.kills = 0
        self._random = random
        self._server = server
        self._engine = engine
        self._deeds: dict[str, Callable[[Crawl], None]] = {
            "kill -9 of all": self._kill_all,
            "kill -9 of the crawler": self._kill_crawler,
            "kill -9 of workers": self._kill_workers,
            "SIGTERM": lambda crawl: crawl.process.terminate(),
            "two Ctrl-C": self._interrupt_twice,
            "database locked": self._lock,
            "server restart": self._restart,
            "server away": self._stop_server,
        }

    def inflict(self, fault: str, crawl: Crawl) -> bool:
        """Do it; False if the crawl had ended before."""
        if crawl.process.poll() is not None:
            return False
        self._deeds[fault](crawl)
        return True

    def _kill_all(self, crawl: Crawl) -> None:
        os.killpg(crawl.process.pid, signal.SIGKILL)
        self.kills += 1

    def _kill_crawler(self, crawl: Crawl) -> None:
        """Its children must end by themselves."""
        os.kill(crawl.process.pid, signal.SIGKILL)
        self.kills += 1

    def _kill_workers(self, crawl: Crawl) -> None:
        for _ in range(self._random.randint(1, 8)):
            for pid in worker_pids(crawl.process.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.kills += 1
            time.sleep(self._random.random())

    def _interrupt_twice(self, crawl: Crawl) -> None:
        for _ in range(2):
            crawl.process.send_signal(signal.SIGINT)
            time.sleep(self._random.random() / 2)

    def _lock(self, _crawl: Crawl) -> None:
        with self._engine.begin() as connection:  # BEGIN IMMEDIATE
            connection.execute(text("SELECT 1"))
            time.sleep(self._random.uniform(1, 6))

    def _restart(self, crawl: Crawl) -> None:
        assert self._server
        for _ in range(self._random.randint(1, 3)):
            self._server.stop(self._random.choice(("fast", "immediate")))
            time.sleep(self._random.random())
            self._server.start()
            time.sleep(self._random.random() * 2)

    def _stop_server(self, crawl: Crawl) -> None:
        """Until the crawl has given up."""
        assert self._server
        self._server.stop(self._random.choice(("fast", "immediate")))
        crawl.finish()
        self._server.start()
