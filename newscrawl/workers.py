"""Worker processes that turn pages into articles: a page has a deadline and a memory limit, and costs only itself.

Each process has a pipe and a thread of its own. Pools that share one pipe among their processes lose a page, or stand
still, when a process is killed while it reads or writes there.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue

from newscrawl.items import Article, Outlet, Page, Rejection

DEADLINE_S = 10.0  # twelve times the slowest of 1,818 real pages
MEMORY_MB = 2048  # those needed 272
PAGES_A_WORKER = 500  # then a fresh process: parsers leak a little
START_LIMIT_S = 60.0
TRIES = 3  # processes that may die before they have read a page

_CONTEXT = multiprocessing.get_context("forkserver")  # a fork of a process with threads in it may hang
_CONTEXT.set_forkserver_preload(["newscrawl.warm"])  # a worker is then ready in milliseconds

WARM_UP = Page(
    url="https://example.org/2020/01/02/warm-up",
    body=b"<html><head><title>Warm-up</title></head><body><article><h1>Warm-up</h1><p>By A. Writer, 2 January 2020</p>"
    + b"<p>This sentence is long enough to be taken for a paragraph of a story, and so it is read to its end.</p>"
    + b"<p>The second one says something else, for a text of a hundred letters has its language identified.</p>"
    + b"</article></body></html>",
    outlet=Outlet(slug="example", name="Example"),
    fetched_at=datetime(2020, 1, 2, tzinfo=UTC),
)


class WorkersError(Exception):
    """The worker processes do not start: the machine or the installation is wrong, not a page."""


@dataclass(slots=True, eq=False)
class _Task:
    page: Page
    text: str | None
    outcome: Future[Article | Rejection] = field(default_factory=Future)

    def settle(self, result: Article | Rejection) -> None:
        if self.outcome.set_running_or_notify_cancel():
            self.outcome.set_result(result)


class Workers:
    """A pool of extraction processes, to be used from any thread."""

    def __init__(self, count: int, deadline_s: float = DEADLINE_S, memory_mb: int = MEMORY_MB) -> None:
        """Start the processes and wait until one answers (a few seconds).

        Args:
            count: Processes, at least 1.
            deadline_s: Seconds a page may take before its process is killed.
            memory_mb: Address space of a process, MiB.

        Raises:
            ValueError: `count` is below 1.
            WorkersError: No process answered within a minute, or it cannot extract the plainest page.
        """
        if count < 1:
            raise ValueError(f"workers: expected at least 1, got {count}")
        self._lock = threading.Lock()
        self._closed = False
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._workers = [_Worker(self._tasks, deadline_s, memory_mb) for _ in range(count)]
        for worker in self._workers:
            worker.start()
        try:
            first = self.submit(WARM_UP).result(START_LIMIT_S)
        except TimeoutError:
            self.stop()
            raise WorkersError(f"no extraction process answered within {START_LIMIT_S:g} s") from None
        if isinstance(first, Rejection):
            self.stop()
            raise WorkersError(f"extraction is broken, not even a plain page passes: {first.reason}: {first.detail}")

    def submit(self, page: Page, text: str | None = None) -> Future[Article | Rejection]:
        """Build the article of a page, or of `text` that was extracted from it before.

        Returns:
            A future that never fails for a bad page: one past its deadline, above the memory limit or deadly to its
            process gives a `Rejection` (`deadline`, `memory`, `crashed`) that is not final. Cancelling the future
            stops the work.
        """
        task = _Task(page, text)
        task.outcome.add_done_callback(lambda _: self._give_up(task) if task.outcome.cancelled() else None)
        with self._lock:
            if self._closed:
                task.settle(_stopped(page))
            else:
                self._tasks.put(task)
        return task.outcome

    def close(self) -> None:
        """Wait for the pages that were given, then end the processes."""
        with self._lock:
            if not self._closed:
                self._closed = True
                for _ in self._workers:
                    self._tasks.put(None)
        for worker in self._workers:
            worker.join()

    def stop(self) -> None:
        """End the processes at once; a page that is not done becomes a `stopped` rejection that is not final."""
        for worker in self._workers:
            worker.stop()
        self.close()

    def _give_up(self, task: _Task) -> None:
        for worker in self._workers:
            worker.give_up(task)


class _Worker(threading.Thread):
    """A thread with its process: hands over one page at a time and waits for what comes of it."""

    def __init__(self, tasks: SimpleQueue[_Task | None], deadline_s: float, memory_mb: int) -> None:
        super().__init__(name="newscrawl-worker", daemon=True)
        self._tasks, self._deadline_s, self._memory_mb = tasks, deadline_s, memory_mb
        self._lock = threading.Lock()
        self._task: _Task | None = None
        self._process: _Process | None = None
        self._stopped = False

    def run(self) -> None:
        while task := self._tasks.get():
            with self._lock:
                self._task = task
            try:
                result = self._build(task)
            except Exception as error:  # no process to be had: the machine is out of something
                result = _crashed(task.page, repr(error))
            with self._lock:
                self._task = None  # from here on, giving it up must not hit the next page
            task.settle(result)
        with self._lock:
            self._end_process()

    def stop(self) -> None:
        """Let every page that is not done be a `stopped` rejection; a process at work is killed."""
        with self._lock:
            self._stopped = True
            if self._process:
                self._process.kill()

    def give_up(self, task: _Task) -> None:
        """Kill the process if it works on this page."""
        with self._lock:
            if self._task is task and self._process:
                self._process.kill()

    def _build(self, task: _Task) -> Article | Rejection:
        for _ in range(TRIES):
            if task.outcome.cancelled() or not (process := self._ready_process()):
                return _stopped(task.page)
            if process.begin(task):
                result = process.finish(task.page, self._deadline_s)
                return _stopped(task.page) if self._stopped and isinstance(result, Rejection) else result
            process.kill()
        return _crashed(task.page, "extraction processes died")

    def _ready_process(self) -> _Process | None:
        """A process that can take a page, or none once the pool is stopped."""
        with self._lock:
            if self._stopped:
                return None
            if self._process is None or not self._process.has_pages_left():
                self._end_process()
                self._process = _Process(self._memory_mb)
            return self._process

    def _end_process(self) -> None:
        if self._process:
            self._process.end()
        self._process = None


class _Process:
    """A process at the other end of a pipe; whatever happens to it shows there as an end of file."""

    def __init__(self, memory_mb: int) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_work, args=(theirs, memory_mb), daemon=True)
        self._process.start()
        theirs.close()
        self._pages_left = PAGES_A_WORKER

    def has_pages_left(self) -> bool:
        return self._pages_left > 0 and self._process.is_alive()

    def begin(self, task: _Task) -> bool:
        """Hand a page over; False if the process ended before it had read it."""
        self._pages_left -= 1
        try:
            self._pipe.send((task.page, task.text))
            self._pipe.recv()
        except (EOFError, OSError):
            return False
        return True

    def finish(self, page: Page, deadline_s: float) -> Article | Rejection:
        """Wait for the result of the page that was begun."""
        try:
            if self._pipe.poll(deadline_s):
                result: Article | Rejection = self._pipe.recv()
                return result
        except (EOFError, OSError):
            self.kill()
            self._process.join()
            return _crashed(page, f"its process ended with status {self._process.exitcode}")
        self.kill()
        return Rejection(page.url, "deadline", f"not done after {deadline_s:g} s", final=False)

    def kill(self) -> None:
        self._pages_left = 0
        self._process.kill()

    def end(self) -> None:
        self._pipe.close()  # which an idle process takes as its end
        self._process.join()
        self._process.close()


def _stopped(page: Page) -> Rejection:
    return Rejection(page.url, "stopped", "the run ended before its turn", final=False)


def _crashed(page: Page, detail: str) -> Rejection:
    return Rejection(page.url, "crashed", detail[:300], final=False)


def _work(pipe: Connection, memory_mb: int) -> None:
    """What a process does: build the pages that come through the pipe, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends the pool
    size = memory_mb * 1024 * 1024
    with suppress(ValueError, OSError):  # macOS has no limit of address space
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    with suppress(EOFError, OSError):  # the parent is done, or dead
        while True:
            page, text = pipe.recv()
            pipe.send(None)
            pipe.send(_build(page, text))


def _build(page: Page, text: str | None) -> Article | Rejection:
    from newscrawl.article import build, build_text  # the parent saves a second and its memory

    try:
        result = build(page) if text is None else build_text(text, page)
    except MemoryError:
        return _memory(page)
    except Exception as error:
        return _crashed(page, repr(error))
    # libxml2 tells of memory that it does not get by errors of many names, which say nothing of the page.
    if isinstance(result, Rejection) and result.reason == "extract_error" and _is_short_of_memory():
        return _memory(page)
    return result


def _memory(page: Page) -> Rejection:
    return Rejection(page.url, "memory", "needs more memory than a page may have", final=False)


def _is_short_of_memory() -> bool:
    """Whether this process has ever taken half of what it may have; real pages take an eighth."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    status = Path("/proc/self/status")
    if limit == resource.RLIM_INFINITY or not status.exists():
        return False
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmPeak:"))
    return int(peak.split()[1]) * 1024 > limit / 2
