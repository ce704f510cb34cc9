"""The figures of a run for Prometheus, as a file for node_exporter's textfile collector."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from newscrawl.cli.summary import COUNTED

if TYPE_CHECKING:
    from newscrawl.spiders.launch import CrawlResult
    from newscrawl.store.queries import RunSummary


def write_metrics(file: Path, result: CrawlResult) -> None:
    """Write the file in one step, so that nobody reads half of it.

    All series carry the file's name as `schedule`: the collector refuses two files that hold the same series.

    Raises:
        OSError: It cannot be written.
    """
    registry = CollectorRegistry()
    schedule = file.stem

    def gauge(name: str, help: str, *labels: str) -> Gauge:
        return Gauge(f"newscrawl_{name}", help, ("schedule", *labels), registry=registry)

    ended = result.summary.run.finished_at if result.summary else None
    at = ended or datetime.now(UTC)
    gauge("run_finished_timestamp_seconds", "When the last run ended.").labels(schedule).set(at.timestamp())
    gauge("run_exit_status", "Exit status of the last run; 0 is good.").labels(schedule).set(result.exit_status)
    if result.summary is not None:
        seconds = (at - result.summary.run.started_at).total_seconds()
        gauge("run_duration_seconds", "How long the last run took.").labels(schedule).set(seconds)
        _set_outlets(result.summary, schedule, gauge)
    write_to_textfile(str(file), registry)


def _set_outlets(summary: RunSummary, schedule: str, gauge: Callable[..., Gauge]) -> None:
    urls = gauge("urls", "URLs that the last run took, by what became of them.", "outlet", "outcome")
    known = gauge("urls_known", "URLs that the last run found again.", "outlet")
    stored = gauge("articles_stored", "Articles that were new in the last run.", "outlet")
    read = gauge("sources_read", "Sources that the last run could read.", "outlet")
    failed = gauge("sources_failed", "Sources that the last run could not read.", "outlet")
    for outlet in summary.outlets:
        for outcome in COUNTED:
            urls.labels(schedule, outlet.slug, outcome).set(getattr(outlet.counts, outcome))
        known.labels(schedule, outlet.slug).set(outlet.counts.known)
        stored.labels(schedule, outlet.slug).set(outlet.counts.stored)
        read.labels(schedule, outlet.slug).set(outlet.sources_ok)
        failed.labels(schedule, outlet.slug).set(outlet.sources_failed)
