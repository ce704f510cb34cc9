"""The HTTP responses of WARC files, and what stands for them in a crawl; damage costs itself alone."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Literal

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from newscrawl.answers import charset_of, rejection_of_answer
from newscrawl.items import Outlet, Page
from newscrawl.reservations import reserved_by_headers
from newscrawl.settings import DOWNLOAD_MAXSIZE
from newscrawl.urls import safe_url
from newscrawl.visits import Archived, Lease, Visit

CHUNK = 1 << 20
HEAD = 4096  # bytes of a gzip member that tell whether a record begins there
_MEMBER = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class Record:
    """One archived HTTP response."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    captured_at: datetime
    archived: Archived


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that gives no page, or a stretch of a file that gives no record."""

    position: int | None  # bytes; None: not known
    problem: str


def read_records(stream: BinaryIO, file: str) -> Iterator[Record | BadRecord]:
    """The responses of a WARC file in their order.

    After damage it goes on with the next gzip member that holds a record. A file that ends within a record is damaged
    too: what there is of that record is no page. Both need a stream that can seek; of another one, the rest is lost.

    Args:
        stream: At its start; what reading it raises comes as a BadRecord, too.
        file: What `Archived` says of the records: where the file lies.
    """
    at: int | None = 0
    is_told = False  # whether the damage before `at` is counted: what lies there may still be a part of it
    while at is not None:
        found = _Found(at)
        for number, record in enumerate(_records(stream, file, found)):
            is_bad = isinstance(record, BadRecord)
            if not (is_bad and is_told and number == 0):
                yield record
            is_told = is_bad
        if found.problem is None and _is_cut(stream, found.position):
            found.problem = "the file ends within it"
        if found.problem and not is_told:
            yield BadRecord(None, found.problem)
        is_told = True
        at = _next_member(stream, found.position + 1) if found.problem else None


@dataclass(slots=True)
class _Found:
    """How far the records could be read."""

    position: int  # of the last one
    problem: str | None = None  # why not to the end


def _records(stream: BinaryIO, file: str, found: _Found) -> Iterator[Record | BadRecord]:
    """The records from where the stream stands, up to the end or to damage."""
    archive = _iterate(stream)
    last: Record | BadRecord | None = None
    while True:
        try:
            record = next(archive, None)
        except Exception as error:  # fastwarc raises its own, OSError and ValueError, by kind of damage
            found.problem = str(error)
            break
        if record is None:
            break
        if last is not None:
            yield last
        last, found.position = _read(record, file), record.stream_pos
    if isinstance(last, Record) and not _is_whole(stream, found.position):
        last = BadRecord(found.position, "the file ends, or is damaged, within it")
    if last is not None:
        yield last


def visit_of_record(record: Record, lease: Lease, outlet: Outlet) -> Visit:
    """The visit that an archived response stands for."""
    captured_at = record.captured_at.astimezone(UTC)
    rejection = rejection_of_answer(record.url, record.status, record.headers, outlet)
    page = None
    if rejection is None:
        page = Page(
            record.url, record.body, outlet, captured_at, charset=charset_of(record.headers),
            reservations=reserved_by_headers(record.headers.items(), record.url),
        )  # fmt: skip
    return Visit(
        lease,
        captured_at,
        record.url,
        status=record.status,
        headers=record.headers,
        page=page,
        archived=record.archived,
        result=rejection,
    )


def _iterate(stream: BinaryIO, decode: Literal["none", "all"] = "all") -> Iterator[WarcRecord]:
    records: Iterator[WarcRecord] = ArchiveIterator(
        stream, record_types=WarcRecordType.response, parse_http=True, auto_decode=decode
    )
    return records


def _read(record: WarcRecord, file: str) -> Record | BadRecord:
    position = record.stream_pos
    try:
        read = _response(record, file)
    except Exception as error:  # as above
        return BadRecord(position, str(error))
    return read or BadRecord(position, "no HTTP response of an http(s) URL")


def _response(record: WarcRecord, file: str) -> Record | None:
    url = safe_url((record.headers.get("WARC-Target-URI") or "").strip("<>"))
    http = record.http_headers
    if url is None or http is None or http.status_code is None:
        return None
    # Parsing moves the reader on, so the length of the compressed record is not known: 0 stands for "to its end".
    return Record(
        url,
        http.status_code,
        {name.lower(): value for name, value in http.items()},
        record.reader.read(DOWNLOAD_MAXSIZE),
        record.record_date or datetime.now(UTC),
        Archived(file, record.stream_pos, 0),
    )


def _is_whole(stream: BinaryIO, position: int) -> bool:
    """Whether the record at a place is there to its end, undamaged.

    fastwarc says nothing of a body that the end of a file cuts, and tells of a wrong checksum when the body is read.
    """
    if not stream.seekable():
        return True
    with suppress(Exception):  # of a stream that breaks, whatever it raises
        stream.seek(position)
        held = stream.read(CHUNK)
        if not held.startswith(_MEMBER):
            return _is_long_enough(stream, position)
        member = zlib.decompressobj(31)
        while held and not member.eof:
            member.decompress(held, CHUNK)
            held = member.unconsumed_tail or stream.read(CHUNK)
        return member.eof
    return False


def _is_long_enough(stream: BinaryIO, position: int) -> bool:
    """Whether as much of a record follows as its head says."""
    stream.seek(position)
    record = next(_iterate(stream, "none"))
    length: int = record.content_length
    while length > 0 and (read := len(record.reader.read(min(length, CHUNK)))):
        length -= read
    return length == 0


def _is_cut(stream: BinaryIO, position: int) -> bool:
    """Whether a file ends within a gzip member, of those from a place on."""
    if not stream.seekable():
        return False
    with suppress(Exception):  # no gzip members; or of a stream that breaks, whatever it raises
        stream.seek(position)
        member, held, is_open = zlib.decompressobj(31), b"", False
        while held := held or stream.read(CHUNK):
            member.decompress(held, CHUNK)
            held, is_open = member.unconsumed_tail or member.unused_data, not member.eof
            if member.eof:
                member = zlib.decompressobj(31)
        return is_open
    return False


def _next_member(stream: BinaryIO, start: int) -> int | None:
    """Where the next gzip member lies that holds a WARC record, with the stream set there; None: nowhere."""
    if not stream.seekable():
        return None
    with suppress(Exception):  # of a stream that breaks, whatever it raises
        stream.seek(start)
        held = b""
        while chunk := stream.read(CHUNK):
            held += chunk
            at = -1
            while (at := held.find(_MEMBER, at + 1)) >= 0:
                stream.seek(start + at)
                if _begins_record(stream.read(HEAD)):
                    stream.seek(start + at)
                    return start + at
            kept = held[-len(_MEMBER) + 1 :]
            start += len(held) - len(kept)
            held = kept
            stream.seek(start + len(kept))
    return None


def _begins_record(member: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(member, 16).startswith(b"WARC/")
    except zlib.error:
        return False
