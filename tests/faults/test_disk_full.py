"""A disk without room ends a crawl at once and names itself; with room, the next run stores the rest."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine, text

from newscrawl.store import migrate
from newscrawl.store.archive import read
from newscrawl.store.engine import open_engine
from newscrawl.store.queries import find_article
from tests.commands import COMMAND
from tests.crawling import Crawler
from tests.faults.stories import ALL, STORIES, accounts, headlines, story
from tests.postgres import own_server
from tests.web import Answer, Web


class Disk:
    """A tmpfs of one MB; without the right to mount, a limit of what a process may write to a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._is_full = True
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
        self.is_mounted = subprocess.run(mount, capture_output=True).returncode == 0

    def crawl(self, command: list[str], limit: int) -> subprocess.CompletedProcess[str]:
        prefix = [] if self.is_mounted or not self._is_full else ["prlimit", f"--fsize={limit}"]
        return subprocess.run([*prefix, *command], capture_output=True, text=True, timeout=90)

    def assert_told(self, told: subprocess.CompletedProcess[str], place: Path) -> None:
        assert told.returncode == 2, told.stderr
        assert "Traceback" not in told.stderr
        words = f"{place}: the disk is full; make room" if self.is_mounted else str(place)
        assert words in " ".join(told.stderr.split())

    def grow(self, size_kb: int = 50_000) -> None:
        self._is_full = False
        if self.is_mounted:
            subprocess.run(["mount", "-o", f"remount,size={size_kb}k", str(self.folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk_at(tmp_path / "small") as disk:
        yield disk


@contextmanager
def small_disk_at(folder: Path) -> Iterator[Disk]:
    folder.mkdir()
    disk = Disk(folder)
    yield disk
    if disk.is_mounted:
        subprocess.run(["umount", str(folder)], check=True)


def enlarge(web: Web) -> None:
    """300 KB a page, compressed."""
    random = Random(1)
    for n in range(STORIES):
        noise = f"<!-- {random.randbytes(300_000).hex()} -->"
        web.answers[f"/2026/story-{n}"] = Answer(story(n).replace("</head>", f"{noise}</head>"))


def test_a_full_disk_of_the_archive(web: Web, crawler: Crawler, small_disk: Disk) -> None:
    enlarge(web)
    archive = small_disk.folder / "archive"
    command = crawler.newscrawl("--archive", str(archive))
    small_disk.assert_told(small_disk.crawl(command, 5_000_000), archive)
    [summary] = accounts(crawler.database_url)
    assert (summary.run.status, summary.run.exit_status) == ("failed", 2)
    assert 0 < summary.counts.stored < STORIES
    assert summary.counts.stored + summary.counts.pending == STORIES  # nothing is counted that is not stored
    small_disk.grow()
    assert small_disk.crawl(command, 0).returncode == 0
    assert headlines(crawler.database_url) == ALL
    assert_all_archived(crawler, web, archive)


def test_a_full_disk_of_the_database(web: Web, crawler: Crawler, small_disk: Disk) -> None:
    for n in range(STORIES):
        long = "".join(f"<p>Berth {n}.{m} of the old harbour {'was let again ' * 60}.</p>" for m in range(60))
        web.answers[f"/2026/story-{n}"] = Answer(story(n).replace("</article>", f"{long}</article>"))
    crawler.database_url = f"sqlite:///{small_disk.folder / 'news.db'}"
    command = crawler.newscrawl()
    place = small_disk.folder if small_disk.is_mounted else small_disk.folder / "news.db"
    small_disk.assert_told(small_disk.crawl(command, 900_000), place)
    small_disk.grow()
    before = headlines(crawler.database_url)
    assert 0 < before.total() < STORIES
    assert small_disk.crawl(command, 0).returncode == 0
    assert headlines(crawler.database_url) == ALL
    assert [summary.run.status for summary in accounts(crawler.database_url)] == ["ok", "crashed"]
    asked = Counter(path for path in web.paths() if "story" in path)
    assert {asked[f"/2026/story-{headline.split()[1]}"] for headline in before} == {1}


def test_a_full_disk_of_a_server(web: Web, crawler: Crawler) -> None:
    random = Random(1)
    for n in range(STORIES):
        noise = "".join(f"<p>Berth {random.randbytes(2000).hex(' ', 3)} was let.</p>" for _ in range(20))
        web.answers[f"/2026/story-{n}"] = Answer(story(n).replace("</article>", f"{noise}</article>"))
    with own_server() as server, small_disk_at(server.folder / "small") as disk:
        if not disk.is_mounted:
            pytest.skip("no right to mount a small disk")
        disk.grow()
        space = disk.folder / "space"
        space.mkdir()
        shutil.chown(space, server.folder.owner())
        engine = create_engine(server.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE TABLESPACE small LOCATION '{space}'"))
            connection.execute(text("CREATE DATABASE news TABLESPACE small"))
        engine.dispose()
        crawler.database_url = server.url.replace("/postgres?", "/news?")
        migrate.upgrade(crawler.database_url)
        disk.grow(shutil.disk_usage(disk.folder).used // 1024 + 3000)
        command = crawler.newscrawl()
        told = disk.crawl(command, 0)
        assert told.returncode == 2, told.stderr
        assert "the disk is full; make room and run again" in told.stderr
        assert "Traceback" not in told.stderr
        disk.grow()
        assert 0 < headlines(crawler.database_url).total() < STORIES
        assert disk.crawl(command, 0).returncode == 0
        assert headlines(crawler.database_url) == ALL
        assert [summary.run.status for summary in accounts(crawler.database_url)] == ["ok", "crashed"]
        server.stop()


def assert_all_archived(crawler: Crawler, web: Web, archive: Path) -> None:
    engine = open_engine(crawler.database_url, read_only=True)
    for n in range(STORIES):
        row = find_article(engine, web.url(f"/2026/story-{n}"))
        assert row is not None
        assert row.archived is not None
        assert f"Story {n}<".encode() in read(archive, row.archived)[1]
    engine.dispose()


def test_a_full_disk_of_the_lines_that_wait_to_be_tied(tmp_path: Path, small_disk: Disk) -> None:
    fields = {"outlet": "a", "language": "en", "published": "2026-03-09T08:00:00Z", "title": "T", "text": "long " * 400}
    lines = tmp_path / "articles.jsonl"
    lines.write_text("".join(f"{json.dumps({'id': n, **fields})}\n" for n in range(1000)), encoding="utf-8")
    command = ["env", f"TMPDIR={small_disk.folder}", str(COMMAND), "stories", "cluster", "--jsonl", str(lines)]
    told = small_disk.crawl(command, 1_000_000)
    assert (told.returncode, told.stdout) == (1, "")
    assert f"no room in {small_disk.folder}" in " ".join(told.stderr.split())
