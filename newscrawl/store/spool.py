"""Visits that the store could not take: in a file beside the archive, until the next start writes them.

A line is a visit without its body and its article: the body lies in the archive, and the article is built again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import make_url

from newscrawl.items import Rejection
from newscrawl.store import archive as archives
from newscrawl.store.engine import StoreError, sqlite_path
from newscrawl.text import clean_text
from newscrawl.visits import Visit

LOCK_WAIT_S = 60.0
"""How long a start waits for a run that is ending to have spooled all; its downloads end within 30 seconds."""

_VISITS = TypeAdapter(Visit)


class Spool:
    """The spool of one run. The file is made with its first visit."""

    def __init__(self, archive: Path, url: str, run_id: int):
        """Args: the archive's folder, the store's URL, the run."""
        self.path = _folder(archive) / f"{_database_key(url)}-{run_id}-{os.getpid()}.jsonl"
        self.count = 0
        self._lock = _lock_of(self.path)
        self._file: BinaryIO | None = None

    def add(self, visit: Visit) -> None:
        """Append a visit whose page is archived; it is on the disk when this returns.

        Raises:
            OSError: The file cannot be written.
        """
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()  # before the file is there: a start that meets it waits until it is whole
            self._file = self.path.open("ab")
        self._file.write(_spool_line(visit))
        self._file.flush()
        os.fsync(self._file.fileno())
        self.count += 1

    def close(self) -> None:
        """Leave the file to the next start."""
        if self._file is not None:
            self._file.close()
            self._lock.release()
            self._file = None


def spools(archive: Path, url: str) -> list[Path]:
    """The spool files of a database, those of older runs first."""
    found = _folder(archive).glob(f"{_database_key(url)}-*.jsonl")
    return sorted(found, key=run_of)


def run_of(path: Path) -> tuple[int, int]:
    """Number and process of the run that spooled."""
    _, run_id, pid = path.stem.split("-")
    return int(run_id), int(pid)


@contextmanager
def taken(path: Path) -> Iterator[bool]:
    """Hold a spool file against other starts; False: another one has it, or is done with it."""
    lock = _lock_of(path)
    try:
        lock.acquire(timeout=LOCK_WAIT_S)
    except Timeout:
        yield False
        return
    try:
        yield path.exists()
    finally:
        if not path.exists():
            Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def read_spool(path: Path) -> Iterator[tuple[bytes, Visit | str]]:
    """The lines of a spool file, each with its visit, the page without its body; or with why it gives none."""
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            try:
                yield raw, _VISITS.validate_json(raw)
            except ValidationError as error:
                yield raw, f"line {number}: {error.errors()[0]['msg']}"


def with_body(visit: Visit, archive: Path) -> Visit:
    """The visit with the body of its page read from the archive.

    Raises:
        StoreError: It is not there.
    """
    if visit.page is None:
        return visit
    if visit.archived is None:
        raise StoreError(f"{visit.final_url}: its page was not archived")
    whole = replace(visit, page=replace(visit.page, body=archives.read(archive, visit.archived)[1]))
    return whole.followed_by(tuple(with_body(one, archive) for one in visit.more)) if visit.more else whole


def keep_aside(path: Path, bad: list[bytes]) -> Path:
    """Write lines that gave no visit beside the spool file, anew when a replay is done again."""
    aside = path.with_suffix(".bad")
    aside.write_bytes(b"".join(raw.rstrip(b"\n") + b"\n" for raw in bad))
    return aside


def _spool_line(visit: Visit) -> bytes:
    """A visit as a line."""
    result = None
    if visit.page is None and isinstance(visit.result, Rejection):
        result = replace(visit.result, detail=clean_text(visit.result.detail))
    return _VISITS.dump_json(replace(_without_body(visit), result=result)) + b"\n"


def _without_body(visit: Visit) -> Visit:
    page = visit.page and replace(visit.page, body=b"", repeated=frozenset(), more=())
    return replace(visit, page=page, more=tuple(map(_without_body, visit.more)))


def _folder(archive: Path) -> Path:
    return archive.with_name(f"{archive.name}-spool")


def _database_key(url: str) -> str:
    """What names the database in a folder that several may share; not by who connects."""
    path, parsed = sqlite_path(url), make_url(url)
    query = sorted(parsed.query.items())
    place = path.resolve() if path else (parsed.host, parsed.port, parsed.database, query)
    return sha256(str(place).encode()).hexdigest()[:8]


def _lock_of(path: Path) -> FileLock:
    return FileLock(path.with_suffix(".lock"), thread_local=False, fallback_to_soft=False)
