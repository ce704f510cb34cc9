"""Stories on several pages and AMP pages: a real server, the real crawler, both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from newscrawl import items
from newscrawl.article import build
from newscrawl.items import Article, Rejection
from newscrawl.store.archive import read
from newscrawl.store.engine import open_engine
from newscrawl.store.models import Fetch, Page, Url
from newscrawl.store.queries import find_article, trace
from newscrawl.store.reclean import Options, Progress, reclean
from newscrawl.store.stored import archived_page
from tests.crawling import Crawler
from tests.pages import PARAGRAPHS, rss
from tests.web import Answer, Web, serve

MORE = (
    "The council of {place} will vote on the costs in spring, when the first offers of the builders are to be opened.",
    "Nobody on the islands expects the ferries to be on time before the summer, a speaker of the fishermen said.",
)
TOLD = (PARAGRAPHS, MORE[:1], MORE[1:])


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


@pytest.fixture
def crawler(tmp_path: Path, database_url: str, web: Web) -> Crawler:
    return news_of(Crawler(tmp_path, database_url), web)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def news_of(crawler: Crawler, web: Web, rules: str = "next_page: a.next\nfollow_canonical: true\n") -> Crawler:
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))
    with (crawler.folder / "outlets" / "harbour.yaml").open("a", encoding="utf-8") as file:
        file.write(rules)
    return crawler


def page(name: str, number: int, link: str = "", head: str = "", html: str = "<html lang=en>") -> str:
    """One page of the story of a place."""
    story = "".join(f"<p>{paragraph.format(place=name)}</p>" for paragraph in TOLD[number - 1])
    following = f"<a class=next href='{link}'>Next page</a>" if link else ""
    return (
        f"{html}<head><title>The pier of {name}</title><meta property='og:type' content='article'>{head}</head><body>"
        f"<article><h1>The pier of {name}</h1>{story}{following}</article></body></html>"
    )


def publish(web: Web, name: str, last: str = "") -> str:
    """A story of three pages; `last` is what its last one links to. Its path."""
    path = f"/2026/{name.lower()}"
    links = [f"{path}/2", f"{path}/3", last]
    for number, link in enumerate(links, start=1):
        web.answers[path if number == 1 else f"{path}/{number}"] = Answer(page(name, number, link))
    return path


def text_of(name: str) -> list[str]:
    return [paragraph.format(place=name) for part in TOLD for paragraph in part]


def once_broken(answer: Answer) -> Callable[[], Answer]:
    answers = iter([Answer("Try again later", 503)])
    return lambda: next(answers, answer)


def parts_of(engine: Engine) -> dict[str, list[tuple[int, str | None]]]:
    """The pages of each URL: number and own URL of each part."""
    query = (
        select(Url.url, Page.part, Page.url).join(Fetch, Fetch.id == Page.fetch_id).join(Url, Url.id == Fetch.url_id)
    )
    found: dict[str, list[tuple[int, str | None]]] = {}
    with engine.connect() as connection:
        for url, part, own in connection.execute(query.order_by(Page.id)):
            found.setdefault(url, []).append((part, own))
    return found


def reclean_all(engine: Engine, folder: Path) -> Progress:
    """A reclean that builds pages here."""

    def submit(page: items.Page) -> Future[Article | Rejection]:
        future: Future[Article | Rejection] = Future()
        future.set_result(build(page))
        return future

    return reclean(engine, Options(folder, again=True), submit, lambda _: None)


def test_stories_are_stored_whole_archived_by_page_and_read_again(web: Web, crawler: Crawler, engine: Engine) -> None:
    plain, flaky = publish(web, "Northport"), publish(web, "Southport")
    loop = publish(web, "Westport", last="/2026/westport")
    web.answers[f"{flaky}/2"] = once_broken(Answer(page("Southport", 2, f"{flaky}/3")))
    original, amp = "/2026/eastport", "/amp/2026/eastport"
    web.answers[original] = Answer(page("Eastport", 1))
    head = f"<link rel=canonical href='{original}'>"
    web.answers[amp] = Answer(page("Eastport", 2, head=head, html="<html ⚡ lang=en>"))
    web.answers["/feed"] = Answer(rss([web.url(path) for path in (plain, flaky, loop, amp)]))

    crawler.run("news", "outlet=harbour", RETRY_TIMES=0)
    first = crawler.summary()
    assert (first.counts.stored, first.failed, first.balanced) == (3, {"http_503": 1}, True)
    assert f"{flaky}/3" not in web.paths()
    crawler.run("news", "outlet=harbour")
    second = crawler.summary()
    assert (second.counts.stored, second.counts.pending, second.balanced, second.run.status) == (1, 0, True, "ok")
    asked = web.paths()
    assert [asked.count(path) for path in (loop, f"{loop}/2", f"{loop}/3", plain, original, amp)] == [1] * 6

    articles = {name: find_article(engine, web.url(path)) for name, path in
                [("Northport", plain), ("Southport", flaky), ("Westport", loop), ("Eastport", amp)]}  # fmt: skip
    for name, article in articles.items():
        assert article is not None
        wanted = [paragraph.format(place=name) for paragraph in PARAGRAPHS] if name == "Eastport" else text_of(name)
        assert (article.text.split("\n"), article.headline) == (wanted, f"The pier of {name}")
        assert article.canonical_url == web.url(f"/2026/{name.lower()}")
    parts = {path: [(0, None), (1, web.url(f"{path}/2")), (2, web.url(f"{path}/3"))] for path in (plain, flaky, loop)}
    assert parts_of(engine) == {web.url(path): rows for path, rows in (parts | {amp: [(0, None)]}).items()}
    check_archive(engine, crawler, web, flaky)

    done = reclean_all(engine, crawler.folder / "archive")
    assert (done.read, done.unchanged, done.from_text) == (4, 4, 0)
    assert {name: find_article(engine, article.id) for name, article in articles.items() if article} == articles


def check_archive(engine: Engine, crawler: Crawler, web: Web, path: str) -> None:
    folder = crawler.folder / "archive"
    article = find_article(engine, web.url(path))
    assert article is not None
    found = archived_page(engine, article.id, folder)
    assert found is not None
    assert [part.url for part in found.more] == [web.url(f"{path}/2"), web.url(f"{path}/3")]
    assert [part.body.decode() for part in found.more] == [web.answer(f"{path}/{n}").body for n in (2, 3)]
    assert article.archived is not None
    assert read(folder, article.archived)[1] == found.body
    known = trace(engine, web.url(path))
    assert known is not None
    assert [fetch.outcome for fetch in known.fetches] == ["failed", "stored"]
    assert (known.fetches[0].detail, known.fetches[1].further_pages) == ("page 2 of the story", 2)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM url_trace WHERE outcome = 'stored'")) == 4
        assert connection.scalar(select(func.count(Page.warc_file.distinct()))) == 2  # a file a run


def test_pages_of_a_list_are_followed_too_where_their_outlet_says_so(web: Web, tmp_path: Path) -> None:
    crawler = news_of(Crawler(tmp_path), web)
    path = publish(web, "Northport")
    web.answers["/robots.txt"] = Answer("User-agent: *\nDisallow: /2026/southport/2")
    closed = publish(web, "Southport")
    crawler.run("urls", f"urls={web.url(path)} {web.url(closed)}")
    summary = crawler.summary()
    assert (summary.counts.stored, summary.failed, summary.balanced) == (1, {"robots": 1}, True)
    assert f"{closed}/2" not in web.paths()


def test_a_callback_that_breaks_leaves_its_url_to_the_next_run(web: Web, tmp_path: Path) -> None:
    crawler = news_of(Crawler(tmp_path), web, "next_page: '//dialog[no-such-function(.)]'\n")
    path = publish(web, "Northport")
    broken = web.answers[path]
    assert isinstance(broken, Answer)
    web.answers[path] = Answer(str(broken.body).replace("</article>", "<dialog>Subscribe</dialog></article>"))
    web.answers["/feed"] = Answer(rss([web.url(path), web.url(f"{path}/2")]))
    crawler.run("news", "outlet=harbour")
    summary = crawler.summary()
    assert (summary.counts.stored, summary.counts.pending, summary.balanced) == (1, 1, True)
    assert summary.run.status == "degraded"
