"""Single pages for the commands that look at one: from a file, the standard input or the web, built apart."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from newscrawl.cli.terminal import CommandError, fail
from newscrawl.items import Article, Page, Rejection

if TYPE_CHECKING:
    from newscrawl.items import PageRules
    from newscrawl.outlets.schema import OutletConfig


def fetch_page(
    url: str, proxy: str | None, allow_private: bool, contact: str | None, folders: list[Path] | None
) -> Page:
    """A page as it is now, by what its outlet's file says of it.

    Raises:
        CommandError: It was not fetched, or the settings are wrong.
    """
    from newscrawl.spiders.launch import CrawlError, CrawlOptions, fetch_pages

    options = CrawlOptions(proxy=proxy, allow_private=allow_private, contact=contact, log_level="WARNING")
    try:
        page = fetch_pages([url], options, load_configs(folders))[0]
    except CrawlError as error:
        raise CommandError(str(error)) from error
    if isinstance(page, Rejection):
        raise CommandError(f"{page.url}: not fetched: {page.reason}{': ' if page.detail else ''}{page.detail}")
    return page


def file_page(source: str, url: str, charset: str | None, folders: list[Path] | None) -> Page:
    """A page from a file, or from the standard input (`-`); of a test page, its outlet's file knows the URL.

    Raises:
        CommandError: It cannot be read.
    """
    from newscrawl.cli.jsonl import page_of
    from newscrawl.cli.outlettests import find_test_page

    configs = load_configs(folders)
    found = None if url or source == "-" else find_test_page(open_file(source), configs.values())
    return found or page_of(_read(source), url, charset, configs)


def build_apart(page: Page) -> Article | Rejection:
    """What a page comes to, in a process that a deadline and a memory limit bound.

    Raises:
        CommandError: The process does not start.
    """
    from newscrawl.workers import Workers, WorkersError

    try:
        pool = Workers(1)
    except WorkersError as error:
        raise CommandError(str(error)) from error
    try:
        return pool.submit(page).result()
    finally:
        pool.stop()


def open_file(source: str) -> Path:
    """A file that is there.

    Raises:
        CommandError: It is not.
    """
    path = Path(source)
    if not path.is_file():
        raise CommandError(f"{source}: no such file; a URL must begin with http:// or https://")
    return path


def load_configs(folders: list[Path] | None) -> dict[str, OutletConfig]:
    """The configured outlets; faults of their files are printed."""
    from newscrawl.outlets.registry import load_outlets, user_folders

    registry = load_outlets(user_folders(folders or []))
    for fault in registry.faults:
        fail(str(fault))
    return registry.outlets


def page_rules(folders: list[Path] | None) -> dict[str, PageRules]:
    """What the outlet files say of pages, by slug."""
    return {slug: config.pages.item() for slug, config in load_configs(folders).items()}


def _read(source: str) -> bytes:
    from newscrawl.outlets.expectations import MAX_PAGE, read_saved

    if source == "-":
        if sys.stdin.isatty():
            raise CommandError("nothing to read: name a file or a URL, or pipe a page in; see newscrawl extract --help")
        body = sys.stdin.buffer.read(MAX_PAGE + 1)
    else:
        try:
            return read_saved(open_file(source))
        except (OSError, zlib.error) as error:
            raise CommandError(f"{source}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if len(body) > MAX_PAGE:
        raise CommandError(f"expected at most {MAX_PAGE:,} bytes of one page")
    return body
