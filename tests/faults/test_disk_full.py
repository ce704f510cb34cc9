"""A disk without room ends a crawl at once and names itself; with room, the next run stores the rest."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from newscrawl.store.archive import read
from newscrawl.store.engine import open_engine
from newscrawl.store.queries import find_article
from tests.crawling import Crawler
from tests.faults.stories import ALL, STORIES, accounts, headlines, story
from tests.web import Answer, Web


@dataclass(frozen=True)
class Disk:
    folder: Path
    prefix: list[str]  # of a command that is to find no room there
    full: str  # what the command then says, with the folder
    grow: Callable[[], None]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    """A tmpfs of one MB; without the right to mount, a limit of what a process may write to a file."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        limited = ["prlimit", "--fsize=900000"]
        disk = Disk(folder, limited, "", lambda: limited.clear())
        yield disk
        return
    remount = ["mount", "-o", "remount,size=50m", str(folder)]
    try:
        yield Disk(folder, [], ": the disk is full; make room", lambda: subprocess.run(remount, check=True))
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def crawl(disk: Disk, command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*disk.prefix, *command], capture_output=True, text=True, timeout=90)


def enlarge(web: Web) -> None:
    """60 KB a page, compressed."""
    random = Random(1)
    for n in range(STORIES):
        noise = f"<!-- {random.randbytes(60_000).hex()} -->"
        web.answers[f"/2026/story-{n}"] = Answer(story(n).replace("</head>", f"{noise}</head>"))


def test_a_full_disk_of_the_archive(web: Web, crawler: Crawler, small_disk: Disk) -> None:
    enlarge(web)
    archive = small_disk.folder / "archive"
    command = crawler.newscrawl("--archive", str(archive))
    told = crawl(small_disk, command)
    assert told.returncode == 2, told.stderr
    assert f"{archive}{small_disk.full}" in " ".join(told.stderr.split())
    assert "Traceback" not in told.stderr
    [summary] = accounts(crawler.database_url)
    assert (summary.run.status, summary.run.exit_status) == ("failed", 2)
    assert 0 < summary.counts.stored < STORIES
    assert summary.counts.stored + summary.counts.pending == STORIES  # nothing is counted that is not stored
    small_disk.grow()
    assert crawl(small_disk, command).returncode == 0
    assert headlines(crawler.database_url) == ALL
    assert_all_archived(crawler, web, archive)


def test_a_full_disk_of_the_database(web: Web, crawler: Crawler, small_disk: Disk) -> None:
    for n in range(STORIES):
        long = "".join(f"<p>Berth {n}.{m} of the old harbour {'was let again ' * 60}.</p>" for m in range(60))
        web.answers[f"/2026/story-{n}"] = Answer(story(n).replace("</article>", f"{long}</article>"))
    crawler.database_url = f"sqlite:///{small_disk.folder / 'news.db'}"
    command = crawler.newscrawl()
    told = crawl(small_disk, command)
    assert told.returncode == 2, told.stderr
    assert f"{small_disk.folder}" in told.stderr
    assert small_disk.full in " ".join(told.stderr.split())
    assert "Traceback" not in told.stderr
    small_disk.grow()
    before = headlines(crawler.database_url)
    assert 0 < before.total() < STORIES
    assert crawl(small_disk, command).returncode == 0
    assert headlines(crawler.database_url) == ALL
    assert [summary.run.status for summary in accounts(crawler.database_url)] == ["ok", "crashed"]
    asked = Counter(path for path in web.paths() if "story" in path)
    assert {asked[f"/2026/story-{headline.split()[1]}"] for headline in before} == {1}


def assert_all_archived(crawler: Crawler, web: Web, archive: Path) -> None:
    engine = open_engine(crawler.database_url, read_only=True)
    for n in range(STORIES):
        row = find_article(engine, web.url(f"/2026/story-{n}"))
        assert row is not None
        assert row.archived is not None
        assert f"Story {n}<".encode() in read(archive, row.archived)[1]
    engine.dispose()
