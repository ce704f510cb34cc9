"""`newscrawl crawl`: outlets, lists of URLs, or WARC files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.database import count_articles
from newscrawl.cli.ending import Ending, check_ending, end_record
from newscrawl.cli.options import (
    LOG_MAX_MB,
    WORKERS,
    AllOutlets,
    AllowPrivate,
    Archive,
    AsJson,
    Contact,
    Database,
    Delay,
    LogFile,
    LogJson,
    LogMaxMb,
    MaxMinutes,
    MaxPages,
    Metrics,
    OnFinish,
    OutletFolders,
    Proxy,
    Workers,
)
from newscrawl.cli.summary import ProgressPrinter, print_summary
from newscrawl.cli.terminal import CommandError, fail, print_json, say, warn

if TYPE_CHECKING:
    from newscrawl.spiders.launch import CrawlOptions, CrawlResult, Progress

EPILOG = """\
Example: newscrawl crawl bbc tagesschau --db sqlite:///news.db

Example: newscrawl crawl --all --quiet --log-file crawl.log --log-max-mb 50 --log-json

Example: newscrawl crawl --all --max-minutes 25 --max-pages 2000

Example: newscrawl crawl --all --on-finish 'https://hc-ping.com/UUID/{status}' --metrics /var/lib/node_exporter/n.prom

Example: newscrawl crawl --all --on-finish 'mail -s "newscrawl has ended" you@example.org'"""

Slugs = Annotated[list[str] | None, typer.Argument(metavar="SLUG", help="Outlets to crawl; pages where it is a URL.")]
Urls = Annotated[list[str] | None, typer.Option("--url", metavar="URL...", help="Pages to fetch.")]
UrlsFrom = Annotated[
    str | None, typer.Option("--urls-from", metavar="FILE", help="Pages, one URL a line; - is the standard input.")
]
Warcs = Annotated[list[Path] | None, typer.Option("--warc", metavar="FILE...", help="WARC files to read.")]
Patience = Annotated[
    float, typer.Option("--patience", min=0, metavar="S", help="Seconds to wait for a database that is away.")
]
Again = Annotated[bool, typer.Option("--again", help="With --url, --urls-from: fetch what is stored already, too.")]
Archives = Annotated[
    bool, typer.Option("--archives", help="Read the outlets' archives of old articles, too; see --max-pages.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only what went wrong.")]


def crawl(
    slugs: Slugs = None,
    all: AllOutlets = False,
    url: Urls = None,
    urls_from: UrlsFrom = None,
    warc: Warcs = None,
    outlets: OutletFolders = None,
    db: Database = None,
    archive: Archive = None,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
    workers: Workers = WORKERS,
    delay: Delay = None,
    patience: Patience = 60,
    max_minutes: MaxMinutes = None,
    max_pages: MaxPages = None,
    contact: Contact = None,
    again: Again = False,
    archives: Archives = False,
    log_file: LogFile = None,
    log_max_mb: LogMaxMb = LOG_MAX_MB,
    log_json: LogJson = False,
    on_finish: OnFinish = None,
    metrics: Metrics = None,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Fetch what is new of the named outlets, extract it, clean it and store it.

    A run takes up what earlier runs left. At --max-minutes or --max-pages it finishes what is on its way and leaves the
    rest to the next run, with exit status 0; feeds and sitemaps count as no pages. Several runs, on PostgreSQL also on
    several machines, share the outlets: what one holds, the others leave to it; newscrawl workers shows them.

    Exit status: 0 done (also when nothing was new), 1 usage or configuration, 2 the store failed, 3 degraded (an outlet
    gives less than it did, or many pages failed), 4 other runs hold all outlets that were named, 130 interrupted.
    """
    from newscrawl.spiders.launch import CrawlOptions

    options = CrawlOptions(
        database_url=db,
        archive=archive,
        outlet_folders=tuple(outlets or ()),
        proxy=proxy,
        allow_private=allow_private,
        workers=workers,
        delay_s=delay,
        patience_s=patience,
        max_pages=max_pages,
        max_minutes=max_minutes,
        contact=contact,
        log_level="INFO" if log_file else "ERROR",
        log_file=log_file,
        log_max_mb=log_max_mb,
        log_json=log_json,
    )
    start = _choose(slugs or [], all, [*(url or [])], urls_from, warc or [], again, archives)
    check_log(log_file, log_json=log_json)
    check_ending(on_finish, metrics)
    with Ending(on_finish, metrics) as ending:
        ending.result = run(start, options, quiet=quiet)
        return report(ending.result, db, quiet=quiet, json=json)


Start = Callable[["CrawlOptions", Callable[["Progress"], None]], "CrawlResult"]


def run(start: Start, options: CrawlOptions, *, quiet: bool) -> CrawlResult:
    """Crawl with the progress shown.

    Raises:
        CommandError: The settings are wrong.
    """
    from newscrawl.spiders.launch import CrawlError

    try:
        with ProgressPrinter(quiet=quiet) as printer:
            # Scrapy copies its settings deeply, this callback among them; a function is copied as itself.
            return start(options, lambda progress: printer.show(progress))
    except CrawlError as error:
        raise CommandError(str(error)) from error


def check_log(file: Path | None, *, log_json: bool) -> None:
    """Make sure that there is a log for the lines.

    Raises:
        CommandError: There is none.
    """
    if log_json and not file:
        raise CommandError("--log-json goes with --log-file; --log-file /dev/stderr is one")


def report(result: CrawlResult, db: str | None, *, quiet: bool, json: bool) -> int:
    """Print how a run ended; its exit status."""
    summary = result.summary
    if json:
        print_json(end_record(result))
    elif summary and not (quiet and result.exit_status == 0):
        stored = count_articles(db, [outlet.slug for outlet in summary.outlets]) - summary.counts.stored
        replayed = [f"{result.replayed} fetched by earlier runs stored first"] if result.replayed else []
        print_summary(summary, *replayed, f"{stored} already stored")
        for note in result.notes:
            warn(note)
        if result.budget:
            say(f"The {summary.run.reason}; the next run takes it up.")
    if result.problem:
        fail(result.problem)
    return result.exit_status


def _choose(
    slugs: list[str],
    every: bool,
    urls: list[str],
    urls_from: str | None,
    warc: list[Path],
    again: bool,
    archives: bool,
) -> Start:
    """The spider that the arguments name.

    Raises:
        CommandError: They name none, or several.
    """
    from newscrawl.spiders.launch import run_news, run_urls, run_warc

    urls = [*urls, *(word for word in slugs if "://" in word)]
    slugs = [word for word in slugs if "://" not in word]
    if warc:  # a shell puts the first file of `--warc *.warc.gz` behind the option, and the others here
        warc, slugs = [*warc, *map(Path, slugs)], []
    named = [bool(slugs), every, bool(urls or urls_from), bool(warc)]
    if sum(named) != 1:
        rule = "name outlets, or --all, or --url and --urls-from, or --warc"
        raise CommandError(f"nothing to crawl: {rule}" if not any(named) else f"only one of them: {rule}")
    if again and not (urls or urls_from):
        raise CommandError("--again goes with --url and --urls-from only")
    if archives and not (slugs or every):
        raise CommandError("--archives goes with outlets, or --all")
    if urls or urls_from:
        lines = _urls(urls, urls_from)
        return lambda options, progress: run_urls(lines, options, progress, again=again)
    if warc:
        return lambda options, progress: run_warc(warc, options, progress)
    return lambda options, progress: run_news(slugs, options, progress, archives=archives)


def _urls(urls: list[str], source: str | None) -> Iterator[str]:
    if source and source != "-" and not Path(source).is_file():
        raise CommandError(f"--urls-from: {source}: no such file")

    def lines() -> Iterator[str]:
        yield from urls
        if source:
            with _opened(source) as stream:
                yield from (text for raw in stream if (text := raw.strip()) and not text.startswith("#"))

    return lines()


@contextmanager
def _opened(source: str) -> Iterator[Iterator[str]]:
    if source == "-":
        sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
        yield sys.stdin
    else:
        with Path(source).open(encoding="utf-8", errors="replace") as stream:
            yield stream
