"""What runs learn of their outlets, and what persons decide, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import Engine, select

from newscrawl.items import Repeated
from newscrawl.store.engine import StoreError
from newscrawl.store.models import RepeatedBlock
from newscrawl.store.models.crawl import RunStatus
from newscrawl.store.repetition import decide, list_suggestions
from newscrawl.store.session import CrawlSession
from newscrawl.text import block_key
from tests.records import FEED, HERALD, TEXT, article, link, visit

InSession = Callable[[Callable[[CrawlSession], Awaitable[frozenset[Repeated]]]], frozenset[Repeated]]
FOOT = "Follow the Herald on your phone"
NOTICE = "Sign up for our newsletter"  # what tests.records cuts


async def store(numbers: range, session: CrawlSession) -> frozenset[Repeated]:
    """Store articles that close with the same line; what is known of the outlet before."""
    await session.claim([(HERALD, [FEED])])
    leases, _ = await session.take("herald", [link(number) for number in numbers])
    for number, lease in zip(numbers, leases, strict=True):
        text = f"Story {'x' * (number + 1)}.\n{TEXT}\n{FOOT}"
        await session.write(visit(lease, article(number, text, removed=())))
    return session.repeated("herald")


def states(engine: Engine) -> dict[str | None, str | None]:
    with engine.connect() as connection:
        query = select(RepeatedBlock.text, RepeatedBlock.state).where(RepeatedBlock.articles > 1)
        return dict(map(tuple, connection.execute(query)))


def test_a_run_learns_and_the_next_one_knows(in_session: InSession, engine: Engine) -> None:
    assert in_session(partial(store, range(2))) == frozenset()
    assert states(engine)[FOOT] is None
    assert in_session(partial(store, range(2, 4))) == frozenset()
    assert states(engine)[FOOT] == "automatic"
    assert {state for text, state in states(engine).items() if text != FOOT} == {None}  # lines of the story
    assert in_session(partial(store, range(4, 5))) == {Repeated(block_key(FOOT))}


def test_what_proves_wrong_is_given_up(in_session: InSession, engine: Engine) -> None:
    in_session(partial(store, range(4)))

    async def below(session: CrawlSession) -> frozenset[Repeated]:
        await session.claim([(HERALD, [])])
        leases, _ = await session.take("herald", [link(9)])
        await session.write(visit(leases[0], article(9, f"{FOOT}\n{TEXT}\nThe story goes on.", removed=())))
        return frozenset()

    in_session(below)
    assert states(engine)[FOOT] is None


@pytest.mark.parametrize(("status", "state"), [("ok", "automatic"), ("degraded", "automatic"), ("interrupted", None)])
def test_only_a_run_that_came_to_its_end_learns(
    database_url: str, engine: Engine, status: RunStatus, state: str | None
) -> None:
    async def crawl() -> None:
        session = await CrawlSession.open(database_url, command="test")
        await store(range(4), session)
        await session.close("test", status, 0)

    asyncio.run(crawl())
    assert states(engine)[FOOT] == state


def test_a_person_decides_for_good(in_session: InSession, engine: Engine) -> None:
    in_session(partial(store, range(4)))
    found = {row.text: row for row in list_suggestions(engine, "herald")}
    assert (found[FOOT].articles, found[FOOT].share, found[FOOT].closing) == (4, 1.0, 1.0)
    council = next(row for text, row in found.items() if text.startswith("The council met"))
    with engine.begin() as connection:
        assert decide(connection, [found[FOOT].id], "rejected") == [replace(found[FOOT], state="rejected")]
        decide(connection, [council.id], "accepted")
    assert in_session(partial(store, range(4, 6))) == {Repeated(block_key(council.text), is_accepted=True)}
    assert states(engine)[FOOT] == "rejected"
    assert list_suggestions(engine, "gazette") == []


@pytest.mark.parametrize("wanted", ["herald:00000000", "gazette:{}", "{}", "herald:", "herald:%", "{}x"])
def test_an_id_that_means_nothing_changes_nothing(in_session: InSession, engine: Engine, wanted: str) -> None:
    in_session(partial(store, range(4)))
    before = list_suggestions(engine)
    right = before[0].id
    with pytest.raises(StoreError, match="rules suggest"), engine.begin() as connection:
        decide(connection, [right, wanted.format(right.removeprefix("herald:"))], "accepted")
    assert list_suggestions(engine) == before
