"""The commands that read: articles, URLs, runs, outlets, single pages."""

from __future__ import annotations

import json
import os
import pty
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from newscrawl.cli.demoweb import OUTLETS, DemoWeb
from newscrawl.cli.summary import ProgressPrinter, progress_text
from newscrawl.extensions import Progress
from tests.commands import COMMAND, ENVIRONMENT, run

KELP = "http://www.jinhai-caijing.example/news/detail/2026060488213"
COURIER = "http://www.harborcourier.example"


@pytest.fixture(scope="module")
def crawled(web: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of two outlets."""
    folder = tmp_path_factory.mktemp("crawled")
    done = run("crawl", "jinhai", "harborcourier", "--outlets", str(OUTLETS), "--delay", "0", *web, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_an_article_is_shown_as_one_reads_it(crawled: Path) -> None:
    shown = run("show", KELP, cwd=crawled).stdout
    assert shown.startswith("Kelp Battery Maker Plans Listing After Record Quarter, Eyes Third Plant")
    assert "Wire:      Dow Jones Newswires" in shown
    assert "Published: 2026-06-05 03:44:00+08:00" in shown
    assert "before breakfast." in shown
    assert "免責聲明" not in shown
    assert "--removed shows them" in shown


def test_the_cuts_are_shown_in_their_places(crawled: Path) -> None:
    shown = run("show", KELP, "--removed", cwd=crawled).stdout.splitlines()
    assert "[-disclaimer: 免責聲明：" in "\n".join(shown)
    story = next(number for number, line in enumerate(shown) if "  Halden Kelp Power plans" in line)
    end = next(number for number, line in enumerate(shown) if "  [-wire_trailer: (END)" in line)
    assert story < end


def test_an_article_is_told_to_programs(crawled: Path) -> None:
    article = json.loads(run("show", KELP, "--json", cwd=crawled).stdout)
    assert (article["outlet"], article["language"]["tag"], article["revision"]) == ("jinhai", "en", 1)
    assert {cut["kind"] for cut in article["removed"]} >= {"disclaimer", "paywall", "ticker_list", "wire_trailer"}
    assert json.loads(run("show", str(article["id"]), "--json", cwd=crawled).stdout) == article


def test_an_article_that_is_not_there_is_named(crawled: Path) -> None:
    done = run("show", "999", cwd=crawled)
    assert (done.returncode, done.stdout) == (1, "")
    assert "999: no such article" in done.stderr


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/subscribers/print-edition", "It was rejected: robots: the outlet's robots.txt forbids it"),
        ("/2026/05/29/bridge-closure", "It was rejected: http_404: the page does not exist"),
        ("/topics/ferries", "It was rejected: not_article: the page is no article but a list, a profile or the like"),
        ("/go/8812", f"It led to {COURIER}/2026/05/30/tide-barrier-test"),
        ("/2026/06/04/ferry-terminal-vote", "It was stored as a new article."),
    ],
)
def test_every_url_has_its_story(path: str, told: str, crawled: Path) -> None:
    done = run("why", COURIER + path, cwd=crawled)
    assert done.returncode == 0
    assert told in done.stdout
    assert f"in {COURIER}/" in done.stdout  # where it was found
    assert json.loads(run("why", COURIER + path, "--json", cwd=crawled).stdout)["url"] == COURIER + path


def test_what_became_of_an_article_is_told(crawled: Path, tmp_path: Path) -> None:
    shutil.copy(crawled / "newscrawl.db", tmp_path)
    with closing(sqlite3.connect(tmp_path / "newscrawl.db")) as connection:
        (article,) = connection.execute("SELECT article_id FROM urls WHERE url = ?", [KELP]).fetchone()
        columns = "article_id, fetch_id, headline, text_hash, chars, code_version, rules_version"
        connection.execute(
            f"INSERT INTO article_revisions ({columns}, revision, cause, created_at, change_ratio, correction) "
            f"SELECT {columns}, 2, 'publisher_edit', '2026-11-20 08:00:00', 0.125, 'Correction: It was three.' "
            "FROM article_revisions WHERE article_id = ?",
            [article],
        )
        connection.execute("UPDATE articles SET revision = 2, gone_at = '2026-11-21 09:30:00' WHERE id = ?", [article])
        connection.execute("UPDATE urls SET revisit_at = '2026-11-23 10:00:00' WHERE url = ?", [KELP])
        connection.commit()
    shown = run("show", KELP, cwd=tmp_path, TZ="UTC").stdout
    assert "Gone:      its page, since 2026-11-21 09:30" in shown
    assert "Revision 2: 2026-11-20 08:00" in shown
    assert 'edited by the outlet, 12.5% changed: "Correction: It was three."' in shown
    told = json.loads(run("show", KELP, "--json", cwd=tmp_path).stdout)
    assert [(row["cause"], row["change_ratio"]) for row in told["revisions"]] == [
        ("first", None), ("publisher_edit", 0.125),
    ]  # fmt: skip
    assert "the next run after 2026-11-23 10:00" in run("why", KELP, cwd=tmp_path, TZ="UTC").stdout


def test_the_revisions_of_an_article_and_what_changed(crawled: Path, tmp_path: Path) -> None:
    shutil.copy(crawled / "newscrawl.db", tmp_path)
    with closing(sqlite3.connect(tmp_path / "newscrawl.db")) as connection:
        columns = "article_id, fetch_id, headline, text_hash, chars, code_version, rules_version"
        connection.execute(
            f"INSERT INTO article_revisions ({columns}, revision, cause, created_at, change_ratio) "
            f"SELECT {columns}, 2, 'publisher_edit', '2026-11-20 08:00:00', 0.5 FROM article_revisions "
            "WHERE article_id = 1"
        )
        old = "UPDATE article_revisions SET text = ?, headline = 'Ferry' WHERE article_id = 1 AND revision = 1"
        connection.execute(old, ["A ferry left on Monday.\nIt was late."])
        connection.execute("UPDATE article_revisions SET headline = 'Ferry late' WHERE article_id = 1 AND revision = 2")
        new = "UPDATE articles SET text = ?, headline = 'Ferry late', revision = 2 WHERE id = 1"
        connection.execute(new, ["A ferry left on Friday.\nIt was late.\nMore later."])
        connection.commit()
    listed = run("show", "1", "--revisions", cwd=tmp_path, TZ="UTC").stdout.splitlines()
    assert listed[2].split()[:4] == ["*", "2", "2026-11-20", "08:00"]
    assert "edited by the outlet" in listed[2]
    assert "--diff 1 2" in listed[-1]
    told = json.loads(run("show", "1", "--revisions", "--json", cwd=tmp_path).stdout)
    assert [row["change_ratio"] for row in told] == [None, 0.5]
    shown = run("show", "1", "--diff", "1", "2", cwd=tmp_path).stdout
    assert shown.splitlines()[-3:] == [
        "~ A ferry left on [-Monday-]{+Friday+}.", "  It was late.", "+ More later.",
    ]  # fmt: skip
    parts = json.loads(run("show", "1", "--diff", "1", "2", "--json", cwd=tmp_path).stdout)["paragraphs"]
    assert [part["kind"] for part in parts] == ["changed", "same", "added"]
    missing = run("show", "1", "--diff", "1", "7", cwd=tmp_path)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "revision 7: article 1 has 1, 2" in missing.stderr


def test_the_page_of_an_article_is_given_byte_for_byte(crawled: Path, tmp_path: Path) -> None:
    with DemoWeb() as web:
        served = web.answers[KELP].body
    raw = subprocess.run(
        [COMMAND, "show", KELP, "--raw"], cwd=crawled, env=ENVIRONMENT, capture_output=True, timeout=60
    )
    assert (raw.returncode, raw.stdout) == (0, served)
    shutil.copy(crawled / "newscrawl.db", tmp_path)
    away = run("show", KELP, "--raw", cwd=tmp_path)
    assert (away.returncode, away.stdout) == (2, "")
    assert "--archive" in away.stderr
    with closing(sqlite3.connect(tmp_path / "newscrawl.db")) as connection:
        connection.execute("UPDATE pages SET warc_file = NULL, warc_offset = NULL, warc_length = NULL")
        connection.commit()
    assert "its page is not archived" in run("show", KELP, "--raw", cwd=tmp_path).stderr


def test_an_export_is_told_and_its_errors_name_what_there_is(crawled: Path, tmp_path: Path) -> None:
    db = str(crawled / "newscrawl.db")
    done = run("export", "news.jsonl", "--db", db, "--outlet", "jinhai", "--outlet", "harborcourier", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "news.jsonl: 9 articles; 9 written" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "news.jsonl", "news.jsonl.card.json", "news.jsonl.card.md",
    ]  # fmt: skip
    days = run("export", "days", "--by", "day", "--until", "2026-06-02", "--json", "--db", db, cwd=tmp_path)
    told = json.loads(days.stdout)
    assert (told["written"], told["card"]) == (told["articles"], "days/README.md")
    lines = run("export", "-", "--format", "jsonl", "--wire", "dow jones newswires", "--db", db, cwd=tmp_path).stdout
    assert [json.loads(line)["wire"] for line in lines.splitlines()] == ["Dow Jones Newswires"]
    for arguments, advice in (
        (["x.csv", "--outlet", "harborcurier"], "nearest: harborcourier"),
        (["x"], "name it .parquet, .jsonl"),
        (["x.csv", "--since", "June"], "--since: expected a day"),
        (["x.csv", "--access", "fre"], "one of free, metered"),
        (["news.jsonl"], "--force replaces it"),
        (["-", "--by", "day"], "leave out --by"),
    ):
        refused = run("export", *arguments, "--db", db, cwd=tmp_path)
        assert (refused.returncode, refused.stdout, advice in refused.stderr) == (1, "", True), refused.stderr
    nothing = run("export", "x.csv", "--lang", "fi", "--db", db, cwd=tmp_path)
    assert nothing.returncode == 0
    assert "no article has the language fi; it has en, zh-Hant" in nothing.stderr


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("https://www.nowhere.example/a", "newscrawl outlets add"),
        (f"{COURIER}/2026/01/01/not-announced", "newscrawl crawl --url"),
        ("file:///etc/hostname", "no http(s) URL"),
    ],
)
def test_a_url_that_is_not_known_comes_with_advice(url: str, advice: str, crawled: Path) -> None:
    done = run("why", url, "--outlets", str(OUTLETS), cwd=crawled)
    assert done.returncode == 1
    assert advice in done.stderr


def test_runs_are_listed_and_shown(crawled: Path) -> None:
    assert "crawl news" in run("runs", cwd=crawled).stdout
    assert json.loads(run("runs", "list", "--json", cwd=crawled).stdout)[0]["status"] == "ok"
    shown = run("runs", "show", cwd=crawled).stdout
    assert "harborcourier" in shown
    assert "rejected: " in shown
    summary = json.loads(run("runs", "show", "1", "--json", cwd=crawled).stdout)
    assert summary["balanced"] is True
    assert sum(summary["rejected"].values()) == summary["counts"]["rejected"] == 3
    assert "run 99: not in this database" in run("runs", "show", "99", cwd=crawled).stderr


def test_an_outlet_is_added_shown_and_not_overwritten(web: list[str], tmp_path: Path) -> None:
    add = ["outlets", "add", f"{COURIER}/", "--slug", "courier", *web]
    added = run(*add, cwd=tmp_path)
    assert added.returncode == 0, added.stderr
    assert (tmp_path / "outlets" / "courier.yaml").exists()
    again = run(*add, cwd=tmp_path)
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert run(*add, "--force", "--name", "Courier", cwd=tmp_path).returncode == 0
    shown = run("outlets", "show", "courier", cwd=tmp_path, NEWSCRAWL_OUTLETS=str(tmp_path / "outlets")).stdout
    assert "name: Courier\n" in shown
    assert f"{COURIER}/rss.xml" in shown
    assert "courier" in run("outlets", "list", "--outlets", "outlets", cwd=tmp_path).stdout


def test_a_site_that_does_not_answer_is_named(web: list[str], tmp_path: Path) -> None:
    done = run("outlets", "add", "http://www.nowhere.example/", *web, cwd=tmp_path)
    assert done.returncode == 1
    assert "http://www.nowhere.example/" in done.stderr
    assert not (tmp_path / "outlets").exists()


def test_lint_names_every_fault(tmp_path: Path) -> None:
    folder = tmp_path / "outlets"
    folder.mkdir()
    (folder / "a.yaml").write_text("slug: a\nname: A\nhomepage: ftp://a.example/\nkind: paper\n")
    (folder / "b.yaml").write_text("slug: [\n")
    done = run("outlets", "lint", "--outlets", "outlets", cwd=tmp_path)
    assert done.returncode == 1
    assert "outlets/a.yaml:3: homepage: expected an http(s) URL, got 'ftp://a.example/'" in done.stderr
    assert "outlets/a.yaml:4: kind: " in done.stderr
    assert "outlets/b.yaml:2: column 1: " in done.stderr
    assert run("outlets", "lint", cwd=tmp_path).returncode == 0


def test_a_page_is_extracted_from_the_web_a_file_and_a_pipe(web: list[str], tmp_path: Path) -> None:
    url = f"{COURIER}/2026/06/02/northlight-results"
    fetched = run("extract", url, "--format", "json", *web, cwd=tmp_path)
    assert fetched.returncode == 0, fetched.stderr
    article = json.loads(fetched.stdout)
    assert [ticker["symbol"] for ticker in article["tickers"]] == ["NLMX", "CLWR"]
    with DemoWeb() as served:
        html = served.answers[url].body.decode()
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    assert json.loads(run("extract", "page.html", "--url", url, "--format", "json", cwd=tmp_path).stdout) == article
    text = run("extract", cwd=tmp_path, stdin=html).stdout
    assert text.startswith("Northlight raises its forecast as battery ferries sell\n")
    assert "All rights reserved" not in text


def test_a_page_that_gives_no_article_is_an_error_with_its_reason(web: list[str], tmp_path: Path) -> None:
    refused = run("extract", f"{COURIER}/subscribers/print-edition", *web, cwd=tmp_path)
    assert (refused.returncode, "robots" in refused.stderr) == (1, True)
    empty = run("extract", cwd=tmp_path, stdin="<p>x</p>")
    assert (empty.returncode, "no article: " in empty.stderr) == (1, True)


PROGRESS = Progress(12.3, 20, 5, 7, 0, 0, 1, 2, 0, 10, 4, 3, 1)


def test_progress_is_one_line_of_what_there_is() -> None:
    assert progress_text(PROGRESS) == (
        "12 s, 3 sources read, 1 not readable, 5 known, 20 to fetch, 7 stored, 1 duplicate, 2 rejected, 10 pending"
    )


def test_progress_is_plain_and_rare_where_no_terminal_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with ProgressPrinter() as printer:
        for now[0] in range(25):
            printer.show(PROGRESS)
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("12 s, 3 sources read")) == ("", 2)
    assert "\x1b" not in printed.err
    with ProgressPrinter(quiet=True) as printer:
        printer.show(PROGRESS)
    assert capsys.readouterr().err == ""


def test_progress_moves_on_a_terminal(web: list[str], tmp_path: Path) -> None:
    main, terminal = pty.openpty()
    try:
        subprocess.run(
            [COMMAND, "crawl", "gaceta", "--outlets", OUTLETS, *web],
            cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=terminal, timeout=60, check=True,
        )  # fmt: skip
        shown = os.read(main, 100_000).decode()
    finally:
        os.close(main)
        os.close(terminal)
    assert "to fetch" in shown
    assert "\x1b[2K" in shown  # the line is written anew
