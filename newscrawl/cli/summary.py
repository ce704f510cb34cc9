"""A run as a person reads it: live progress, and the table at its end."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

import typer
from rich.live import Live
from rich.text import Text

from newscrawl.cli.terminal import clip, console, moment, say, table, warn

if TYPE_CHECKING:
    from newscrawl.spiders.launch import Progress
    from newscrawl.store.queries import Alarm, Counts, OutletSummary, RunSummary

PLAIN_EVERY_S = 10.0
COUNTED = ("stored", "updated", "unchanged", "duplicate", "rejected", "failed", "pending")


class ProgressPrinter:
    """Shows how far a run is, on the standard error: a line that moves on a terminal, else a line every ten seconds."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._live: Live | None = None
        self._printed_at = time.monotonic()
        self._last = ""

    def __enter__(self) -> ProgressPrinter:
        if not self.quiet and sys.stderr.isatty():
            self._live = Live(Text("starting …"), console=console(stderr=True), transient=True, auto_refresh=False)
            self._live.start(refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def show(self, progress: Progress) -> None:
        """Take the state of the run."""
        self.tell(progress_text(progress))

    def tell(self, text: str) -> None:
        """Take the state as a line."""
        if self._live:
            self._live.update(Text(text), refresh=True)
        elif not self.quiet and time.monotonic() - self._printed_at >= PLAIN_EVERY_S:
            self._printed_at = time.monotonic()
            typer.echo(text, err=True)


def progress_text(progress: Progress) -> str:
    """The state of a run in one line."""
    parts = [f"{progress.elapsed_s:.0f} s", f"{progress.sources_read} sources read"]
    if progress.sources_failed:
        parts.append(f"{progress.sources_failed} not readable")
    parts += [f"{progress.known} known", f"{progress.seen} to fetch"]
    parts += [f"{count} {name}" for name in COUNTED if (count := getattr(progress, name))]
    return ", ".join(parts)


def print_summary(summary: RunSummary, *more: str) -> None:
    """A table of the outlets, the reasons, and the run in one sentence, with what more is to be said in it."""
    counts = summary.counts
    shown = [name for name in COUNTED if getattr(counts, name) or name in ("stored", "rejected", "failed")]
    rows: list[list[object]] = []
    for outlet in summary.outlets:
        numbers = [getattr(outlet.counts, name) for name in shown]
        rows.append([outlet.slug, _sources(outlet), outlet.counts.known, outlet.counts.seen, *numbers])
    if rows:
        table(["outlet", "sources", ">known", ">taken", *(f">{name}" for name in shown)], rows)
    _print_reasons("rejected", summary.rejected)
    _print_reasons("failed, to be tried again", summary.failed)
    for outlet in summary.outlets:
        for error in outlet.source_errors:
            warn(f"{outlet.slug}: source not readable: {clip(error, 300)}")
        if not outlet.balanced:
            warn(f"{outlet.slug}: the counters do not agree with the rows; please report it with newscrawl runs show")
        for alarm in outlet.alarms:
            warn(alarm_text(alarm))
    say(sentence(summary, *more))


def alarm_text(alarm: Alarm) -> str:
    """An alarm in one line."""
    return f"ALARM {alarm.text}; since {moment(alarm.began_at)}"


def sentence(summary: RunSummary, *more: str) -> str:
    """`12 new, 1 failed (run 3: ok, 20 s)`; what is none is left out, but for what is new."""
    counts: Counts = summary.counts
    parts = [f"{counts.stored} new", *more]
    parts += [f"{count} {name}" for name in COUNTED[1:] if (count := getattr(counts, name))]
    run = summary.run
    seconds = f", {(run.finished_at - run.started_at).total_seconds():.0f} s" if run.finished_at else ""
    return f"{', '.join(parts)} (run {run.id}: {run.status}{seconds})"


def summary_record(summary: RunSummary) -> dict[str, object]:
    """A run as JSON."""
    return {
        "run": summary.run,
        "counts": summary.counts,
        "sources_ok": summary.sources_ok,
        "sources_failed": summary.sources_failed,
        "rejected": summary.rejected,
        "failed": summary.failed,
        "balanced": summary.balanced,
        "alarms": summary.alarms,
        "outlets": summary.outlets,
    }


def _sources(outlet: OutletSummary) -> str:
    failed = f", {outlet.sources_failed} failed" if outlet.sources_failed else ""
    return f"{outlet.sources_ok} ok{failed}" if outlet.sources_ok or failed else ""


def _print_reasons(title: str, reasons: Mapping[str, int]) -> None:
    if reasons:
        most = sorted(reasons.items(), key=lambda pair: -pair[1])
        say(f"{title}: " + ", ".join(f"{reason} {count}" for reason, count in most))
