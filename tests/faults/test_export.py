"""An export that is killed, or that finds no room, leaves nothing half-written, and the next one goes on."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from pathlib import Path

import duckdb
import pytest

from newscrawl.store.engine import open_engine
from newscrawl.store.session import CrawlSession
from tests.commands import COMMAND, ENVIRONMENT
from tests.faults.test_disk_full import Disk, small_disk
from tests.store.export.filled import articles, fill, multiply

__all__ = ["small_disk"]
COPIES = 600


@pytest.fixture
def news(sqlite_database: str) -> str:
    """A store whose texts take two MB, on forty days."""

    async def whole() -> None:
        session = await CrawlSession.open(sqlite_database, command="test")
        await fill(session)
        await session.close("finished", "ok", 0)

    asyncio.run(whole())
    engine = open_engine(sqlite_database)
    multiply(engine, COPIES, 4000, 40)
    engine.dispose()
    return sqlite_database


def command(url: str, out: Path, *options: str) -> list[str]:
    return [str(COMMAND), "export", str(out), "--db", url, "--json", *options]


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Every data file by its place, with its size and the time it was written."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in (folder / "data").rglob("*")
        if path.is_file()
    }


def test_a_kill_costs_the_file_that_was_being_written(news: str, tmp_path: Path) -> None:
    out = tmp_path / "news"
    process = subprocess.Popen(command(news, out, "--by", "day"), env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(list(out.glob("data/*/*"))) < 5 and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = files(out)
    assert 5 <= len(before) < 41
    assert all(name.endswith("/part-0.parquet") for name in before)
    for name in before:
        assert duckdb.sql(f"SELECT COUNT(text) FROM '{out / name}'").fetchall() > [(0,)]
    done = subprocess.run(command(news, out, "--by", "day"), env=ENVIRONMENT, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    after = files(out)
    rewritten = [name for name, was in before.items() if after[name] != was]
    assert len(rewritten) <= 1  # the one between its rename and its line in the manifest
    assert duckdb.sql(f"SELECT COUNT(*), COUNT(DISTINCT id) FROM '{out}/data/**/*.parquet'").fetchall() == [
        (COPIES + len(articles()), COPIES + len(articles()))
    ]
    assert sorted(path.name for path in out.iterdir()) == ["README.md", "card.json", "data", "manifest.jsonl"]


@pytest.mark.parametrize("name", ["news.parquet", "news.jsonl", "news.csv.gz"])
def test_a_full_disk_leaves_nothing_of_a_file(name: str, news: str, small_disk: Disk) -> None:
    out = small_disk.folder / name
    told = small_disk.crawl(command(news, out), 500_000)
    small_disk.assert_told(told, out)
    assert list(small_disk.folder.iterdir()) == []


def test_a_full_disk_leaves_the_finished_files_of_a_folder(news: str, small_disk: Disk) -> None:
    out = small_disk.folder / "news"
    if not small_disk.is_mounted:
        pytest.skip("needs the right to mount")
    small_disk.assert_told(small_disk.crawl(command(news, out, "--by", "day"), 0), out)
    before = files(out)
    assert 0 < len(before) < 41
    small_disk.grow()
    assert small_disk.crawl(command(news, out, "--by", "day"), 0).returncode == 0
    after = files(out)
    assert len(after) == 41
    assert before.items() <= after.items()
