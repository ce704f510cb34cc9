"""`newscrawl reclean`: stored articles once more, with today's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.database import writing
from newscrawl.cli.options import Archive, AsJson, Database, Workers
from newscrawl.cli.summary import ProgressPrinter
from newscrawl.cli.terminal import CommandError, print_json, say, warn

if TYPE_CHECKING:
    from newscrawl.items import Article, Page, Rejection
    from newscrawl.store.reclean import Progress

EPILOG = "Example: newscrawl reclean --outlet bbc --dry-run"
DEGRADED, LOCKED = 3, 4


def reclean(
    outlet: Annotated[str | None, typer.Option("--outlet", metavar="SLUG", help="Its articles alone.")] = None,
    article: Annotated[
        list[int] | None, typer.Option("--article", metavar="ID", help="This one alone; may be repeated.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Those too that the same rules have read.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    archive: Archive = None,
    workers: Workers = 2,
    db: Database = None,
    json: AsJson = False,
) -> int:
    """Clean stored articles again: with today's rules, and with what their outlets were learnt to repeat.

    An article is read from its archived page. Without it, its text is stripped again, and only new cuts are made. What
    changes becomes a new revision; the older texts stay. A call that was broken off loses nothing, and the next one
    goes on where it was.

    Exit status: 0 done, 1 usage, 2 the store failed, 3 some articles could not be read, 4 a run holds an outlet.
    """
    from newscrawl.store.archive import archive_folder
    from newscrawl.store.engine import database_url
    from newscrawl.store.locks import LockedError
    from newscrawl.store.reclean import Options
    from newscrawl.store.reclean import reclean as run

    folder = archive_folder(str(archive) if archive else None, database_url(db))
    options = Options(folder, outlet, tuple(article or ()), again, dry_run)
    with writing(db) as engine, ProgressPrinter() as printer, _pool(workers) as submit:
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
    for reason, count in progress.reasons.most_common():
        warn(f"{count} not read: {reason}; their texts stay as they were, and the next reclean tries again")


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
