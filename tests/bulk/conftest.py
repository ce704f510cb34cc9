"""WARC files, what the warc spider makes of them in one process, and the rows of databases side by side."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from newscrawl.store.engine import open_engine
from tests.crawling import Crawler
from tests.warcs import mixed, write

# What a run leaves behind, but for numbers of rows, and for when and by whom it was done.
ROWS = {
    "outlets": "SELECT slug, name, homepage, domains FROM outlets",
    "urls": """
        SELECT u.url, u.url_key, o.slug, u.state, u.attempts, u.outcome, u.reason, a.canonical_url
        FROM urls u JOIN outlets o ON o.id = u.outlet_id LEFT JOIN articles a ON a.id = u.article_id""",
    "fetches": """
        SELECT u.url, f.fetched_at, f.final_url, f.status, f.outcome, f.reason, f.detail, p.part, p.content_type,
               p.charset, p.sha256, p.bytes, p.warc_offset, p.warc_length
        FROM fetches f JOIN urls u ON u.id = f.url_id LEFT JOIN pages p ON p.fetch_id = f.id""",
    "articles": """
        SELECT o.slug, a.canonical_url, a.headline, a.text, a.text_hash, a.language, a.published_at, a.access,
               a.completeness, a.revision, a.first_seen_at, a.last_seen_at, r.cause, r.rules_version
        FROM articles a JOIN outlets o ON o.id = a.outlet_id JOIN article_revisions r ON r.article_id = a.id""",
    "cuts": """
        SELECT a.canonical_url, b.position, b.kind, b.rule, b.score, b.text, b.cut_at
        FROM removed_blocks b JOIN article_revisions r ON r.id = b.revision_id
        JOIN articles a ON a.id = r.article_id""",
    "repeated": """
        SELECT o.slug, b.block_key, b.articles, b.text, b.recent, b.closing, b.share, b.state
        FROM repeated_blocks b JOIN outlets o ON o.id = b.outlet_id""",
    "accounts": """
        SELECT o.slug, SUM(stored), SUM(updated), SUM(unchanged), SUM(duplicate), SUM(rejected), SUM(failed),
               SUM(pending), SUM(chars_kept), SUM(chars_removed)
        FROM run_outlets c JOIN outlets o ON o.id = c.outlet_id GROUP BY o.slug""",
    "yields": """
        SELECT o.slug, SUM(y.dated), SUM(y.authored), SUM(y.gated)
        FROM outlet_yields y JOIN outlets o ON o.id = y.outlet_id GROUP BY o.slug""",
    "words": "SELECT COUNT(*) FROM articles",
}  # fmt: skip
Rows = dict[str, list[tuple[str, ...]]]


def rows(url: str) -> Rows:
    """The rows of a database as sorted lines."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return {
                name: sorted(tuple(map(plain, row)) for row in connection.execute(text(query)))
                for name, query in ROWS.items()
            }
    finally:
        engine.dispose()


def in_any_order(rows: Rows) -> Rows:
    """What does not depend on which of several tasks wrote first: how a repeated block is shown does."""
    return rows | {"repeated": [row[:3] for row in rows["repeated"]]}


def plain(value: object) -> str:
    """The same for both databases."""
    if hasattr(value, "isoformat"):
        value = value.isoformat()
    if isinstance(value, str):
        return value.replace("T", " ").removesuffix("+00:00").removesuffix(".000000")
    return f"{float(value):g}" if isinstance(value, int | float) or hasattr(value, "as_tuple") else str(value)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four files; stories, refusals, and URLs and texts that come again, also in another file."""
    folder = tmp_path_factory.mktemp("warcs")
    members = [mixed(30 * n, 30) for n in range(4)]
    members[3].append(members[0][2])
    return [write(folder / f"news-{n}.warc.gz", content) for n, content in enumerate(members)]


@pytest.fixture(scope="session")
def crawled(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """What the warc spider stores of them."""
    crawler = Crawler(tmp_path_factory.mktemp("crawled"))
    crawler.run("warc", f"files={','.join(map(str, files))}")
    return rows(crawler.database_url)


Bulk = Callable[..., dict[str, Any]]


@pytest.fixture
def bulk(tmp_path: Path) -> Bulk:
    """`newscrawl bulk --json` as a process; what it prints, with the exit status as `status`."""
    from tests import commands

    def run(*arguments: object) -> dict[str, Any]:
        done: subprocess.CompletedProcess[str] = commands.run("bulk", *map(str, arguments), "--json", cwd=tmp_path)
        assert done.returncode in (0, 3), done.stderr
        return {**json.loads(done.stdout), "status": done.returncode, "told": done.stderr}

    return run
