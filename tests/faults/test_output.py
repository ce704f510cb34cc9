"""What a page says can neither steer a terminal nor run in a browser, through whichever command it is printed."""

from __future__ import annotations

import html
import json
import os
import pty
import re
import subprocess
from contextlib import suppress
from pathlib import Path

import lxml.html
import pytest

from newscrawl.cli import main
from tests.commands import COMMAND, ENVIRONMENT
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, serve

# As a page writes it: the colour and the title of a terminal, a hidden link, C1, Rich's markup, HTML, a formula.
EVIL = (
    '=HYPERLINK("http://evil.example","x") [red]red[/red] [link=http://evil.example]here[/link] [/] :skull:'
    " \x1b[31m\x1b]0;owned\x07\x1b]8;;http://evil.example\x1b\\link\x9b2J\u202egnp.exe\u2066"
    " <script>alert(1)</script> <img src=x onerror=alert(1)> \"' onmouseover=alert(1) </title></style></textarea>"
)
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
MARKUP = "[red]red[/red] [link=http://evil.example]here[/link]"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """A folder with a database of hostile articles, and the URLs that the crawl saw."""
    folder = tmp_path_factory.mktemp("crawled")
    shown = html.escape(EVIL)
    facts = f'<meta name="author" content="Ann {shown}"><meta name="keywords" content="{shown}">'
    page = article_page(shown, place=f"Northport {shown}").replace("</head>", f"{facts}</head>")
    with serve() as web:
        web.answers["/2026/pier"] = Answer(page)
        location = {"Location": "javascript:[red]\x1b]0;owned\x07<script>"}
        web.answers["/2026/moved"] = Answer("", 302, location)
        web.answers["/2026/pdf"] = Answer("x", headers={"Content-Type": "a/[red]\x1b[31m<script>"})
        web.answers["/2026/short"] = Answer(f"<article><p>{shown}</p></article>")
        urls = [web.url(path) for path in web.answers] + [web.url("/2026/[red]<script>alert(1)</script>?=1")]
        web.answers["/feed"] = Answer(rss([html.escape(url) for url in urls]).replace("Story", shown))
        web.answers["/broken"] = Answer(f"<rss>{EVIL}")
        web.answers["/away"] = Answer("", 302, location)
        crawler = Crawler(folder)
        crawler.outlet(web.url("/"), *(("rss", web.url(path)) for path in ("/feed", "/broken", "/away")))
        crawler.run("news", "outlet=harbour", RETRY_TIMES=0)
        assert crawler.summary().counts.stored >= 1
    (folder / "page.html").write_text(page)
    (folder / "outlets" / "[red]x.yaml").write_text("slug: '\x07[red]'\nname: \"[red]\\e[31m\"")
    return folder, urls


def commands(urls: list[str]) -> list[list[str]]:
    return [
        ["runs"], ["runs", "list"], ["runs", "show"], ["runs", "show", "--json"], ["show", "1"],
        ["show", "1", "--removed"], ["show", "1", "--json"], *(["why", url] for url in urls),
        *(["why", url, "--json"] for url in urls), ["why", f"http://a.example/{EVIL}"], ["show", EVIL],
        ["inspect", "1", "--out", "-", "--archive", "archive"], ["extract", "page.html"],
        ["extract", "page.html", "--format", "markdown"], ["extract", "page.html", "--format", "json"],
        ["outlets", "list", "--outlets", "outlets"], ["outlets", "lint", "--outlets", "outlets"],
        ["export", "-", "--format", "jsonl"], ["export", "-", "--format", "csv"], ["export", "-", "--outlet", EVIL],
        ["export", EVIL], ["export", "x.csv", "--wire", EVIL], ["show", "1", "--revisions"],
        ["show", "1", "--diff", "1", "1"],
        ["outlets", "show", EVIL], ["rules", "suggest"], ["db", "status"], [EVIL],
    ]  # fmt: skip


def test_no_command_prints_what_steers_a_terminal(crawled, monkeypatch, capfdbinary):
    folder, urls = crawled
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NEWSCRAWL_DATABASE_URL", "news.db")
    said = {}
    for command in commands(urls):
        with suppress(SystemExit), monkeypatch.context() as patched:
            patched.setattr("sys.argv", ["newscrawl", *command])
            main()
        printed = capfdbinary.readouterr()
        said[" ".join(command)] = (printed.out + printed.err).decode()
    assert {command: text for command, text in said.items() if STEERING.search(text)} == {}
    assert [command for command, text in said.items() if not text] == []
    for command in ("show 1", "show 1 --json", "extract page.html"):
        assert MARKUP in said[command]
        assert "<script>alert(1)</script>" in said[command]
    assert json.loads(said["show 1 --json"])["headline"].startswith("=HYPERLINK(")
    assert "owned" in said[f"why {urls[1]}"]


def test_an_inspected_page_runs_nothing(crawled):
    folder, _ = crawled
    done = subprocess.run(
        [COMMAND, "inspect", "page.html", "--out", "out.html"],
        cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    written = (folder / "out.html").read_text()
    tree = lxml.html.document_fromstring(written)
    assert {str(node.tag) for node in tree.iter("script", "img", "iframe", "object", "textarea")} == set()
    assert [name for node in tree.iter() for name in node.attrib if name.startswith("on")] == []
    assert all(href.startswith(("http://", "https://", "#")) for href in tree.xpath("//a/@href"))
    assert "alert(1)" in tree.text_content()
    assert not STEERING.search(written)


def test_on_a_terminal_the_colours_are_ours_alone(crawled):
    folder, urls = crawled
    for command in (["show", "1"], ["why", urls[1]], ["runs", "show"], ["crawl", "[red]\x1b]0;x\x07"]):
        screen = on_a_terminal([str(COMMAND), *command, "--db", "news.db"], folder)
        assert "\x1b[" in screen or command[0] in ("why", "crawl")  # it was one, and styles are printed
        assert not re.search("\x1b\\]|\x07|\x9b|\x1b\\[31m|\u202e", screen)
        assert command[0] != "show" or "[red]red[/red]" in screen


def on_a_terminal(command: list[str], folder: Path) -> str:
    """What a command prints where the standard output is a terminal."""
    ours, theirs = pty.openpty()
    environment = {**ENVIRONMENT, "TERM": "xterm-256color", "COLUMNS": "200"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    chunks = []
    with suppress(OSError):  # Linux says so at the end
        while chunk := os.read(ours, 65536):
            chunks.append(chunk)
    process.wait(60)
    os.close(ours)
    return b"".join(chunks).decode()
