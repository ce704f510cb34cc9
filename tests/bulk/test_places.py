"""What names of files mean, and folders of parts."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path

import fsspec
import pytest

from newscrawl.bulk.places import Folder, PlaceError, expand, opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    for name in ("a.warc.gz", "b.warc.gz", "deep/c.warc.gz"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def test_globs_and_files_are_each_there_once_and_absolute(folder, monkeypatch):
    monkeypatch.chdir(folder)
    a, b, c = (str(folder / name) for name in ("a.warc.gz", "b.warc.gz", "deep/c.warc.gz"))
    assert expand(["b.warc.gz", "*.warc.gz", str(folder / "a.warc.gz")], None) == [b, a]
    assert expand(["**/*.warc.gz"], None) == [a, b, c]


def test_a_list_names_files_from_its_folder_or_from_the_base(folder):
    lines = "a.warc.gz\n\n  deep/c.warc.gz\nhttps://data.example/d.warc.gz\n/e.warc.gz\n"
    (folder / "warc.paths").write_text(lines)
    (folder / "warc.paths.gz").write_bytes(gzip.compress(lines.encode()))
    whole = ["https://data.example/d.warc.gz", "/e.warc.gz"]
    for name in ("warc.paths", "warc.paths.gz"):
        given = str(folder / name)
        assert expand([given], None) == [str(folder / "a.warc.gz"), str(folder / "deep/c.warc.gz"), *whole]
        assert expand([given], "s3://bucket/crawl/") == [
            "s3://bucket/crawl/a.warc.gz", "s3://bucket/crawl/deep/c.warc.gz", *whole,
        ]  # fmt: skip


def test_urls_are_listed_and_read_by_fsspec(folder):
    files = fsspec.filesystem("memory")
    files.pipe({"/crawl/1.warc.gz": b"one", "/crawl/2.warc.gz": b"two", "/crawl/warc.paths": b"crawl/2.warc.gz\n"})
    assert expand(["memory://crawl/*.warc.gz"], None) == ["memory:///crawl/1.warc.gz", "memory:///crawl/2.warc.gz"]
    (place,) = expand(["memory://crawl/warc.paths"], "memory://")
    with opened(place) as file:
        assert file.read() == b"two"
    with opened(f"file://{folder}/a.warc.gz") as file:
        assert file.read() == b"a.warc.gz"
    assert expand(["https://data.example/page?file=1.warc.gz"], None) == ["https://data.example/page?file=1.warc.gz"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.warc.gz", "no such file"),
        ("*.arc", "no such file"),
        ("deep", "name the files in it: FOLDER/\\*.warc.gz"),
        ("nosuch://bucket/*.warc.gz", "cannot be listed"),
        ("no.paths.gz", "expected a WARC file's path a line"),
    ],
)
def test_what_means_nothing_is_told(folder, monkeypatch, name, said):
    monkeypatch.chdir(folder)
    (folder / "no.paths.gz").write_bytes(b"no gzip")
    with pytest.raises(PlaceError, match=said):
        expand([name], None)


def test_what_cannot_be_opened_is_told(folder):
    for place in (str(folder / "gone.warc.gz"), "memory://gone.warc.gz", "nosuch://bucket/a.warc.gz"):
        with pytest.raises(PlaceError, match="cannot be opened"), opened(place):
            pass


@pytest.mark.parametrize("kind", ["path", "url"])
def test_a_part_is_there_when_it_is_whole(tmp_path, kind):
    folder = Folder(str(tmp_path / "parts") if kind == "path" else "memory://parts-of-a-test")
    with folder.part("a.parquet") as file:
        file.write(b"whole")
        assert "a.parquet" not in folder.names()
    with suppress(ZeroDivisionError), folder.part("b.parquet") as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert folder.names() == {"a.parquet"}
