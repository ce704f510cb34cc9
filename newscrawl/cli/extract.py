"""`newscrawl extract`: the article of one page, or of many as a filter."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from newscrawl.cli.options import AllowPrivate, Charset, Contact, OutletFolders, PageUrl, Proxy, Workers
from newscrawl.cli.pages import build_apart, fetch_page, file_page, load_configs, open_file
from newscrawl.cli.terminal import CommandError, fail, print_json, say
from newscrawl.items import Article, Page, Rejection

EPILOG = "Example: newscrawl extract page.html --url https://www.example.com/2026/story --format markdown"


def extract(
    source: Annotated[str, typer.Argument(metavar="FILE|URL|-", help="The page; - is the standard input.")] = "-",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Filter: JSON lines in, JSON lines out.")] = False,
    format: Annotated[Literal["text", "markdown", "json"], typer.Option("--format", help="What to print.")] = "text",
    url: PageUrl = "",
    charset: Charset = None,
    workers: Workers = 2,
    outlets: OutletFolders = None,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
    contact: Contact = None,
) -> int:
    """Print the article of a page: a file, a URL that is fetched now, or the standard input.

    With --jsonl it is a filter. It reads lines {id, url, html_b64, charset}, or with `text` (extracted before, blocks
    split at blank lines) in place of html_b64, and writes a line for each, in order. A bad line gets {id, rejection},
    and the filter goes on.
    """
    if jsonl:
        return _filter(source, workers, outlets)
    if source.startswith(("http://", "https://")):
        page = fetch_page(source, proxy, allow_private, contact, outlets)
    else:
        page = file_page(source, url, charset, outlets)
    return _print(build_apart(page), page, format)


def _filter(source: str, count: int, folders: list[Path] | None) -> int:
    from newscrawl.cli.jsonl import run_filter
    from newscrawl.workers import Workers as Pool
    from newscrawl.workers import WorkersError

    outlets = load_configs(folders)
    stream = sys.stdin.buffer if source == "-" else open_file(source).open("rb")
    try:
        pool = Pool(count)
    except WorkersError as error:
        raise CommandError(str(error)) from error
    try:
        with stream:
            run_filter(stream, sys.stdout.buffer, pool, outlets)
    except BaseException:  # the reader is gone, or Ctrl-C: nobody waits for the rest
        pool.stop()
        raise
    pool.close()
    return 0


def _print(result: Article | Rejection, page: Page, format: str) -> int:
    from newscrawl.cli.records import article_record, markdown, rejection_record

    if isinstance(result, Rejection):
        if format == "json":
            print_json(rejection_record(result, page.outlet))
        fail(f"{result.url or 'this page'}: no article: {result.reason}{': ' if result.detail else ''}{result.detail}")
        return 1
    if format == "json":
        print_json(article_record(result))
    elif format == "markdown":
        say(markdown(result))
    else:
        say(f"{result.headline}\n" if result.headline else "", style="bold")
        say(result.text)
    return 0
