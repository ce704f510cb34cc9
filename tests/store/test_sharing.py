"""Several runs on one store: which outlets and hosts each gets, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from newscrawl.items import Outlet, Source
from newscrawl.store import migrate
from newscrawl.store.hosts import HostHeldError
from newscrawl.store.queries import list_runs, run_summary
from newscrawl.store.session import CrawlSession
from newscrawl.store.working import list_workers
from tests.postgres import own_server
from tests.records import FEED, GAZETTE, HERALD, article, link, source_visit, visit

EVENING = Outlet("evening", "Evening", "https://evening.example/", domains=("evening.example",))
SHARED = Source("rss", "https://feeds.example/rss")
ALL = [(HERALD, [FEED]), (GAZETTE, [SHARED]), (EVENING, [SHARED])]
Work = Callable[[CrawlSession, CrawlSession], Awaitable[None]]


def together(url: str, work: Work) -> None:
    """Two runs at once."""

    async def whole() -> None:
        one, two = [await CrawlSession.open(url, command="crawl news", patience_s=20) for _ in range(2)]
        await work(one, two)

    asyncio.run(whole())


async def end(session: CrawlSession) -> None:
    assert (await session.close("finished", "ok", 0)).balanced


async def die(session: CrawlSession) -> None:
    """As kill -9 would: nothing is written, and the locks are gone."""
    await asyncio.to_thread(session._handle.close)


def test_each_run_takes_what_nobody_holds_and_is_told_who_has_the_rest(database_url: str) -> None:
    async def work(one: CrawlSession, two: CrawlSession) -> None:
        first = await one.share(ALL, 1)
        assert (set(first.sources), first.left, one.hosts) == ({"herald"}, {}, {"herald.example"})
        second = await two.share(ALL, 5)
        assert set(second.sources) == {"gazette", "evening"}
        assert second.left["herald"] is not None
        assert second.left["herald"].run_id == one.run_id
        await end(one)
        again = await two.share(ALL[:1], 5)  # it was crawled since this run began
        assert (again.sources, again.left["herald"] is not None) == ({}, True)
        await end(two)
        third = await CrawlSession.open(database_url, command="crawl news")
        assert set((await third.share(ALL, 5)).sources) == {"herald", "gazette", "evening"}
        await end(third)

    together(database_url, work)


def test_what_a_dead_or_interrupted_run_had_is_taken_at_once(database_url: str, engine: Engine) -> None:
    async def work(one: CrawlSession, two: CrawlSession) -> None:
        await one.share(ALL[:1], 1)
        await one.discover(source_visit(link(1), link(2)))
        await one.lease({"herald": 1})
        await one.hold("herald.example", 3)
        await die(one)
        assert [worker.is_alive for worker in list_workers(engine)] == [False, True]
        assert "herald" in (await two.share(ALL[:1], 1)).sources
        assert {lease.url for lease in await two.lease({"herald": 5})} == {link(1).url, link(2).url}
        assert 1 < await two.hold("herald.example", 1) <= 4  # the delay of who asked last
        three = await CrawlSession.open(database_url, command="crawl news")
        await two.close("shutdown", "interrupted", 130)
        assert "herald" in (await three.share(ALL[:1], 1)).sources
        await end(three)

    together(database_url, work)
    assert [run.status for run in list_runs(engine)] == ["ok", "interrupted", "crashed"]
    assert all(summary.balanced for n in (1, 2, 3) if (summary := run_summary(engine, n)))


def test_an_outlet_waits_for_a_host_that_another_run_asks(database_url: str, engine: Engine) -> None:
    async def work(one: CrawlSession, two: CrawlSession) -> None:
        assert set((await one.share(ALL[1:], 1)).sources) == {"gazette"}
        waiting = await two.share(ALL[2:], 1)
        assert (waiting.sources, waiting.left, two.hosts) == ({}, {}, set())
        with pytest.raises(HostHeldError, match=rf"feeds.example is asked by run {one.run_id} \(pid \d+ on "):
            await two.hold("feeds.example", 1)
        assert list_workers(engine)[0].hosts == ("feeds.example", "gazette.example")
        await one.free({"feeds.example"})
        assert set((await two.share(ALL[2:], 1)).sources) == {"evening"}
        assert two.hosts == {"evening.example", "feeds.example"}
        await end(one)
        await end(two)

    together(database_url, work)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM hosts WHERE run_id IS NOT NULL")) == 0


def test_a_pause_that_a_host_asked_for_binds_the_next_run(database_url: str) -> None:
    async def work(one: CrawlSession, two: CrawlSession) -> None:
        assert await one.hold("busy.example", 0.5) == 0
        await one.pause("busy.example", 900)
        assert 890 < await one.hold("busy.example", 0.5) <= 900
        await end(one)
        assert 890 < await two.hold("busy.example", 0.5) <= 900
        await end(two)

    together(database_url, work)


def test_a_page_that_is_put_back_counts_no_attempt_and_waits_for_the_next_run(database_url: str) -> None:
    async def work(one: CrawlSession, two: CrawlSession) -> None:
        await one.share(ALL[:1], 1)
        await one.discover(source_visit(link(1)))
        [lease] = await one.lease({"herald": 5})
        await one.put_back(lease)
        assert await one.lease({"herald": 5}) == []
        assert one.counts.pending == one.counts.seen == 1
        await one.close("shutdown", "interrupted", 130)
        await two.share(ALL[:1], 1)
        [again] = await two.lease({"herald": 5})
        assert again == replace(lease, attempts=0)
        assert (await two.write(visit(again, article(1)))).kind == "stored"
        await end(two)

    together(database_url, work)


def test_a_restart_of_the_server_takes_nothing_from_a_run_that_comes_back() -> None:
    async def work(one: CrawlSession, two: CrawlSession) -> None:
        await one.share(ALL[:1], 1)
        leases, _ = await one.take("herald", [link(1)])
        await one.hold("herald.example", 0)
        server.stop()
        server.start()
        assert (await two.share(ALL[:1], 1)).sources == {}
        with pytest.raises(HostHeldError):
            await two.hold("herald.example", 0)
        assert (await one.write(visit(leases[0], article(1)))).kind == "stored"
        assert one.hosts == {"herald.example"}
        await end(one)
        await end(two)

    with own_server() as server:
        migrate.upgrade(server.url)
        together(server.url, work)
