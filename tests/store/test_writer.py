import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Engine, text

from newscrawl.store.engine import open_engine
from newscrawl.store.session import CrawlSession
from newscrawl.store.writer import Answer, Batch, write_visits
from newscrawl.visits import Lease, Outcome
from tests.records import HERALD, article, link, visit


async def lease_two(url: str) -> tuple[Batch, list[Lease]]:
    session = await CrawlSession.open(url, command="test")
    await session.claim([(HERALD, [])])
    leases, _ = await session.take("herald", [link(1), link(2)])
    await session.close("finished", "ok", 0)
    return Batch(session.run_id, "rules", datetime.now(UTC), is_retry=False), leases


def kinds(answers: list[Answer]) -> list[str]:
    return [answer.kind for answer in answers if isinstance(answer, Outcome)]


def test_what_was_committed_without_an_answer_is_answered_and_not_done_again(database_url: str, engine: Engine) -> None:
    batch, leases = asyncio.run(lease_two(database_url))
    visits = [visit(leases[0], article(1)), visit(leases[1], article(1))]
    for is_retry in (False, True):
        with engine.begin() as connection:
            answers = write_visits(connection, replace(batch, is_retry=is_retry), visits)
        assert kinds(answers) == ["stored", "duplicate"]


def test_an_article_that_another_process_commits_meanwhile_is_found_there(postgres_database: str) -> None:
    batch, leases = asyncio.run(lease_two(postgres_database))
    engine = open_engine(postgres_database)

    def write(number: int) -> list[str]:
        with engine.begin() as connection:
            return kinds(write_visits(connection, batch, [visit(leases[number], article(1))]))

    with ThreadPoolExecutor(1) as other, engine.begin() as connection:
        first = kinds(write_visits(connection, batch, [visit(leases[0], article(1))]))
        second = other.submit(write, 1)
        waiting = text("SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        with engine.connect() as onlooker:
            until = time.monotonic() + 20
            while not onlooker.scalar(waiting) and time.monotonic() < until:
                time.sleep(0.02)
        connection.commit()
        assert (first, second.result(20)) == (["stored"], ["duplicate"])
    engine.dispose()
