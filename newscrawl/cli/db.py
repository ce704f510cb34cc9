"""`newscrawl db`: the schema of the database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from newscrawl.cli.options import AsJson, Database
from newscrawl.cli.summary import ProgressPrinter
from newscrawl.cli.terminal import STORE, CommandError, fail, print_json, say

EPILOG = "Example: newscrawl db status --db postgresql://news@db.example.org/news"


@contextmanager
def _store(db: str | None) -> Iterator[str]:
    from newscrawl.store.engine import StoreError, database_url

    try:
        yield database_url(db)
    except StoreError as error:
        raise CommandError(str(error), STORE) from error


def upgrade(
    revision: Annotated[str, typer.Argument(help="Schema revision to go to.")] = "head", db: Database = None
) -> None:
    """Bring the schema up to date; makes the tables of an empty database."""
    from newscrawl.store.engine import masked
    from newscrawl.store.migrate import upgrade as run

    with _store(db) as url:
        with ProgressPrinter() as printer:
            run(url, revision, printer.tell)
        say(f"{masked(url)}: at revision {_current(url) or 'none'}")


def downgrade(
    revision: Annotated[str, typer.Argument(help="Schema revision to go back to; base drops every table.")],
    db: Database = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take the schema back to an older revision. What the newer one held is lost."""
    from newscrawl.store.engine import masked
    from newscrawl.store.migrate import downgrade as run

    with _store(db) as url:
        if not yes and not sys.stdin.isatty():
            raise CommandError("nobody is there to be asked: --yes takes it back")
        if not yes and not typer.confirm(f"Take {masked(url)} back to {revision}? Data will be lost."):
            raise CommandError("nothing was changed")
        run(url, revision)
        say(f"{masked(url)}: at revision {_current(url) or 'none'}")


def check(db: Database = None) -> int:
    """Compare the schema with what this version of newscrawl expects; exit status 1 where they differ."""
    from newscrawl.store.engine import masked
    from newscrawl.store.migrate import check as run

    with _store(db) as url:
        differences = run(url)
    for difference in differences:
        fail(f"{masked(url)}: {difference}")
    if not differences:
        say(f"{masked(url)}: as it should be")
    return 1 if differences else 0


def status(db: Database = None, json: AsJson = False) -> None:
    """Show which database is used and at which revision its schema is."""
    from newscrawl.store.engine import masked
    from newscrawl.store.revision import advice, head_revision

    with _store(db) as url:
        current, newest = _current(url), head_revision()
    if json:
        print_json({"database": masked(url), "revision": current, "newest": newest, "current": current == newest})
        return
    say(f"database: {masked(url)}")
    say(f"schema:   {current or 'none'}{' (newest)' if current == newest else f', newest is {newest}'}")
    if current != newest:
        say(f"It {advice(current)}")


def _current(url: str) -> str | None:
    from newscrawl.store.engine import open_engine
    from newscrawl.store.revision import current_revision

    engine = open_engine(url, read_only=True)
    try:
        return current_revision(engine)
    finally:
        engine.dispose()
