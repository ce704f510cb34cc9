"""Sessions on a migrated database, and records to write."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest
from sqlalchemy import Engine

from newscrawl.store.engine import open_engine
from newscrawl.store.session import CrawlSession

T = TypeVar("T")
Run = Callable[[Callable[[CrawlSession], Awaitable[T]]], T]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A second pair of eyes on the test's database."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def empty_engine(empty_database_url: str) -> Iterator[Engine]:
    """An engine on a database without tables."""
    engine = open_engine(empty_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def in_session(database_url: str) -> Run[T]:
    """Run a coroutine with a session on the test's database, and close the session as the command would."""

    def run(work: Callable[[CrawlSession], Awaitable[T]]) -> T:
        async def whole() -> T:
            session = await CrawlSession.open(database_url, command="test", patience_s=20)
            try:
                result = await work(session)
            except BaseException:
                await session.close("error", "error", 1)
                raise
            summary = await session.close("finished", "ok", 0)
            assert summary.balanced, summary
            return result

        return asyncio.run(whole())

    return run
