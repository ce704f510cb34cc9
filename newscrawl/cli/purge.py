"""`newscrawl purge`: old articles and raw responses, thrown away."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.filesize import decimal

from newscrawl.cli.database import writing
from newscrawl.cli.options import Archive, AsJson, Database, OutletFolders
from newscrawl.cli.summary import ProgressPrinter
from newscrawl.cli.terminal import CommandError, print_json, say, table, warn

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from newscrawl.store.purge import FilePurge, Limits, OutletPurge

EPILOG = "Example: newscrawl purge --older-than 400d --raw-older-than 90d --dry-run"
LOCKED = 4
DAYS = {"d": 1, "w": 7, "y": 365}

Age = Annotated[
    str | None,
    typer.Option("--older-than", metavar="AGE", help="Articles published, else first fetched, longer ago: 400d 8w 2y"),
]
RawAge = Annotated[
    str | None, typer.Option("--raw-older-than", metavar="AGE", help="Raw responses fetched longer ago: 90d")
]


def purge(
    outlet: Annotated[
        list[str] | None, typer.Option("--outlet", metavar="SLUG", help="Of this outlet alone; may be repeated.")
    ] = None,
    older_than: Age = None,
    raw_older_than: RawAge = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    vacuum: Annotated[
        bool, typer.Option("--vacuum", help="Give SQLite's free space back to the disk; needs twice the room.")
    ] = False,
    outlets: OutletFolders = None,
    archive: Archive = None,
    db: Database = None,
    json: AsJson = False,
) -> int:
    """Delete old articles with all that hangs on them, and old raw responses.

    Without an age, each outlet keeps what its file says: `retention: {articles_days: 400, raw_days: 90}`. URLs and the
    accounts of runs stay, so that nothing is fetched again. A WARC file goes when no page is left in it. A call that
    was broken off loses nothing, and the next one goes on where it was.

    Exit status: 0 done, 1 usage, 2 the store failed, 4 a run holds an outlet, which was skipped.
    """
    from newscrawl.store.archive import archive_folder
    from newscrawl.store.engine import database_url
    from newscrawl.store.purge import plan, purge_files
    from newscrawl.store.purge import purge as run
    from newscrawl.store.purge import vacuum as shrink

    folder = archive_folder(str(archive) if archive else None, database_url(db))
    with writing(db) as engine:
        limits = _limits(engine, outlet or [], (older_than, raw_older_than), outlets)
        planned = plan(engine, limits)
        files = purge_files(engine, folder, dry_run=True)
        if not json:
            _print_plan(planned, has_limits=bool(limits))
        is_sqlite = engine.dialect.name == "sqlite"
        if not dry_run:
            if (planned or files.files) and not yes:
                _confirm(planned)
            with ProgressPrinter() as printer:
                run(engine, planned, lambda now: printer.tell(_text(now)))
                files = purge_files(engine, folder)
            if vacuum and is_sqlite:
                shrink(engine)
    if json:
        print_json({"dry_run": dry_run, "outlets": list(map(_record, planned)), "files": files})
    else:
        _print(planned, files, dry_run=dry_run, advise_vacuum=is_sqlite and not vacuum)
    return _warn_of_skipped(planned)


def _limits(
    engine: Engine, named: Sequence[str], ages: tuple[str | None, str | None], folders: OutletFolders
) -> dict[str, Limits]:
    """By outlet: ages that were given go for all that are named, or for all there are; else what their files say."""
    from sqlalchemy import select

    from newscrawl.store.models import Outlet
    from newscrawl.store.purge import Limits

    with engine.connect() as connection:
        known = set(connection.scalars(select(Outlet.slug)))
    for slug in named:
        if slug not in known:
            raise CommandError(f"{slug}: no outlet of this database; it holds {', '.join(sorted(known)) or 'none'}")
    wanted = set(named) or known
    if any(ages):
        return dict.fromkeys(wanted, Limits(_before(ages[0], "--older-than"), _before(ages[1], "--raw-older-than")))
    return {slug: limits for slug, limits in _configured(folders).items() if slug in wanted}


def _configured(folders: OutletFolders) -> dict[str, Limits]:
    from newscrawl.outlets.registry import load_outlets, user_folders
    from newscrawl.store.purge import Limits

    registry = load_outlets(user_folders(folders or []))
    for fault in registry.faults:
        warn(str(fault))
    found = {slug: config.retention for slug, config in registry.outlets.items()}
    return {
        slug: Limits(_ago(keep.articles_days), _ago(keep.raw_days))
        for slug, keep in found.items()
        if keep.articles_days or keep.raw_days
    }


def _before(age: str | None, option: str) -> datetime | None:
    from newscrawl.outlets.schema import MAX_DAYS

    if age is None:
        return None
    found = re.fullmatch(r"([0-9]{1,5})([dwy])", age.strip())
    days = int(found[1]) * DAYS[found[2]] if found else MAX_DAYS + 1
    if days > MAX_DAYS:
        raise CommandError(f"{option}: expected an age such as 90d, 8w or 2y, got {age!r}")
    return _ago(days)


def _ago(days: int | None) -> datetime | None:
    return None if days is None else datetime.now(UTC) - timedelta(days)


def _confirm(planned: Sequence[OutletPurge]) -> None:
    if not sys.stdin.isatty():
        raise CommandError("nobody is there to be asked: --yes deletes it, --dry-run only says what would go")
    articles, raw = sum(one.articles for one in planned), sum(one.raw for one in planned)
    if not typer.confirm(f"Delete {articles} articles and {raw} raw responses for good?", err=True):
        raise CommandError("nothing was deleted")


def _text(planned: Sequence[OutletPurge]) -> str:
    counts = [(sum(one.articles_gone for one in planned), sum(one.articles for one in planned), "articles")]
    counts.append((sum(one.raw_gone for one in planned), sum(one.raw for one in planned), "raw responses"))
    return ", ".join(f"{gone} of {all} {what}" for gone, all, what in counts) + " deleted"


def _print_plan(planned: Sequence[OutletPurge], *, has_limits: bool) -> None:
    if planned:
        columns = ["outlet", ">articles", "older than", ">raw", "older than", ">raw size"]
        table(columns, [
            (one.outlet, one.articles, _day(one.limits.articles), one.raw, _day(one.limits.raw), decimal(one.raw_bytes))
            for one in planned
        ])  # fmt: skip
    elif has_limits:
        say("Nothing is too old.")
    else:
        say("No age was given, and no outlet file says how long to keep: --older-than 400d, --raw-older-than 90d")


def _print(planned: Sequence[OutletPurge], files: FilePurge, *, dry_run: bool, advise_vacuum: bool) -> None:
    if files.files:
        verb = "would be deleted, for no row names them" if dry_run else "deleted"
        say(f"{files.files} WARC files {verb}: {decimal(files.bytes)}")
    if dry_run:
        say("Nothing was changed.")
        return
    if planned:
        say(_text(planned))
    if files.held_bytes:
        held = f"{decimal(files.held_bytes)} in them no row names"
        say(f"{files.kept_files} WARC files stay, for pages that are kept are in them; {held}")
    if advise_vacuum and any(one.articles_gone for one in planned):
        say("New articles take the room in the database; newscrawl purge --vacuum gives it back to the disk.")


def _warn_of_skipped(planned: Sequence[OutletPurge]) -> int:
    skipped = [one for one in planned if one.is_skipped]
    for one in skipped:
        run = one.holder
        who = f"run {run.run_id} (pid {run.pid} on {run.host})" if run else "another run"
        warn(f"{one.outlet}: skipped, for {who} works on it; call newscrawl purge again when that has ended")
    return LOCKED if skipped else 0


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else ""


def _record(one: OutletPurge) -> dict[str, object]:
    names = ("outlet", "articles", "raw", "raw_bytes", "articles_gone", "raw_gone", "is_skipped", "holder")
    before = {"articles_before": one.limits.articles, "raw_before": one.limits.raw}
    return {name: getattr(one, name) for name in names} | before
