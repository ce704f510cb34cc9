"""`newscrawl db grant`: let a role of PostgreSQL read the database."""

from __future__ import annotations

from typing import Annotated

import typer

from newscrawl.cli.options import AsJson, Database
from newscrawl.cli.terminal import STORE, CommandError, print_json, say, warn

EPILOG = "Example: newscrawl db grant analyst --db postgresql://news@db.example.org/news"


def grant(
    role: Annotated[str, typer.Argument(help="A role that PostgreSQL knows.")],
    print_only: Annotated[bool, typer.Option("--print", help="Print the SQL, and change nothing.")] = False,
    db: Database = None,
    json: AsJson = False,
) -> None:
    """Let a role of PostgreSQL read all tables and views, and change nothing. Those of later versions too."""
    from newscrawl.store.engine import StoreError, database_url
    from newscrawl.store.grants import grant as run

    try:
        given = run(database_url(db), role, run=not print_only)
    except StoreError as error:
        raise CommandError(str(error), STORE) from error
    if json:
        print_json(given)
        return
    if print_only:
        say("".join(f"{statement};\n" for statement in given.statements).rstrip())
        return
    say(f"{role} may read {given.readable} tables and views.")
    if given.writable:
        warn(f"By other rights it may change {given.writable} of them: it is a superuser, or was granted more.")
