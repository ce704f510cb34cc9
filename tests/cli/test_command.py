"""The command as users and cron call it: real processes, their output and their exit status."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from newscrawl.cli.demoweb import DemoWeb
from tests.commands import COMMAND, ENVIRONMENT, run

GROUPS = {
    "runs": ("list", "show"),
    "outlets": ("list", "show", "add", "lint", "health", "test", "doctor", "import-opml", "import-ftr"),
    "db": ("status", "upgrade", "check", "downgrade"),
}
COMMANDS = [
    *[
        [name]
        for name in (
            "demo",
            "crawl",
            "schedule",
            "extract",
            "show",
            "why",
            "runs",
            "outlets",
            "db",
            "backup",
            "purge",
            "workers",
        )
    ],
    *[[group, name] for group, names in GROUPS.items() for name in names],
]

OUTLET = """
slug: {slug}
name: {slug}
homepage: http://{host}/
sources:
  - {{kind: rss, url: "http://{host}{feed}"}}
politeness: {{delay_s: {delay}}}
"""


@pytest.fixture(scope="module")
def web() -> Iterator[list[str]]:
    """Options that make a crawl use the demo web."""
    with DemoWeb() as served:
        yield ["--proxy", served.proxy, "--allow-private"]


@pytest.fixture
def outlets(tmp_path: Path) -> Path:
    folder = tmp_path / "outlets"
    folder.mkdir()
    for slug, host, feed, delay in (
        ("quick", "www.elbtal-morgenblatt.example", "/feed.atom", 0),
        ("slow", "www.harborcourier.example", "/rss.xml", 3),
        ("gone", "www.jinhai-caijing.example", "/no-such-feed", 0),
    ):
        (folder / f"{slug}.yaml").write_text(OUTLET.format(slug=slug, host=host, feed=feed, delay=delay))
    return folder


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(command: list[str], tmp_path: Path) -> None:
    done = run(*command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Example: newscrawl " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ([], 1, ""),
        (["nonsense"], 1, "No such command 'nonsense'"),
        (["crawl", "--nonsense"], 1, "newscrawl crawl --help"),
        (["crawl", "--workers", "none"], 1, "--workers"),
        (["crawl"], 1, "nothing to crawl: name outlets"),
        (["crawl", "bbc", "--all"], 1, "only one of them"),
        (["crawl", "bbc", "--again"], 1, "--again goes with"),
        (["crawl", "no-such-outlet"], 1, "no-such-outlet"),
        (["crawl", "--urls-from", "nowhere.txt"], 1, "nowhere.txt: no such file"),
        (["crawl", "--warc", "nowhere.warc.gz"], 1, "nowhere.warc.gz"),
        (["crawl", "bbc", "--db", "sqlite:////no/such/folder/x.db"], 2, "/no/such/folder"),
        (["crawl", "bbc", "--db", "mysql://u:secret@host/x"], 2, "SQLite or PostgreSQL"),
        (["extract", "nowhere.html"], 1, "nowhere.html: no such file"),
        (["show", "1"], 2, "newscrawl.db: no such database"),
        (["why", "http://a.example/"], 2, "no such database"),
        (["runs"], 2, "no such database"),
        (["runs", "show"], 2, "no such database"),
        (["backup", "copy.db"], 2, "newscrawl.db: no such database"),
        (["backup", "no/copy.db"], 1, "no such folder"),
        (["purge"], 2, "no such database"),
        (["db", "status"], 2, "no such database"),
        (["outlets", "health"], 2, "no such database"),
        (["outlets", "show", "no-such-outlet"], 1, "newscrawl outlets list"),
        (["outlets", "add", "http://a.example/", "http://b.example/", "--slug", "x"], 1, "one URL"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_told_with_what_to_do(arguments: list[str], status: int, told: str, tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, told in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


def test_a_crawl_stores_what_is_new_once(web: list[str], outlets: Path, tmp_path: Path) -> None:
    crawl = ["crawl", "quick", "--outlets", str(outlets), *web]
    first = run(*crawl, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "4 new" in first.stdout
    second = run(*crawl, cwd=tmp_path)
    assert second.returncode == 0
    assert "0 new, 4 already stored" in second.stdout
    quiet = run(*crawl, "--quiet", cwd=tmp_path)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    as_json = json.loads(run(*crawl, "--json", cwd=tmp_path).stdout)
    assert (as_json["exit_status"], as_json["counts"]["stored"], as_json["balanced"]) == (0, 0, True)


def test_an_outlet_that_cannot_be_read_degrades_the_run(web: list[str], outlets: Path, tmp_path: Path) -> None:
    done = run("crawl", "quick", "gone", "--outlets", str(outlets), *web, cwd=tmp_path)
    assert done.returncode == 3
    assert "gone" in done.stderr
    assert "4 new" in done.stdout


def test_two_runs_do_not_crawl_one_outlet(web: list[str], outlets: Path, tmp_path: Path) -> None:
    locks = tmp_path / "newscrawl.db.locks"
    locks.mkdir()
    with FileLock(locks / "quick.lock"):
        done = run("crawl", "quick", "--outlets", str(outlets), *web, cwd=tmp_path)
    assert done.returncode == 4
    assert "quick" in done.stderr


def test_an_interrupted_run_ends_with_130_and_loses_nothing(web: list[str], outlets: Path, tmp_path: Path) -> None:
    crawl = [COMMAND, "crawl", "slow", "--outlets", str(outlets), *web]
    process = subprocess.Popen(
        crawl, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline and not _found(tmp_path / "newscrawl.db"):
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted" in out
    again = run("crawl", "slow", "--outlets", str(outlets), "--delay", "0", *web, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert _rows(tmp_path / "newscrawl.db", "SELECT COUNT(*) FROM urls WHERE state <> 'done'") == [(0,)]


def test_a_reader_that_stops_early_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {COMMAND} outlets list --json | head -1"],
        cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_database_is_made_checked_and_taken_back(tmp_path: Path) -> None:
    assert run("db", "upgrade", cwd=tmp_path).returncode == 0
    assert run("db", "check", cwd=tmp_path).returncode == 0
    status = json.loads(run("db", "status", "--json", cwd=tmp_path).stdout)
    assert status["current"] is True
    assert run("runs", cwd=tmp_path).stdout == "No runs yet; newscrawl crawl starts one.\n"
    assert run("db", "downgrade", "base", cwd=tmp_path).returncode == 1  # nobody answered the question
    assert run("db", "downgrade", "base", "--yes", cwd=tmp_path).returncode == 0
    assert run("db", "check", cwd=tmp_path).returncode == 2


def test_a_database_without_tables_is_named(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "newscrawl.db").close()
    done = run("runs", cwd=tmp_path)
    assert done.returncode == 2
    assert "crawl first, or name another database" in done.stderr


def _found(database: Path) -> bool:
    return database.exists() and bool(_rows(database, "SELECT 1 FROM urls LIMIT 1"))


def _rows(database: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError:  # no table yet
        return []
    finally:
        connection.close()
