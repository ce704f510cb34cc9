"""`newscrawl backup`: a copy of the database, made while crawls write."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.filesize import decimal

from newscrawl.cli.options import Archive, AsJson, Database
from newscrawl.cli.summary import ProgressPrinter
from newscrawl.cli.terminal import STORE, USAGE, CommandError, print_json, say, warn

if TYPE_CHECKING:
    from newscrawl.store.backup import Backup
    from newscrawl.store.warcfiles import ArchiveCopy

EPILOG = "Example: newscrawl backup backups/news.db --with-archive"
DEGRADED = 3
SHOWN = 5  # names of files in a warning


def backup(
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="The file to write.")],
    db: Database = None,
    archive: Archive = None,
    with_archive: Annotated[
        bool, typer.Option("--with-archive", help="Copy the raw responses too, into TARGET's own archive folder.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    json: AsJson = False,
) -> int:
    """Copy the database as it is at this moment, while crawls go on.

    SQLite: one file, checked, that every command takes as --db. PostgreSQL: a dump for pg_restore, which takes
    pg_dump. TARGET appears when the copy is whole; a call that was broken off leaves what was there. WARC files that no
    run writes any more get a second name where the disk allows that, and take no room.

    Exit status: 0 done, 1 usage, 2 the database cannot be read or there is no room, 3 files of the archive are missing.
    """
    from newscrawl.store.archive import archive_folder
    from newscrawl.store.backup import backup as run
    from newscrawl.store.engine import StoreError, database_url, sqlite_path
    from newscrawl.store.targets import TargetError

    url = database_url(db)
    try:
        folder = archive_folder(str(archive) if archive else None, url) if with_archive else None
        with ProgressPrinter() as printer:
            done = run(url, target, folder, printer.tell, force=force)
        own = sqlite_path(url)
        ways = _sqlite_ways(done, own, folder) if own else _server_ways(done)
    except StoreError as error:
        raise CommandError(str(error), USAGE if isinstance(error, TargetError) else STORE) from error
    if json:
        print_json(_record(done, ways))
    else:
        _print(done, ways)
    return DEGRADED if done.archive and done.archive.missing else 0


def _sqlite_ways(done: Backup, database: Path, archive: Path | None) -> dict[str, str]:
    copy, own = shlex.quote(str(done.target)), shlex.quote(str(database))
    restore = f"rm -f {own}-wal {own}-shm && cp {copy} {own}"
    if archive and done.archive:
        restore += f" && cp -R {shlex.quote(str(done.archive.folder))}/. {shlex.quote(str(archive))}/"
    return {"use": f"newscrawl runs list --db {copy}", "restore": restore}


def _server_ways(done: Backup) -> dict[str, str]:
    copy = shlex.quote(str(done.target))
    return {"restore": f"createdb news_copy && pg_restore --no-owner --dbname=news_copy {copy}"}


def _record(done: Backup, ways: dict[str, str]) -> dict[str, object]:
    fields = ("database", "target", "bytes", "revision", "archive")
    return {name: getattr(done, name) for name in fields} | ways


def _print(done: Backup, ways: dict[str, str]) -> None:
    say(f"{done.target}: {decimal(done.bytes)}, of {done.database}, schema {done.revision}, checked")
    if done.archive:
        _print_archive(done.archive)
    if use := ways.get("use"):
        say(f"Use it: {use}")
        say(f"Put it back, while nothing crawls: {ways['restore']}")
    else:
        say(f"Put it into a database of its own: {ways['restore']}")


def _print_archive(files: ArchiveCopy) -> None:
    say(f"{files.folder}: {decimal(files.bytes)}; {files.linked} files linked, {files.copied} copied")
    left = ((files.missing, "not in the archive"), (files.elsewhere, "read from elsewhere, and not copied"))
    for names, what in left:
        if names:
            shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
            warn(f"{len(names)} files {what}: {shown}")
