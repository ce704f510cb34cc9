"""Walks back through archives: a real server, the real crawler, budgets, a kill, and the runs after them."""

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newscrawl.store.engine import open_engine
from newscrawl.store.queries import list_articles
from tests import commands
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, Web, serve

XML = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
MONTHS = [f"{year}-{month:02}" for year in (2024, 2025, 2026) for month in range(1, 13)][5:35]  # to 2026-11
WANTED = [month for month in MONTHS if month >= "2025-01"]
BROKEN, CHANGED = "2026-09", "2025-06"


@dataclass
class Told:
    """What was asked for, and said, in each run."""

    asked: dict[str, list[str]] = field(default_factory=dict)
    output: dict[str, str] = field(default_factory=dict)

    def parts(self, *runs: str) -> list[str]:
        paths = (path for run in runs for path in self.asked[run] if path.startswith("/part-"))
        return [path.removeprefix("/part-").removesuffix(".xml") for path in paths]

    def pages(self, *runs: str) -> list[str]:
        return [path for run in runs for path in self.asked[run] if path.startswith("/2")]


def publish(web: Web, month: str, day: str = "10") -> str:
    """A story; its entry in a sitemap."""
    path = f"/{month.replace('-', '/')}/{day}/harbour"
    web.answers[path] = Answer(article_page(f"The harbour on {month}-{day}", place=f"{month}-{day}"), wait_s=0.02)
    return f"<url><loc>{web.url(path)}</loc><lastmod>{month}-{day}</lastmod></url>"


def publish_all(web: Web) -> None:
    for month in MONTHS:
        stories = publish(web, month), publish(web, month, "20")
        older = publish(web, "2024-12", "31") if month == "2025-01" else ""
        web.answers[f"/part-{month}.xml"] = Answer(f"<urlset {XML}>{''.join(stories)}{older}</urlset>")
    web.answers["/feed"] = Answer(rss([web.url("/2026/11/20/harbour")]))
    index(web, {})


def index(web: Web, changed: dict[str, str]) -> None:
    """The index of all parts, none of which has changed since the 28th, in no order."""
    lines = "".join(
        f"<sitemap><loc>{web.url(f'/part-{month}.xml')}</loc><lastmod>{changed.get(month, f'{month}-28')}</lastmod>"
        "</sitemap>"
        for month in sorted(MONTHS, key=lambda month: month[::-1])
    )
    web.answers["/index.xml"] = Answer(f"<sitemapindex {XML}>{lines}</sitemapindex>")


def stored(crawler: Crawler) -> Counter[str]:
    engine = open_engine(crawler.database_url, read_only=True)
    try:
        return Counter(line.headline for line in list_articles(engine, 1000))
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawler, Told]]:
    """A walk that runs out of its budget, a crawl without archives, a kill, the rest, and a part that has changed."""
    with serve() as web:
        crawler, told = Crawler(tmp_path_factory.mktemp("walk")), Told()
        publish_all(web)
        outlet = crawler.folder / "outlets" / "harbour.yaml"
        crawler.outlet(web.url("/"), ("rss", web.url("/feed")), more="revisits: off")
        archive = f"sources:\n  - {{kind: sitemap, url: {web.url('/index.xml')}, archive: true}}"
        outlet.write_text(outlet.read_text(encoding="utf-8").replace("sources:", archive), encoding="utf-8")
        since = ("--since", "2025-01-01")

        def run(name: str, *options: str) -> None:
            web.asked.clear()
            done = commands.run(*crawler.newscrawl(*options)[1:], cwd=crawler.folder)
            told.asked[name], told.output[name] = web.paths(), done.stdout
            assert done.returncode in {0, 3}, done.stderr

        healthy = web.answers[f"/part-{BROKEN}.xml"]
        web.answers[f"/part-{BROKEN}.xml"] = Answer(status=404, reset=True)
        run("budget", *since, "--max-pages", "11")
        web.answers[f"/part-{BROKEN}.xml"] = healthy
        run("plain")
        web.asked.clear()
        process = subprocess.Popen(
            crawler.newscrawl(*since), cwd=crawler.folder, env=commands.ENVIRONMENT, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 60
        while len(web.asked) < 30 and time.monotonic() < until:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        told.asked["killed"] = web.paths()
        run("rest", *since)
        more = publish(web, CHANGED, "29")
        web.answers[f"/part-{CHANGED}.xml"] = Answer(f"<urlset {XML}>{more}</urlset>")
        index(web, {CHANGED: "2026-11-21"})
        run("changed", *since, "--json")
        yield crawler, told


def test_every_article_is_stored_once_and_nothing_older(walk: tuple[Crawler, Told]) -> None:
    days = [f"{month}-{day}" for month in WANTED for day in ("10", "20")] + [f"{CHANGED}-29"]
    assert stored(walk[0]) == Counter(f"The harbour on {day}" for day in days)


def test_parts_are_read_from_the_newest_back_and_none_that_is_older(walk: tuple[Crawler, Told]) -> None:
    asked = list(dict.fromkeys(month for month in walk[1].parts("budget", "killed", "rest") if month != BROKEN))
    assert asked == sorted((month for month in WANTED if month != BROKEN), reverse=True)


def test_no_part_is_asked_for_twice_unless_it_failed_or_changed(walk: tuple[Crawler, Told]) -> None:
    _, told = walk
    times = Counter(told.parts("budget", "killed", "rest"))
    assert told.parts("budget").count(BROKEN) == 3  # with its retries
    assert told.parts("killed").count(BROKEN) == 1
    del times[BROKEN]
    on_their_way = set(told.parts("killed")[-1:])  # at the kill
    assert {month for month, count in times.items() if count > 1} <= on_their_way
    assert told.parts("changed") == [CHANGED]
    assert told.pages("changed") == [f"/{CHANGED.replace('-', '/')}/29/harbour"]


def test_the_pages_of_a_part_come_before_the_next_part(walk: tuple[Crawler, Told]) -> None:
    _, told = walk
    assert len(told.parts("budget")) - 2 <= 7  # 11 pages are those of six months, and one failed
    leftover = set(told.pages("killed")) & {f"/{month.replace('-', '/')}/10/harbour" for month in told.parts("budget")}
    first = next(n for n, path in enumerate(told.asked["killed"]) if path in leftover)
    assert first < told.asked["killed"].index(f"/part-{BROKEN}.xml")


def test_a_crawl_without_archives_leaves_what_they_named_alone(walk: tuple[Crawler, Told]) -> None:
    assert (walk[1].pages("plain"), walk[1].parts("plain")) == ([], [])


def test_the_summary_says_how_far_back_it_is(walk: tuple[Crawler, Told]) -> None:
    output = {name: " ".join(text.split()) for name, text in walk[1].output.items()}
    read = len(set(walk[1].parts("budget"))) - 1
    assert f"parts read ({read} now), {len(WANTED) - read} left" in output["budget"]
    assert "harbour: archive back to 2026-0" in output["budget"]
    assert "parts of archives not asked; the next run takes it up" in output["budget"]
    assert "harbour: archive back to 2025-01-10: 23 parts read" in output["rest"]
    assert "0 left, 1 links from before 2025-01-01 not taken" in output["rest"]
    (report,) = json.loads(walk[1].output["changed"])["archives"]
    assert (report["parts_read"], report["parts_before"], report["parts_left"]) == (1, 22, 0)


def test_days_of_a_section_are_walked_back_and_read_once(tmp_path: Path) -> None:
    days = [datetime.now(UTC).date() - timedelta(days=count) for count in range(6)]
    with serve() as web:
        crawler = Crawler(tmp_path)
        for day in days:
            publish(web, f"{day:%Y-%m}", f"{day:%d}")
            link = f'<a href="/{day:%Y/%m/%d}/harbour">The harbour on a day of this month</a>'
            web.answers[f"/days/{day}"] = Answer(f"<html><body>{link}</body></html>")
        del web.answers[f"/days/{days[3]}"]  # nothing was published then
        crawler.outlet(web.url("/"), ("section", f'"{web.url("/days/")}{{yyyy}}-{{mm}}-{{dd}}"'), more="revisits: off")
        for _ in range(2):
            done = commands.run(*crawler.newscrawl("--since", str(days[4]))[1:], cwd=tmp_path)
            assert done.returncode in {0, 3}, done.stderr
    asked = [path.removeprefix("/days/") for path in web.paths() if path.startswith("/days/")]
    assert sorted(asked[:2]) == sorted(map(str, days[:2]))
    assert asked[2:5] == list(map(str, days[2:5]))
    assert set(asked[5:]) == set(map(str, days[:2]))
    assert set(stored(crawler)) == {f"The harbour on {day}" for day in (*days[:3], days[4])}


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("yesterday", "--since: expected a day"),
        ("30d", "harbour: no archive to walk back through; its sources: rss http"),
    ],
)
def test_what_cannot_be_walked_is_told_with_what_to_do(since: str, said: str, tmp_path: Path) -> None:
    crawler = Crawler(tmp_path)
    crawler.outlet("http://harbour.example/", ("rss", "http://harbour.example/feed"))
    done = commands.run(*crawler.newscrawl("--since", since)[1:], cwd=tmp_path)
    assert done.returncode == 1
    assert said in " ".join(done.stderr.split())
