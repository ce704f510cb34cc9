"""Pages that are asked for again, and many URLs of one story: real servers, the real crawler, both databases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update

from newscrawl.store.engine import open_engine
from newscrawl.store.models import Url
from newscrawl.store.queries import find_article, list_articles
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, Web, serve

NOTICE = "<p>Correction: The northern pier is to be rebuilt, not the southern one, the board said later.</p>"


@pytest.fixture
def web():
    with serve() as web:
        yield web


def page_of(name: str) -> str:
    published = (datetime.now(UTC) - timedelta(minutes=10)).isoformat(timespec="seconds")
    return article_page(f"Story {name} of the harbour", place=name.title(), published=published)


def publish(web: Web, *names: str) -> None:
    """Publish stories, and a feed of them; each with validators of its own."""
    for name in names:
        headers = {"ETag": f'"{name}"', "Last-Modified": "Fri, 20 Nov 2026 08:00:00 GMT"}
        web.answers[f"/2026/story-{name}"] = Answer(page_of(name), headers=headers)
    web.answers["/feed"] = Answer(rss([web.url(f"/2026/story-{name}") for name in names]))


def make_due(engine: Engine) -> None:
    """Let every revisit that is planned be due."""
    with engine.begin() as connection:
        connection.execute(
            update(Url).where(Url.revisit_at.is_not(None)).values(revisit_at=datetime(2026, 1, 1, tzinfo=UTC))
        )


def came_to(engine: Engine) -> dict[str, str]:
    """What each URL came to last, by the end of its path."""
    with engine.connect() as connection:
        rows = connection.execute(select(Url.url, Url.outcome, Url.reason)).all()
    return {url.rsplit("-", 1)[1]: reason or outcome for url, outcome, reason in rows}


def test_pages_are_asked_for_again_and_every_answer_is_counted(web: Web, tmp_path: Path) -> None:
    crawler = Crawler(tmp_path)
    engine = open_engine(crawler.database_url)
    publish(web, "same", "edited", "lost", "taken", "moved")
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    crawler.run("news", "outlet=harbour")
    assert crawler.summary().counts.stored == 5

    edited = page_of("edited").replace("before the winter storms", "after the winter storms")
    web.answers["/2026/story-edited"] = Answer(edited.replace("</article>", NOTICE + "</article>"))
    web.answers["/2026/story-lost"] = Answer("Not found", 404)
    web.answers["/2026/story-taken"] = Answer("Gone", 410)
    web.answers["/2026/story-moved"] = Answer("", 301, {"Location": "/"})
    web.answers["/"] = Answer("<a href='/2026/story-same'>A headline of some length</a>")
    web.answers["/2026/story-new"] = Answer(page_of("new"))
    web.answers["/feed"] = Answer(rss([web.url("/2026/story-new")]))
    make_due(engine)
    web.asked.clear()
    crawler.run("news", "outlet=harbour")
    summary = crawler.summary()
    counts = summary.counts
    assert (counts.seen, counts.stored, counts.updated, counts.unchanged, counts.failed) == (6, 1, 1, 4, 0)
    assert (summary.balanced, summary.run.status) == (True, "ok")
    gone = {"lost": "missing", "taken": "gone", "moved": "gone"}
    assert came_to(engine) == {"same": "not_modified", "edited": "updated", "new": "stored", **gone}
    stories = [asked for asked in web.asked if "story" in asked.path]
    assert stories[0].path == "/2026/story-new"
    same = next(asked.headers for asked in stories if asked.path == "/2026/story-same")
    assert (same["If-None-Match"], same["If-Modified-Since"]) == ('"same"', "Fri, 20 Nov 2026 08:00:00 GMT")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM pages")) == 8  # none of a 304, a 404 or a 410

    article = find_article(engine, web.url("/2026/story-edited"))
    assert article is not None
    assert article.revisions[1].correction is not None
    assert article.revisions[1].correction.startswith("Correction: The northern pier")
    assert "after the winter storms" in article.text

    make_due(engine)
    crawler.run("news", "outlet=harbour")
    assert crawler.summary().counts.unchanged == 4
    assert came_to(engine)["lost"] == "gone"
    gone = [find_article(engine, web.url(f"/2026/story-{name}")) for name in ("lost", "taken", "moved")]
    assert all(article is not None and article.gone_at and article.text for article in gone)

    web.asked.clear()
    crawler.run("urls", f"urls={web.url('/2026/story-same')}", "again=1")
    assert crawler.summary().counts.unchanged == 1
    assert all("If-None-Match" not in asked.headers for asked in web.asked)
    engine.dispose()


HOST = "http://www.harbour.example"
VARIANTS = {  # URL -> its canonical link, and whether it is ever asked for
    f"{HOST}/2026/pier-1": ("", True),
    f"{HOST}/2026/pier-1?utm_source=rss&fbclid=x": ("", False),
    f"{HOST}/2026/pier-1/amp/": ("", False),
    f"{HOST}/2026/pier-1?outputType=amp": ("", False),
    f"{HOST}/2026/pier-1?amp=1": ("", False),
    "http://amp.harbour.example/2026/pier-1": ("", False),
    "http://m.harbour.example/2026/pier-1": ("", False),
    "http://mobile.harbour.example/2026/pier-1": ("", False),
    f"{HOST}/2026/pier-1?print=1": ("", False),
    f"{HOST}/2026/pier-1/print": ("", False),
    f"{HOST}/2026/google-amp/pier-1": (f"{HOST}/2026/pier-1", True),  # says whose it is, with another text
    f"{HOST}/local/pier-1": ("", True),  # syndicated: the same text, and not a word of the other
}  # fmt: skip


def test_every_variant_of_a_story_leads_to_one_article(web: Web, tmp_path: Path) -> None:
    crawler = Crawler(tmp_path)
    page = page_of("one")
    for url, (canonical, _) in VARIANTS.items():
        head = f'<head><link rel="canonical" href="{canonical}">'
        shorter = page.replace("<head>", head).replace(" before the winter storms", "")
        web.answers[url] = Answer(shorter if canonical else page)
    web.answers[f"{HOST}/feed"] = Answer(rss(list(VARIANTS)))
    crawler.outlet(f"{HOST}/", ("rss", f"{HOST}/feed"), domains=["harbour.example"])
    crawler.run("news", "outlet=harbour", NEWSCRAWL_PROXY=web.url(""))
    counts = crawler.summary().counts
    assert (counts.stored, counts.duplicate, counts.updated) == (1, 2, 0), (tmp_path / "log.txt").read_text()
    asked = [path for path in web.paths() if "pier" in path]
    assert sorted(asked) == sorted(url for url, (_, is_asked) in VARIANTS.items() if is_asked)

    engine = open_engine(crawler.database_url)
    [line] = list_articles(engine)
    article = find_article(engine, line.id)
    assert article is not None
    assert (article.canonical_url, article.revision) == (f"{HOST}/2026/pier-1", 1)
    assert "before the winter storms" in article.text
    make_due(engine)
    web.asked.clear()
    crawler.run("news", "outlet=harbour", NEWSCRAWL_PROXY=web.url(""))
    assert [path for path in web.paths() if "pier" in path] == [f"{HOST}/2026/pier-1"]
    engine.dispose()
