"""`newscrawl reclean`: stored articles once more, with today's rules."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.database import writing
from newscrawl.cli.options import AllWorkers, Archive, AsJson, Database, OutletFolders
from newscrawl.cli.pages import page_rules
from newscrawl.cli.picking import picking
from newscrawl.cli.summary import ProgressPrinter
from newscrawl.cli.terminal import CommandError, line, print_json, say, warn

if TYPE_CHECKING:
    from newscrawl.items import Article, Page, Rejection
    from newscrawl.store.changed import RuleChanges
    from newscrawl.store.filters import Filter
    from newscrawl.store.reclean import Progress
    from newscrawl.strip.changes import Deed

EPILOG = "Example: newscrawl reclean --outlet bbc --dry-run"
DEGRADED, LOCKED = 3, 4


@picking
def reclean(
    wanted: Filter,
    article: Annotated[
        list[int] | None, typer.Option("--article", metavar="ID", help="This one alone; may be repeated.")
    ] = None,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="NAME", help="Of which this rule, or kind of rules, cut something.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Those too that the same rules have read.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    archive: Archive = None,
    outlets: OutletFolders = None,
    workers: AllWorkers = None,
    db: Database = None,
    json: AsJson = False,
) -> int:
    """Clean stored articles again: with today's rules, those of the outlet files, and what outlets were learnt to
    repeat.

    An article is read from its archived page. Without it, its text is stripped again, and only new cuts are made. What
    changes becomes a new revision; the older texts stay. A call that was broken off loses nothing, and the next one
    goes on where it was. What is cut more, or less, is told by rule with examples, sentences first: look at these.

    Exit status: 0 done, 1 usage, 2 the store failed, 3 some articles could not be read, 4 a run holds an outlet.
    """
    from newscrawl.store.archive import archive_folder
    from newscrawl.store.engine import database_url
    from newscrawl.store.locks import LockedError
    from newscrawl.store.reclean import Options
    from newscrawl.store.reclean import reclean as run

    folder = archive_folder(str(archive) if archive else None, database_url(db))
    options = Options(folder, wanted, tuple(article or ()), rule, again, dry_run, page_rules(outlets))
    with writing(db) as engine, ProgressPrinter() as printer, _pool(workers or os.cpu_count() or 1) as submit:
        try:
            progress = run(engine, options, submit, lambda progress: printer.tell(_text(progress)))
        except LockedError as error:
            raise CommandError(str(error), LOCKED) from error
    if json:
        print_json(progress)
    else:
        _print(progress, dry_run)
    return DEGRADED if progress.failed else 0


def _text(progress: Progress) -> str:
    return f"{progress.read} of {progress.total} read, {progress.changed} changed, {progress.failed} failed"


def _print(progress: Progress, dry_run: bool) -> None:
    if not progress.total:
        say("Nothing to read: today's rules have read every article; --again reads them once more.")
        return
    said = f"{progress.read} read ({progress.from_text} without an archived page), {progress.changed} "
    say(f"{said}{'would change' if dry_run else 'changed'}, {progress.unchanged} unchanged, {progress.failed} failed")
    if progress.changed_articles:
        listed = " ".join(map(str, progress.changed_articles[:20]))
        say(f"changed: {listed}{' …' if progress.changed > 20 else ''}; newscrawl show ID --removed shows the cuts")
    for change in progress.changes:
        _print_change(change, dry_run)
    for reason, count in progress.reasons.most_common():
        warn(f"{count} not read: {reason}; their texts stay as they were, and the next reclean tries again")


_DEEDS: dict[Deed, tuple[str, str]] = {
    "cut": ("would cut", "cut"),
    "put back": ("would put back", "put back"),
    "found": ("would find", "found"),
    "lost": ("would lose", "lost"),
}  # fmt: skip


def _print_change(change: RuleChanges, dry_run: bool) -> None:
    """What one rule changes, with examples."""
    count = f"{change.blocks:,} block{'s' if change.blocks > 1 else ''}"
    place = (
        f"in {change.articles:,} articles of {len(change.outlets)} outlets" if change.articles > 1 else "in 1 article"
    )
    prose = f"; {change.prose:,} look like prose" if change.prose else ""
    say(f"{_DEEDS[change.deed][not dry_run]} {count} {place}, by {change.rule}{prose}")
    for example in change.examples:
        say(f"    {example.article_id}: {line(example.text)}")


@contextmanager
def _pool(count: int) -> Iterator[Callable[[Page], Future[Article | Rejection]]]:
    """Extraction processes, started for the first page; ended at once where the work is broken off."""
    from newscrawl.workers import Workers as Pool
    from newscrawl.workers import WorkersError

    started: list[Pool] = []

    def submit(page: Page) -> Future[Article | Rejection]:
        if not started:
            started.append(Pool(count))
        return started[0].submit(page)

    try:
        yield submit
    except WorkersError as error:
        raise CommandError(str(error)) from error
    finally:
        for pool in started:
            pool.stop()
