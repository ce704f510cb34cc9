import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, func, select

from newscrawl.items import Article, Outlet, Removed
from newscrawl.store.models import Author, RemovedBlock, RepeatedBlock, Revision
from newscrawl.store.queries import find_article, list_articles
from newscrawl.store.session import CrawlSession
from newscrawl.visits import Outcome
from tests.records import FEED, HERALD, NOW, TEXT, article, link, page, rich_article, visit

InSession = Callable[[Callable[[CrawlSession], Awaitable[None]]], None]


async def write(session: CrawlSession, number: int, result: Article, **more: object) -> Outcome:
    await session.claim([(HERALD, [FEED])])
    leases, _ = await session.take("herald", [link(number)], again=True)
    return await session.write(visit(leases[0], result, **more))


def count(engine: Engine, model: type[object]) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(model)).scalar_one()


HOUR = timedelta(hours=1)
ONE, EDITED, TWO = article(1), article(1, TEXT.replace("nine", "ten")), article(2, article(1).text)
NOTICE = "Read it in the paper."
# What is written in one run after the other, as (URL, article, hours after noon), and what it comes to.
HISTORIES: dict[str, list[tuple[int, Article, int, str]]] = {
    "the same again": [(1, ONE, 0, "stored"), (1, ONE, 1, "unchanged"), (1, ONE, 2, "unchanged")],
    "an edit": [(1, ONE, 0, "stored"), (1, EDITED, 1, "updated"), (1, EDITED, 2, "unchanged")],
    "an edit taken back": [(1, ONE, 0, "stored"), (1, EDITED, 1, "updated"), (1, ONE, 2, "updated")],
    "a replay after the edit": [(1, ONE, 0, "stored"), (1, EDITED, 1, "updated"), (1, ONE, 0, "unchanged")],
    "an older page from an archive": [(1, EDITED, 1, "stored"), (1, ONE, 0, "updated"), (1, ONE, 0, "unchanged")],
    "another URL of the article": [(1, ONE, 0, "stored"), (2, ONE, 1, "duplicate"), (2, ONE, 2, "unchanged")],
    "another URL with the same text": [(1, ONE, 0, "stored"), (2, TWO, 1, "duplicate"), (2, TWO, 2, "unchanged")],
    "a new text from another URL": [(1, ONE, 0, "stored"), (2, EDITED, 1, "updated")],
    "the canonical URL moved": [(1, ONE, 0, "stored"), (1, TWO, 1, "unchanged")],
    "one short notice on two pages": [(1, article(1, NOTICE), 0, "stored"), (2, article(2, NOTICE), 0, "stored")],
    "one short item on two pages": [(1, article(1, NOTICE, headline="Rain"), 0, "stored"),
                                    (2, article(2, NOTICE, headline="Rain"), 0, "duplicate")],
    "two empty pages": [(1, article(1, "", removed=()), 0, "stored"), (2, article(2, "", removed=()), 0, "stored")],
}  # fmt: skip


@pytest.mark.parametrize("name", HISTORIES)
def test_an_article_is_its_canonical_url_or_its_text(in_session: InSession, engine: Engine, name: str) -> None:
    async def crawl(step: tuple[int, Article, int, str], session: CrawlSession) -> None:
        number, result, hours, expected = step
        assert (await write(session, number, result, fetched_at=NOW + hours * HOUR)).kind == expected

    for step in HISTORIES[name]:
        in_session(partial(crawl, step))
    kinds = [kind for *_, kind in HISTORIES[name]]
    assert len(list_articles(engine)) == kinds.count("stored")
    assert count(engine, Revision) == kinds.count("stored") + kinds.count("updated")


def test_the_newest_page_is_the_text_and_older_texts_stay(in_session: InSession, engine: Engine) -> None:
    older, newer = ONE, replace(rich_article(1), text=EDITED.text)

    async def one(session: CrawlSession) -> None:
        await write(session, 1, older)

    async def two(session: CrawlSession) -> None:
        await write(session, 1, newer, fetched_at=NOW + HOUR)

    async def three(session: CrawlSession) -> None:
        await write(session, 1, article(1, TEXT + "A draft."), fetched_at=NOW - HOUR)

    for crawl in (one, two, three):
        in_session(crawl)
    row = find_article(engine, 1)
    assert row is not None
    assert (row.text, row.authors, row.revision, row.fetched_at) == (newer.text, newer.authors, 2, NOW + HOUR)
    assert (row.first_seen_at, row.last_seen_at) == (NOW - HOUR, NOW + HOUR)
    with engine.connect() as connection:
        texts = connection.execute(select(Revision.text, Revision.cause).order_by(Revision.revision)).all()
    assert texts == [(older.text, "first"), (None, "publisher_edit"), (TEXT + "A draft.", "publisher_edit")]
    assert count(engine, RemovedBlock) == 3


def test_a_second_write_in_the_same_run_changes_nothing(in_session: InSession, engine: Engine) -> None:
    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [])])
        [lease], _ = await session.take("herald", [link(1)])
        one, two = visit(lease, rich_article(1), page=page(lease)), visit(lease, rich_article(1), page=page(lease))
        first = session.write(one)
        outcomes = [await first, await session.write(two), await session.write(one)]
        assert [outcome.kind for outcome in outcomes] == ["stored", "unchanged", "unchanged"]
        assert {outcome.article_id for outcome in outcomes} == {1}

    in_session(crawl)
    assert count(engine, Author) == 2


def test_facts_that_changed_with_the_same_text_are_the_new_ones(in_session: InSession, engine: Engine) -> None:
    async def one(session: CrawlSession) -> None:
        await write(session, 1, article(1))

    async def two(session: CrawlSession) -> None:
        now = replace(rich_article(1), headline="Budget passes", text=article(1).text)
        assert (await write(session, 1, now, fetched_at=NOW + HOUR)).kind == "unchanged"
        other_url = replace(article(1), headline="AMP")
        assert (await write(session, 2, other_url, fetched_at=NOW + HOUR)).kind == "duplicate"

    in_session(one)
    in_session(two)
    row = find_article(engine, 1)
    assert row is not None
    assert (row.headline, row.authors, len(row.tickers)) == ("Budget passes", ("Ann Lee", "Bo Li"), 2)
    assert row.urls == (link(1).url, link(2).url)


def test_a_portals_link_to_another_outlet_is_that_outlets_article(in_session: InSession, engine: Engine) -> None:
    tribune = Outlet("tribune", "Tribune", "https://tribune.example/")

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [])])
        leases, _ = await session.take("herald", [link(1), link(2)])
        for number, lease in enumerate(leases):
            away = replace(page(lease), outlet=tribune)
            assert (await session.write(visit(lease, article(number, outlet="tribune"), page=away))).kind == "stored"

    in_session(crawl)
    assert {line.outlet for line in list_articles(engine)} == {"tribune"}


def test_short_blocks_are_counted_over_distinct_articles(in_session: InSession, engine: Engine) -> None:
    """The notice and two lines of TEXT stand in all three, however often one article is edited."""
    notice = "Published at 10:{} today"
    texts = [f"Only here {'x' * n}.\n{notice.format(n)}\n{TEXT} {'y' * n}" for n in range(1, 4)]
    repeated = [article(n, text, removed=()) for n, text in enumerate(texts, 1)]

    async def one(session: CrawlSession) -> None:
        await write(session, 1, repeated[0])
        await write(session, 2, repeated[1])

    async def two(session: CrawlSession) -> None:
        await write(session, 1, replace(repeated[0], text=TEXT), fetched_at=NOW + HOUR)
        await write(session, 3, repeated[2])

    async def three(session: CrawlSession) -> None:
        await write(session, 1, repeated[0], fetched_at=NOW + 2 * HOUR)

    for crawl in (one, two, three):
        in_session(crawl)
    with engine.connect() as connection:
        rows = connection.execute(select(RepeatedBlock.articles, RepeatedBlock.text)).all()
    assert sorted(articles for articles, _ in rows) == [1] * 7 + [3] * 3
    kept = {block for articles, block in rows if articles > 1}
    assert notice.format(3) in kept or notice.format(2) in kept
    assert {block for articles, block in rows if articles == 1} == {None}


NASTY = "a\x00b\x1bc\ud800d\u202ee\r\nf"
CLEAN = "abcde\nf"


def test_no_string_brings_control_characters_into_the_store(in_session: InSession, engine: Engine) -> None:
    nasty = replace(
        rich_article(1),
        text=f"First {NASTY}\n{TEXT}",
        headline=NASTY,
        authors=(NASTY,),
        tags=(NASTY, "x" * 9_000),
        section=NASTY,
        wire=NASTY,
        description=NASTY,
        image_url=NASTY,
        language=replace(rich_article(1).language, declared=NASTY),
        access=replace(rich_article(1).access, reason=NASTY),
        published=replace(rich_article(1).published, raw=NASTY, source=NASTY),
        removed=(
            Removed("share", NASTY, NASTY, 0.5, 0),
            Removed("share", " tail", "r", 0.5, len(f"First {NASTY}")),
        ),
    )

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(replace(HERALD, name=NASTY, homepage=NASTY), [])])
        [lease], _ = await session.take("herald", [link(1, headline=NASTY, language=NASTY, tickers=(NASTY,))])
        body = replace(page(lease), charset=NASTY)
        outcome = await session.write(visit(lease, nasty, page=body, final_url=NASTY, headers={"content-type": NASTY}))
        assert outcome.kind == "stored"

    in_session(crawl)
    row = find_article(engine, 1)
    assert row is not None
    assert row.text == f"First {CLEAN}\n{TEXT}"
    assert (row.headline, row.authors, row.outlet_name, row.wire) == (CLEAN, (CLEAN,), CLEAN, CLEAN)
    assert (row.tags[0], len(row.tags[1])) == (CLEAN, 500)
    assert (row.removed[0].text, row.removed[0].rule) == (CLEAN, CLEAN)
    assert row.removed[1].cut_at == len(f"First {CLEAN}")
    assert row.published is not None
    assert row.published.raw == CLEAN


def test_a_visit_that_the_store_refuses_fails_alone(in_session: InSession, engine: Engine) -> None:
    bad = article(3, access=replace(article(3).access, observed="pay-per-view"))
    broken = article(5, removed=(Removed("share", "x", "r", 0.5, 2**70),))
    early = article(7, published=replace(rich_article(7).published, at=NOW.replace(tzinfo=None)))

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [])])
        leases, _ = await session.take("herald", [link(n) for n in range(9)])
        results = [{3: bad, 5: broken, 7: early}.get(n, article(n)) for n in range(9)]
        pairs = zip(leases, results, strict=True)
        outcomes = await asyncio.gather(*(session.write(visit(lease, result)) for lease, result in pairs))
        assert [n for n, outcome in enumerate(outcomes) if outcome == Outcome("failed", "store_error")] == [3, 5, 7]
        assert sum(outcome.kind == "stored" for outcome in outcomes) == 6

    in_session(crawl)
    assert len(list_articles(engine)) == 6
