import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, text, update

from newscrawl.items import Rejection, Source
from newscrawl.store import frontier, runs
from newscrawl.store.engine import StoreError
from newscrawl.store.frontier import Turn
from newscrawl.store.locks import LockedError
from newscrawl.store.models import Url
from newscrawl.store.queries import find_article, list_articles, list_runs, run_summary, trace
from newscrawl.store.session import CrawlSession
from newscrawl.visits import Lease, Outcome
from tests.records import FEED, GAZETTE, HERALD, NOW, article, link, page, rich_article, source_visit, visit

InSession = Callable[[Callable[[CrawlSession], Awaitable[None]]], None]


async def lease_story(session: CrawlSession, number: int = 1) -> Lease:
    await session.claim([(HERALD, [FEED])])
    leases, _ = await session.take("herald", [link(number)], again=True)
    return leases[0]


def test_a_url_goes_from_discovery_to_article_and_every_step_is_counted(in_session: InSession, engine: Engine) -> None:
    async def crawl(session: CrawlSession) -> None:
        sources = await session.claim([(HERALD, [FEED])])
        assert sources == {"herald": (FEED,)}
        found = await session.discover(
            source_visit(link(1), link(2), replace(link(1), url=link(1).url + "?utm_source=x"))
        )
        assert (found.new, found.known) == (2, 0)
        again = await session.discover(source_visit(link(2), link(3, published_at=NOW - timedelta(days=9))))
        assert (again.new, again.known) == (1, 1)
        leases = await session.lease({"herald": 2})
        assert [lease.url for lease in leases] == [link(1).url, link(2).url]
        assert (await session.write(visit(leases[0], article(1)))).kind == "stored"
        rejected = await session.write(visit(leases[1], Rejection(leases[1].url, "not_article", "a list")))
        assert rejected == Outcome("rejected", "not_article")
        assert session.counts.seen == 3
        assert session.counts.pending == 1

    in_session(crawl)
    [run] = list_runs(engine)
    summary = run_summary(engine, run.id)
    assert summary is not None
    assert summary.balanced
    assert (summary.counts.new, summary.counts.known, summary.counts.seen, summary.counts.pending) == (3, 1, 3, 1)
    assert summary.rejected == {"not_article": 1}
    assert (summary.sources_ok, summary.sources_failed) == (1, 0)
    assert (run.status, run.reason, run.exit_status) == ("ok", "finished", 0)
    [line] = list_articles(engine, run_id=run.id)
    assert (line.outlet, line.removed) == ("herald", 1)


def test_a_run_whose_account_does_not_balance_has_failed(database_url: str, engine: Engine) -> None:
    async def crawl() -> None:
        session = await CrawlSession.open(database_url, command="test", patience_s=20)
        await session.write(visit(await lease_story(session), article(1)))
        with engine.begin() as connection:  # as a fault of the counting would
            connection.execute(text("UPDATE run_outlets SET stored = stored + 1, seen = seen + 1"))
        await session.close("finished", "ok", 0)

    asyncio.run(crawl())
    [run] = list_runs(engine)
    assert (run.status, run.reason, run.exit_status) == ("failed", "unbalanced", 2)


def test_the_next_run_gets_what_is_left_and_the_sources_validators(in_session: InSession, engine: Engine) -> None:
    async def first(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        await session.discover(source_visit(link(1), link(2)))
        await session.lease({"herald": 1})

    async def second(session: CrawlSession) -> None:
        sources = await session.claim([(HERALD, [FEED])])
        assert sources["herald"][0] == replace(FEED, etag='"1"', last_modified="Fri")
        part = source_visit(etag='"part"', final_url="https://herald.example/sitemap/2.xml")
        await session.discover(part)
        await session.discover(source_visit(status=304, etag=None, last_modified=None))
        assert (await session.claim([(HERALD, [FEED])]))["herald"][0].etag == '"1"'
        leases = await session.lease({"herald": 9})
        assert len(leases) == 2
        assert await session.lease({"herald": 9}) == []
        for number, lease in enumerate(leases):
            await session.write(visit(lease, article(number)))

    in_session(first)
    in_session(second)
    one, two = reversed(list_runs(engine))
    assert (one.counts.seen, one.counts.pending) == (2, 2)
    assert (two.counts.new, two.counts.seen, two.counts.stored, two.counts.pending) == (0, 2, 2, 0)


def test_newest_first_by_the_announced_time_else_by_order_in_the_source(in_session: InSession) -> None:
    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        old, older = (link(n, published_at=NOW - timedelta(days=n)) for n in (1, 2))
        nonsense = link(7, published_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
        naive = link(8, published_at=datetime(2026, 1, 1))  # noqa: DTZ001
        await session.discover(source_visit(older, old, link(3), link(4), nonsense, naive))
        leases = await session.lease({"herald": 10})
        assert [int(lease.url.rsplit("/", 1)[1]) for lease in leases] == [3, 4, 7, 8, 1, 2]

    in_session(crawl)


@pytest.mark.parametrize("attempts", [1, 4, 5])
def test_a_failed_url_is_due_in_the_next_run_five_times_in_all(
    in_session: InSession, engine: Engine, attempts: int
) -> None:
    async def fail(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        await session.discover(source_visit(link(1)))
        [lease] = await session.lease({"herald": 5})
        outcome = await session.write(visit(lease, Rejection(lease.url, "http_503", final=False), status=503))
        assert outcome == Outcome("failed", "http_503")
        assert await session.lease({"herald": 5}) == []

    for _ in range(attempts):
        in_session(fail)
    traced = trace(engine, link(1).url)
    assert traced is not None
    assert (traced.state, traced.attempts) == ("failed" if attempts == 5 else "pending", attempts)
    assert len(traced.fetches) == attempts


def test_retry_after_is_kept(in_session: InSession, engine: Engine) -> None:
    async def fail(session: CrawlSession) -> None:
        lease = await lease_story(session)
        await session.write(visit(lease, Rejection(lease.url, "http_429", final=False), retry_after_s=3600.0))

    async def none_due(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        assert await session.lease({"herald": 5}) == []

    async def one_due(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        assert len(await session.lease({"herald": 5})) == 1

    in_session(fail)
    in_session(none_due)
    with engine.begin() as connection:
        due_at = connection.scalar(select(Url.due_at))
        assert due_at is not None
        assert timedelta(minutes=59) < due_at - datetime.now(UTC) < timedelta(minutes=61)
        connection.execute(update(Url).values(due_at=due_at - timedelta(hours=2)))
    in_session(one_due)


def test_take_leases_exactly_the_urls_once_and_done_ones_only_again(in_session: InSession) -> None:
    async def first(session: CrawlSession) -> None:
        await session.claim([(HERALD, [])])
        leases, without = await session.take("herald", [link(1), link(2), link(1)])
        assert ([lease.url for lease in leases], without) == ([link(1).url, link(2).url], 1)
        assert await session.take("herald", [link(1)], again=True) == ([], 1)
        await session.write(visit(leases[0], article(1)))

    async def second(session: CrawlSession) -> None:
        await session.claim([(HERALD, [])])
        leases, without = await session.take("herald", [link(1), link(2), link(3)])
        assert ([lease.url for lease in leases], without) == ([link(2).url, link(3).url], 1)
        again, _ = await session.take("herald", [link(1)], again=True)
        assert (await session.write(visit(again[0], article(1)))).kind == "unchanged"

    in_session(first)
    in_session(second)


def test_tickers_that_a_sitemap_announced_come_with_the_lease(in_session: InSession) -> None:
    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        await session.discover(source_visit(link(1, tickers=("NASDAQ:AAPL", "TSE: 7203"))))
        [lease] = await session.lease({"herald": 1})
        assert lease.tickers == ("NASDAQ:AAPL", "TSE:7203")

    in_session(crawl)


def test_a_source_that_cannot_be_read_is_told(in_session: InSession, engine: Engine) -> None:
    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED, Source("sitemap", "https://herald.example/sitemap.xml")])])
        await session.discover(source_visit(status=500, error="HTTP 500"))
        await session.discover(source_visit(link(1), source_url="https://herald.example/sitemap.xml"))
        with pytest.raises(ValueError, match="claimed"):
            await session.discover(source_visit(source_url="https://herald.example/else"))

    in_session(crawl)
    summary = run_summary(engine, 1)
    assert summary is not None
    assert (summary.sources_ok, summary.sources_failed) == (1, 1)
    assert summary.outlets[0].source_errors == ("https://herald.example/rss: HTTP 500",)


def test_a_second_run_on_the_outlet_is_told_who_holds_it(database_url: str, engine: Engine) -> None:
    async def both() -> None:
        one = await CrawlSession.open(database_url, command="one")
        two = await CrawlSession.open(database_url, command="two")
        await one.claim([(HERALD, [FEED])])
        with pytest.raises(
            LockedError, match=rf"herald is locked by run {one.run_id} \(pid \d+ on .+, since 20"
        ) as caught:
            await two.claim([(GAZETTE, []), (HERALD, [FEED])])
        assert (caught.value.slug, caught.value.run_id) == ("herald", one.run_id)
        await one.claim([(GAZETTE, [])])  # the refused claim holds nothing
        await one.close("finished", "ok", 0)
        await two.claim([(HERALD, [FEED])])
        await two.close("finished", "ok", 0)

    asyncio.run(both())
    assert [run.status for run in list_runs(engine)] == ["ok", "ok"]


def test_two_runs_on_two_outlets_go_side_by_side(database_url: str, engine: Engine) -> None:
    async def both() -> None:
        one = await CrawlSession.open(database_url, command="one")
        two = await CrawlSession.open(database_url, command="two")
        await one.claim([(HERALD, [])])
        await two.claim([(GAZETTE, [])])
        mine, _ = await one.take("herald", [link(n) for n in range(60)])
        theirs, _ = await two.take("gazette", [link(n) for n in range(30, 90)])
        assert (len(mine), len(theirs)) == (60, 30)
        outcomes = await asyncio.gather(
            *(one.write(visit(lease, article(lease.url_id))) for lease in mine),
            *(two.write(visit(lease, article(lease.url_id, outlet="gazette"))) for lease in theirs),
        )
        assert {outcome.kind for outcome in outcomes} == {"stored"}
        assert (await one.close("finished", "ok", 0)).balanced
        assert (await two.close("finished", "ok", 0)).balanced

    asyncio.run(both())
    assert sum(run.counts.stored for run in list_runs(engine)) == 90


def test_a_store_that_does_not_answer_is_an_error_for_a_person() -> None:
    async def crawl() -> None:
        await CrawlSession.open("postgresql://me:secret@127.0.0.1:1/news", command="test")

    with pytest.raises(StoreError, match=r"127\.0\.0\.1") as caught:
        asyncio.run(crawl())
    assert "secret" not in str(caught.value)


def test_calls_out_of_turn_are_refused(in_session: InSession) -> None:
    async def crawl(session: CrawlSession) -> None:
        with pytest.raises(ValueError, match="not claimed"):
            await session.lease({"herald": 1})
        await session.claim([(HERALD, [FEED])])
        with pytest.raises(ValueError, match="has not leased"):
            await session.write(visit(Lease(99, link(9).url, "herald"), article(9)))
        lease = await lease_story(session)
        with pytest.raises(ValueError, match="without an archive"):
            await session.put(visit(lease, None, page=page(lease)))
        assert (await session.write(visit(lease, None))) == Outcome("failed", "no_result")

    in_session(crawl)


def test_all_that_an_article_says_comes_back(in_session: InSession, engine: Engine) -> None:
    said = rich_article(1)

    async def crawl(session: CrawlSession) -> None:
        lease = await lease_story(session)
        await session.write(visit(lease, said))

    in_session(crawl)
    for wanted in (1, "1", said.canonical_url, said.canonical_url + "?utm_source=mail"):
        row = find_article(engine, wanted)
        assert row is not None
        for name in ("text", "headline", "authors", "published", "modified", "language", "access", "wire", "section"):
            assert getattr(row, name) == getattr(said, name), name
        for name in ("tags", "description", "image_url", "tickers", "removed", "canonical_url", "outlet"):
            assert getattr(row, name) == getattr(said, name), name
        assert row.published is not None
        assert row.published.at.utcoffset() == timedelta(hours=9)
    with engine.connect() as connection:
        names = connection.execute(text("SELECT outlet, headline, access FROM clean_articles")).all()
        cuts = connection.execute(text("SELECT kind, rule, text FROM removed_text")).all()
        hits = connection.execute(text("SELECT outlet, blocks, articles, chars FROM rule_hits")).all()
        health = connection.execute(text("SELECT outlet, stored, stored_before FROM outlet_health")).all()
        traced = connection.execute(text("SELECT url, outcome, article_id FROM url_trace")).all()
    assert names == [("herald", "Story 1", "metered")]
    assert cuts == [("newsletter", "newsletter.words", "Sign up for our newsletter")]
    assert hits == [("herald", 1, 1, 26)]
    assert health == [("herald", 1, None)]
    assert traced == [(link(1).url, "stored", 1)]


def test_due_urls_and_stale_leases_are_found_by_their_indexes(engine: Engine) -> None:
    """On a table without statistics PostgreSQL would rather read all of it, so that it is told not to."""
    turn = Turn(run_id=1, outlet_id=1, slug="herald", now=NOW)
    is_sqlite = engine.dialect.name == "sqlite"
    plans: list[str] = []
    with engine.connect() as connection:
        if not is_sqlite:
            connection.execute(text("SET enable_seqscan = off"))

        def explain(*args: Any) -> None:
            """Ask for the plan of every statement that is run."""
            _connection, cursor, statement, parameters, _context, many = args
            prefix = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
            if "urls" in statement and not many:
                plans.append(str(cursor.connection.cursor().execute(prefix + statement, parameters).fetchall()))

        event.listen(connection, "before_cursor_execute", explain)
        frontier.lease(connection, turn, 5)
        runs.release_leases(connection, 1)
    assert "ix_urls_outlet_id_rank_at" in plans[0]
    assert "ix_urls_run_id_leased" in plans[1]


def test_above_its_limit_a_list_becomes_known_and_stays_pending(in_session: InSession, engine: Engine) -> None:
    async def first(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        leases, without = await session.take("herald", [link(n) for n in range(5)], limit=2)
        assert ([lease.url for lease in leases], without) == ([link(0).url, link(1).url], 3)
        assert await session.due() == 5
        await session.write(visit(leases[0], article(0)))
        assert (await session.due(), session.counts.pending) == (4, 4)
        await session.write(visit(leases[1], Rejection(leases[1].url, "http_500", final=False)))
        assert await session.due() == 3  # what this run has tried is not counted

    async def second(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        assert await session.due() == 4
        assert len(await session.lease({"herald": 9})) == 4

    in_session(first)
    in_session(second)
