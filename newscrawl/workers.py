"""Worker processes that turn pages into articles: a page has a deadline and a memory limit, and costs only itself."""

from __future__ import annotations

import multiprocessing
import resource
import signal
import threading
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from newscrawl.items import Article, Outlet, Page, Rejection

DEADLINE_S = 10.0  # twelve times the slowest of 1,818 real pages
MEMORY_MB = 2048  # those needed 272
PAGES_A_WORKER = 500  # then a fresh process: parsers leak a little
START_LIMIT_S = 60.0
TRIES = 3  # pools that may break around a page before it is given up

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
    tries: int = 0


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
        self._count, self._deadline_s, self._memory_mb = count, deadline_s, memory_mb
        self._lock = threading.RLock()
        self._closed = False
        self._tasks: set[_Task] = set()
        self._pool = self._new_pool()
        try:
            first = self._pool.schedule(_build, args=(WARM_UP, None)).result(START_LIMIT_S)
        except Exception as error:
            _end(self._pool)
            raise WorkersError(f"extraction processes do not start: {error!r}") from error
        if isinstance(first, Rejection):
            _end(self._pool)
            raise WorkersError(f"extraction is broken, not even a plain page passes: {first.reason}: {first.detail}")

    def submit(self, page: Page, text: str | None = None) -> Future[Article | Rejection]:
        """Build the article of a page, or of `text` that was extracted from it before.

        Returns:
            A future that never fails for a bad page: one past its deadline, above the memory limit or deadly to its
            process gives a `Rejection` (`deadline`, `memory`, `crashed`) that is not final. Cancelling the future
            stops the work.
        """
        task = _Task(page, text)
        with self._lock:
            self._tasks.add(task)
        self._start(task)
        return task.outcome

    def close(self) -> None:
        """Wait for the pages that were given, then end the processes."""
        self._closed = True
        self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()
        self._abandon()

    def stop(self) -> None:
        """End the processes at once; a page that is not done becomes a `stopped` rejection that is not final."""
        self._closed = True
        _end(self._pool)
        self._abandon()

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            self._count,
            max_tasks=PAGES_A_WORKER,
            initializer=_prepare_process,
            initargs=(self._memory_mb,),
            context=_CONTEXT,
        )

    def _start(self, task: _Task) -> None:
        pool = self._pool
        try:
            running = pool.schedule(_build, args=(task.page, task.text), timeout=self._deadline_s)
        except RuntimeError:
            self._replace(pool)
            return
        running.add_done_callback(lambda done: self._finish(pool, task, done))
        task.outcome.add_done_callback(lambda outcome: outcome.cancelled() and running.cancel())  # type: ignore[no-untyped-call]

    def _finish(self, pool: ProcessPool, task: _Task, done: Future[Article | Rejection]) -> None:
        try:
            self._settle(task, done.result())
        except BrokenExecutor:
            self._replace(pool)
        except Exception as error:
            self._settle(task, _rejection(task.page, error, self._deadline_s))

    def _settle(self, task: _Task, result: Article | Rejection) -> None:
        with self._lock:
            if task not in self._tasks:
                return  # done by the pool before this one
            self._tasks.remove(task)
        if task.outcome.set_running_or_notify_cancel():
            task.outcome.set_result(result)

    def _replace(self, pool: ProcessPool) -> None:
        """Start a new pool in place of one that broke, which a process killed from outside can cause."""
        with self._lock:
            if self._closed:
                self._abandon()
                return
            if pool is not self._pool:
                return
            self._pool = self._new_pool()
            waiting = list(self._tasks)
        threading.Thread(target=_end, args=(pool,), daemon=True).start()  # it cannot be joined from its own thread
        for task in waiting:
            task.tries += 1
            if task.tries < TRIES:
                self._start(task)
            else:
                self._settle(task, Rejection(task.page.url, "crashed", "extraction processes died", final=False))

    def _abandon(self) -> None:
        for task in list(self._tasks):
            self._settle(task, Rejection(task.page.url, "stopped", "the run ended before its turn", final=False))


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    with suppress(RuntimeError):
        pool.join()


def _rejection(page: Page, error: Exception, deadline_s: float) -> Rejection:
    match error:
        case TimeoutError():
            return Rejection(page.url, "deadline", f"not done after {deadline_s:g} s", final=False)
        case MemoryError():
            return Rejection(page.url, "memory", "needs more memory than a page may have", final=False)
        case ProcessExpired():
            return Rejection(page.url, "crashed", f"its process ended with status {error.exitcode}", final=False)
        case _:
            return Rejection(page.url, "crashed", repr(error)[:300], final=False)


def _prepare_process(memory_mb: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends the pool
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # pebble's own handler waits for C code to return: 3 s more a page
    size = memory_mb * 1024 * 1024
    with suppress(ValueError, OSError):  # macOS has no limit of address space
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _build(page: Page, text: str | None) -> Article | Rejection:
    from newscrawl.article import build, build_text  # the parent saves a second and its memory

    result = build(page) if text is None else build_text(text, page)
    # libxml2 tells of memory that it does not get by errors of many names, which say nothing of the page.
    if isinstance(result, Rejection) and result.reason == "extract_error" and _is_short_of_memory():
        return _rejection(page, MemoryError(), 0)
    return result


def _is_short_of_memory() -> bool:
    """Whether this process has ever taken half of what it may have; real pages take an eighth."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    status = Path("/proc/self/status")
    if limit == resource.RLIM_INFINITY or not status.exists():
        return False
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmPeak:"))
    return int(peak.split()[1]) * 1024 > limit / 2
