"""Archives, dated sources and headers of outlet files: a real server, the real crawler."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import commands
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, Asked, Web, serve

SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, list[Asked], list[Asked]]]:
    """What a crawl asked for, and what one with archives asked for then; past midnight, twice."""
    with serve() as web:
        crawler = Crawler(tmp_path_factory.mktemp("archives"))
        for name in ("today", "long-ago"):
            web.answers[f"/2026/{name}"] = Answer(article_page(f"The {name} story of the harbour", place=name))
        web.answers["/feed"] = Answer(rss([web.url("/2026/today")]))
        web.answers["/old.xml"] = Answer(SITEMAP.format(f"<url><loc>{web.url('/2026/long-ago')}</loc></url>"))
        outlet = crawler.folder / "outlets" / "harbour.yaml"
        crawler.outlet(web.url("/"), ("rss", web.url("/feed")), more="headers: {Accept-Language: cy, X-Reader: news}")
        dated = "/day-{yyyy}-{mm}-{dd}.xml"
        more = f"""sources:
  - {{kind: sitemap, url: "{web.url("/old.xml")}", archive: true}}
  - {{kind: sitemap, url: "{web.url(dated)}"}}"""
        outlet.write_text(outlet.read_text(encoding="utf-8").replace("sources:", more), encoding="utf-8")
        first = commands.run(*crawler.newscrawl()[1:], cwd=crawler.folder)
        plain, web.asked = web.asked, []
        second = commands.run(*crawler.newscrawl("--archives")[1:], cwd=crawler.folder)
        assert {first.returncode, second.returncode} <= {0, 3}, first.stderr + second.stderr
        yield web, plain, web.asked


def test_an_archive_is_read_only_by_a_crawl_of_archives(crawls: tuple[Web, list[Asked], list[Asked]]) -> None:
    _, plain, with_archives = crawls
    assert "/2026/today" in [asked.path for asked in plain]
    assert "/old.xml" not in [asked.path for asked in plain]
    assert {"/old.xml", "/2026/long-ago"} <= {asked.path for asked in with_archives}


def test_a_dated_source_is_asked_for_today_and_yesterday(crawls: tuple[Web, list[Asked], list[Asked]]) -> None:
    now = datetime.now(UTC)
    days = {f"/day-{now - timedelta(days=count):%Y-%m-%d}.xml" for count in range(3)}
    asked = {asked.path for asked in crawls[1] if asked.path.startswith("/day-")}
    assert len(asked) == 2
    assert asked <= days


def test_requests_of_sources_and_pages_have_the_files_headers(crawls: tuple[Web, list[Asked], list[Asked]]) -> None:
    for asked in (*crawls[1], *crawls[2]):
        if asked.path != "/robots.txt":
            headers = {name.lower(): value for name, value in asked.headers.items()}
            assert (headers["accept-language"], headers["x-reader"]) == ("cy", "news"), asked.path


def test_archives_go_with_outlets(tmp_path: Path) -> None:
    done = commands.run("crawl", "--url", "https://a.example/", "--archives", cwd=tmp_path)
    assert done.returncode == 1
    assert "--archives goes with outlets, or --all" in done.stderr
