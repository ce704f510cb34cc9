"""newscrawl as a library: what its documentation shows works, and importing it costs nothing."""

from __future__ import annotations

import asyncio
import doctest
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import newscrawl
from newscrawl import Article, Filter, Rejection, extract, library, open_store
from newscrawl.items import Outlet
from newscrawl.store import reader
from newscrawl.store.engine import StoreError
from newscrawl.store.filters import FilterError
from newscrawl.store.session import CrawlSession
from newscrawl.strip import splice
from tests.pages import article_page
from tests.records import HERALD, article, rich_article
from tests.store.export.filled import write

URL = "https://herald.example/2026/06/02/pier"


@pytest.fixture
def store_url(database_url: str) -> str:
    """A store of two articles, the second of them edited once."""

    async def crawl(*wanted: Article, again: bool = False) -> None:
        session = await CrawlSession.open(database_url, command="test")
        await session.claim([(HERALD, [])])
        await write(session, wanted, again=again)
        await session.close("finished", "ok", 0)

    first = replace(article(1), headline="Harbour opens", authors=("Ann Lee",))
    asyncio.run(crawl(first, rich_article(2)))
    asyncio.run(crawl(replace(rich_article(2), text="Another text. " * 30, removed=()), again=True))
    return database_url


def test_an_article_from_a_page() -> None:
    page = article_page("The pier is open")
    now = datetime(2026, 6, 3, tzinfo=UTC)
    found = extract(page, URL, fetched_at=now)
    assert isinstance(found, Article)
    assert (found.headline, found.outlet, found.canonical_url) == ("The pier is open", "herald.example", URL)
    assert extract(page.encode(), URL, fetched_at=now) == found
    assert extract(page.encode("utf-16"), URL, charset="utf-16", fetched_at=now) == found
    named = extract(page, URL, outlet=Outlet("herald", "The Herald"), fetched_at=now)
    assert isinstance(named, Article)
    assert named.outlet == "herald"


@pytest.mark.parametrize(("html", "url"), [("", URL), (b"\xff\x00", URL), ("<p>x", ""), ("<p>\ud800", "not a URL")])
def test_a_page_that_is_no_article_is_an_answer(html: str | bytes, url: str) -> None:
    assert isinstance(extract(html, url), Rejection)


def test_a_store_gives_rows(store_url: str) -> None:
    with open_store(store_url) as store:
        first, second = store.articles()
        assert (first.headline, first.authors, first.language.tag) == ("Harbour opens", ("Ann Lee",), "en")
        assert store.article(1) == first == store.article(first.canonical_url)
        assert store.article(77) is None
        assert [cut.kind for cut in store.removed(1)] == ["newsletter"]
        assert splice(first.text, store.removed(1)).endswith("Sign up for our newsletter")
        assert (store.removed(2), store.removed(77)) == ((), ())
        assert (store.count(), store.count(Filter(wires=("Kyodo",))), store.count(Filter(reserved=False))) == (2, 1, 1)
        assert [row.id for row in store.articles(Filter(wires=("Kyodo",)))] == [second.id]
        assert [row.cause for row in second.revisions] == ["first", "publisher_edit"]
        before = store.revision(2, 1)
        assert before is not None
        assert before.text == rich_article(2).text
        assert store.revision(2, 3) is None
        with pytest.raises(FilterError, match="nearest: herald"):
            next(store.articles(Filter(outlets=("heralt",))))


def test_a_store_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"none\.db: no such database"):
        open_store(tmp_path / "none.db")


def test_a_time_of_a_filter_has_an_offset() -> None:
    with pytest.raises(ValueError, match="since: expected a time with an offset"):
        Filter(since=datetime(2026, 6, 1))  # noqa: DTZ001


def test_the_examples_of_the_documentation_work(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def whole() -> None:
        session = await CrawlSession.open(sqlite_database, command="test")
        await session.claim([(HERALD, [])])
        await write(session, [replace(article(1), headline="Harbour opens", authors=("Ann Lee",))])
        await session.close("finished", "ok", 0)

    asyncio.run(whole())
    monkeypatch.chdir(tmp_path)
    for module in (library, reader):
        done = doctest.testmod(module)
        assert (done.failed, done.attempted > 0) == (0, True)


IMPORTS = """
import sys, newscrawl
heavy = [name for name in ("scrapy", "twisted", "sqlalchemy", "trafilatura", "lxml") if name in sys.modules]
assert not heavy, heavy
{}
from newscrawl import extract, open_store
assert callable(extract) and callable(newscrawl.extract)
assert "scrapy" not in sys.modules and "twisted" not in sys.modules
from newscrawl.extract.body import extract_body
assert extract("<p>x", "https://a.example/").reason
"""


@pytest.mark.parametrize("before", ["", "import newscrawl.extract", "import newscrawl.library, newscrawl.store.reader"])
def test_importing_it_is_light_and_free_of_scrapy(before: str) -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS.format(before)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_all_that_is_named_is_there() -> None:
    assert all(getattr(newscrawl, name) is not None for name in newscrawl.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'crawl_all'"):
        newscrawl.crawl_all  # noqa: B018
