"""When a stored page is asked for again, and what it comes to: on rows whose times are moved into the past."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update

from newscrawl.items import Article, Moment, Rejection, Removed
from newscrawl.store import handle, revisits
from newscrawl.store.models import Url
from newscrawl.store.queries import find_article, run_summary, trace
from newscrawl.store.session import CrawlSession
from newscrawl.visits import Lease, Outcome, Visit
from tests.records import FEED, HERALD, article, link, source_visit, visit

InSession = Callable[[Callable[[CrawlSession], Awaitable[None]]], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGES = (HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY)
OURS = replace(HERALD, revisits=AGES)
BORN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ONE = article(1)
EDITED = article(1, ONE.text.replace("nine", "ten") + "\nCorrection: It was ten to four, not nine.")


@pytest.mark.parametrize(
    ("hours", "is_changed", "expected"),
    [
        (0, False, 1),
        (0.4, False, 1),
        (0.8, False, 6),  # an hour is over too soon
        (1, False, 6),
        (7, False, 24),
        (30, False, 72),
        (80, False, 168),
        (168, False, None),
        (5000, False, None),
        (0, True, 1),
        (1.5, True, 2.5),
        (7, True, 12),
        (23, True, 24),
        (30, True, 48),
        (170, True, 266),
        (300, True, None),  # for ever is too long
    ],
)
def test_an_article_is_visited_ever_more_rarely(hours: float, is_changed: bool, expected: float | None) -> None:
    at = revisits.next_visit(AGES, BORN, BORN + timedelta(hours=hours), is_changed=is_changed)
    assert at == (None if expected is None else BORN + timedelta(hours=expected))
    assert revisits.next_visit((), BORN, BORN, is_changed=is_changed) is None


@pytest.mark.parametrize(
    ("published", "precision", "born"),
    [
        (None, None, BORN),
        (BORN - HOUR, "minute", BORN - HOUR),
        (BORN + HOUR, "minute", BORN),
        (BORN.replace(hour=0), "day", BORN),
        (BORN.replace(hour=0) - DAY, "day", BORN.replace(hour=0)),
    ],
)
def test_age_counts_from_publication(published: datetime | None, precision: str | None, born: datetime) -> None:
    assert revisits.birth(published, precision, BORN) == born


PAGE = "https://herald.example/politics/2026/council-votes-on-new-budget"


@pytest.mark.parametrize(
    ("final", "reason", "before", "expected"),
    [
        (PAGE, "http_410", None, "gone"),
        (PAGE, "http_404", None, "missing"),
        (PAGE, "http_404", "missing", "gone"),
        (PAGE, "soft_404", "missing", "gone"),
        (PAGE, "http_404", "gone", "gone"),
        (PAGE, "not_article", "missing", None),
        (PAGE, "http_403", "missing", None),
        (PAGE, "http_500", "missing", None),
        (PAGE, None, "missing", None),
        ("https://www.herald.example/", "front_page", None, "gone"),
        ("https://herald.example/", None, None, "gone"),
        ("https://herald.example/politics/", None, None, "gone"),
        ("https://herald.example/sport/", "not_article", None, "missing"),
        ("https://herald.example/sport/", "not_article", "missing", "gone"),
        ("https://herald.example/politics/2026/council-votes-on-old-budget", None, None, None),
        ("https://consent.other.example/", "off_outlet", "missing", None),
        ("https://herald.example/story/1", None, "missing", None),  # the article's own
    ],
)
def test_absence_is_told_from_trouble(final: str, reason: str | None, before: str | None, expected: str | None) -> None:
    result = article(1) if reason is None else Rejection(final, reason)
    seen = Visit(Lease(1, PAGE, "herald"), BORN, final, 200, result=result)
    key = revisits.url_key("https://herald.example/story/1")
    assert revisits.absence(seen, key, before) == expected


class Herald:
    """An outlet that is crawled again and again."""

    def __init__(self, in_session: InSession, engine: Engine) -> None:
        self.in_session, self.engine = in_session, engine
        self.leases: list[Lease] = []

    def crawl(self, *results: Article | Rejection | None, found: int = 1, ages: Any = AGES, **more: Any) -> list[str]:
        """Announce stories, and answer the leases with these results; what became of them."""
        outcomes: list[Outcome] = []

        async def work(session: CrawlSession) -> None:
            await session.claim([(replace(HERALD, revisits=ages), [FEED])])
            await session.discover(source_visit(*(link(number) for number in range(1, found + 1))))
            self.leases = await session.lease({"herald": 20}, ["herald"])
            assert len(self.leases) == len(results)
            now = datetime.now(UTC)
            for lease, result in zip(self.leases, results, strict=True):
                seen = visit(lease, result, fetched_at=now, headers={"etag": '"1"', "last-modified": "Fri"})
                outcomes.append(await session.write(replace(seen, **more)))

        self.in_session(work)
        return [outcome.reason or outcome.kind for outcome in outcomes]

    def due(self) -> list[timedelta | None]:
        """In how much time each URL is asked for again, to the hour."""
        with self.engine.connect() as connection:
            times = connection.scalars(select(Url.revisit_at).order_by(Url.id)).all()
        now = datetime.now(UTC)
        return [at and timedelta(hours=round((at - now) / HOUR)) for at in times]

    def later(self, wait: timedelta) -> None:
        """Let time pass for all rows."""
        with self.engine.begin() as connection:
            for table, columns in {
                "urls": "due_at rank_at found_at revisit_at gone_at",
                "articles": "published_at first_seen_at last_seen_at gone_at",
                "article_revisions": "created_at",
            }.items():
                for column in columns.split():
                    moved = f"datetime({column}, '-{wait // HOUR} hours')"
                    if self.engine.dialect.name == "postgresql":
                        moved = f"{column} - interval '{wait // HOUR} hours'"
                    connection.execute(text(f"UPDATE {table} SET {column} = {moved} WHERE {column} IS NOT NULL"))


@pytest.fixture
def herald(in_session: InSession, engine: Engine) -> Herald:
    return Herald(in_session, engine)


def test_an_unchanged_page_is_asked_for_five_times_with_its_validators(herald: Herald) -> None:
    assert herald.crawl(ONE) == ["stored"]
    assert (herald.leases[0].etag, herald.leases[0].last_modified) == (None, None)
    assert herald.crawl() == []  # a second run right after the first fetches what is new alone
    for wait, next_wait in [(1, 5), (5, 18), (18, 48), (48, 96), (96, None)]:
        herald.later(wait * HOUR)
        assert herald.crawl(None, status=304) == ["not_modified"]
        assert (herald.leases[0].etag, herald.leases[0].last_modified) == ('"1"', "Fri")
        assert herald.due() == [None if next_wait is None else next_wait * HOUR]
    herald.later(30 * DAY)
    assert herald.crawl() == []
    row = find_article(herald.engine, 1)
    assert row is not None
    assert row.last_seen_at - row.first_seen_at >= timedelta(hours=167)
    assert [revision.cause for revision in row.revisions] == ["first"]
    assert run_summary(herald.engine, 2).counts.seen == 0  # type: ignore[union-attr]
    assert run_summary(herald.engine, 3).counts.unchanged == 1  # type: ignore[union-attr]


def test_an_edit_is_a_revision_with_its_ratio_and_its_notice_and_is_looked_at_sooner(herald: Herald) -> None:
    herald.crawl(ONE)
    herald.later(6 * HOUR)
    assert herald.crawl(EDITED, headers={"etag": '"2"'}) == ["updated"]
    assert herald.due() == [5 * HOUR]
    herald.later(5 * HOUR)
    other_facts = replace(EDITED, headline="Another headline")
    assert herald.crawl(other_facts, headers={"etag": "no\nvalidator\xff"}) == ["unchanged"]
    assert (herald.leases[0].etag, herald.leases[0].last_modified) == ('"2"', None)
    row = find_article(herald.engine, 1)
    assert row is not None
    first, second = row.revisions
    assert (first.change_ratio, first.correction) == (None, None)
    assert second.cause == "publisher_edit"
    assert second.change_ratio is not None
    assert 0.05 < second.change_ratio < 0.3
    assert second.correction == "Correction: It was ten to four, not nine."
    herald.later(14 * HOUR)
    herald.crawl(EDITED)
    assert (herald.leases[0].etag, herald.leases[0].last_modified) == (None, None)


def test_what_is_learnt_to_be_boilerplate_meanwhile_is_no_edit(herald: Herald) -> None:
    notice = "Read our morning mail."
    herald.crawl(replace(ONE, text=f"{ONE.text}\n{notice}", removed=()))
    herald.later(HOUR)
    cut = Removed("newsletter", notice, "repeated", 0.9, len(ONE.text) + 1)
    assert herald.crawl(replace(ONE, removed=(cut,))) == ["updated"]
    row = find_article(herald.engine, 1)
    assert row is not None
    assert (row.text, row.revisions[1].cause) == (ONE.text, "reclean")


def test_an_old_article_is_never_asked_for_again_and_none_of_an_outlet_without_revisits(herald: Herald) -> None:
    old = replace(ONE, published=Moment(datetime.now(UTC) - 30 * DAY, "minute", "meta", ""))
    assert herald.crawl(old) == ["stored"]
    assert herald.due() == [None]
    new = replace(article(2), published=Moment(datetime.now(UTC) - 2 * HOUR, "minute", "meta", ""))
    assert herald.crawl(new, found=2) == ["stored"]
    assert herald.due() == [None, 4 * HOUR]
    herald.later(4 * HOUR)
    assert herald.crawl(found=2, ages=()) == []
    assert herald.crawl(new, found=2) == ["unchanged"]


def test_new_articles_go_first_and_a_run_asks_for_so_many_again_at_most(
    herald: Herald, in_session: InSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handle, "MAX_REVISITS", 2)
    herald.crawl(*(article(number) for number in (1, 2, 3)), found=3)
    herald.later(HOUR)

    async def work(session: CrawlSession) -> None:
        await session.claim([(OURS, [FEED])])
        await session.discover(source_visit(link(4), link(5)))
        assert [lease.url for lease in await session.lease({"herald": 1}, ["herald"])] == [link(4).url]
        assert [lease.url for lease in await session.lease({"herald": 2}, [])] == [link(5).url]
        assert len(await session.lease({"herald": 1}, ["herald"])) == 1
        assert len(await session.lease({"herald": 9}, ["herald"])) == 1
        assert await session.lease({"herald": 9}, ["herald"]) == []

    in_session(work)
    with herald.engine.connect() as connection:
        states = connection.scalars(select(Url.state).order_by(Url.id)).all()
    assert states == ["done"] * 3 + ["pending"] * 2  # a revisit that did not end is still a revisit


def test_a_page_that_is_not_there_twice_is_gone_and_its_text_stays(herald: Herald) -> None:
    not_found = Rejection(link(1).url, "http_404")
    herald.crawl(ONE)
    herald.later(HOUR)
    assert herald.crawl(not_found, status=404) == ["missing"]
    assert herald.due() == [6 * HOUR]
    herald.later(6 * HOUR)
    assert herald.crawl(not_found, status=404) == ["gone"]
    assert herald.due() == [None]
    row, traced = find_article(herald.engine, 1), trace(herald.engine, link(1).url)
    assert row is not None
    assert traced is not None
    assert row.text == ONE.text
    assert row.gone_at == traced.gone_at is not None
    assert run_summary(herald.engine, 3).counts.unchanged == 1  # type: ignore[union-attr]
    with herald.engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM clean_articles WHERE gone_at IS NOT NULL")).scalar() == 1


def test_a_page_that_comes_back_is_not_gone(herald: Herald, in_session: InSession) -> None:
    herald.crawl(ONE)
    herald.later(HOUR)
    assert herald.crawl(Rejection(link(1).url, "http_410"), status=410) == ["gone"]
    herald.later(HOUR)

    async def again(session: CrawlSession) -> None:
        await session.claim([(OURS, [])])
        [lease], _ = await session.take("herald", [link(1)], again=True)
        assert (lease.etag, lease.last_modified) == (None, None)
        await session.write(visit(lease, ONE, fetched_at=datetime.now(UTC)))

    in_session(again)
    row = find_article(herald.engine, 1)
    assert row is not None
    assert row.gone_at is None
    assert herald.due() == [4 * HOUR]


def test_an_article_is_gone_when_the_last_of_its_urls_is(herald: Herald) -> None:
    assert herald.crawl(ONE, replace(article(2), text=ONE.text), found=2) == ["stored", "duplicate"]
    assert herald.due() == [HOUR, None]
    herald.later(HOUR)
    assert herald.crawl(Rejection(link(1).url, "http_410"), found=2) == ["gone"]
    row = find_article(herald.engine, 1)
    assert row is not None
    assert row.gone_at is None
    assert herald.due() == [None, timedelta()]
    assert herald.crawl(Rejection(link(2).url, "http_410"), found=2) == ["gone"]
    row = find_article(herald.engine, 1)
    assert row is not None
    assert row.gone_at is not None


def test_two_urls_of_an_article_that_go_in_one_run_take_it_along(herald: Herald, engine: Engine) -> None:
    herald.crawl(ONE, replace(article(2), text=ONE.text), found=2)
    with engine.begin() as connection:
        connection.execute(update(Url).values(revisit_at=BORN))
    gone = [Rejection(link(number).url, "http_410") for number in (1, 2)]
    assert herald.crawl(*gone, found=2) == ["gone", "gone"]
    row = find_article(engine, 1)
    assert row is not None
    assert row.gone_at is not None
    assert herald.due() == [None, None]


def test_a_revisit_that_fails_is_the_next_runs_and_after_five_the_next_ages(herald: Herald) -> None:
    herald.crawl(ONE)
    herald.later(HOUR)
    for _ in range(4):
        assert herald.crawl(Rejection(link(1).url, "http_503", final=False)) == ["http_503"]
        assert herald.due() == [timedelta()]
    assert herald.crawl(Rejection(link(1).url, "http_503", final=False)) == ["http_503"]
    assert herald.due() == [5 * HOUR]
    traced = trace(herald.engine, link(1).url)
    assert traced is not None
    assert (traced.state, traced.attempts, traced.article_id) == ("done", 0, 1)


def test_a_story_that_was_too_short_is_looked_at_once_more(herald: Herald) -> None:
    short, no_article = Rejection(link(1).url, "too_short"), Rejection(link(2).url, "not_article")
    assert herald.crawl(short, no_article, found=2) == ["too_short", "not_article"]
    assert herald.due() == [6 * HOUR, None]
    herald.later(6 * HOUR)
    assert herald.crawl(short, found=2) == ["too_short"]
    assert herald.due() == [None, None]


def test_a_new_headline_that_moves_the_canonical_url_leaves_one_article(herald: Herald) -> None:
    herald.crawl(ONE)
    herald.later(HOUR)
    moved = replace(EDITED, canonical_url="https://herald.example/story/1-ten-to-four", headline="Ten to four")
    assert herald.crawl(moved) == ["updated"]
    row = find_article(herald.engine, 1)
    assert row is not None
    assert (row.canonical_url, row.revision) == (moved.canonical_url, 2)
    herald.later(HOUR)
    other = replace(article(9, "Rain is expected in the north. " * 20), canonical_url="https://herald.example/weather")
    assert herald.crawl(other) == ["stored"]


def test_a_304_that_nobody_asked_for_is_a_failure(herald: Herald) -> None:
    assert herald.crawl(None, status=304) == ["no_result"]
