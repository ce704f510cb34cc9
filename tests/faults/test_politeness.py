"""What the server's log says of the crawler's manners: one crawl of many hosts, each with its own robots.txt."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

import newscrawl
from newscrawl.settings import DOWNLOAD_MAXSIZE
from newscrawl.spiders.launch import CrawlOptions, settings_of
from tests.crawling import Crawler
from tests.pages import article_page
from tests.resolver import PUBLIC
from tests.web import Answer, Asked, serve

PAGES = ("/2026/public", "/2026/private/a.html", "/2026/private/b.pdf?x=1")
ALL, PUBLIC_ONLY, NONE = (1, 1, 1), (1, 0, 0), (0, 0, 0)
DELAY_S = 0.3
CONTACT = "https://research.example/bot; bot@research.example"
OFF = "User-agent: *\nDisallow: /"
RULES = "User-agent: *\nDisallow: /2026/private/"

# Host -> its robots.txt, and which of PAGES may be fetched by it.
ROBOTS: dict[str, tuple[Answer, tuple[int, int, int]]] = {
    "missing": (Answer(OFF, 404), ALL),
    "forbidden": (Answer(OFF, 403), ALL),
    "unauthorized": (Answer(OFF, 401), ALL),
    "gone": (Answer(OFF, 410), ALL),
    "broken": (Answer("", 500), NONE),
    "down": (Answer("User-agent: *\nAllow: /", 503), NONE),
    "busy": (Answer("", 429), NONE),
    "hangs": (Answer("", wait_s=60), NONE),
    "resets": (Answer(status=0), NONE),
    "endless": (Answer(b"# nothing\n" * (DOWNLOAD_MAXSIZE // 10 + 1)), NONE),
    "circles": (Answer("", 302, {"Location": "/circle"}), NONE),
    "patient": (Answer("User-agent: *\nCrawl-delay: 86400"), NONE),
    "moved": (Answer("", 301, {"Location": "{rules}"}), PUBLIC_ONLY),
    "empty": (Answer(""), ALL),
    "plain": (Answer(RULES), PUBLIC_ONLY),
    "bom": (Answer(b"\xef\xbb\xbf" + RULES.encode()), PUBLIC_ONLY),
    "utf16": (Answer(RULES.encode("utf-16")), PUBLIC_ONLY),
    "macintosh": (Answer(RULES.replace("\n", "\r")), PUBLIC_ONLY),
    "html": (Answer(f"<html><body><p>{OFF}</p></body></html>"), ALL),
    "octets": (Answer(RULES, headers={"Content-Type": "application/octet-stream"}), PUBLIC_ONLY),
    "long": (Answer(RULES + "\nDisallow: /x" * 100_000 + "\nDisallow: /"), PUBLIC_ONLY),
    "cut": (Answer(f"{RULES}\n#{'x' * (512 * 1024 - len(RULES) - 12)}\nAllow: /2026/private/none"), PUBLIC_ONLY),
    "named": (Answer(f"{OFF}\n\nUser-agent: NewsCrawl\nDisallow: /2026/private/\n"), PUBLIC_ONLY),
    "shut-out": (Answer("User-agent: *\nAllow: /\n\nUser-agent: newscrawl/0.1\nDisallow: /\n"), NONE),
    "starred": (Answer("User-agent: *\nAllow: /\n\nuser-agent : NEWSCRAWL* # you\nDisallow: /\n"), NONE),
    "named-bom": (Answer(b"\xef\xbb\xbfUser-agent: newscrawl/1.0\nDisallow: /"), NONE),
    "together": (Answer("User-agent: *\nAllow: /\n\nUser-agent: a\nUser-agent: newscrawl\nDisallow: /"), NONE),
    "others": (Answer("User-agent: news\rUser-agent: crawl\nUser-agent: newscrawler\nDisallow: /"), ALL),
    "wildcard": (Answer("User-agent: *\nDisallow: /*/private/*.html"), (1, 0, 1)),
    "end": (Answer("User-agent: *\nDisallow: /*.pdf$\nDisallow: /2026/public$"), (0, 1, 1)),
    "longest": (Answer("User-agent: *\nDisallow: /2026/\nAllow: /2026/private/a"), (0, 1, 0)),
    "escaped": (Answer("User-agent: *\nDisallow: /2026/%70rivate/"), PUBLIC_ONLY),
}
SLOW = [f"/2026/slow-{n}" for n in range(3)]  # of a host with a Crawl-delay


def later() -> Answer:
    at = datetime.now(UTC) + timedelta(seconds=3)  # an HTTP date has whole seconds: between two and three
    return Answer("", 429, {"Retry-After": format_datetime(at, usegmt=True)})


@pytest.fixture(scope="module")
def crawl(tmp_path_factory):
    """The crawl, and what the server was asked, by host."""
    with serve() as web:
        urls = [web.url(path, f"{name}.{PUBLIC}") for path in PAGES for name in ROBOTS]
        for name, (answer, _) in ROBOTS.items():
            web.answers[f"//{name}.{PUBLIC}/robots.txt"] = answer
        web.answers[f"//moved.{PUBLIC}/robots.txt"] = Answer("", 301, {"Location": web.url("/rules", f"away.{PUBLIC}")})
        web.answers["/rules"] = Answer(RULES)
        web.answers["/circle"] = Answer("", 302, {"Location": "/circle"})
        for path in (*PAGES, *SLOW):
            web.answers[path] = Answer(article_page(f"Story of {path}", place=path), wait_s=0.1)
        web.answers[f"//slow.{PUBLIC}/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 1")
        urls += [web.url(path, f"slow.{PUBLIC}") for path in SLOW]
        for name, first in (("seconds", Answer("", 503, {"Retry-After": "2"})), ("date", later)):
            once = iter([first])
            web.answers[f"//{name}.{PUBLIC}{PAGES[0]}"] = lambda once=once: ask(next(once, web.answers[PAGES[0]]))
            urls += [web.url(path, f"{name}.{PUBLIC}") for path in PAGES[:2]]
        crawler = Crawler(tmp_path_factory.mktemp("crawl"))
        listed = crawler.folder / "list.txt"
        listed.write_text("\n".join(urls), encoding="utf-8")
        # Jitter as large as it can be: one that went both ways would show.
        given = {"DOWNLOAD_DELAY_JITTER": 0.9, "DOWNLOAD_TIMEOUT": 3, "RETRY_TIMES": 1, "NEWSCRAWL_DELAY": DELAY_S}
        guarded = {"NEWSCRAWL_ALLOW_PRIVATE": 0, "TWISTED_DNS_RESOLVER": "tests.resolver.Named"}
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("NEWSCRAWL_CONTACT", CONTACT)
            crawler.run("urls", f"file={listed}", **given, **guarded)
        asked = defaultdict(list)
        for request in web.asked:
            asked[request.host.partition(":")[0].removesuffix(f".{PUBLIC}")].append(request)
        yield crawler, asked, web.most_open


def ask(answer):
    return answer() if callable(answer) else answer


@pytest.mark.parametrize("name", ROBOTS)
def test_robots_txt_is_read_by_rfc_9309(crawl, name):
    fetched = {request.path for request in crawl[1][name]}
    assert tuple(int(path in fetched) for path in PAGES) == ROBOTS[name][1]
    assert fetched & {"/robots.txt", "/circle"}


def test_every_url_ends_in_one_outcome(crawl):
    summary = crawl[0].summary()
    forbidding = {"shut-out", "starred", "named-bom", "together"}
    unreachable = sum(verdict == NONE for name, (_, verdict) in ROBOTS.items() if name not in forbidding)
    assert summary.failed == {"robots_unreachable": unreachable * len(PAGES)}
    assert set(summary.rejected) == {"robots"}
    assert (summary.counts.pending, summary.balanced) == (0, True)


def test_robots_txt_is_asked_for_once_and_first(crawl):
    for name, asked in crawl[1].items():
        paths = [request.path for request in asked]
        if name != "away" and ROBOTS.get(name, (None, ALL))[1] != NONE:
            assert (paths[0], paths.count("/robots.txt")) == ("/robots.txt", 1), name


def test_a_host_has_one_request_at_a_time(crawl):
    hangs = f"hangs.{PUBLIC}"  # whose first request is given up, and then asked again
    assert {count for host, count in crawl[2].items() if host != hangs} == {1}


def gaps(asked: list[Asked]) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(asked)]


def test_nothing_shortens_a_delay(crawl):
    every = [gap for asked in crawl[1].values() for gap in gaps(asked)]
    assert len(every) > 50
    assert min(every) >= DELAY_S


def test_a_crawl_delay_is_kept(crawl):
    assert len(crawl[1]["slow"]) == len(SLOW) + 1
    assert min(gaps(crawl[1]["slow"])) >= 1


@pytest.mark.parametrize("name", ["seconds", "date"])
def test_nothing_goes_to_a_host_that_asks_for_a_pause(crawl, name):
    asked = crawl[1][name]
    (before,) = [n for n, request in enumerate(asked) if request.path == PAGES[0]][:1]
    assert [request.path for request in asked].count(PAGES[0]) == 2
    assert asked[before + 1].at - asked[before].at > 1.8


def test_the_user_agent_says_who_asks_and_whom_to_write_to(crawl):
    agents = {request.headers["User-Agent"] for asked in crawl[1].values() for request in asked}
    assert agents == {f"newscrawl/{newscrawl.__version__} ({CONTACT})"}
    assert settings_of(CrawlOptions(contact=CONTACT))["USER_AGENT"] in agents
