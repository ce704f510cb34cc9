"""Characters that a database, a terminal or a reader would choke on: none is in any text column after a crawl."""

from __future__ import annotations

import json
import re

from sqlalchemy import MetaData, String, select

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import list_articles
from tests.crawling import Crawler
from tests.pages import PARAGRAPHS
from tests.web import Answer, serve

REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff\U0001fffe\U0010ffff]"
)
# In the text itself, as UTF-8; lone surrogates and the rest only have other ways in.
BAD = "\x00\x01\x08\x0b\x1b[31m\x7f\x85\x9b2J\u2028\u202egnp.exe\u202c\u2066x\u2069"
BAD += "\ufdd0\ufeff\ufffe\uffff\U0001fffe\U0010ffff"
REFERENCES = "&#0;&#1;&#8;&#x1b;[31m&#127;&#x9b;&#x202e;&#xd800;&#xdfff;&#xfdd0;&#65534;&#xffff;&#x1fffe;&#x10ffff;"
ESCAPES = "".join(f"\\u{point:04x}" for point in (0, 1, 8, 0x1B, 0x7F, 0x9B, 0x202E, 0x2066, 0xD800, 0xDFFF, 0xFFFE))
SITEMAP = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def story(number: int, bad: str, head: str = "") -> bytes:
    """A page with bad characters wherever a page has text."""
    paragraphs = "".join(f"<p>{bad}{text.format(place=f'Port{bad} {number}')}{bad}</p>" for text in PARAGRAPHS)
    page = (
        f'<html lang="en{bad}"><head><title>Story{bad} {number} of the harbour</title>{head}'
        f'<meta name="author" content="Ann{bad} Lee"><meta property="article:section" content="Po{bad}rt">'
        f'<meta property="article:tag" content="pi{bad}er"><meta name="keywords" content="st{bad}orm, piers{bad}">'
        f'<meta name="description" content="A pier{bad} is rebuilt."><meta property="og:image" content="/i{bad}.jpg">'
        f'<meta property="article:published_time" content="2026-11-20T08:30:00+01:00{bad}">'
        f'<meta property="og:type" content="article"></head><body><article><h1>Story{bad} {number} of the harbour</h1>'
        f'<p class="byline">By Ann{bad} Lee</p>{paragraphs}<p>Share{bad} this article</p></article></body></html>'
    )
    return page.encode("utf-8", "surrogatepass")


def linked_data() -> str:
    facts = {
        "@type": "NewsArticle", "headline": "Story BAD 2 of the harbour", "author": [{"name": "Bo BAD Li"}],
        "articleSection": "Port BAD", "keywords": ["BAD pier", "stormBAD"], "description": "BAD",
        "datePublished": "2026-11-20T08:30:00+01:00 BAD", "inLanguage": "enBAD", "url": "/2026/story-2?BAD",
    }  # fmt: skip
    return f'<script type="application/ld+json">{json.dumps(facts).replace("BAD", ESCAPES)}</script>'


def test_no_text_column_holds_a_refused_character(tmp_path, database_url):
    with serve() as web:
        web.answers["/2026/story-0"] = Answer(story(0, BAD))
        web.answers["/2026/story-1"] = Answer(story(1, REFERENCES))
        web.answers["/2026/story-2"] = Answer(story(2, "", linked_data()))
        surrogates = {"Content-Type": "text/html; charset=\x1b[31mutf-8\x9b", "ETag": '"\x1b\x9b"', "X-A": "\x80"}
        web.answers["/2026/story-3"] = Answer(story(3, "\ud800 \udfff"), headers=surrogates)
        web.answers["/2026/story-4?%00%1b%C2%9B=%E2%80%AE"] = Answer(story(4, "").decode("utf-8").encode("utf-16"))
        web.answers["/2026/missing%00"] = Answer(status=404)
        urls = [web.url(path) for path in web.answers]
        items = "".join(f"<item><title>Story{REFERENCES[4:]} {BAD}</title><link>{url}</link></item>" for url in urls)
        feed = (
            f"<rss><channel><title>Feed{BAD}</title>{items}<item><link>{urls[0]}-5{BAD}</link></item></channel></rss>"
        )
        web.answers["/feed"] = Answer(feed, headers={"ETag": '"a\x1b\x9b"', "Last-Modified": "Fri\x1b[31m"})
        listed = [{"id": url, "url": url, "title": f"Story{BAD}", "language": f"en{BAD}"} for url in urls]
        web.answers["/feed.json"] = Answer(json.dumps({"items": listed}).replace("Story", f"Story{ESCAPES}"))
        news = f"<news:news><news:title>Story{BAD}</news:title><news:stock_tickers>N{BAD}:A</news:stock_tickers>"
        places = "".join(f"<url><loc>{url}</loc>{news}</news:news></url>" for url in urls)
        web.answers["/map.xml"] = Answer(f"<urlset {SITEMAP}>{places}</urlset>")
        web.answers["/broken"] = Answer(f"<rss>{BAD}")
        crawler = Crawler(tmp_path, database_url)
        sources = [("rss", "/feed"), ("jsonfeed", "/feed.json"), ("news_sitemap", "/map.xml"), ("atom", "/broken")]
        crawler.outlet(web.url("/"), *((kind, web.url(path)) for kind, path in sources))
        crawler.run("news", "outlet=harbour", RETRY_TIMES=0)
    engine = open_engine(database_url, read_only=True)
    try:
        headlines = {line.headline for line in list_articles(engine, 100)}
        assert len(headlines) == 5, (tmp_path / "log.txt").read_text()
        metadata = MetaData()
        metadata.reflect(engine, views=True)
        with engine.connect() as connection:
            texts = {
                (table.name, column.name, value)
                for table in metadata.tables.values()
                for column in table.columns
                if isinstance(column.type, String)
                for value in connection.scalars(select(column).where(column.is_not(None)))
            }
    finally:
        engine.dispose()
    assert {"articles", "article_authors", "article_tags", "sources", "urls"} <= {table for table, _, _ in texts}
    assert {found for found in texts if REFUSED.search(found[2])} == set()
