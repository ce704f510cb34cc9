"""Yields and alarms as rows, on both databases: what a session measures, and when an alarm is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, select, text

from newscrawl.items import Access, Rejection
from newscrawl.outlets.schema import Expect
from newscrawl.store.engine import open_engine
from newscrawl.store.health.alarms import Alarm, read_alarms
from newscrawl.store.health.judging import judge_outlet
from newscrawl.store.health.report import read_days, read_health
from newscrawl.store.models import Outlet, OutletYield
from newscrawl.store.queries import list_runs, run_summary
from newscrawl.store.session import CrawlSession
from newscrawl.visits import Link
from tests.health import DAY, HOUR, MONDAY, always, hourly, numbered, run, write_history, write_run
from tests.records import FEED, HERALD, article, link, rich_article, source_visit, visit


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def crawl(url: str, work: Callable[[CrawlSession], Awaitable[object]], expect: Expect | None = None) -> list[Alarm]:
    """A session that does its work, and is assessed and closed as the pipeline does."""

    async def whole() -> list[Alarm]:
        session = await CrawlSession.open(url, command="test", patience_s=20)
        await work(session)
        alarms = await session.assess({"herald": expect or Expect()})
        again = await session.assess({"herald": expect or Expect()})  # a retry changes nothing but the second
        assert [replace(alarm, began_at=MONDAY) for alarm in again] == [
            replace(alarm, began_at=MONDAY) for alarm in alarms
        ]
        await session.close("finished", "ok", 0)
        return again

    return asyncio.run(whole())


def test_a_run_measures_what_each_outlet_gave(database_url: str, engine: Engine) -> None:
    async def work(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        await session.discover(source_visit(*(link(n) for n in range(1, 5))))
        leases = {lease.url: lease for lease in await session.lease({"herald": 9})}
        subscriber = replace(article(2), access=Access("subscriber", None, "full", None))
        short = article(3, "A line of text that is short.")
        for number, result in enumerate((rich_article(1), subscriber, short), 1):
            await session.write(visit(leases[link(number).url], result))
        await session.write(visit(leases[link(4).url], Rejection(link(4).url, "http_404")))

    before = datetime.now(UTC).replace(microsecond=0)
    assert crawl(database_url, work) == []
    with engine.connect() as connection:
        columns = "links, stored, dated_share, authored_share, gated_share, lost_share, silent_since, alarms"
        [shares] = connection.execute(text(f"SELECT {columns} FROM outlet_health")).all()
        [measured] = connection.execute(select(OutletYield.measured_at, OutletYield.median_chars)).all()
    *numbers, since, alarms = shares
    assert [float(number) for number in numbers] == pytest.approx([4, 3, 1 / 3, 1 / 3, 2 / 3, 0.25])
    assert (since, alarms) == (None, 0)
    assert before <= measured.measured_at <= datetime.now(UTC)
    assert measured.median_chars == len(article(2).text)


def test_pages_by_hand_are_measured_and_never_judged(database_url: str, engine: Engine) -> None:
    async def work(session: CrawlSession) -> None:
        await session.claim([(HERALD, [])])
        leases, _ = await session.take("herald", [Link(link(n).url) for n in range(30)])
        for lease in leases:
            await session.write(visit(lease, Rejection(lease.url, "no_body")))

    assert crawl(database_url, work, Expect(lost_max=0.1)) == []
    with engine.connect() as connection:
        assert connection.execute(select(OutletYield.sources, OutletYield.silent_since)).all() == [(0, None)]


def test_a_template_change_is_found_against_the_outlets_own_rows(database_url: str, engine: Engine) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with engine.begin() as connection:
        write_history(connection, "herald", hourly(now - 8 * DAY, now, always))

    async def dateless(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        await session.discover(source_visit(*(link(n) for n in range(24))))
        for lease in await session.lease({"herald": 30}):
            number = int(lease.url.rsplit("/", 1)[1])
            await session.write(visit(lease, article(number, authors=("Ann Lee",))))

    found = crawl(database_url, dateless)
    assert {alarm.measure for alarm in found} == {"dated", "chars"}
    assert all(alarm.is_told and alarm.rule == "history" for alarm in found)
    summary = run_summary(engine, list_runs(engine, 1)[0].id)
    assert summary is not None
    assert summary.alarms == tuple(found)
    assert list_runs(engine, 1)[0].alarms == 2

    async def nothing_new(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        await session.discover(source_visit(status=304))

    again = crawl(database_url, nothing_new)
    assert [(alarm.measure, alarm.is_told) for alarm in again] == [("chars", False), ("dated", False)]
    assert [alarm.began_at for alarm in again] == [alarm.began_at for alarm in found]


def test_an_alarm_is_told_when_it_begins_and_once_a_day(engine: Engine) -> None:
    usual = numbered(hourly(MONDAY, MONDAY + 14 * DAY, always))
    told: list[timedelta] = []
    with engine.begin() as connection:
        write_history(connection, "herald", usual)
        outlet_id = connection.scalar(select(Outlet.id)) or 0
        for n in range(4 * 24 + 12):
            at = MONDAY + 14 * DAY + n * HOUR
            quality = 0.0 if n < 3 * 24 else 1.0
            run_id = write_run(connection, outlet_id, run(at, 2, dated=quality, authored=0.0 if n < 30 else 1.0))
            judge_outlet(connection, run_id, outlet_id, Expect(), at)
            alarms = read_alarms(connection, run_id).get("herald", ())
            assert len({alarm.is_told for alarm in alarms}) <= 1  # together
            if any(alarm.is_told for alarm in alarms):
                told.append(at - MONDAY - 14 * DAY)
    assert HOUR <= told[0] <= 5 * HOUR
    assert [later - earlier for earlier, later in pairwise(told)] == [23 * HOUR] * 3
    assert alarms == ()


def test_the_report_agrees_with_the_view(engine: Engine) -> None:
    now = MONDAY + 14 * DAY
    with engine.begin() as connection:
        write_history(connection, "herald", hourly(MONDAY, now, always, dated=0.5, lost=1))
        write_history(connection, "gazette", [run(now - DAY, 7), run(now - HOUR, 0)])
        view = "SELECT SUM(stored), SUM(dated_share * stored), SUM(links), SUM(rejected) FROM outlet_health"
        whole = connection.execute(text(f"{view} WHERE outlet = 'herald'")).one()
    gazette, herald = read_health(engine, [], 30, now)
    of = herald.tally
    assert tuple(map(int, whole)) == (of.stored, of.dated, of.links, of.lost) == (672, 336, 6720, 336)
    assert (herald.articles_per_day, of.lost_share, of.median_chars) == (48, pytest.approx(1 / 3), 2000)
    assert (gazette.last_run_at, gazette.last_new_at) == (now - HOUR, now - DAY)
    days = read_days(engine, "herald", 3, now)
    assert [(str(day.day), day.tally.stored) for day in days] == [
        ("2026-09-20", 48), ("2026-09-19", 48), ("2026-09-18", 46),
    ]  # fmt: skip
    assert [health.outlet for health in read_health(engine, ["gazette"], 7, now)] == ["gazette"]
    assert read_days(engine, "nowhere", 7, now) == []
