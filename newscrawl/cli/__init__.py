"""The `newscrawl` command: one module per group of commands."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from newscrawl import __version__
from newscrawl.cli import (
    adding,
    backup,
    browse,
    bulk,
    crawl,
    db,
    demo,
    dictionary,
    doctor,
    export,
    extract,
    fixing,
    grants,
    health,
    importing,
    inspect,
    labels,
    outlet_schema,
    outlets,
    outlettests,
    purge,
    reclean,
    rules,
    runs,
    schedule,
    search,
    show,
    stories,
    storylist,
    train,
    workers,
)
from newscrawl.cli.terminal import INTERRUPTED, USAGE, CommandError, fail


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"newscrawl {__version__}")
        raise typer.Exit


def _group(help: str, epilog: str) -> typer.Typer:
    return typer.Typer(help=help, epilog=epilog, no_args_is_help=True, pretty_exceptions_enable=False)


app = _group(
    "Crawl news outlets and store their articles without boilerplate, with every cut kept and explained.",
    "Example: newscrawl demo",
)
outlets_app = _group("The outlets that can be crawled, and their files.", adding.EPILOG)
runs_app = typer.Typer(help="What earlier crawls did.", epilog=runs.EPILOG, invoke_without_command=True)
rules_app = _group("What is cut: what outlets were learnt to repeat, and labels for training.", rules.EPILOG)
stories_app = typer.Typer(epilog=storylist.LIST_EPILOG, invoke_without_command=True)
db_app = _group("The schema of the database.", db.EPILOG)


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Options of the command itself."""


@runs_app.callback()
def _runs(context: typer.Context) -> None:
    """List the runs where no command is named."""
    if context.invoked_subcommand is None:
        runs.list_()


app.command(epilog=demo.EPILOG)(demo.demo)
app.command(epilog=crawl.EPILOG)(crawl.crawl)
app.command(epilog=bulk.EPILOG)(bulk.bulk)
app.command(epilog=schedule.EPILOG)(schedule.schedule)
app.command(epilog=workers.EPILOG)(workers.workers)
app.command(epilog=extract.EPILOG)(extract.extract)
app.command(epilog=inspect.EPILOG)(inspect.inspect)
app.command(epilog=show.SHOW_EPILOG)(show.show)
app.command(epilog=show.WHY_EPILOG)(show.why)
app.command(epilog=search.EPILOG)(search.search)
app.command(epilog=browse.EPILOG)(browse.browse)
app.command(epilog=reclean.EPILOG)(reclean.reclean)
app.command(epilog=backup.EPILOG)(backup.backup)
app.command(epilog=export.EPILOG)(export.export)
app.command(epilog=purge.EPILOG)(purge.purge)
app.command(epilog=labels.RESTORE_EPILOG)(labels.restore)
app.command(epilog=labels.MARK_EPILOG)(labels.mark)
app.add_typer(runs_app, name="runs")
app.add_typer(rules_app, name="rules")
app.add_typer(outlets_app, name="outlets")
app.add_typer(stories_app, name="stories")
app.add_typer(db_app, name="db")
runs_app.command("list", epilog=runs.EPILOG)(runs.list_)
runs_app.command("show", epilog=runs.EPILOG)(runs.show)
rules_app.command("suggest", epilog=rules.EPILOG)(rules.suggest)
rules_app.command("accept", epilog=rules.ACCEPT_EPILOG)(rules.accept)
rules_app.command("reject", epilog=rules.REJECT_EPILOG)(rules.reject)
rules_app.command("train", epilog=train.EPILOG)(train.train)
rules_app.command("labels", epilog=rules.LABELS_EPILOG)(rules.labels)
outlets_app.command("list", epilog="Example: newscrawl outlets list")(outlets.list_)
outlets_app.command("show", epilog="Example: newscrawl outlets show bbc")(outlets.show)
outlets_app.command("add", epilog=adding.EPILOG)(adding.add)
outlets_app.command("lint", epilog="Example: newscrawl outlets lint --outlets my-outlets")(outlets.lint)
outlets_app.command("test", epilog=outlettests.EPILOG)(outlettests.run_tests)
outlets_app.command("doctor", epilog=doctor.EPILOG)(doctor.doctor)
outlets_app.command("fix", epilog=fixing.EPILOG)(fixing.fix)
outlets_app.command("import-opml", epilog=importing.EPILOG)(importing.import_opml)
outlets_app.command("import-ftr", epilog=importing.FTR_EPILOG)(importing.import_ftr)
outlets_app.command("schema", epilog=outlet_schema.EPILOG)(outlet_schema.schema)
outlets_app.command("health", epilog=health.EPILOG)(health.health)
stories_app.callback()(storylist.list_)
stories_app.command("show", epilog=storylist.SHOW_EPILOG)(storylist.show)
stories_app.command("update", epilog=storylist.UPDATE_EPILOG)(storylist.update)
stories_app.command("rebuild", epilog=storylist.REBUILD_EPILOG)(storylist.rebuild)
stories_app.command("cluster", epilog=stories.EPILOG)(stories.cluster)
db_app.command("status", epilog=db.EPILOG)(db.status)
db_app.command("upgrade", epilog="Example: newscrawl db upgrade")(db.upgrade)
db_app.command("check", epilog="Example: newscrawl db check")(db.check)
db_app.command("describe", epilog=dictionary.EPILOG)(dictionary.describe)
db_app.command("grant", epilog=grants.EPILOG)(grants.grant)
db_app.command("downgrade", epilog="Example: newscrawl db downgrade base --yes")(db.downgrade)


def main() -> None:
    """Run the command and end the process with its exit status: 1 for usage, where Typer has 2."""
    try:
        status = app(standalone_mode=False)
    except TyperException as error:
        status = _usage(error)
    except CommandError as error:
        fail(str(error))
        status = error.status
    except (Abort, KeyboardInterrupt):
        status = INTERRUPTED
    except BrokenPipeError:  # the reader, `head` for instance, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status or 0)


def _usage(error: TyperException) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":  # its text is the help
        return USAGE
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "newscrawl"
    fail(f"{error.format_message()}\nSee {path} --help")
    return USAGE
