"""What is told to others when a run has ended: a heartbeat or a command, and figures for Prometheus."""

from __future__ import annotations

import http.client
import os
import shlex
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from newscrawl import __version__
from newscrawl.cli.summary import summary_record
from newscrawl.cli.terminal import INTERRUPTED, USAGE, CommandError, json_line, warn

if TYPE_CHECKING:
    from newscrawl.spiders.launch import CrawlResult

TIMEOUT_S = 30
MAX_PROBLEM = 10_000  # characters; Linux takes 131,072 bytes in a variable


def end_record(result: CrawlResult) -> dict[str, object]:
    """How a run ended, as JSON."""
    end: dict[str, object] = {"exit_status": result.exit_status, "problem": result.problem}
    if result.summary is None:
        return end
    more = {"replayed": result.replayed, "budget": result.budget, "notes": result.notes, "archives": result.archives}
    return end | summary_record(result.summary) | more


def check_ending(on_finish: str | None, metrics: Path | None, path: str | None = None) -> None:
    """Make sure that both can work.

    Args:
        on_finish: A URL or a command.
        metrics: A file.
        path: The PATH that the command is looked for in; None: ours.

    Raises:
        CommandError: One of them cannot.
    """
    if metrics is not None and not os.access(metrics.absolute().parent, os.W_OK):
        raise CommandError(f"--metrics: {metrics.absolute().parent}: no such folder, or it cannot be written")
    if on_finish is None:
        return
    if _is_url(on_finish):
        if not on_finish.isprintable() or not on_finish.isascii() or " " in on_finish:
            raise CommandError(f"--on-finish: not a URL: {on_finish!r}")
        return
    try:
        program = shlex.split(on_finish)[0]
    except (ValueError, IndexError) as error:
        raise CommandError(f"--on-finish: {on_finish!r}: not a command: {error}") from error
    if shutil.which(program, path=path) is None:
        found = shutil.which(program)
        advice = f"cron would not find it; write {found}" if found else "a shell's own words need sh -c '…'"
        raise CommandError(f"--on-finish: no such command: {program}; {advice}")


class Ending:
    """Around a run: tells how it ended, also where it could not begin. What goes wrong in telling is a warning.

    Args:
        on_finish: A URL to ask for, or a command to run.
        metrics: A file to write.
    """

    def __init__(self, on_finish: str | None, metrics: Path | None) -> None:
        self.on_finish = on_finish
        self.metrics = metrics
        self.result: CrawlResult | None = None

    def __enter__(self) -> Ending:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from newscrawl.spiders.launch import CrawlResult

        if self.result is None:
            status, problem = _broken_off(error)
            self.result = CrawlResult(status, None, problem=problem)
        if self.metrics is not None:
            self._write_metrics(self.metrics, self.result)
        if self.on_finish is not None:
            _tell(self.on_finish, self.result)

    def _write_metrics(self, file: Path, result: CrawlResult) -> None:
        from newscrawl.cli.metrics import write_metrics

        try:
            write_metrics(file, result)
        except OSError as error:
            warn(f"--metrics: {file}: {error.strerror}")


def _broken_off(error: BaseException | None) -> tuple[int, str]:
    """Exit status and problem of a run without a result."""
    if isinstance(error, CommandError):
        return error.status, str(error)
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED, "interrupted"
    return USAGE, f"{type(error).__name__}: {error}"


def _tell(target: str, result: CrawlResult) -> None:
    run = str(result.summary.run.id) if result.summary else ""
    try:
        if _is_url(target):
            _ask(target.replace("{status}", str(result.exit_status)).replace("{run}", run))
        else:
            _call(shlex.split(target), result, run)
    except (OSError, ValueError, http.client.HTTPException, subprocess.SubprocessError) as error:
        warn(f"--on-finish: {_reason(error)}")


def _ask(url: str) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": f"newscrawl/{__version__}"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=TIMEOUT_S):  # noqa: S310
        pass


def _call(command: list[str], result: CrawlResult, run: str) -> None:
    environment = {
        **os.environ,
        "NEWSCRAWL_RUN": run,
        "NEWSCRAWL_EXIT_STATUS": str(result.exit_status),
        "NEWSCRAWL_PROBLEM": (result.problem or "").replace("\0", "")[:MAX_PROBLEM],
    }
    # Its output goes to our standard error: the standard output may be JSON.
    subprocess.run(  # noqa: S603
        command, input=json_line(end_record(result)), env=environment, stdout=sys.stderr, timeout=TIMEOUT_S, check=True
    )


def _is_url(target: str) -> bool:
    return target.lower().startswith(("http://", "https://"))


def _reason(error: Exception) -> str:
    """What went wrong, without the words of the command and the URL, which may be secret."""
    if isinstance(error, subprocess.CalledProcessError):
        return f"the command ended with status {error.returncode}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"the command took more than {TIMEOUT_S} s and was ended"
    return f"{type(error).__name__}: {error}"
