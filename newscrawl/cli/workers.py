"""`newscrawl workers`: the crawls that are at work, on all machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.cli.database import reading
from newscrawl.cli.options import AsJson, Database
from newscrawl.cli.terminal import moment, print_json, say, table

if TYPE_CHECKING:
    from newscrawl.store.working import Worker

EPILOG = "Example: newscrawl workers --db postgresql://news@db.example.org/news"
STATES = {True: "at work", False: "dead; the next crawl takes up its work", None: "not known"}


def workers(db: Database = None, json: AsJson = False) -> None:
    """Show the crawls that are at work on the database, on all machines, and those that died.

    A crawl holds outlets until it ends, and hosts as long as it asks them. Pages/min are those of the last minute; the
    last sign of life is ten seconds exact.
    """
    from newscrawl.store.working import list_workers

    with reading(db) as engine:
        found = list_workers(engine)
    if json:
        print_json(found)
        return
    if not found:
        say("No crawl is at work; newscrawl crawl starts one.")
        return
    columns = ["run", "machine", "process", "command", "since", ">outlets", ">hosts", ">pages/min", ">new", "last sign"]
    table([*columns, "state"], [_row(worker) for worker in found])


def _row(worker: Worker) -> list[object]:
    run = worker.run
    held = [len(worker.outlets), len(worker.hosts), worker.pages_a_minute, run.counts.stored]
    sign = run.heartbeat_at.astimezone().strftime("%H:%M:%S")
    about = [run.id, run.host, run.pid, run.command, moment(run.started_at)]
    return [*about, *held, sign, STATES[worker.is_alive]]
