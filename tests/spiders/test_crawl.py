"""The whole way of the data: a real server, the real crawler in its own process, the real store."""

import io
import json

import pytest
from sqlalchemy import text
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newscrawl.store.archive import read
from newscrawl.store.engine import open_engine
from newscrawl.store.queries import find_article, list_articles
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, Web, serve


@pytest.fixture
def web():
    with serve() as web:
        yield web


@pytest.fixture
def crawler(tmp_path):
    return Crawler(tmp_path)


def publish(web: Web, count: int) -> list[str]:
    """Publish so many stories; their paths."""
    paths = [f"/2026/story-{n}" for n in range(count)]
    for n, path in enumerate(paths):
        web.answers[path] = Answer(article_page(f"Story number {n} of the harbour", place=f"Port {n}"))
    return paths


def rows(crawler: Crawler) -> dict[str, tuple[str, int]]:
    """What is stored: headline -> (URL, characters)."""
    engine = open_engine(crawler.database_url, read_only=True)
    try:
        return {line.headline: (line.canonical_url, line.chars) for line in list_articles(engine, 1000)}
    finally:
        engine.dispose()


def test_feed_to_rows_and_a_second_run_fetches_nothing_again(web, crawler):
    paths = publish(web, 5)
    web.answers["/feed"] = Answer(
        rss([web.url(path) for path in paths]), headers={"Content-Type": "application/rss+xml"}
    )
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))

    crawler.run("news", "outlet=harbour")
    first = crawler.summary()
    assert (first.counts.stored, first.counts.pending, first.balanced) == (5, 0, True)
    assert len(rows(crawler)) == 5
    assert sorted(web.paths()) == sorted(["/robots.txt", "/feed", *paths])

    web.asked.clear()
    crawler.run("news", "outlet=harbour")
    second = crawler.summary()
    assert (second.counts.seen, second.counts.known, second.run.status) == (0, 5, "ok")
    assert sorted(web.paths()) == ["/feed", "/robots.txt"]


def test_every_kind_of_source_leads_to_its_articles(web, crawler):
    paths = publish(web, 6)
    urls = [web.url(path) for path in paths]
    entry = '<entry><title>A</title><id>{0}</id><link href="{0}"/><updated>2026-11-20T08:00:00Z</updated></entry>'
    web.answers["/atom"] = Answer(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry.format(urls[1])}</feed>')
    items = [{"id": urls[2], "url": urls[2], "title": "A"}]
    web.answers["/feed.json"] = Answer(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))
    sitemap = "http://www.sitemaps.org/schemas/sitemap/0.9"
    web.answers["/index.xml"] = Answer(
        f'<sitemapindex xmlns="{sitemap}"><sitemap><loc>{web.url("/map.xml")}</loc></sitemap></sitemapindex>'
    )
    web.answers["/map.xml"] = Answer(f'<urlset xmlns="{sitemap}"><url><loc>{urls[3]}</loc></url></urlset>')
    web.answers["/news.xml"] = Answer(f'<urlset xmlns="{sitemap}"><url><loc>{urls[4]}</loc></url></urlset>')
    web.answers["/section"] = Answer(f'<a href="/about">About us</a><a href="{paths[5]}">A headline of some length</a>')
    web.answers["/rss"] = Answer(rss([urls[0]]))
    crawler.outlet(
        web.url("/"),
        ("rss", web.url("/rss")),
        ("atom", web.url("/atom")),
        ("jsonfeed", web.url("/feed.json")),
        ("sitemap", web.url("/index.xml")),
        ("news_sitemap", web.url("/news.xml")),
        ("section", web.url("/section") + "\n    link_pattern: /2026/"),
    )
    crawler.run("news", "outlet=harbour")
    summary = crawler.summary()
    assert summary.counts.stored == 6, (crawler.folder / "log.txt").read_text()
    assert summary.sources_ok == 6
    assert "/about" not in web.paths()


def test_a_source_that_has_not_changed_is_asked_conditionally(web, crawler):
    paths = publish(web, 2)
    web.answers["/feed"] = Answer(rss([web.url(path) for path in paths]), headers={"ETag": '"v1"'})
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    crawler.run("news", "outlet=harbour")
    web.answers["/feed"] = Answer("", 304)
    crawler.run("news", "outlet=harbour")
    asked = [asked for asked in web.asked if asked.path == "/feed"]
    assert asked[1].headers["If-None-Match"] == '"v1"'
    assert crawler.summary().sources_failed == 0


def test_every_url_of_a_list_ends_in_one_outcome(web, crawler):
    publish(web, 1)
    web.answers["/robots.txt"] = Answer("User-agent: *\nDisallow: /private/")
    web.answers["/2026/moved"] = Answer("", 301, {"Location": "/2026/story-0"})
    web.answers["/2026/loop"] = Answer("", 302, {"Location": "/2026/loop"})
    web.answers["/2026/broken"] = Answer("oops", 500)
    web.answers["/2026/report.pdf"] = Answer(b"%PDF-1.4", headers={"Content-Type": "application/pdf"})
    web.answers["/2026/empty"] = Answer("")
    names = ["story-0", "moved", "loop", "broken", "report.pdf", "empty", "missing"]
    listed = crawler.folder / "list.txt"
    lines = ["# stories", "", "no url at all", web.url("/private/x"), *(web.url(f"/2026/{name}") for name in names)]
    listed.write_text("\n".join(lines), encoding="utf-8")

    done = crawler.run("urls", f"file={listed}")
    summary = crawler.summary()
    counts = summary.counts
    assert (counts.seen, counts.stored, counts.duplicate, counts.pending) == (8, 1, 1, 0)
    assert summary.rejected == {"robots": 1, "http_404": 1, "not_html": 1, "empty": 1}
    assert summary.failed == {"redirect_loop": 1, "http_500": 1}
    assert summary.balanced
    assert "expected an http(s) URL, got 'no url at all'" in done.stderr


def test_failed_pages_are_taken_up_by_the_next_run(web, crawler):
    paths = publish(web, 2)
    good = web.answers[paths[0]]
    web.answers[paths[0]] = Answer("oops", 500)
    web.answers["/feed"] = Answer(rss([web.url(path) for path in paths]))
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    crawler.run("news", "outlet=harbour")
    first = crawler.summary()
    assert (first.counts.stored, first.failed, first.run.status) == (1, {"http_500": 1}, "degraded")

    web.answers[paths[0]] = good
    crawler.run("news", "outlet=harbour")
    assert crawler.summary().counts.stored == 1
    assert len(rows(crawler)) == 2


def test_the_raw_response_is_archived_and_found_from_the_row(web, crawler):
    (path,) = publish(web, 1)
    crawler.run("urls", f"urls={web.url(path)}")
    engine = open_engine(crawler.database_url, read_only=True)
    article = find_article(engine, web.url(path))
    engine.dispose()
    headers, body = read(crawler.folder / "archive", article.archived)
    assert body.decode() == web.answers[path].body
    assert headers["content-type"] == "text/html; charset=utf-8"


def test_what_a_publisher_reserves_is_recorded_and_the_page_kept(web, crawler):
    one, two = publish(web, 2)
    robots = "User-agent: *\nAllow: /\n\nUser-agent: GPTBot\nUser-agent: CCBot\nDisallow: /2026/story-0"
    web.answers["/robots.txt"] = Answer(robots)
    body = web.answers[one].body.replace("</head>", '<meta name="robots" content="noarchive"></head>')
    web.answers[one] = Answer(
        body, headers={"X-Robots-Tag": "otherbot: noindex, googlebot: noai", "TDM-Reservation": "1"}
    )
    crawler.run("urls", f"urls={web.url(one)} {web.url(two)}")
    engine = open_engine(crawler.database_url, read_only=True)
    first, second = (find_article(engine, web.url(path)) for path in (one, two))
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT reservations FROM clean_articles ORDER BY url")).scalars().all()
    engine.dispose()
    assert first.reservations == ("noarchive", "noai", "tdm", "robots:ai")
    assert second.reservations == ()
    assert stored == ["noarchive noai tdm robots:ai", None]
    assert read(crawler.folder / "archive", first.archived)[1].decode() == body


def test_warc_files_give_the_rows_that_a_crawl_gives(web, crawler, tmp_path):
    paths = publish(web, 3)
    crawler.run("urls", f"urls={' '.join(map(web.url, paths))}")

    warc = io.BytesIO()
    writer = WARCWriter(warc, gzip=True)
    for path in [*paths, "/2026/missing"]:
        answer = web.answer(path)
        status = "200 OK" if answer.status == 200 else "404 Not Found"
        headers = StatusAndHeaders(status, [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                web.url(path),
                "response",
                payload=io.BytesIO(answer.body.encode()),
                length=len(answer.body.encode()),
                http_headers=headers,
            )
        )
    file = tmp_path / "pages.warc.gz"
    file.write_bytes(warc.getvalue() + b"\x1f\x8b\x08\x00 a torn tail")

    (tmp_path / "other").mkdir()
    other = Crawler(tmp_path / "other")
    asked = len(web.asked)
    other.run("warc", f"files={file}")
    assert len(web.asked) == asked
    assert rows(other) == rows(crawler)
    assert other.summary().rejected == {"http_404": 1}

    other.run("warc", f"files={file}")
    assert (other.summary().counts.seen, other.summary().counts.known) == (0, 4)


def test_an_outlet_without_a_readable_source_makes_the_run_degraded(web, crawler):
    web.answers["/feed"] = Answer("<html>moved</html>")
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    crawler.run("news", "outlet=harbour")
    summary = crawler.summary()
    assert (summary.run.status, summary.sources_failed) == ("degraded", 1)
    assert web.url("/feed") in summary.outlets[0].source_errors[0]


def test_an_unknown_outlet_is_named(crawler):
    done = crawler.run("news", "outlet=nowhere")
    assert "nowhere" in done.stderr
    assert not (crawler.folder / "news.db").exists()
