"""`newscrawl runs`: what earlier crawls did."""

from __future__ import annotations

from typing import Annotated

import typer

from newscrawl.cli.database import reading
from newscrawl.cli.options import AsJson, Database
from newscrawl.cli.summary import print_summary, summary_record
from newscrawl.cli.terminal import CommandError, moment, print_json, say, table

EPILOG = "Example: newscrawl runs show"


def list_(
    limit: Annotated[int, typer.Option("--limit", min=1, help="Runs to list, newest first.")] = 20,
    db: Database = None,
    json: AsJson = False,
) -> None:
    """List the runs, newest first."""
    from newscrawl.store.queries import list_runs

    with reading(db) as engine:
        runs = list_runs(engine, limit)
    if json:
        print_json(runs)
        return
    if not runs:
        say("No runs yet; newscrawl crawl starts one.")
        return
    columns = [
        "run",
        "started",
        "command",
        "status",
        "exit",
        ">new",
        ">known",
        ">rejected",
        ">failed",
        ">pending",
        ">alarms",
    ]
    rows = [
        (
            run.id, moment(run.started_at), run.command, run.status, "" if run.exit_status is None else run.exit_status,
            run.counts.stored, run.counts.known, run.counts.rejected, run.counts.failed, run.counts.pending,
            run.alarms or "",
        )
        for run in runs
    ]  # fmt: skip
    table(columns, rows)


def show(
    run_id: Annotated[int | None, typer.Argument(metavar="[RUN]", help="Its number; without it, the newest.")] = None,
    db: Database = None,
    json: AsJson = False,
) -> None:
    """Show one run: a row for each outlet, recounted from the database."""
    from newscrawl.store.queries import list_runs, run_summary

    with reading(db) as engine:
        if run_id is None:
            newest = list_runs(engine, 1)
            run_id = newest[0].id if newest else 0
        summary = run_summary(engine, run_id)
    if summary is None:
        raise CommandError(f"run {run_id}: not in this database; newscrawl runs list shows the runs")
    if json:
        print_json(summary_record(summary))
        return
    run = summary.run
    say(f"run {run.id}: {run.command}, started {moment(run.started_at)} on {run.host} (process {run.pid})", "bold")
    print_summary(summary)
    if run.reason and (run.status != "ok" or run.reason != "finished"):
        say(f"It ended because: {run.reason}")
