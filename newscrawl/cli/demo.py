"""`newscrawl demo`: the whole way from a small invented news web to the database, on this machine alone."""

from __future__ import annotations

import os
import shlex
import threading
from collections import defaultdict
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.crawl import report, run
from newscrawl.cli.database import reading
from newscrawl.cli.demoweb import OUTLETS, DemoWeb
from newscrawl.cli.terminal import CommandError, clip, say, table
from newscrawl.cli.words import reason_text
from newscrawl.items import Removed

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from newscrawl.store.queries import ArticleRow

EPILOG = "Example: newscrawl demo"
DEFAULT_DB = "newscrawl.db"
SLUGS = tuple(sorted(path.stem for path in OUTLETS.glob("*.yaml")))


def demo(
    db: Annotated[
        str, typer.Option("--db", metavar="URL", help="Database to fill: a URL, or the path of an SQLite file.")
    ] = DEFAULT_DB,
    serve: Annotated[bool, typer.Option("--serve", help="Only serve the web, until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Of the web's proxy; 0: a free one.")] = 0,
) -> int:
    """Crawl a small invented news web that runs on this machine, and show what came of it.

    The pages of four outlets in four languages are part of newscrawl. A proxy on this machine answers for their hosts,
    so that the real crawler fetches, archives, extracts, cleans and stores them.
    """
    try:
        web = DemoWeb(port)
    except OSError as error:
        raise CommandError(f"--port {port}: {error.strerror}; 0 takes a free one") from error
    with web:
        if serve:
            return _serve(web)
        status = _crawl(web, db)
    if status in (0, 3):
        with reading(db) as engine:
            _show(engine, db)
    return status


def _serve(web: DemoWeb) -> int:
    say(f"The demo web answers at {web.proxy} for:")
    for host in web.hosts:
        say(f"  http://{host}/")
    say("Try, from another terminal:")
    say(f"  newscrawl outlets add http://{web.hosts[0]}/ --proxy {web.proxy} --allow-private")
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    return 0


def _crawl(web: DemoWeb, db: str) -> int:
    from newscrawl.spiders.launch import CrawlOptions, run_news

    say(f"A news web of {len(SLUGS)} invented outlets runs at {web.proxy}; crawling it into {db} …")
    options = CrawlOptions(
        database_url=db, outlet_folders=(OUTLETS,), proxy=web.proxy, allow_private=True, log_level="ERROR"
    )
    result = run(lambda options, progress: run_news(SLUGS, options, progress), options, quiet=False)
    return report(result, db, quiet=False, json=False)


def _show(engine: Engine, db: str) -> None:
    from newscrawl.store.queries import find_article, list_articles

    rows = [line for slug in SLUGS for line in list_articles(engine, 100, outlet=slug)]
    say()
    columns = [">id", "outlet", "lang", "published", "text", ">cuts", "headline"]
    cells = [
        (row.id, row.outlet, row.language, _day(row.published_at), row.completeness, row.removed, row.headline)
        for row in rows
    ]
    table(columns, cells, title="Stored")
    if wires := [f"{row.wire} (article {row.id})" for row in rows if row.wire]:
        say(f"Copy of agencies: {', '.join(wires)}")
    articles = [article for row in rows if (article := find_article(engine, row.id))]
    _show_cuts(articles)
    rejected = _show_rejected(engine)
    _show_next(articles, rejected, db)


def _show_cuts(articles: list[ArticleRow]) -> None:
    by_kind: dict[str, list[Removed]] = defaultdict(list)
    for article in articles:
        for removed in article.removed:
            by_kind[removed.kind].append(removed)
    rows = []
    for kind, cuts in sorted(by_kind.items(), key=lambda pair: -len(pair[1])):
        longest = max(cuts, key=lambda removed: len(removed.text))
        rows.append((kind, len(cuts), longest.rule, clip(longest.text, 100)))
    say()
    table(["kind", ">times", "rule", "for instance"], rows, title="Cut from their texts, and kept beside them")


def _show_rejected(engine: Engine) -> list[str]:
    """Print the URLs that gave no article, and why; their list."""
    from sqlalchemy import text

    query = text(
        "SELECT DISTINCT url, outlet, reason FROM url_trace "
        "WHERE outcome IN ('rejected', 'failed') AND article_id IS NULL ORDER BY outlet, url"
    )
    with engine.connect() as connection:
        found = [(row.url, row.outlet, row.reason) for row in connection.execute(query) if row.outlet in SLUGS]
    say()
    say("Not stored", "bold")
    for url, _, reason in found:
        say(f"{url}: {reason_text(reason)}")
    return [url for url, _, _ in found]


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""


def _show_next(articles: list[ArticleRow], rejected: list[str], db: str) -> None:
    option = f" --db {shlex.quote(db)}" if db != DEFAULT_DB or os.environ.get("NEWSCRAWL_DATABASE_URL") else ""
    most_cut = max(articles, key=lambda article: len(article.removed), default=None)
    say()
    say("What to try next", "bold")
    if most_cut:
        say(f"  newscrawl show {most_cut.id} --removed{option}")
    for url in rejected[-1:]:
        say(f"  newscrawl why {shlex.quote(url)}{option}")
    say(f"  newscrawl search ferry{option}")
    say("  newscrawl outlets list")
