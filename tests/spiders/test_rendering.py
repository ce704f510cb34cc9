"""Pages whose text scripts write: a real Chromium, which reaches nothing but through the crawler's guards."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator

from newscrawl.rendering import chromium_path
from newscrawl.store.engine import open_engine
from newscrawl.store.queries import find_article, list_articles
from tests import commands
from tests.crawling import Crawler
from tests.pages import PARAGRAPHS, article_page, rss
from tests.resolver import PUBLIC
from tests.web import Answer, Asked, Web, serve

GUARDED = {"TWISTED_DNS_RESOLVER": "tests.resolver.Named", "NEWSCRAWL_ALLOW_PRIVATE": 0}
PAGE = """\
<!doctype html><html lang="en"><head><title>The pier</title><meta property="og:type" content="article">
<link rel="stylesheet" href="/style.css"><script src="/app.js" defer></script></head>
<body><img src="/picture.png"><iframe src="/frame"></iframe><article id="story"></article></body></html>"""
# Of what it tries, robots.txt forbids the first; the second and the third lead inwards; the rest is no matter of texts.
SCRIPT = """
for (const url of ["/closed/data", "http://inner.example:%(port)d/inner", "/hop", "http://127.0.0.1:%(port)d/here"])
  fetch(url).then((answer) => answer.text()).then((text) => { document.title = "leaked " + text; }, () => {});
fetch("/post", {method: "POST", body: "x"}).catch(() => {});
new Image().src = "/pixel.png";
navigator.sendBeacon("/beacon", "x");
try { new WebSocket("ws://" + location.host + "/socket"); } catch {}
fetch("/data" + location.pathname).then((answer) => answer.json()).then((story) => {
  document.getElementById("story").innerHTML =
    `<h1>${story.headline}</h1>` + story.text.map((one) => `<p>${one}</p>`).join("");
  location.href = "/elsewhere";
});"""


def publish(web: Web) -> None:
    web.answers["/robots.txt"] = Answer("User-agent: *\nDisallow: /closed/\n")
    web.answers["/app.js"] = Answer(SCRIPT % {"port": web.port}, headers={"Content-Type": "text/javascript"})
    for name in ("pier", "quay"):
        text = [paragraph.format(place=name) for paragraph in PARAGRAPHS]
        story = {"headline": f"The {name} is closed until spring", "text": text}
        web.answers[f"/2026/{name}"] = Answer(PAGE)
        web.answers[f"/data/2026/{name}"] = Answer(json.dumps(story), headers={"Content-Type": "application/json"})
    web.answers["/hop"] = Answer(status=302, headers={"Location": f"http://inner.example:{web.port}/inner"})
    web.answers["/feed"] = Answer(rss([web.url(f"/2026/{name}", PUBLIC) for name in ("pier", "quay")]))


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawler, list[Asked], str]]:
    """A crawl of a rendered outlet, what was asked for meanwhile, and what it said."""
    if chromium_path() is None:
        pytest.skip("no Chromium to render with; on Debian: apt-get install chromium")
    with serve() as web:
        publish(web)
        crawler = Crawler(tmp_path_factory.mktemp("rendering"))
        crawler.outlet(web.url("/", PUBLIC), ("rss", web.url("/feed", PUBLIC)), more="render: true")
        done = crawler.run("news", "outlet=harbour", **GUARDED)
        yield crawler, web.asked, done.stderr


def test_what_scripts_write_is_the_article(crawl: tuple[Crawler, list[Asked], str]) -> None:
    engine = open_engine(crawl[0].database_url, read_only=True)
    try:
        articles = [find_article(engine, line.id) for line in list_articles(engine, 10)]
    finally:
        engine.dispose()
    found = {article.headline: article.text.count("\n") + 1 for article in articles if article}
    assert found == {f"The {name} is closed until spring": len(PARAGRAPHS) for name in ("pier", "quay")}


def test_nothing_is_asked_for_past_the_guards(crawl: tuple[Crawler, list[Asked], str]) -> None:
    _, asked, log = crawl
    paths = [one.path for one in asked]
    own = {f"{kind}/2026/{name}" for kind in ("", "/data") for name in ("pier", "quay")}
    assert set(paths) == {"/robots.txt", "/feed", "/app.js", "/hop"} | own
    assert paths.count("/app.js") == 1  # kept for the second page
    assert {one.headers["User-Agent"].partition("/")[0] for one in asked} == {"newscrawl"}
    assert "/closed/data: not loaded for" in log
    assert "forbidden by robots.txt" in log


def test_the_archive_has_the_dom_and_says_so(crawl: tuple[Crawler, list[Asked], str]) -> None:
    (file,) = (crawl[0].folder / "archive").glob("*.warc.gz")
    with file.open("rb") as stream:
        found = [
            (record.headers.get("WARC-Rendered-By", ""), record.reader.read().decode())
            for record in ArchiveIterator(stream)
            if record.headers.get("WARC-Type") == "response"
        ]
    assert len(found) == 2
    assert all(by.startswith("Chromium/") and "is closed until spring</h1>" in page for by, page in found)


def test_without_a_browser_the_outlet_is_left_out_and_the_others_go_on(tmp_path: Path) -> None:
    crawler = Crawler(tmp_path)
    with serve() as web:
        web.answers["/2026/pier"] = Answer(article_page("The pier is closed"))
        web.answers["/feed"] = Answer(rss([web.url("/2026/pier")]))
        crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
        crawler.outlet(web.url("/", "localhost"), ("rss", web.url("/feed")), slug="quay", more="render: true")
        both = crawler.newscrawl(slugs=("harbour", "quay"))
        done = commands.run(*both[1:], cwd=tmp_path, NEWSCRAWL_CHROMIUM="/no/such/browser")
    assert done.returncode == 3
    assert "quay: not crawled: NEWSCRAWL_CHROMIUM: /no/such/browser: no such program" in " ".join(done.stderr.split())
    assert crawler.summary().counts.stored == 1
