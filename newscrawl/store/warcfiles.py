"""WARC files and the rows that name them: which are wanted, which no run writes any more, and copies of them."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from newscrawl.store.models import Page, Run

CHUNK = 1 << 20
_NAME = re.compile(r"newscrawl-(\d{8}T\d{6})-(\d+)-\d+\.warc\.gz")


@dataclass(frozen=True, slots=True)
class Use:
    """What the rows want of a file."""

    end: int  # where its last wanted record ends, bytes
    wanted: int  # length of its wanted records, bytes


@dataclass(slots=True)
class ArchiveCopy:
    """What became of the files that the rows name."""

    folder: Path
    linked: int = 0  # a second name of the same bytes
    copied: int = 0
    bytes: int = 0  # of both
    missing: list[str] = field(default_factory=list)  # not in the archive
    elsewhere: list[str] = field(default_factory=list)  # read from where a user had them; not of the archive


def read_uses(connection: Connection) -> dict[str, Use]:
    """File, as the rows name it -> what they want of it."""
    end = func.max(Page.warc_offset + Page.warc_length)
    query = select(Page.warc_file, end, func.sum(Page.warc_length)).where(Page.warc_file.is_not(None))
    rows = connection.execute(query.group_by(Page.warc_file).order_by(Page.warc_file))
    return {str(file): Use(int(last or 0), int(wanted or 0)) for file, last, wanted in rows}


def complete_files(connection: Connection, names: Iterable[str]) -> set[str]:
    """Those of the files that a run of this database wrote, and that none writes any more.

    A file's name holds when it was begun, and the process: that is a run of this database, or it is not ours to touch,
    for several databases may have their archive in one folder.
    """
    runs: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    query = select(Run.pid, Run.started_at, Run.finished_at, Run.status)
    for pid, started_at, finished_at, status in connection.execute(query):
        runs[pid].append((started_at, None if status == "running" else finished_at))
    found = set()
    for name in names:
        if made := _NAME.fullmatch(name):
            at = datetime.strptime(made[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            ends = [end for start, end in runs[int(made[2])] if start <= at and (end is None or at <= end)]
            if ends and None not in ends:
                found.add(name)
    return found


def local_names(files: Iterable[str], folder: Path) -> set[str]:
    """Names in the folder of those files that lie there; a file that was read with `--warc` has its whole path."""
    place = folder.resolve()
    paths = (place / file for file in files)
    return {path.name for path in paths if path.parent == place}


def copy_files(
    source: Path, target: Path, uses: Mapping[str, Use], complete: set[str], on_progress: Callable[[str], None]
) -> ArchiveCopy:
    """Bring the files that rows name to another folder; all of them, or none that was not there.

    A file that no run writes any more gets a second name where the file system allows that, and is copied elsewhere. Of
    one that grows, what the rows want is copied. What lies there already, with that length, stays.

    Raises:
        OSError: The folder cannot be written.
    """
    done = ArchiveCopy(target)
    made: list[Path] = []
    is_new = not target.exists()
    try:
        target.mkdir(parents=True, exist_ok=True)
        for number, (name, use) in enumerate(uses.items(), 1):
            if Path(name).is_absolute():
                done.elsewhere.append(name)
            elif not (source / name).is_file():
                done.missing.append(name)
            else:
                limit = None if name in complete else use.end
                _bring(source / name, target / name, limit, done, made)
            on_progress(f"{number} of {len(uses)} files of the archive")
        sync_folder(target)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        if is_new and target.is_dir():
            target.rmdir()
        raise
    return done


def _bring(source: Path, target: Path, limit: int | None, done: ArchiveCopy, made: list[Path]) -> None:
    size = source.stat().st_size
    wanted = size if limit is None else min(limit, size)
    done.bytes += wanted
    if target.exists() and (target.samefile(source) or target.stat().st_size == wanted):
        done.linked += target.samefile(source)
        done.copied += not target.samefile(source)
        return
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    is_new = not target.exists()
    made.append(part)
    if limit is None and _link(source, part):
        done.linked += 1
    else:
        _copy(source, part, wanted)
        done.copied += 1
    part.replace(target)
    if is_new:
        made.append(target)


def _link(source: Path, target: Path) -> bool:
    try:
        target.hardlink_to(source)
    except OSError:  # another file system, or one without second names
        return False
    return True


def _copy(source: Path, target: Path, count: int) -> None:
    with source.open("rb") as read, target.open("xb") as write:
        while count and (piece := read.read(min(CHUNK, count))):
            count -= write.write(piece)
        write.flush()
        os.fsync(write.fileno())


def sync_folder(folder: Path) -> None:
    """Make sure that new names in a folder outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
