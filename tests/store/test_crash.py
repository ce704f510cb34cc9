import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from newscrawl.store import migrate
from newscrawl.store.archive import read
from newscrawl.store.engine import StoreError, open_engine
from newscrawl.store.locks import LockedError
from newscrawl.store.queries import Counts, find_article, list_runs, run_summary
from newscrawl.store.session import CrawlSession
from tests.postgres import Server, own_server
from tests.records import FEED, HERALD, article, link, page, source_visit, visit

CRAWLER = "tests.store.crawler"
ROOT = Path(__file__).parents[2]
LINKS = 2_000


def crawl_and_kill(url: str, archive: Path, acknowledged: int) -> set[str]:
    """Run the crawler until it has acknowledged so many URLs, kill it, and give all that it acknowledged."""
    command = [sys.executable, "-m", CRAWLER, url, str(archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        urls = [line.strip() for line in islice(process.stdout, acknowledged)]
        process.kill()
        urls += [line.strip() for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -9
    return set(urls)


def test_kill_9_loses_nothing_that_was_acknowledged(database_url: str, engine: Engine, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    acknowledged: set[str] = set()
    for kill in range(3):
        acknowledged |= crawl_and_kill(database_url, archive, 20 + 13 * kill)
        run = list_runs(engine)[0]
        assert run.status == "running"
        summary = run_summary(engine, run.id)
        assert summary is not None
        assert summary.balanced
        for url in acknowledged:
            row = find_article(engine, url)
            assert row is not None, url
            assert row.archived is not None
            assert read(archive, row.archived)[1] == b"<p>%d</p>" % int(url.rsplit("/", 1)[1])
        with engine.connect() as connection:
            unlike = text("SELECT (SELECT COUNT(*) FROM articles) - (SELECT COUNT(*) FROM article_words)")
            assert connection.scalar(unlike) == 0

    async def next_run() -> Counts:
        session = await CrawlSession.open(database_url, command="next")
        await session.claim([(HERALD, [FEED])])
        leases = await session.lease({"herald": 2 * LINKS})
        for lease in leases:
            assert lease.url not in acknowledged
        return (await session.close("finished", "ok", 0)).counts

    counts = asyncio.run(next_run())
    runs = list_runs(engine)
    assert [run.status for run in runs] == ["ok", "crashed", "crashed", "crashed"]
    stored = sum(run.counts.stored for run in runs)
    assert stored >= len(acknowledged)
    assert counts.seen == counts.pending == LINKS - stored
    assert all(summary.balanced for run in runs if (summary := run_summary(engine, run.id)))


def test_the_leases_of_a_live_run_are_its_own(database_url: str, engine: Engine) -> None:
    async def both() -> None:
        one = await CrawlSession.open(database_url, command="one")
        await one.claim([(HERALD, [FEED])])
        await one.discover(source_visit(link(1)))
        [lease] = await one.lease({"herald": 1})
        two = await CrawlSession.open(database_url, command="two")
        with pytest.raises(LockedError):
            await two.claim([(HERALD, [FEED])])
        await two.close("locked", "locked", 4)
        assert (await one.write(visit(lease, article(1)))).kind == "stored"
        await one.close("finished", "ok", 0)

    asyncio.run(both())
    assert [run.status for run in list_runs(engine)] == ["locked", "ok"]


@pytest.fixture
def server() -> Iterator[Server]:
    with own_server() as server:
        migrate.upgrade(server.url)
        yield server


def test_a_restart_of_the_server_loses_no_write_and_no_lock(server: Server) -> None:
    async def crawl() -> None:
        session = await CrawlSession.open(server.url, command="patient", patience_s=30)
        await session.claim([(HERALD, [])])
        leases, _ = await session.take("herald", [link(n) for n in range(400)])

        async def fetch(n: int) -> str:
            await asyncio.sleep(n / 200)
            return (await session.write(visit(leases[n], article(n), page=page(leases[n])))).kind

        restart = threading.Timer(0.5, lambda: (server.stop(), server.start()))
        restart.start()
        kinds = await asyncio.gather(*map(fetch, range(400)))
        await asyncio.to_thread(restart.join)
        assert kinds == ["stored"] * 400
        other = await CrawlSession.open(server.url, command="other")
        with pytest.raises(LockedError):
            await other.claim([(HERALD, [])])
        await other.close("locked", "locked", 4)
        summary = await session.close("finished", "ok", 0)
        assert summary.balanced
        assert summary.counts == Counts(new=400, seen=400, stored=400)

    asyncio.run(crawl())


def test_who_lost_its_outlet_while_the_server_was_away_writes_no_more(server: Server) -> None:
    async def crawl() -> None:
        one = await CrawlSession.open(server.url, command="one")
        await one.claim([(HERALD, [])])
        leases, _ = await one.take("herald", [link(1)])
        server.stop()
        server.start()
        two = await CrawlSession.open(server.url, command="two")
        await two.claim([(HERALD, [])])
        with pytest.raises(StoreError, match="another run took herald"):
            await one.write(visit(leases[0], article(1)))
        with pytest.raises(StoreError, match="another run took herald"):
            await one.close("store_failed", "failed", 2)
        assert len(await two.lease({"herald": 5})) == 1
        await two.close("finished", "ok", 0)

    asyncio.run(crawl())
    engine = open_engine(server.url)
    assert [run.status for run in list_runs(engine)] == ["ok", "crashed"]
    engine.dispose()


def test_a_server_that_stays_away_ends_the_run_with_a_clear_error(server: Server) -> None:
    async def crawl() -> None:
        session = await CrawlSession.open(server.url, command="impatient", patience_s=0.5)
        await session.claim([(HERALD, [])])
        leases, _ = await session.take("herald", [link(n) for n in range(10)])
        server.stop()
        writes = [session.write(visit(lease, article(n))) for n, lease in enumerate(leases)]
        errors = await asyncio.gather(*writes, return_exceptions=True)
        assert all(isinstance(error, StoreError) for error in errors)
        assert "no answer for 0.5 s" in str(errors[0])
        with pytest.raises(StoreError):
            await session.close("store_failed", "failed", 2)
        server.start()

    asyncio.run(crawl())
