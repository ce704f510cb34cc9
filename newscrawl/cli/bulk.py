"""`newscrawl bulk`: the pages of many WARC files, on the cores of this machine or on a cluster."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.options import AllWorkers, AsJson, Database, OutletFolders
from newscrawl.cli.pages import load_configs
from newscrawl.cli.summary import ProgressPrinter
from newscrawl.cli.terminal import STORE, USAGE, CommandError, fail, line, print_json, say, warn

if TYPE_CHECKING:
    from newscrawl.bulk.run import Done, Options

EPILOG = """\
Example: newscrawl bulk 'warcs/*.warc.gz' --db news.db

Example: newscrawl bulk warc.paths.gz --base https://data.commoncrawl.org --to parts --scheduler tcp://10.0.0.1:8786"""

DEGRADED = 3
NAMED = 20  # files that are named in the summary


def bulk(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="WARC files: paths, globs, URLs, or lists of them (.paths, .paths.gz)."),
    ],
    base: Annotated[
        str | None,
        typer.Option("--base", metavar="URL|DIR", help="What the lines of lists begin at. (default: its folder)"),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FOLDER|URL", help="Write a Parquet file for each WARC file, and no database."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers do it: tcp://HOST:8786."),
    ] = None,
    workers: AllWorkers = None,
    outlets: OutletFolders = None,
    db: Database = None,
    json: AsJson = False,
) -> int:
    """Read the pages of WARC files, extract them, clean them and store them; nothing is fetched from outlets.

    Every response in a file ends in one counted outcome: stored, duplicate, rejected or failed for a reason; known,
    where its URL has had an outcome before; bad, where the record is damaged or no web page. A file that was read to
    its end is not read again, and one that was broken off goes on; of --to, files without their part are read.

    A page belongs to the outlet on whose domain it lies, else to one named by its domain. URLs need fsspec, s3:// also
    s3fs, gs:// also gcsfs. On a cluster, workers write to PostgreSQL and to --to themselves; to SQLite this process.

    Exit status: 0 done, 1 usage or configuration, 2 the store failed, 3 some files could not be read, 130 interrupted.
    """
    from newscrawl.bulk.places import PlaceError, expand
    from newscrawl.bulk.run import Options
    from newscrawl.store.engine import database_url

    if to and db:
        raise CommandError("only one of --to and --db: parts need no database")
    if scheduler and workers:
        raise CommandError("--workers goes without --scheduler: a cluster has the workers that it has")
    try:
        places = expand(files, base)
    except PlaceError as error:
        raise CommandError(str(error)) from error
    if not places:
        raise CommandError("the lists name no file")
    folder = to if to is None or "://" in to else str(Path(to).resolve())
    count = workers or os.cpu_count() or 1
    options = Options(load_configs(outlets), database_url(db), folder, count, scheduler)
    done = _run(places, options)
    if json:
        print_json(_record(done))
    else:
        _print(done)
    return DEGRADED if done.problems else 0


def _run(places: list[str], options: Options) -> Done:
    from newscrawl.bulk.cluster import ClusterError
    from newscrawl.bulk.places import PlaceError
    from newscrawl.bulk.run import bulk as run
    from newscrawl.store.engine import StoreError
    from newscrawl.workers import WorkersError

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the run's row says how it ended
    try:
        with ProgressPrinter() as printer:
            return run(places, options, lambda done: printer.tell(_text(done)))
    except StoreError as error:
        raise CommandError(str(error), STORE) from error
    except (ClusterError, PlaceError, WorkersError) as error:
        raise CommandError(str(error), USAGE) from error


def _text(done: Done) -> str:
    """How far it is, in one line."""
    left = done.files - done.files_before
    read = done.files_read + len(done.problems)
    return ", ".join([f"{read} of {left} files", f"{done.records:,} records", *_counts(done.counts)])


def _counts(counts: Counter[str]) -> list[str]:
    return [f"{count:,} {outcome}" for outcome, count in counts.items() if count]


def _print(done: Done) -> None:
    for title, reasons in (("rejected", done.rejected), ("failed", done.failed)):
        if reasons:
            say(f"{title}: " + ", ".join(f"{reason} {count}" for reason, count in reasons.most_common()))
    for file, damage in list(done.damage.items())[:NAMED]:
        warn(f"{line(file)}: {line('; '.join(damage))}")
    for problem in done.problems[:NAMED]:
        fail(problem)
    if more := max(len(done.damage), len(done.problems)) - NAMED:
        warn(f"and {more} more files; --json names all") if more > 0 else None
    before = f", {done.files_before:,} before" if done.files_before else ""
    problems = f", {len(done.problems):,} not" if done.problems else ""
    run = f" (run {done.run_id})" if done.run_id else ""
    say(f"{done.files_read:,} of {done.files:,} files read{before}{problems}: {done.records:,} records{run}")
    if done.records:
        say(", ".join(_counts(done.counts)))


def _record(done: Done) -> dict[str, object]:
    return {
        "run": done.run_id,
        "files": {"named": done.files, "read_before": done.files_before, "read": done.files_read},
        "problems": done.problems,
        "damage": done.damage,
        "records": done.records,
        "counts": done.counts,
        "rejected": done.rejected,
        "failed": done.failed,
    }
