"""A line that closes the articles of an outlet is learnt by one crawl and cut by the next."""

from __future__ import annotations

from pathlib import Path

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import find_article, list_articles
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, serve

FOOT = "The Harbour Post on every screen"


def test_what_one_crawl_learns_the_next_one_cuts(tmp_path: Path) -> None:
    with serve() as web:
        crawler = Crawler(tmp_path)
        crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
        for numbers in (range(4), range(4, 6)):
            for n in numbers:
                page = article_page(f"Story {n}", place=f"Port {chr(65 + n)}")
                web.answers[f"/2026/story-{n}"] = Answer(page.replace("</article>", f"<p>{FOOT}</p></article>"))
            web.answers["/feed"] = Answer(rss([web.url(f"/2026/story-{n}") for n in numbers]))
            assert crawler.run("news", "outlet=harbour").returncode == 0
    engine = open_engine(crawler.database_url, read_only=True)
    try:
        found = [find_article(engine, line.id) for line in list_articles(engine)]
    finally:
        engine.dispose()
    cut = {row.headline: [cut.rule for cut in row.removed if cut.text == FOOT] for row in found if row is not None}
    assert cut == {f"Story {n}": [] if n < 4 else ["repeated/outlet"] for n in range(6)}
