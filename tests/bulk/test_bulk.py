"""`newscrawl bulk` on this machine: the rows of a crawl, marks, damage, parts."""

from __future__ import annotations

import http.server
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from newscrawl.bulk.places import expand
from newscrawl.bulk.reading import Reading, Rules
from newscrawl.bulk.run import Options
from newscrawl.bulk.run import bulk as run_bulk
from newscrawl.bulk.tasks import Job, do
from newscrawl.store.engine import open_engine
from newscrawl.store.export.columns import columns_of
from newscrawl.store.handle import Handle
from newscrawl.store.intake import Intake, TakenError
from newscrawl.workers import Workers
from tests import commands
from tests.bulk.conftest import Bulk, Rows, in_any_order, rows
from tests.warcs import member, story, write

NONE = dict.fromkeys(("stored", "updated", "unchanged", "duplicate", "rejected", "failed", "known", "bad"), 0)


@pytest.fixture(scope="module")
def pool():
    pool = Workers(1)
    yield pool
    pool.stop()


def test_the_rows_are_those_of_a_crawl_and_a_rerun_does_only_the_rest(files, crawled: Rows, tmp_path: Path, bulk: Bulk):
    url = f"sqlite:///{tmp_path / 'bulk.db'}"
    first = bulk(*files[:2], "--db", url, "--workers", 1)
    assert first["counts"] == NONE | {"stored": 60, "duplicate": 2, "rejected": 4, "known": 4, "bad": 2}
    assert first["rejected"] == {"http_404": 1, "not_html": 1, "too_short": 2}
    assert (first["records"], first["status"]) == (72, 0)
    (tmp_path / "news.paths").write_text("\n".join(file.name for file in files))
    places = expand([str(tmp_path / "news.paths")], str(files[0].parent))
    second = run_bulk(places, Options({}, url, workers=1), lambda _: None)
    assert (second.files, second.files_before, second.files_read) == (4, 2, 2)
    assert second.counts == NONE | {"stored": 60, "duplicate": 2, "rejected": 2, "known": 7, "bad": 2}
    assert rows(url) == crawled


@pytest.fixture
def handle(sqlite_database: str):
    """A run, for tasks to write in."""
    handle = Handle.open(sqlite_database, command="bulk", archive=None, patience_s=5)
    yield handle
    handle.end("finished", "ok", 0)
    handle.close()


def read_into(handle: Handle, database: str, place: object, pool: Workers, start: int = 0):
    return do(Job(Rules({}), database=(database, handle.run_id, 5)), str(place), start, pool)


def balance(database: str) -> list[tuple[object, ...]]:
    """Files as they stand, and whether each run's account adds up to theirs."""
    engine = open_engine(database)
    try:
        with engine.connect() as connection:
            outcomes = "stored + updated + unchanged + duplicate + rejected + failed"
            by_files = connection.scalar(text(f"SELECT COALESCE(SUM({outcomes}), 0) FROM warc_files"))
            by_outlets = connection.scalar(text(f"SELECT COALESCE(SUM({outcomes}), 0) FROM run_outlets"))
            assert by_files == by_outlets
            query = "SELECT is_whole, records, stored, known, failed, bad FROM warc_files ORDER BY file"
            return [tuple(map(int, row)) for row in connection.execute(text(query))]
    finally:
        engine.dispose()


def test_damage_costs_itself_and_is_named(handle, sqlite_database, tmp_path, pool):
    stories = [story(n) for n in range(6)]
    garbage = write(tmp_path / "garbage.warc.gz", [*stories[:2], b"\x1f\x8b\x08garbage" * 99, *stories[2:4]])
    cut = write(tmp_path / "cut.warc.gz", [stories[4], stories[5][:-300]])
    reports = [read_into(handle, sqlite_database, place, pool) for place in (garbage, cut)]
    assert [report.counts["stored"] for report in reports] == [4, 1]
    assert [report.problem for report in reports] == [None, None]
    assert "record somewhere after the last one" in reports[0].damage[0]
    assert f"record at byte {len(stories[4])}: the file ends" in reports[1].damage[0]
    assert balance(sqlite_database) == [(1, 2, 1, 0, 0, 1), (1, 5, 4, 0, 0, 1)]


@pytest.mark.parametrize("content", [b"no archive" * 99, b"", story(1)[:100]], ids=["other", "empty", "cut"])
def test_a_file_that_is_none_costs_itself_and_is_not_marked(handle, sqlite_database, tmp_path, pool, content):
    none = write(tmp_path / "none.warc.gz", [content])
    for place in (none, tmp_path / "gone.warc.gz"):
        report = read_into(handle, sqlite_database, place, pool)
        assert str(place) in report.problem
        assert not report.counts
    assert balance(sqlite_database) == []


def test_a_file_that_was_broken_off_goes_on_where_it_was(handle, sqlite_database, tmp_path, pool, monkeypatch):
    monkeypatch.setattr("newscrawl.bulk.reading.STRETCH", 10)
    monkeypatch.setattr("newscrawl.bulk.reading.AHEAD", 4)
    place = str(write(tmp_path / "news.warc.gz", [story(n) for n in range(45)]))
    intake = Intake(sqlite_database, handle.run_id, 5)
    stretches = Reading(place, Rules({}), pool, intake.known).stretches(0)
    for _ in range(2):
        intake.write(next(stretches))
    stale = next(stretches)
    assert balance(sqlite_database) == [(0, 20, 20, 0, 0, 0)]
    assert read_into(handle, sqlite_database, place, pool).counts["stored"] == 25
    with pytest.raises(TakenError, match="another bulk run is reading it"):  # a worker that was only taken for dead
        intake.write(stale)
    intake.close()
    assert balance(sqlite_database) == [(1, 45, 45, 0, 0, 0)]


def test_a_run_that_has_ended_takes_nothing_more(sqlite_database, tmp_path, pool):
    handle = Handle.open(sqlite_database, command="bulk", archive=None, patience_s=5)
    handle.end("finished", "ok", 0)
    report = read_into(handle, sqlite_database, write(tmp_path / "news.warc.gz", [story(1)]), pool)
    handle.close()
    assert "has ended" in report.problem
    assert balance(sqlite_database) == []


def test_a_page_that_kills_its_process_costs_itself(handle, sqlite_database, tmp_path):
    bomb = member("http://www.harbour.example/bomb", b"<html><body>" + b"<p>Words of the harbour, and more. " * 250_000)
    place = write(tmp_path / "bomb.warc.gz", [story(1), bomb, story(2)])
    pool = Workers(1, deadline_s=1.5)
    report = read_into(handle, sqlite_database, place, pool)
    pool.stop()
    assert (report.counts["stored"], report.counts["failed"]) == (2, 1)
    assert balance(sqlite_database) == [(1, 3, 2, 0, 1, 0)]


class _Breaking(http.server.SimpleHTTPRequestHandler):
    """Ends in the middle of a file, until it is told not to."""

    breaks = True

    def log_message(self, *_arguments: object) -> None:
        pass

    def copyfile(self, source, outputfile):
        content = source.read()
        outputfile.write(content[: len(content) // 2] if _Breaking.breaks else content)


def test_a_connection_that_breaks_off_is_no_damage(handle, sqlite_database, tmp_path, pool):
    write(tmp_path / "news.warc.gz", [story(n, words=str(n) * 999) for n in range(60)])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Breaking, directory=tmp_path))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"http://127.0.0.1:{server.server_port}/news.warc.gz"
    try:
        report = read_into(handle, sqlite_database, place, pool)
        assert "reading broke off" in report.problem
        assert report.damage == ()
        _Breaking.breaks = False
        assert read_into(handle, sqlite_database, place, pool).problem is None
    finally:
        server.shutdown()
        server.server_close()
    assert balance(sqlite_database) == [(1, 60, 60, 0, 0, 0)]


def test_parts_have_the_columns_of_an_export_and_are_the_marks(files, tmp_path):
    broken = write(tmp_path / "broken.warc.gz", [b"no archive"])
    places, folder = [*map(str, files[:2]), str(broken)], tmp_path / "parts"
    options = Options({}, "", str(folder), workers=1)
    first = run_bulk(places, options, lambda _: None)
    assert first.counts == NONE | {"stored": 60, "duplicate": 2, "rejected": 6, "known": 2, "bad": 2}
    assert first.rejected == {"http_404": 2, "not_html": 2, "too_short": 2}
    assert (first.files_read, len(first.problems)) == (2, 1)
    parts = sorted(folder.iterdir())
    assert [part.name[:7] for part in parts] == ["news-0-", "news-1-"]
    table = pq.read_table(parts[0])
    assert table.column_names == [column.name for column in columns_of()]
    stored = table.to_pylist()[0]
    assert (stored["id"], stored["outlet"], stored["headline"]) == (None, "harbour.example", "Story 0 of the harbour")
    assert stored["text"].startswith("The harbour board of Port 0 of harbour said")
    parts[1].unlink()
    again = run_bulk(places[:2], options, lambda _: None)
    assert (again.files_before, again.files_read) == (1, 1)
    assert sorted(folder.iterdir()) == parts


def test_several_tasks_write_to_postgresql_at_once(files, crawled: Rows, postgres_database, pool, monkeypatch):
    monkeypatch.setattr("newscrawl.bulk.reading.STRETCH", 5)  # so that they meet often
    handle = Handle.open(postgres_database, command="bulk", archive=None, patience_s=20)
    with ThreadPoolExecutor(len(files)) as tasks:
        # A page of the first file is in the last one, too, and either may come first: they are the same.
        reports = list(tasks.map(lambda file: read_into(handle, postgres_database, file, pool), files))
    handle.assess({})
    summary = handle.end("finished", "ok", 0)
    handle.close()
    assert [report.problem for report in reports] == [None] * len(files)
    assert summary.balanced
    assert in_any_order(rows(postgres_database)) == in_any_order(crawled)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone.warc.gz"], "gone.warc.gz: no such file"),
        (["a.warc.gz", "--to", "parts", "--db", "x.db"], "only one of --to and --db"),
        (["a.warc.gz", "--scheduler", "tcp://127.0.0.1:9", "--workers", "2"], "a cluster has the workers that it has"),
    ],
)
def test_usage_is_told(tmp_path, arguments, said):
    write(tmp_path / "a.warc.gz", [story(1)])
    done = commands.run("bulk", *arguments, cwd=tmp_path)
    assert (done.returncode, said in " ".join(done.stderr.split())) == (1, True)
