"""Reading WARC files, whole and damaged."""

from __future__ import annotations

import gzip
import io
import random
import zlib

import pytest

from newscrawl.warcs import BadRecord, read_records
from tests.warcs import HTML, member, story

STORIES = [story(n) for n in range(8)]


def read(content: bytes, *, seekable: bool = True) -> list[str]:
    """The numbers of the stories, and `!` for a bad record."""
    stream = io.BytesIO(content)
    stream.seekable = lambda: seekable  # type: ignore[method-assign]
    records = read_records(stream, "pages.warc.gz")
    return ["!" if isinstance(one, BadRecord) else one.url.rpartition("-")[2] for one in records]


def broken(content: bytes, start: int, length: int = 40) -> bytes:
    return content[:start] + bytes(byte ^ 0x5A for byte in content[start : start + length]) + content[start + length :]


def joined(*members: bytes) -> bytes:
    return b"".join(members)


def test_reads_every_record_with_its_place():
    records = list(read_records(io.BytesIO(joined(*STORIES)), "pages.warc.gz"))
    assert [record.archived.offset for record in records] == [
        len(joined(*STORIES[:n])) for n in range(len(STORIES))
    ]  # fmt: skip
    assert records[0].headers["content-type"] == "text/html; charset=utf-8"
    assert records[0].captured_at.isoformat() == "2026-11-21T08:00:00+00:00"


@pytest.mark.parametrize("place", [0, 5, 60, 200, 500])
def test_a_damaged_record_costs_itself_alone(place):
    damaged = broken(STORIES[3], place)
    assert read(joined(*STORIES[:3], damaged, *STORIES[4:])) == [*"012", "!", *"4567"]


def test_a_body_that_its_checksum_denies_is_no_page():
    damaged = broken(STORIES[3], len(STORIES[3]) - 8, 1)  # of the checksum; what is packed before it can be read
    assert read(joined(*STORIES[:3], damaged, *STORIES[4:])) == [*"012", "!", *"4567"]


def test_a_stretch_of_garbage_costs_what_it_covers():
    assert read(joined(*STORIES[:2], b"\x1f\x8b\x08" + b"garbage " * 400_000, *STORIES[2:])) == [*"01", "!", *"234567"]
    content = joined(*STORIES)
    start, length = len(STORIES[0]) + 50, len(joined(*STORIES[1:4]))
    assert read(broken(content, start, length)) == ["0", "!", *"567"]


def test_the_first_record_may_be_the_damaged_one():
    assert read(joined(broken(STORIES[0], 0), *STORIES[1:])) == ["!", *"1234567"]


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
def test_of_a_record_that_the_end_cuts_there_is_no_page(encoding):
    body = b"<p>A story of the harbour that is long enough. " + bytes(range(32, 127)) * 300
    coded = {"gzip": gzip.compress, "deflate": zlib.compress}[encoding](body) if encoding else body
    last = member("http://a.example/last-9", coded, headers=HTML | ({"Content-Encoding": encoding} if encoding else {}))
    assert read(joined(*STORIES[:2], last)) == ["0", "1", "9"]
    for length in (len(last) - 20, len(last) // 2, 10):
        assert read(joined(*STORIES[:2], last[:length])) == ["0", "1", "!"]


def test_files_without_compression_are_read_too():
    plain = [zlib.decompress(one, 31) for one in STORIES]
    assert read(joined(*plain)) == [*"01234567"]
    assert read(joined(*plain)[:-200]) == [*"0123456", "!"]


def test_a_stream_that_cannot_seek_ends_at_the_damage():
    assert read(joined(*STORIES), seekable=False) == [*"01234567"]
    assert read(joined(*STORIES[:3], broken(STORIES[3], 5), *STORIES[4:]), seekable=False) == [*"012", "!"]


@pytest.mark.parametrize("kind", ["html", "zeros", "gzip"])
def test_what_is_no_warc_file_gives_no_page(kind):
    contents = {"html": b"<html>no archive</html>" * 100, "zeros": bytes(5000), "gzip": gzip.compress(b"no archive")}
    assert read(contents[kind]) == ["!"]


def test_records_that_are_no_web_page_are_bad():
    assert read(joined(member("dns:a.example", b"192.0.2.1"), STORIES[1], member("ftp://a.example/x"))) == [
        "!",
        "1",
        "!",
    ]


@pytest.mark.parametrize("kind", ["other", "zero", "cut", "insert", "delete"])
def test_whatever_is_damaged_costs_what_it_touches_and_is_told(kind):
    chance = random.Random(kind)
    whole = joined(*STORIES)
    bodies = {one.url: one.body for one in read_records(io.BytesIO(whole), "") if not isinstance(one, BadRecord)}
    for _ in range(25):
        start, length = chance.randrange(len(whole)), chance.choice([1, 20, 300, 2000])
        end = {"cut": len(whole), "insert": start}.get(kind, min(start + length, len(whole)))
        put = {"other": chance.randbytes(end - start), "zero": bytes(end - start), "insert": chance.randbytes(length)}
        found = list(read_records(io.BytesIO(whole[:start] + put.get(kind, b"") + whole[end:]), ""))
        got = [(one.url, one.body) for one in found if not isinstance(one, BadRecord)]
        places = [len(joined(*STORIES[:n])) for n in range(len(STORIES) + 1)]
        touched = sum(places[n] < max(end, start + 1) and places[n + 1] > start for n in range(len(STORIES)))
        assert set(got) <= set(bodies.items())
        assert len(STORIES) - touched <= len(got) == len(set(got))
        assert len(got) == len(STORIES) or len(found) > len(got)
