import asyncio
from datetime import UTC, datetime

from sqlalchemy import Engine

from newscrawl.store.session import CrawlSession
from newscrawl.store.writer import Batch, write_visits
from newscrawl.visits import Lease
from tests.records import HERALD, article, link, visit


def test_what_was_committed_without_an_answer_is_answered_and_not_done_again(database_url: str, engine: Engine) -> None:
    async def lease() -> tuple[int, list[Lease]]:
        session = await CrawlSession.open(database_url, command="test")
        await session.claim([(HERALD, [])])
        leases, _ = await session.take("herald", [link(1), link(2)])
        await session.close("finished", "ok", 0)
        return session.run_id, leases

    run_id, leases = asyncio.run(lease())
    visits = [visit(leases[0], article(1)), visit(leases[1], article(1))]
    for is_retry in (False, True):
        with engine.begin() as connection:
            batch = Batch(run_id, "rules", datetime.now(UTC), is_retry=is_retry)
            answers = write_visits(connection, batch, visits)
        assert [answer.kind for answer in answers] == ["stored", "duplicate"]
