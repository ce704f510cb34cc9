"""`newscrawl export`: articles as Parquet, JSON lines or CSV."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.filesize import decimal

from newscrawl.cli.database import reading
from newscrawl.cli.options import AsJson, Database
from newscrawl.cli.picking import picking
from newscrawl.cli.summary import ProgressPrinter
from newscrawl.cli.terminal import USAGE, CommandError, print_json, say, warn
from newscrawl.store.export.names import By, Format, format_of

if TYPE_CHECKING:
    from newscrawl.store.export.run import Exported, Options
    from newscrawl.store.filters import Filter

EPILOG = "Example: newscrawl export news.parquet --lang en --since 2026-06-01 --no-reserved"


@picking
def export(
    wanted: Filter,
    out: Annotated[str, typer.Argument(metavar="OUT", help="File; with --by, folder; - is the standard output.")],
    format: Annotated[
        Format | None, typer.Option("--format", help="Where OUT does not tell it. (default with --by: parquet)")
    ] = None,
    by: Annotated[
        By | None, typer.Option("--by", help="A folder with a file for each; called again, it writes what changed.")
    ] = None,
    with_removed: Annotated[
        bool, typer.Option("--with-removed", help="Also what was cut from each text, in a column `removed`.")
    ] = False,
    raw_text: Annotated[
        bool, typer.Option("--raw-text", help="Also each text with its cuts put back, in a column `raw_text`.")
    ] = False,
    exact_csv: Annotated[
        bool, typer.Option("--exact-csv", help="No apostrophe before texts that a spreadsheet would run as formulas.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    db: Database = None,
    json: AsJson = False,
) -> int:
    """Write articles with all their facts to a file, or to a folder by day, outlet or language.

    OUT tells the format: .parquet (needs pyarrow), .jsonl, .csv, and .gz or .zst behind these. A data card
    beside it (in a folder: README.md and card.json) says what is in it. A file appears when it is whole. A folder
    mirrors the store: a later call with the same options writes the files whose articles changed, and deletes those
    whose articles are gone; one that was broken off goes on.

    Exit status: 0 done (also when no article was picked), 1 usage, 2 the database cannot be read or there is no room.
    """
    from newscrawl.store.export.run import Options
    from newscrawl.store.targets import TargetError

    options = Options(Path(out), _format(out, format, by), by, wanted, with_removed, raw_text, exact_csv, force)
    try:
        done = _write(options, db)
    except CommandError as error:
        is_usage = isinstance(error.__cause__, TargetError)
        raise CommandError(str(error), USAGE if is_usage else error.status) from error
    if json:
        print_json(done)
    else:
        _print(done)
    return 0


def _format(out: str, format: Format | None, by: By | None) -> Format:
    told = format or (None if by else format_of(out)) or ("parquet" if by else None)
    if told is None:
        advice = "name it .parquet, .jsonl, .jsonl.gz or .csv, or name the --format; for a folder, say --by what"
        raise CommandError(f"{out}: cannot tell the format; {advice}")
    if out == "-" and by:
        raise CommandError("-: the standard output takes one file; leave out --by")
    return told


def _write(options: Options, db: str | None) -> Exported:
    from newscrawl.store.export.run import export as run
    from newscrawl.store.export.run import export_to

    with reading(db) as engine, ProgressPrinter() as printer:

        def tell(now: Exported) -> None:
            printer.tell(f"{now.written:,} of {now.articles - now.kept:,} articles written")

        if str(options.out) != "-":
            return run(engine, options, datetime.now(UTC), tell)
        try:
            done = export_to(engine, options, sys.stdout.buffer, tell)
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # the reader has seen enough; Typer would call that a failure
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None
        return done


def _print(done: Exported) -> None:
    for note in done.notes:
        warn(note)
    if done.out == "-":
        return
    size = decimal(done.bytes)
    files = f", {_count(done.files, 'file')}" if done.files != 1 else ""
    say(f"{done.out}: {_count(done.articles, 'article')}; {done.written:,} written{files}, {size}")
    if done.kept_files:
        say(f"{_count(done.kept_files, 'file')} with {_count(done.kept, 'article')} had not changed")
    if done.dropped_files:
        say(f"{_count(done.dropped_files, 'file')} deleted, whose articles are gone from the store")
    say(f"What is in it, and how to load it: {done.card}")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
