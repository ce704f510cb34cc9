"""`newscrawl extract`: the article of one page, or of many as a filter."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from newscrawl.cli.options import AllowPrivate, Contact, OutletFolders, Proxy, Workers
from newscrawl.cli.terminal import CommandError, fail, print_json, say
from newscrawl.items import Article, Page, Rejection

if TYPE_CHECKING:
    from newscrawl.outlets.schema import OutletConfig

EPILOG = "Example: newscrawl extract page.html --url https://www.example.com/2026/story --format markdown"
MAX_BYTES = 9_500_000  # as in the crawl


def extract(
    source: Annotated[str, typer.Argument(metavar="FILE|URL|-", help="The page; - is the standard input.")] = "-",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Filter: JSON lines in, JSON lines out.")] = False,
    format: Annotated[Literal["text", "markdown", "json"], typer.Option("--format", help="What to print.")] = "text",
    url: Annotated[str, typer.Option("--url", metavar="URL", help="Where a page from a file comes from.")] = "",
    charset: Annotated[str | None, typer.Option("--charset", help="As the server declared it.")] = None,
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
        page = _fetch(source, proxy, allow_private, contact)
    else:
        from newscrawl.cli.jsonl import page_of

        page = page_of(_read(source), url, charset, _outlets(outlets))
    if isinstance(page, Rejection):
        raise CommandError(f"{page.url}: not fetched: {page.reason}{': ' if page.detail else ''}{page.detail}")
    return _print(_build(page), page, format)


def _filter(source: str, count: int, folders: list[Path] | None) -> int:
    from newscrawl.cli.jsonl import run_filter
    from newscrawl.workers import Workers as Pool
    from newscrawl.workers import WorkersError

    outlets = _outlets(folders)
    stream = sys.stdin.buffer if source == "-" else _open(source).open("rb")
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


def _build(page: Page) -> Article | Rejection:
    from newscrawl.workers import Workers as Pool
    from newscrawl.workers import WorkersError

    try:
        pool = Pool(1)
    except WorkersError as error:
        raise CommandError(str(error)) from error
    try:
        return pool.submit(page).result()
    finally:
        pool.stop()


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


def _fetch(url: str, proxy: str | None, allow_private: bool, contact: str | None) -> Page | Rejection:
    from newscrawl.spiders.launch import CrawlError, CrawlOptions, fetch_pages

    options = CrawlOptions(proxy=proxy, allow_private=allow_private, contact=contact, log_level="WARNING")
    try:
        return fetch_pages([url], options)[0]
    except CrawlError as error:
        raise CommandError(str(error)) from error


def _read(source: str) -> bytes:
    if source == "-":
        if sys.stdin.isatty():
            raise CommandError("nothing to read: name a file or a URL, or pipe a page in; see newscrawl extract --help")
        body = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        with _open(source).open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise CommandError(f"{source}: expected at most {MAX_BYTES} bytes of one page")
    return body


def _open(source: str) -> Path:
    path = Path(source)
    if not path.is_file():
        raise CommandError(f"{source}: no such file; a URL must begin with http:// or https://")
    return path


def _outlets(folders: list[Path] | None) -> dict[str, OutletConfig]:
    from newscrawl.outlets.registry import load_outlets, user_folders

    registry = load_outlets(user_folders(folders or []))
    for fault in registry.faults:
        fail(str(fault))
    return registry.outlets
