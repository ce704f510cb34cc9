"""`newscrawl crawl`: outlets, lists of URLs, or WARC files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.database import count_articles
from newscrawl.cli.options import AllowPrivate, Archive, AsJson, Contact, Database, OutletFolders, Proxy, Workers
from newscrawl.cli.summary import ProgressPrinter, print_summary, summary_record
from newscrawl.cli.terminal import CommandError, fail, print_json

if TYPE_CHECKING:
    from newscrawl.spiders.launch import CrawlOptions, CrawlResult, Progress

EPILOG = "Example: newscrawl crawl bbc tagesschau --db sqlite:///news.db"


Slugs = Annotated[list[str] | None, typer.Argument(metavar="SLUG", help="Outlets to crawl; pages where it is a URL.")]
All = Annotated[bool, typer.Option("--all", help="Every configured outlet.")]
Urls = Annotated[list[str] | None, typer.Option("--url", metavar="URL...", help="Pages to fetch.")]
UrlsFrom = Annotated[
    str | None, typer.Option("--urls-from", metavar="FILE", help="Pages, one URL a line; - is the standard input.")
]
Warcs = Annotated[list[Path] | None, typer.Option("--warc", metavar="FILE...", help="WARC files to read.")]
Delay = Annotated[
    float | None,
    typer.Option("--delay", min=0, metavar="S", help="Seconds between requests to a host, for all outlets."),
]
Again = Annotated[bool, typer.Option("--again", help="With --url, --urls-from: fetch what is stored already, too.")]
LogFile = Annotated[Path | None, typer.Option("--log-file", metavar="FILE", help="Write the log here.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only what went wrong.")]


def crawl(
    slugs: Slugs = None,
    all: All = False,
    url: Urls = None,
    urls_from: UrlsFrom = None,
    warc: Warcs = None,
    outlets: OutletFolders = None,
    db: Database = None,
    archive: Archive = None,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
    workers: Workers = 2,
    delay: Delay = None,
    contact: Contact = None,
    again: Again = False,
    log_file: LogFile = None,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Fetch what is new of the named outlets, extract it, clean it and store it.

    A run takes up what earlier runs left. Several runs may work on one database, but not on one outlet.

    Exit status: 0 done (also when nothing was new), 1 usage or configuration, 2 the store failed, 3 degraded (an outlet
    could not be read, or many pages failed), 4 another run holds an outlet, 130 interrupted.
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
        contact=contact,
        log_level="INFO" if log_file else "ERROR",
        log_file=log_file,
    )
    start = _choose(slugs or [], all, [*(url or [])], urls_from, warc or [], again)
    return report(run(start, options, quiet=quiet), db, quiet=quiet, json=json)


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
        raise CommandError(f"{error}; newscrawl outlets list shows the outlets") from error


def report(result: CrawlResult, db: str | None, *, quiet: bool, json: bool) -> int:
    """Print how a run ended; its exit status."""
    summary = result.summary
    if json:
        end = {"exit_status": result.exit_status, "problem": result.problem}
        print_json(end | (summary_record(summary) if summary else {}))
    elif summary and not (quiet and result.exit_status == 0):
        stored = count_articles(db, [outlet.slug for outlet in summary.outlets]) - summary.counts.stored
        print_summary(summary, f"{stored} already stored")
    if result.problem:
        fail(result.problem)
    return result.exit_status


def _choose(
    slugs: list[str], every: bool, urls: list[str], urls_from: str | None, warc: list[Path], again: bool
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
    if urls or urls_from:
        lines = _urls(urls, urls_from)
        return lambda options, progress: run_urls(lines, options, progress, again=again)
    if warc:
        return lambda options, progress: run_warc(warc, options, progress)
    return lambda options, progress: run_news(slugs, options, progress)


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
