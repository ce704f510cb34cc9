"""`newscrawl outlets test`: whether outlet files still give what they are expected to of saved pages, offline."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.options import AsJson, OutletFolders
from newscrawl.cli.terminal import CommandError, fail, print_json, say
from newscrawl.items import Article, Page, Rejection

if TYPE_CHECKING:
    from concurrent.futures import Future

    from newscrawl.outlets.expectations import PageTest
    from newscrawl.outlets.schema import OutletConfig
    from newscrawl.workers import Workers

EPILOG = "Example: newscrawl outlets test herald --outlets outlets"


@dataclass(frozen=True, slots=True)
class Checked:
    """A test and what came of it."""

    outlet: str  # slug
    page: str
    url: str
    unmet: tuple[str, ...]  # empty: passed


def run_tests(
    slugs: Annotated[list[str] | None, typer.Argument(metavar="[SLUG...]", help="Outlets; without, all.")] = None,
    outlets: OutletFolders = None,
    json: AsJson = False,
) -> int:
    """Read the saved pages of outlet files as a crawl would, and compare with what the files expect under `tests`.

    Nothing is fetched. A difference gives exit status 1: mend the file, or the test where the page is read better now.
    """
    configs = [config for config in find_outlets(slugs, outlets) if slugs or config.tests]
    checked = _check(configs)
    if json:
        print_json(checked)
        return 1 if any(one.unmet for one in checked) else 0
    for config in configs:
        if not config.tests:
            say(f"{config.slug}: no tests; newscrawl outlets add {config.homepage} --force writes some")
    for one in checked:
        for message in one.unmet:
            fail(f"{one.outlet}: {one.page}: {message}")
    bad = sum(bool(one.unmet) for one in checked)
    of = len({one.outlet for one in checked})
    say(f"{len(checked) - bad} of {len(checked)} tests of {of} outlets passed")
    return 1 if bad else 0


def find_outlets(slugs: list[str] | None, folders: list[Path] | None) -> list[OutletConfig]:
    """The outlets that were named, or all, of folders and those that come along.

    Raises:
        CommandError: One is not there, or its file is faulty.
    """
    from newscrawl.outlets.registry import load_outlets, user_folders

    registry = load_outlets(user_folders(folders or []), slugs or ())
    missing = registry.problems(slugs or ())
    if missing:
        raise CommandError("\n".join(missing))
    return [registry.outlets[slug] for slug in slugs or sorted(registry.outlets)]


def _check(configs: list[OutletConfig]) -> list[Checked]:
    from newscrawl.outlets.expectations import unmet
    from newscrawl.workers import Workers, WorkersError

    tests = [(config, test) for config in configs for test in config.tests]
    if not tests:
        return []
    try:
        pool = Workers(min(2, len(tests)))
    except WorkersError as error:
        raise CommandError(str(error)) from error
    checked = []
    try:
        waiting = [_submit(config, test, pool) for config, test in tests]
        for (config, test), result in zip(tests, waiting, strict=True):
            found = (result,) if isinstance(result, str) else tuple(unmet(test, result.result()))
            checked.append(Checked(config.slug, test.page, test.url, found))
    finally:
        pool.stop()
    return checked


def saved_pages(config: OutletConfig) -> list[Page]:
    """The test pages of an outlet that are there, and known to be articles."""
    pages = (_saved(config, test) for test in config.tests if not test.rejection)
    return [page for page in pages if isinstance(page, Page)]


def find_test_page(file: Path, configs: Iterable[OutletConfig]) -> Page | None:
    """The page of the outlet that has a file among its tests."""
    file = file.resolve()
    for config in configs:
        for test in config.tests:
            if config.path and (config.path.parent / test.page).resolve() == file:
                page = _saved(config, test)
                return page if isinstance(page, Page) else None
    return None


def _submit(config: OutletConfig, test: PageTest, pool: Workers) -> Future[Article | Rejection] | str:
    """The result to come, or why the page cannot be read."""
    page = _saved(config, test)
    return pool.submit(page) if isinstance(page, Page) else page


def _saved(config: OutletConfig, test: PageTest) -> Page | str:
    """The page of a test, or why it cannot be read."""
    from newscrawl.outlets.expectations import read_saved

    file = (config.path or Path()).parent / test.page
    try:
        body = read_saved(file)
    except (OSError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        return (
            f"page: {file} cannot be read: {reason}; newscrawl outlets add {config.homepage} --force saves pages anew"
        )
    now = datetime.now(UTC)
    fetched_at = datetime.combine(test.fetched, now.timetz()) if test.fetched else now
    return Page(test.url, body, config.outlet(), fetched_at, charset=test.charset)
