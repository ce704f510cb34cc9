"""kill -9 in the middle of a purge: no row points at a deleted file, and the next one does the rest."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, text

from newscrawl.store.accounts import run_summary
from newscrawl.store.archive import Archive
from newscrawl.store.engine import open_engine
from newscrawl.store.purge import Limits, plan, purge
from newscrawl.store.session import CrawlSession
from tests.commands import COMMAND, ENVIRONMENT, run
from tests.records import FEED, HERALD, NOW, link, page, rich_article, visit

ARTICLES = 1000


async def fill(url: str, folder: Path, articles: int = ARTICLES) -> None:
    session = await CrawlSession.open(url, command="test")
    await session.claim([(HERALD, [FEED])])
    leases, _ = await session.take("herald", [link(n) for n in range(articles)])
    archive = Archive(folder)
    visits = [visit(lease, rich_article(n), page=page(lease)) for n, lease in enumerate(leases)]
    await asyncio.gather(*(session.write(replace(one, archived=archive.put(one))) for one in visits))
    archive.close()
    await session.close("finished", "interrupted", 130)


def count(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(query)) or 0)


def is_whole(engine: Engine, folder: Path) -> bool:
    """Rows of an article are all there or all gone, its URL says which, and every file that is named is there."""
    articles = count(engine, "SELECT COUNT(*) FROM articles")
    tables = ("article_revisions", "removed_blocks", "article_words")
    rows = [count(engine, f"SELECT COUNT(*) FROM {table}") for table in tables]
    pages = count(engine, "SELECT COUNT(*) FROM pages")
    authors = count(engine, "SELECT COUNT(*) FROM article_authors")
    purged = count(engine, "SELECT COUNT(*) FROM urls WHERE reason = 'purged' AND article_id IS NULL")
    with engine.connect() as connection:
        named = connection.scalars(text("SELECT DISTINCT warc_file FROM pages WHERE warc_file IS NOT NULL")).all()
    summary = run_summary(engine, 1)
    assert summary is not None
    return (
        rows == [articles] * 3
        and (pages, authors, purged) == (articles, 2 * articles, ARTICLES - articles)
        and all((folder / name).is_file() for name in named)
        and (summary.balanced, summary.counts.stored) == (True, ARTICLES)
    )


def test_a_kill_costs_nothing(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    asyncio.run(fill(database_url, folder))
    engine = open_engine(database_url, read_only=True)
    arguments = ["purge", "--older-than", "0d", "--yes", "--json", "--db", database_url, "--archive", str(folder)]
    process = subprocess.Popen([COMMAND, *arguments], cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while count(engine, "SELECT COUNT(*) FROM articles") == ARTICLES:
        assert time.monotonic() < until
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = count(engine, "SELECT COUNT(*) FROM articles")
    assert 0 < left < ARTICLES
    assert is_whole(engine, folder)
    second = run(*arguments, cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    record = json.loads(second.stdout)
    assert (record["outlets"][0]["articles_gone"], record["files"]["files"]) == (left, 1)
    assert is_whole(engine, folder)
    assert not list(folder.iterdir())
    engine.dispose()


def test_a_kill_between_rows_and_files_leaves_files_that_the_next_purge_finds(
    database_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    asyncio.run(fill(database_url, folder, 1))
    engine = open_engine(database_url)
    purge(engine, plan(engine, {"herald": Limits(raw=NOW.replace(year=2030))}), lambda _: None)
    engine.dispose()
    assert len(list(folder.iterdir())) == 1
    done = run("purge", "--yes", "--json", "--db", database_url, "--archive", str(folder), cwd=tmp_path)
    assert (json.loads(done.stdout)["files"]["files"], list(folder.iterdir())) == (1, [])
