"""Raw responses in WARC files: written before anything is derived from them, found again by file and offset."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from errno import EDQUOT, ENOSPC
from functools import partial
from io import BytesIO, FileIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newscrawl import __version__
from newscrawl.store.engine import StoreError, disk_full, sqlite_path
from newscrawl.text import clean_text
from newscrawl.visits import Archived, Visit

MAX_FILE = 500_000_000
"""Bytes from which a file is closed and the next one begun: what copies and checks in a minute."""

RENDERED_BY = "x-newscrawl-rendered-by"
"""Header of a page whose body is the DOM that a browser made of it; `newscrawl.rendering` sets it."""

# The body is kept as it was decoded, so that what tells its coding on the wire is no longer true.
_OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"})


class Archive:
    """A run's WARC files. One gzip member a record; a kill leaves at most the last record torn."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._file: FileIO | None = None
        self._name = ""

    def put(self, visit: Visit) -> Archived:
        """Append the response of a visit; it is with the operating system when this returns.

        Raises:
            ValueError: The visit has no page.
            StoreError: The file cannot be written.
        """
        if visit.page is None:
            raise ValueError(f"{visit.final_url}: no page to archive")
        try:
            file = self._open()
            offset = file.tell()
            _append(file, partial(_response, visit=visit, body=visit.page.body))
            return Archived(self._name, offset, file.tell() - offset)
        except OSError as error:
            if error.errno in (ENOSPC, EDQUOT):
                raise disk_full(str(self._folder.absolute())) from error
            raise StoreError(f"{self._folder}: cannot archive ({error.strerror}); make room or name another") from error

    def close(self) -> None:
        """Close the current file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> FileIO:
        if self._file is not None and self._file.tell() >= MAX_FILE:
            self.close()
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._name, self._file = self._create()
            about = {"software": f"newscrawl/{__version__}"}
            _append(self._file, lambda writer: writer.create_warcinfo_record(self._name, about))
        return self._file

    def _create(self) -> tuple[str, FileIO]:
        """A file that was not there before: what a killed run left is never appended to."""
        started = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        for number in range(1, 10_000):
            name = f"newscrawl-{started}-{os.getpid()}-{number}.warc.gz"
            try:
                return name, (self._folder / name).open("xb", buffering=0)
            except FileExistsError:
                continue
        raise StoreError(f"{self._folder}: no free file name")


def _append(file: FileIO, make: Callable[[WARCWriter], ArcWarcRecord]) -> None:
    """Write all of a record or, where the disk has no room, nothing of it: readers stop at a torn one."""
    whole = BytesIO()
    writer = WARCWriter(whole, gzip=True)
    writer.write_record(make(writer))
    start, member = file.tell(), whole.getbuffer()
    try:
        while member:
            member = member[file.write(member) :]
    except OSError:
        file.seek(start)
        file.truncate()
        raise


def archive_folder(explicit: str | None, url: str) -> Path:
    """Where raw responses go: as named, else NEWSCRAWL_ARCHIVE, else beside the SQLite file."""
    named = explicit or os.environ.get("NEWSCRAWL_ARCHIVE")
    if named:
        return Path(named)
    path = sqlite_path(url)
    return path.with_name(f"{path.stem}-archive") if path else Path("newscrawl-archive")


def read(folder: Path, archived: Archived) -> tuple[dict[str, str], bytes]:
    """Read a response back: its headers (lower-case names) and its body.

    Raises:
        StoreError: The file is not there, or holds no whole response at that place.
    """
    place = f"{folder / archived.file}, offset {archived.offset}"
    try:
        with (folder / archived.file).open("rb") as file:
            file.seek(archived.offset)
            # Of a record in a file that was not written here, the length is not known.
            member = BytesIO(file.read(archived.length)) if archived.length else file
            if isinstance(member, BytesIO) and member.getbuffer().nbytes < archived.length:
                raise StoreError(f"{place}: the file ends within the record; its run was killed")
            for record in ArchiveIterator(member, check_digests="raise"):
                if record.rec_type == "response":
                    headers = record.http_headers.headers if record.http_headers else ()
                    return {name.lower(): value for name, value in headers}, record.content_stream().read()
    except (OSError, EOFError, ArchiveLoadFailed, ValueError) as error:
        raise StoreError(f"{place}: cannot be read ({error})") from error
    raise StoreError(f"{place}: no response there")


def _response(writer: WARCWriter, visit: Visit, body: bytes) -> ArcWarcRecord:
    headers = [(_one_line(name), _one_line(value)) for name, value in visit.headers.items() if name not in _OF_THE_WIRE]
    headers.append(("content-length", str(len(body))))
    about = {"WARC-Date": visit.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    if RENDERED_BY in visit.headers:
        # A field of our own, which ISO 28500 (5.1) allows: the body is the DOM, not what the server sent.
        about["WARC-Rendered-By"] = _one_line(visit.headers[RENDERED_BY])
    return writer.create_warc_record(
        _one_line(visit.final_url),
        "response",
        payload=BytesIO(body),
        length=len(body),
        http_headers=StatusAndHeaders(f"{visit.status or 200} OK", headers, protocol="HTTP/1.1"),
        warc_headers_dict=about,
    )


def _one_line(value: str) -> str:
    """A header's value that cannot end the header."""
    return clean_text(value).replace("\n", " ")
