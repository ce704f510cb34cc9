"""Articles put into a store as a crawl would have, without one: for tests and measurements of stories."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, update

from newscrawl.dedup import Told
from newscrawl.store.models import Article, Fetch, Outlet, Revision, Run, Url
from newscrawl.store.stories.queue import queue_articles
from newscrawl.store.wordindex import update_article
from newscrawl.urls import url_key

MADE = {"code_version": "0", "rules_version": "0", "created_at": datetime(2026, 11, 20, 12, tzinfo=UTC)}
SEEN = datetime(2026, 11, 20, 12, tzinfo=UTC)


def read_told(path: Path) -> Iterator[Told]:
    """Articles of a file of JSON lines."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        names = ("id", "outlet", "language", "title", "text", "wire")
        yield Told(published=datetime.fromisoformat(row["published"]), **{name: row.get(name) for name in names})


def tell(connection: Connection, articles: Sequence[Told]) -> list[int]:
    """Store articles, and have them tied; their numbers."""
    outlets = _outlets(connection, {one.outlet for one in articles})
    fetch_id = connection.scalar(select(func.max(Fetch.id))) or _fetch(connection, min(outlets.values()))
    last = connection.scalar(select(func.max(Article.id))) or 0
    last_revision = connection.scalar(select(func.max(Revision.id))) or 0
    rows, revisions = [], []
    for n, one in enumerate(articles, 1):
        url, seen = f"https://{one.outlet}.example/{last + n}", one.published or SEEN
        text = {"headline": one.title, "text_hash": _digest(one.text), "chars": len(one.text), "revision": 1}
        told = {"language": one.language, "language_method": "words", "wire": one.wire, "published_at": one.published}
        told |= {"access": "free", "completeness": "full", "machine_translation": one.translated}
        own = {"id": last + n, "outlet_id": outlets[one.outlet], "canonical_url": url, "canonical_key": url_key(url)}
        rows.append({**own, **text, "text": one.text, "first_seen_at": seen, "last_seen_at": seen, **told})
        revised = {"id": last_revision + n, "fetch_id": fetch_id, "article_id": last + n, "text": None}
        revisions.append({**revised, **text, **MADE, "cause": "first"})
    connection.execute(insert(Article), rows)
    connection.execute(insert(Revision), revisions)
    numbers = [last + n for n in range(1, len(articles) + 1)]
    queue_articles(connection, numbers)
    return numbers


def retell(connection: Connection, article_id: int, title: str, text: str) -> None:
    """Give an article another text, as a publisher's edit does."""
    article = connection.execute(select(Article.revision, Article.text).where(Article.id == article_id)).one()
    same = Revision.article_id == article_id
    fetch_id = connection.scalar(select(func.max(Revision.fetch_id)).where(same))
    last = connection.scalar(select(func.max(Revision.id))) or 0
    superseded = update(Revision).where(same, Revision.revision == article.revision)
    connection.execute(superseded.values(text=article.text))
    now = {"headline": title, "text_hash": _digest(text), "chars": len(text), "revision": article.revision + 1}
    row = {"id": last + 1, "article_id": article_id, "fetch_id": fetch_id, "text": None, **now, **MADE}
    connection.execute(insert(Revision), [{**row, "cause": "publisher_edit"}])
    update_article(connection, article_id, {"text": text, **now})


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _fetch(connection: Connection, outlet_id: int) -> int:
    """A run that fetched one page, from which all texts are."""
    run = {"id": 1, "command": "test", "host": "", "pid": 1, "code_version": "0", "rules_version": "0"}
    connection.execute(insert(Run), [{**run, "started_at": SEEN, "heartbeat_at": SEEN, "status": "ok"}])
    url = {"id": 1, "outlet_id": outlet_id, "url": "https://all.example/", "url_key": url_key("https://all.example/")}
    at = {"due_at": SEEN, "rank_at": SEEN, "found_at": SEEN, "found_run_id": 1}
    connection.execute(insert(Url), [{**url, **at, "state": "done", "attempts": 0, "tickers": ""}])
    fetch = {"id": 1, "run_id": 1, "outlet_id": outlet_id, "url_id": 1, "taken_at": SEEN, "fetched_at": SEEN}
    connection.execute(insert(Fetch), [{**fetch, "outcome": "stored"}])
    return 1


def _outlets(connection: Connection, slugs: set[str]) -> dict[str, int]:
    known: dict[str, int] = dict(connection.execute(select(Outlet.slug, Outlet.id)).all())
    last = max(known.values(), default=0)
    new = {slug: last + n for n, slug in enumerate(sorted(slugs - known.keys()), 1)}
    facts = {
        "homepage": "",
        "kind": "publisher",
        "languages": "",
        "domains": "",
        "created_at": SEEN,
        "updated_at": SEEN,
    }
    if new:
        connection.execute(
            insert(Outlet), [{"id": id, "slug": slug, "name": slug, **facts} for slug, id in new.items()]
        )
    return known | new
