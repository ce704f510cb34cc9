"""A write-ahead log that ends in the middle, or in nonsense, as after a power cut: a consistent prefix, and on."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

from sqlalchemy import text

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import list_articles, run_summary
from newscrawl.store.session import CrawlSession
from tests.records import HERALD, article, link, page, visit

STORIES = 40
TEARS = 20


def test_a_torn_log_costs_its_tail_alone(sqlite_database: str, tmp_path: Path) -> None:
    random = Random(20261122)
    source = Path(sqlite_database.removeprefix("sqlite:///"))

    async def crawl_and_tear() -> list[Path]:
        session = await CrawlSession.open(sqlite_database, command="crawl", archive=tmp_path / "archive")
        await session.claim([(HERALD, [])])
        leases, _ = await session.take("herald", [link(n) for n in range(STORIES)])
        for n, lease in enumerate(leases):
            one = visit(lease, article(n), page=page(lease))
            await session.write(replace(one, archived=await session.put(one)))
        torn = [tear(source, tmp_path / f"{n}.db", random) for n in range(TEARS)]
        await session.close("finished", "ok", 0)
        return torn

    found = [rest(path) for path in asyncio.run(crawl_and_tear())]
    assert min(found) < STORIES  # some articles were lost with the tail
    assert len(set(found)) > 3


def tear(source: Path, copy: Path, random: Random) -> Path:
    """A copy of a database in use whose log ends early, or is overwritten from some place on."""
    shutil.copy(source, copy)
    log = Path(f"{source}-wal").read_bytes()
    at = random.randrange(len(log))
    tail = b"" if random.random() < 0.5 else random.randbytes(min(len(log) - at, 9_000))
    Path(f"{copy}-wal").write_bytes(log[:at] + tail)
    return copy


def rest(path: Path) -> int:
    """How many articles a torn database holds, after the next run has stored the others."""
    url = f"sqlite:///{path}"
    engine = open_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).first() is None
        runs = list(connection.scalars(text("SELECT id FROM runs")))
    for run_id in runs:
        summary = run_summary(engine, run_id)
        assert summary is not None
        assert summary.balanced
    kept = {line.canonical_url for line in list_articles(engine, 100)}
    assert kept == {link(n).url for n in range(len(kept))}  # those written first

    async def next_run() -> None:
        session = await CrawlSession.open(url, command="next")
        await session.claim([(HERALD, [])])
        leases, _ = await session.take("herald", [link(n) for n in range(STORIES)])
        assert [lease.url for lease in leases] == [link(n).url for n in range(len(kept), STORIES)]
        for lease in leases:
            await session.write(visit(lease, article(int(lease.url.rsplit("/", 1)[1]))))
        assert (await session.close("finished", "ok", 0)).balanced

    asyncio.run(next_run())
    assert len(list_articles(engine, 100)) == STORIES
    engine.dispose()
    return len(kept)
