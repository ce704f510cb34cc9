"""A copy of a part of a store, from both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from newscrawl.items import Rejection
from newscrawl.store.copying import copy_store
from newscrawl.store.engine import open_engine
from newscrawl.store.models import Article, Base, RepeatedBlock
from newscrawl.store.models.stories import WORKING
from newscrawl.store.queries import find_article, trace
from newscrawl.store.search import search
from newscrawl.store.session import CrawlSession
from tests.records import FEED, HERALD, link, rich_article, source_visit, visit


@pytest.fixture
def source(database_url: str) -> Iterator[Engine]:
    """A store of three articles from two runs, and a page that gave none."""

    async def fill() -> None:
        for numbers in ((1, 2), (3, 4)):
            session = await CrawlSession.open(database_url, command="test")
            await session.claim([(HERALD, [FEED])])
            await session.discover(source_visit(*(link(n) for n in numbers)))
            for lease in await session.lease({"herald": 9}):
                number = int(lease.url.rsplit("/", 1)[1])
                found = Rejection(lease.url, "http_404") if number == 4 else rich_article(number)
                await session.write(visit(lease, found))
            await session.assess({})
            await session.close("finished", "ok", 0)

    asyncio.run(fill())
    engine = open_engine(database_url, read_only=True)
    yield engine
    engine.dispose()


def rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table is not RepeatedBlock.__table__ and table.name not in WORKING
        }


def copied(source: Engine, folder: Path, newest: int) -> tuple[Engine, int, list[str]]:
    said: list[str] = []
    url = f"sqlite:///{folder / 'copy.db'}"
    count = copy_store(source, url, newest, said.append)
    return open_engine(url, read_only=True), count, said


def test_a_copy_of_all_articles_is_the_store(source: Engine, tmp_path: Path) -> None:
    copy, count, said = copied(source, tmp_path, 100)
    assert (count, rows(copy)) == (3, rows(source))
    assert "articles: 3 rows copied" in said
    for number in (1, 2, 3):
        assert find_article(copy, number) == find_article(source, number)
    assert trace(copy, "https://herald.example/story/4") == trace(source, "https://herald.example/story/4")
    assert [hit.id for hit in search(copy, "council budget")] == [hit.id for hit in search(source, "council budget")]
    copy.dispose()


def test_a_copy_of_the_newest_articles_leaves_out_what_belongs_to_the_others(source: Engine, tmp_path: Path) -> None:
    copy, count, _ = copied(source, tmp_path, 1)
    assert count == 1
    with copy.connect() as connection:
        assert connection.scalars(select(Article.id)).all() == [3]
    found, stored = find_article(copy, 3), find_article(source, 3)
    assert found is not None
    assert stored is not None
    assert replace(found, origins=()) == replace(stored, origins=())
    assert [origin.source_id for origin in found.origins] == [1, None]  # of an article that was not copied
    counts = rows(copy)
    assert (counts["articles"], counts["article_revisions"], counts["article_authors"]) == (1, 1, 2)
    assert counts["outlets"] == 1
    assert trace(copy, "https://herald.example/story/4") is not None
    assert [hit.id for hit in search(copy, "council")] == [3]
    copy.dispose()


def test_a_store_without_articles_can_be_copied(database_url: str, tmp_path: Path) -> None:
    empty = open_engine(database_url, read_only=True)
    copy, count, _ = copied(empty, tmp_path, 10)
    assert (count, set(rows(copy).values())) == (0, {0})
    copy.dispose()
    empty.dispose()
