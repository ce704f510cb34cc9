"""`newscrawl inspect`: from a file, the web and the store to a page."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest
from lxml import html

from newscrawl.cli.demoweb import OUTLETS
from newscrawl.cli.inspect import _inspected
from newscrawl.cli.jsonl import page_of
from newscrawl.items import Rejection
from tests.commands import run
from tests.pages import article_page
from tests.web import Answer, serve

KELP = "http://www.jinhai-caijing.example/news/detail/2026060488213"


@pytest.fixture(scope="module")
def crawled(web: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of one article."""
    folder = tmp_path_factory.mktemp("crawled")
    done = run("crawl", "--url", KELP, "--outlets", str(OUTLETS), "--delay", "0", *web, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def blocks(page: str) -> list[tuple[str, bool]]:
    """The texts, each with whether it is cut whole."""
    items = html.fromstring(page).xpath("//ol[@class='blocks']/li")
    return [(item.xpath("./p")[0].text_content(), "cut" in item.get("class").split()) for item in items]


def test_a_stored_article_is_shown_from_the_archive_the_web_and_the_store_alike(
    web: list[str], crawled: Path, tmp_path: Path
) -> None:
    done = run("inspect", "1", "--outlets", str(OUTLETS), cwd=crawled)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("inspect.html: 26 blocks, 21 cut whole or in part.")
    archived = (crawled / "inspect.html").read_text(encoding="utf-8")
    assert "Article 1, page from the archive" in archived
    assert "speaks for and against" in archived

    fetched = run("inspect", KELP, "-o", "-", *web, cwd=tmp_path).stdout
    assert blocks(fetched) == blocks(archived)

    shutil.copy(crawled / "newscrawl.db", tmp_path)
    alone = run("inspect", "1", "-o", "stored.html", cwd=tmp_path)
    assert alone.returncode == 0
    assert "the stored text is shown, without evidence" in alone.stderr
    stored = (tmp_path / "stored.html").read_text(encoding="utf-8")
    assert blocks(stored) == blocks(archived)
    assert "Article 1, revision 1 of" in stored
    assert "Dow Jones Newswires" in stored


def test_a_file_is_inspected_and_never_overwritten(tmp_path: Path) -> None:
    page = tmp_path / "inspect.html"
    page.write_text(article_page("Pier to be rebuilt"), encoding="utf-8")
    done = run("inspect", "inspect.html", cwd=tmp_path)
    assert done.returncode == 1
    assert "inspect.html: is the page itself; name another file with -o" in done.stderr
    done = run("inspect", "inspect.html", "--url", "https://www.pier.example/a", "-o", "seen.html", cwd=tmp_path)
    assert done.stdout == "seen.html: 5 blocks, 1 cut whole or in part. Open it in a browser.\n"
    assert "Pier to be rebuilt" in (tmp_path / "seen.html").read_text(encoding="utf-8")


def test_a_page_without_an_article_is_written_too(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<title>x</title><p>Ships.</p>")
    done = run("inspect", "page.html", "-o", "seen.html", cwd=tmp_path)
    assert done.returncode == 0
    assert "There is no article: too_short: too little text for an article (Ships.)." in done.stdout
    assert blocks((tmp_path / "seen.html").read_text(encoding="utf-8")) == [("Ships.", False)]


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["nothing.html"], "nothing.html: no such file; a URL must begin with http:// or https://"),
        (["7"], "7: no such article in this database; newscrawl why URL says what became of a URL"),
        (["1", "-o", "nowhere/x.html"], "nowhere/x.html: cannot be written (No such file or directory)"),
        (["1", "--db", "none.db"], "none.db: no such database; crawl first"),
    ],
)
def test_what_cannot_be_done_comes_with_advice(arguments: list[str], advice: str, crawled: Path) -> None:
    done = run("inspect", *arguments, cwd=crawled)
    assert (done.returncode > 0, done.stdout) == (True, "")
    assert advice in done.stderr


def test_a_page_that_a_process_does_not_survive_is_not_read_here(tmp_path: Path) -> None:
    deep = f"<html><body><article><h1>Piers</h1><p>{'<ul><li>item ' * 3000}</p></article></body></html>".encode()
    seen = _inspected(page_of(deep, "https://www.pier.example/a", None, {}))
    assert isinstance(seen.result, Rejection)
    assert (seen.result.reason, seen.metadata, seen.verdicts) == ("extract_error", None, ())


RULES = """
slug: pier
name: The Pier
homepage: http://www.pier.example/
headers: {Accept-Language: en-GB}
pages:
  byline: [{select: .old, until: 2020-01-01}, .signed]
  strip: .promo
  next_page: [{select: .before, until: 2020-01-01}, a.on]
"""


def part(number: int) -> str:
    text = f"Part {number}: the harbour of Northport opened on Friday, six years after the storm that closed it. " * 3
    return f"""<html><body><article><h1>The harbour opens</h1><p class=signed>Jane Roe</p><p>{text}</p>
<div class=promo><p>Readers of part {number} liked our pictures of the ferries and the quay.</p></div></article>
<a class=before href=/nowhere>More</a>{"<a class=on href=/1?p=2>Next</a>" if number == 1 else ""}</body></html>"""


def test_a_url_and_a_test_page_are_read_as_their_outlets_file_says(tmp_path: Path) -> None:
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets" / "pier.yaml").write_text(RULES)
    url = "http://www.pier.example/1"
    with serve() as web:
        web.answers.update({url: Answer(part(1)), f"{url}?p=2": Answer(part(2))})
        options = ("--outlets", "outlets", "--proxy", web.url(""), "--allow-private")
        done = run("inspect", url, "-o", "seen.html", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    seen = (tmp_path / "seen.html").read_text(encoding="utf-8")
    for shown in ("Jane Roe", "Part 1: the harbour", "Part 2: the harbour", "outlet/strip"):
        assert shown in seen
    test = "tests: [{page: 1.html.gz, url: 'http://www.pier.example/1', fetched: 2019-12-31}]\n"
    (tmp_path / "outlets" / "pier.yaml").write_text(RULES + test)
    (tmp_path / "outlets" / "1.html.gz").write_bytes(gzip.compress(part(1).replace("signed", "old").encode()))
    done = run("inspect", "outlets/1.html.gz", "-o", "seen.html", "--outlets", "outlets", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Jane Roe" in (tmp_path / "seen.html").read_text(encoding="utf-8")

    pages = [asked for asked in web.asked if "/1" in asked.path]
    assert [asked.path for asked in pages] == [url, f"{url}?p=2"]
    assert {asked.headers["Accept-Language"] for asked in pages} == {"en-GB"}
