"""Budgets and limits of a run, and that no host waits for another: real servers, the real crawler, both stores."""

import io
import json

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newscrawl.spiders import budget as module
from newscrawl.spiders.budget import Budget, Limit
from tests import commands
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, Web, serve

EVERYWHERE = {"TWISTED_DNS_RESOLVER": "tests.resolver.Everywhere"}
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@pytest.fixture
def web():
    with serve() as web:
        yield web


@pytest.fixture
def crawler(tmp_path):
    return Crawler(tmp_path)


def publish(web: Web, count: int, name: str = "story") -> list[str]:
    paths = [f"/2026/{name}-{n}" for n in range(count)]
    for n, path in enumerate(paths):
        web.answers[path] = Answer(article_page(f"{name} number {n} of the harbour", place=f"Port {n}"))
    return paths


def pages(web: Web) -> list[str]:
    return [path for path in web.paths() if path.startswith("/2026/")]


def index(*children: str) -> str:
    locs = "".join(f"<sitemap><loc>{child}</loc></sitemap>" for child in children)
    return f'<sitemapindex xmlns="{SITEMAP}">{locs}</sitemapindex>'


def test_a_budget_of_pages_leaves_the_rest_to_the_next_run(web, crawler):
    paths = publish(web, 7)
    web.answers["/feed"] = Answer(rss([web.url(path) for path in paths]))
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")))

    crawler.run("news", "outlet=harbour", NEWSCRAWL_MAX_PAGES=4)
    first = crawler.summary()
    assert len(pages(web)) == 4
    assert (first.counts.stored, first.counts.pending, first.balanced) == (4, 3, True)
    assert (first.run.status, first.run.exit_status) == ("ok", 0)
    assert first.run.reason == "budget spent (4 pages): 3 pages still due"

    crawler.run("news", "outlet=harbour", NEWSCRAWL_MAX_PAGES=3)
    second = crawler.summary()
    assert (second.counts.stored, second.counts.pending, second.balanced) == (3, 0, True)
    assert second.run.reason == "finished"
    assert sorted(pages(web)) == sorted(paths)


def test_an_outlets_own_budget_does_not_touch_the_others(web, crawler):
    for slug, more in (("small", "budget: {pages_per_run: 2}"), ("large", "")):
        host = f"{slug}.example"
        paths = publish(web, 5, slug)
        web.answers[f"/{slug}.xml"] = Answer(rss([web.url(path, host) for path in paths]))
        crawler.outlet(web.url("/", host), ("rss", web.url(f"/{slug}.xml", host)), slug=slug, more=more)
    crawler.run("news", "outlet=small,large", **EVERYWHERE)
    summary = crawler.summary()
    stored = {outlet.slug: (outlet.counts.stored, outlet.counts.pending) for outlet in summary.outlets}
    assert stored == {"small": (2, 3), "large": (5, 0)}
    assert summary.run.reason == "budget spent (small: 2 pages): 3 pages still due"
    assert (summary.run.status, summary.balanced) == ("ok", True)


def test_after_its_minutes_a_run_finishes_what_is_on_its_way_and_takes_nothing_more(web, crawler):
    paths = publish(web, 6)
    for path in paths:
        web.answers[path] = Answer(web.answers[path].body, wait_s=0.7)
    web.answers["/feed"] = Answer(rss([web.url(path) for path in paths]))
    web.answers["/late"] = Answer(rss([]))
    late = [("rss", web.url(f"/late?{n}")) for n in range(4)]
    crawler.outlet(web.url("/"), ("rss", web.url("/feed")), *late)
    crawler.run("news", "outlet=harbour", NEWSCRAWL_MAX_MINUTES=0.02)  # 1.2 s, of which the start takes a part
    first = crawler.summary()
    asked = len(pages(web))
    assert asked < 6
    assert (first.counts.stored, first.run.status, first.balanced) == (asked, "ok", True)
    assert first.run.reason.startswith("budget spent (0.02 minutes): ")

    crawler.run("news", "outlet=harbour")
    assert sorted(pages(web)) == sorted(paths)


def test_a_list_above_its_budget_stays_pending_and_the_same_call_goes_on(web, tmp_path):
    paths = publish(web, 5)
    (tmp_path / "list.txt").write_text("\n".join(map(web.url, paths)), encoding="utf-8")
    given = ("crawl", "--urls-from", "list.txt", "--allow-private", "--delay", "0", "--max-pages")
    first = commands.run(*given, "2", "--json", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    record = json.loads(first.stdout)
    assert record["budget"] == {"spent": ["2 pages"], "due": 3, "unread": None}
    assert (record["counts"]["stored"], record["counts"]["pending"], record["balanced"]) == (2, 3, True)

    second = " ".join(commands.run(*given, "2", cwd=tmp_path).stdout.split())
    assert "The budget spent (2 pages): 1 page still due; the next run takes it up." in second
    assert sorted(pages(web)) == sorted(paths[:4])


def test_of_an_archive_no_more_is_read_than_the_budget_allows(crawler):
    warc = io.BytesIO()
    writer = WARCWriter(warc, gzip=True)
    for n in range(5):
        body = article_page(f"Story {n} of the harbour", place=f"Port {n}").encode()
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        url, payload = f"http://harbour.example/2026/story-{n}", io.BytesIO(body)
        record = writer.create_warc_record(url, "response", payload=payload, length=len(body), http_headers=headers)
        writer.write_record(record)
    file = crawler.folder / "pages.warc.gz"
    file.write_bytes(warc.getvalue())
    crawler.run("warc", f"files={file}", NEWSCRAWL_MAX_PAGES=3)
    first = crawler.summary()
    assert (first.counts.stored, first.counts.pending, first.counts.seen) == (3, 0, 3)
    assert first.run.reason == "budget spent (3 pages): 0 pages still due, the rest of the files not read"
    crawler.run("warc", f"files={file}", NEWSCRAWL_MAX_PAGES=3)
    assert (crawler.summary().counts.stored, crawler.summary().run.reason) == (2, "finished")


def test_sitemaps_that_are_too_many_or_too_deep_are_counted_and_named(web, crawler):
    (path,) = publish(web, 1)
    web.answers["/map"] = Answer(f'<urlset xmlns="{SITEMAP}"><url><loc>{web.url(path)}</loc></url></urlset>')
    web.answers["/deep"] = Answer(index(web.url("/deep"), web.url("/deeper")))
    web.answers["/deeper"] = Answer(index(web.url("/deepest")))
    web.answers["/deepest"] = Answer(index(web.url("/too-deep")))
    maps = [web.url(f"/map?{n}") for n in range(98)]
    web.answers |= {f"/map?{n}": web.answers["/map"] for n in range(98)}
    web.answers["/top"] = Answer(index(web.url("/deep"), *maps, maps[0], web.url("/top"), "/map?x", "/map?y", "/map?z"))
    crawler.outlet(web.url("/"), ("sitemap", web.url("/top")))
    done = crawler.run("news", "outlet=harbour")
    asked = [path for path in web.paths() if not path.startswith(("/robots", "/2026"))]
    assert len(asked) == len(set(asked)) == 1 + 100 + 1
    assert "'newscrawl/bounded/sitemaps': 3" in done.stderr
    assert f"{web.url('/top')}: 2 of its sitemaps not read" in done.stderr
    assert f"{web.url('/deeper')}: 1 of its sitemaps not read" in done.stderr
    assert crawler.summary().counts.stored == 1


def test_a_slow_host_does_not_hold_the_others_up(web, crawler):
    hosts = ["slow.example", *(f"fast{n}.example" for n in range(10))]
    for host in hosts:
        slug = host.partition(".")[0]
        paths = publish(web, 3, slug)
        if slug == "slow":
            for path in paths:
                web.answers[path] = Answer(web.answers[path].body, wait_s=2)
        web.answers[f"/{slug}.xml"] = Answer(rss([web.url(path, host) for path in paths]))
        crawler.outlet(web.url("/", host), ("rss", web.url(f"/{slug}.xml", host)), slug=slug)
    crawler.run("news", f"outlet={','.join(host.partition('.')[0] for host in hosts)}", **EVERYWHERE)
    asked = pages(web)
    slow = [n for n, path in enumerate(asked) if "/slow-" in path]
    assert slow[2] == len(asked) - 1 == 32
    assert sum("/fast" in path for path in asked[: slow[1]]) >= 20
    assert crawler.summary().counts.stored == 33


def test_a_list_that_begins_with_a_slow_host_goes_on_with_the_others(web, crawler):
    slow, fast = publish(web, 3, "slow"), publish(web, 8, "fast")
    for path in slow:
        web.answers[path] = Answer(web.answers[path].body, wait_s=2)
    urls = [web.url(path, "slow.example") for path in slow]
    urls += [web.url(path, f"fast{n}.example") for n, path in enumerate(fast)]
    crawler.run("urls", f"urls={' '.join(urls)}", **EVERYWHERE)
    asked = pages(web)
    assert asked[-1] == slow[2]
    assert sum("/fast" in path for path in asked[: asked.index(slow[1])]) >= 6
    assert crawler.summary().counts.stored == 11


def test_minutes_count_from_the_start(monkeypatch):
    now = 100.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    budget = Budget(Limit(pages=3), {"harbour": Limit(minutes=2)})
    budget.take("harbour", 1)
    assert (budget.left(), budget.left("harbour"), budget.left("other"), budget.spent()) == (2, 2, 2, [])
    now = 220.0
    assert (budget.left(), budget.left("harbour"), budget.is_late("harbour"), budget.is_late()) == (2, 0, True, False)
    budget.take("other", 2)
    assert budget.left("other") == 0
    assert budget.spent() == ["harbour: 2 minutes", "3 pages"]
