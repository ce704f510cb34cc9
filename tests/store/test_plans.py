"""What the README's queries and the commands read of a database: rows that are looked for come by an index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import find_article, run_summary
from tests.bench.fill import fill
from tests.bench.plan import Plan
from tests.bench.queries import command_reads, driver_sql, readme_queries, scans, statements_of

WHOLE = ("GROUP BY", "outlet_health", "NOT LIKE")  # these look at every row, and have to
FEW = 50  # outlets, sources and runs there are less of


@pytest.fixture
def full(engine: Engine, database_url: str) -> Iterator[Engine]:
    """A reader of a small full database."""
    fill(engine, Plan(articles=400, outlets=20))
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
            # Few rows are read faster than an index is.
            connection.execute(text(f"ALTER DATABASE {engine.url.database} SET enable_seqscan = off"))
    reader = open_engine(database_url, read_only=True)
    yield reader
    reader.dispose()


def test_what_is_looked_for_is_found_by_an_index(full: Engine) -> None:
    searches = [query for query in readme_queries() if not any(word in query for word in WHOLE)]
    assert len(searches) == 10
    asked = [(query, driver_sql(full, query), None) for query in searches] + [
        (name, *sent) for name, read in command_reads(full).items() for sent in statements_of(full, read)
    ]
    with full.connect() as connection:
        found = {name: scans(connection, *sent, big=FEW) for name, *sent in asked}
    assert {name: tables for name, tables in found.items() if tables} == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL's planner does after VACUUM alone
def test_what_is_counted_over_all_articles_is_read_from_an_index(full: Engine) -> None:
    for query in (
        "SELECT SUM(articles) FROM daily_counts",
        "SELECT outlet, wire, COUNT(*) FROM clean_articles WHERE completeness = 'full' GROUP BY outlet, wire",
    ):
        with full.connect() as connection:
            assert scans(connection, query, big=FEW) in (["articles covering"], []), query


def test_an_invented_crawl_holds_together(full: Engine) -> None:
    article, summary = find_article(full, 3), run_summary(full, 12)
    assert article is not None
    assert article.revision == len(article.revisions) == 2
    assert article.removed
    assert summary is not None
    assert summary.balanced, summary
    listed = "SELECT authors, tickers FROM clean_articles WHERE authors IS NOT NULL AND tickers IS NOT NULL ORDER BY id"
    with full.connect() as connection:
        authors, tickers = connection.execute(text(listed)).first() or ("", "")
        edits = connection.execute(text("SELECT article_id, headline_before FROM article_edits ORDER BY article_id"))
        assert edits.first() == (3, article.headline)
    assert "Author " in authors
    assert ":" in tickers
