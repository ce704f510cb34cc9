"""`newscrawl schedule`: a crawl as a line of the crontab, or as a timer of systemd."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newscrawl.cli.crawl import check_log
from newscrawl.cli.ending import check_ending
from newscrawl.cli.options import (
    LOG_MAX_MB,
    WORKERS,
    AllOutlets,
    AllowPrivate,
    Archive,
    AsJson,
    Contact,
    Database,
    LogFile,
    LogJson,
    LogMaxMb,
    MaxMinutes,
    MaxPages,
    Metrics,
    OnFinish,
    OutletFolders,
    Proxy,
    Workers,
)
from newscrawl.cli.plan import (
    CRON_PATH,
    Schedule,
    cadence_of,
    check_outlets,
    environment_of,
    name_of,
    plan_of,
    words_of,
)
from newscrawl.cli.terminal import CommandError, print_json, say

EPILOG = """\
Example: newscrawl schedule --all --every 30m --outlets outlets --log-file crawl.log

Example: newscrawl schedule bbc nhk --every 2h --name world --install

Example: newscrawl schedule --name world --remove

Example: newscrawl schedule --all --env-file newscrawl.env --metrics /var/lib/node_exporter/newscrawl.prom
--on-finish 'https://hc-ping.com/UUID/{status}' --systemd ~/.config/systemd/user"""
Slugs = Annotated[list[str] | None, typer.Argument(metavar="SLUG", help="Outlets to crawl.")]
Every = Annotated[str, typer.Option("--every", metavar="TIME", help="Between two starts: 5m, 30m, 2h, 1d.")]
Name = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="Of the schedule. (default: the slugs, or `all`)")
]
EnvFile = Annotated[
    Path | None,
    typer.Option("--env-file", metavar="FILE", help="NAME='value' lines, for a database URL with a password."),
]
Print = Annotated[bool, typer.Option("--print", help="Print the line for the crontab. (default)")]
Install = Annotated[bool, typer.Option("--install", help="Write it into your crontab, or change it there.")]
Remove = Annotated[bool, typer.Option("--remove", help="Take it out of your crontab.")]
Systemd = Annotated[
    Path | None, typer.Option("--systemd", metavar="DIR", help="Write a service and a timer into this folder.")
]
CrontabFile = Annotated[Path | None, typer.Option("--crontab-file", hidden=True, help="In place of your crontab.")]


def schedule(
    slugs: Slugs = None,
    all: AllOutlets = False,
    every: Every = "30m",
    name: Name = None,
    outlets: OutletFolders = None,
    db: Database = None,
    archive: Archive = None,
    env_file: EnvFile = None,
    contact: Contact = None,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
    workers: Workers = WORKERS,
    max_minutes: MaxMinutes = None,
    max_pages: MaxPages = None,
    log_file: LogFile = None,
    log_json: LogJson = False,
    log_max_mb: LogMaxMb = LOG_MAX_MB,
    on_finish: OnFinish = None,
    metrics: Metrics = None,
    print_: Print = False,
    install: Install = False,
    remove: Remove = False,
    systemd: Systemd = None,
    crontab_file: CrontabFile = None,
    json: AsJson = False,
) -> None:
    """Crawl again and again: print the line for cron, install it or remove it, or write a timer for systemd.

    The line needs nothing of your shell: it holds the path of this newscrawl, the folder you are in, and what the
    NEWSCRAWL_ variables say now. The minute follows from name and folder, so that not all schedules start at once.
    """
    if sum([print_, install, remove, systemd is not None]) > 1:
        raise CommandError("only one of them: --print, --install, --remove, --systemd")
    if all and slugs:
        raise CommandError("only one of them: name outlets, or --all")
    named = name_of(name, slugs or [], all)
    if remove:
        _remove(named, crontab_file, json)
        return
    cadence = cadence_of(every)
    check_outlets(slugs or [], all, outlets or [])
    check_ending(on_finish, metrics, path=CRON_PATH)
    check_log(log_file, log_json=log_json)
    options = {
        "--all": all, "--outlets": outlets, "--db": db, "--archive": archive, "--contact": contact, "--proxy": proxy,
        "--allow-private": allow_private, "--workers": None if workers == WORKERS else workers, "--log-file": log_file,
        "--log-json": log_json, "--log-max-mb": None if log_max_mb == LOG_MAX_MB else log_max_mb,
        "--on-finish": on_finish, "--metrics": metrics, "--max-minutes": max_minutes, "--max-pages": max_pages,
    }  # fmt: skip
    words = [*(slugs or []), *words_of(options)]
    plan = plan_of(named, cadence, words, environment_of(db, archive, env_file), env_file)
    if systemd is not None:
        _write_units(plan, systemd, workers, json)
    elif install:
        _install(plan, crontab_file, json)
    else:
        _print(plan, json)


def _print(plan: Schedule, json: bool) -> None:
    from newscrawl.cli.crontab import cron_line

    line = cron_line(plan)
    if json:
        print_json({"name": plan.name, "line": line})
        return
    typer.echo(line)  # as it is: neither wrapped nor coloured
    typer.echo("Nothing was installed: --install writes it into your crontab, --systemd DIR writes a timer.", err=True)


def _install(plan: Schedule, file: Path | None, json: bool) -> None:
    from newscrawl.cli.crontab import cron_line, find_line, read_table, with_line, write_table

    line = cron_line(plan)
    try:
        table = read_table(file)
        old = find_line(table, plan.name)
        changed = with_line(table, plan.name, line)
        if changed != table:
            write_table(file, changed)
    except CommandError:
        typer.echo(line)  # for whoever installs it by another way
        raise
    done = "installed" if old is None else "unchanged" if changed == table else "changed"
    if json:
        print_json({"name": plan.name, "line": line, "done": done})
        return
    say(f"{done} in your crontab; newscrawl schedule --name {plan.name} --remove takes it away")
    if done == "changed":
        typer.echo(f"was: {old}")
    typer.echo(line)


def _remove(name: str, file: Path | None, json: bool) -> None:
    from newscrawl.cli.crontab import find_line, names_in, read_table, without_line, write_table

    table = read_table(file)
    line = find_line(table, name)
    if line is not None:
        write_table(file, without_line(table, name))
    if json:
        print_json({"name": name, "line": line, "done": "removed" if line else "unchanged"})
    elif line is None:
        say(f"nothing to remove: no schedule {name} in your crontab; there: {', '.join(names_in(table)) or 'none'}")
    else:
        say("removed from your crontab:")
        typer.echo(line)


def _write_units(plan: Schedule, folder: Path, workers: int, json: bool) -> None:
    from newscrawl.cli.units import enabling, service, timer, unit_name
    from newscrawl.settings import MEMUSAGE_LIMIT_MB
    from newscrawl.workers import MEMORY_MB

    files = [folder / f"{unit_name(plan)}{ending}" for ending in (".service", ".timer")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files[0].write_text(service(plan, folder, MEMUSAGE_LIMIT_MB + workers * MEMORY_MB), encoding="utf-8")
        files[1].write_text(timer(plan), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"--systemd: {error.filename}: {error.strerror}") from error
    commands = enabling(plan, folder, files)
    if json:
        print_json({"name": plan.name, "files": files, "commands": commands})
        return
    for file in files:
        say(f"wrote {file}")
    say("enable it:")
    for command in commands:
        typer.echo(f"  {command}")
