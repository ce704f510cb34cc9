from dataclasses import replace
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from newscrawl.store import archive as archives
from newscrawl.store.archive import Archive, read
from newscrawl.store.engine import StoreError
from newscrawl.visits import Archived, Lease, Visit
from tests.records import NOW, page, visit

LEASE = Lease(1, "https://herald.example/story/1", "herald")
BODIES = [b"<p>one</p>", b"", b"\x00\r\n\r\nWARC/1.0\r\n" * 3, "<p>Žluťoučký 新聞</p>".encode(), b"x" * 300_000]


def fetched(body: bytes) -> Visit:
    return visit(LEASE, None, page=page(LEASE, body))


def test_every_response_comes_back_by_file_and_offset(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "new" / "folder")
    places = [archive.put(fetched(body)) for body in BODIES]
    for place, body in zip(places, BODIES, strict=True):  # before it is closed: the operating system has it
        headers, found = read(tmp_path / "new" / "folder", place)
        assert found == body
        assert headers == {"content-type": "text/html", "content-length": str(len(body))}
    archive.close()
    assert len({place.file for place in places}) == 1


def test_other_readers_of_warc_find_the_same(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    place = archive.put(replace(fetched(BODIES[0]), status=404))
    archive.close()
    with (tmp_path / place.file).open("rb") as file:
        record = next(iter(ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=True)))
        assert record.headers["WARC-Target-URI"] == LEASE.url
        assert record.headers["WARC-Date"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
        assert record.http_headers.status_code == 404
        assert record.reader.read() == BODIES[0]


def test_a_torn_tail_costs_its_own_record_alone(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    places = [archive.put(fetched(body)) for body in BODIES]
    archive.close()
    last = places[-1]
    path = tmp_path / last.file
    path.write_bytes(path.read_bytes()[: last.offset + last.length // 2])
    for place, body in zip(places[:-1], BODIES[:-1], strict=True):
        assert read(tmp_path, place)[1] == body
    with pytest.raises(StoreError, match=f"{last.file}, offset {last.offset}"):
        read(tmp_path, last)
    second = Archive(tmp_path)
    assert second.put(fetched(b"after")).file != last.file
    second.close()


def test_headers_cannot_break_out_of_their_line_or_lie_about_the_body(tmp_path: Path) -> None:
    evil = {"x-note": "a\r\nset-cookie: b\x00", "content-encoding": "gzip", "content-length": "7", "x-utf8": "č"}
    archive = Archive(tmp_path)
    place = archive.put(replace(fetched(b"plain"), headers=evil, final_url="https://a.example/\r\nX: y\ud800"))
    archive.close()
    headers, body = read(tmp_path, place)
    assert (headers["x-note"], headers["content-length"], body) == ("a set-cookie: b", "5", b"plain")
    assert "content-encoding" not in headers
    assert "set-cookie" not in headers


def test_a_new_file_begins_when_one_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_FILE", 1_000)
    archive = Archive(tmp_path)
    places = [archive.put(fetched(bytes(range(256)) * 4)) for _ in range(3)]
    archive.close()
    assert len({place.file for place in places}) > 1
    assert all(read(tmp_path, place)[1] == bytes(range(256)) * 4 for place in places)


@pytest.mark.parametrize(
    "place", [Archived("none.warc.gz", 0, 10), Archived("zeros.warc.gz", 0, 10), Archived("zeros.warc.gz", 5, 0)]
)
def test_what_cannot_be_read_is_told(tmp_path: Path, place: Archived) -> None:
    (tmp_path / "zeros.warc.gz").write_bytes(bytes(20))
    with pytest.raises(StoreError, match=place.file):
        read(tmp_path, place)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot archive"):
        Archive(tmp_path / "file").put(fetched(b""))
    with pytest.raises(ValueError, match="no page"):
        Archive(tmp_path).put(visit(LEASE, None))
