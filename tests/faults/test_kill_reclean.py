"""kill -9 in the middle of a reclean: what was done is done, and the next one does the rest."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import time
from pathlib import Path

from sqlalchemy import Engine, text

from newscrawl.store.engine import open_engine
from newscrawl.store.session import CrawlSession
from tests.commands import COMMAND, ENVIRONMENT, run
from tests.records import FEED, HERALD, TEXT, article, link, visit

ARTICLES = 300


async def fill(url: str) -> None:
    session = await CrawlSession.open(url, command="test")
    await session.claim([(HERALD, [FEED])])
    leases, _ = await session.take("herald", [link(n) for n in range(ARTICLES)])
    told = [f"Story {'x' * n}.\n{TEXT}\nShare this article" for n in range(ARTICLES)]
    visits = [visit(lease, article(n, told[n], removed=())) for n, lease in enumerate(leases)]
    await asyncio.gather(*map(session.write, visits))
    await session.close("finished", "interrupted", 130)


def count(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(query)) or 0)


def test_a_kill_costs_nothing(database_url: str, tmp_path: Path) -> None:
    asyncio.run(fill(database_url))
    engine = open_engine(database_url, read_only=True)
    command = [COMMAND, "reclean", "--db", database_url]
    process = subprocess.Popen(command, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not count(engine, "SELECT COUNT(*) FROM articles WHERE recleaned_with IS NOT NULL"):
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = count(engine, "SELECT COUNT(*) FROM articles WHERE recleaned_with IS NOT NULL")
    assert 0 < done < ARTICLES
    assert count(engine, "SELECT COUNT(*) FROM article_revisions WHERE cause = 'reclean'") == done
    second = run("reclean", "--db", database_url, "--json", cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    rest = json.loads(second.stdout)
    assert (rest["read"], rest["changed"]) == (ARTICLES - done, ARTICLES - done)
    assert count(engine, "SELECT COUNT(*) FROM removed_text WHERE text = 'Share this article'") == ARTICLES
    assert json.loads(run("reclean", "--db", database_url, "--json", cwd=tmp_path).stdout)["total"] == 0
    engine.dispose()
