"""What a crawl tells others: heartbeats, commands, metrics, and its log; real runs against a real server."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from prometheus_client.parser import text_string_to_metric_families

from newscrawl.cli import ending
from newscrawl.cli.ending import Ending, check_ending
from newscrawl.cli.terminal import CommandError
from newscrawl.spiders.launch import CrawlResult
from tests.commands import COMMAND, ENVIRONMENT, run
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, Web, serve

LISTENER = """\
import json, os, sys
names = ("NEWSCRAWL_RUN", "NEWSCRAWL_EXIT_STATUS", "NEWSCRAWL_PROBLEM")
heard = {name: os.environ[name] for name in names} | {"arguments": sys.argv[2:], "summary": json.load(sys.stdin)}
open(sys.argv[1], "w").write(json.dumps(heard))
print("the listener has heard")
"""


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serve() as web:
        for n in range(2):
            web.answers[f"/2026/story-{n}"] = Answer(article_page(f"Story {n}", place=f"Port {n}"))
        web.answers["/feed"] = Answer(rss([web.url(f"/2026/story-{n}") for n in range(2)]))
        yield web


def crawl(folder: Path, web: Web, *options: str, feeds: tuple[str, ...] = ("/feed",)) -> list[str]:
    Crawler(folder).outlet(web.url("/"), *(("rss", web.url(feed)) for feed in feeds))
    return ["crawl", "harbour", "--outlets", "outlets", "--allow-private", "--delay", "0", "--workers", "1", *options]


def listener(folder: Path, *arguments: str) -> str:
    """A command that writes what it hears to `heard.json`."""
    (folder / "listen.py").write_text(LISTENER, encoding="utf-8")
    words = "".join(f" '{argument}'" for argument in arguments)
    return f"{sys.executable} listen.py heard.json{words}"


def heard(folder: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((folder / "heard.json").read_text(encoding="utf-8"))
    return answer


@dataclass
class Told:
    """A run that stores two articles; one of its two sources cannot be read."""

    folder: Path
    done: subprocess.CompletedProcess[str]
    lines: list[dict[str, Any]]
    metrics: dict[tuple[str, ...], float]


@pytest.fixture(scope="module")
def told(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("told")
    options = [
        "--on-finish", listener(folder, "two words", "; touch injected"), "--metrics", "crawl.prom",
        "--log-file", "crawl.log", "--log-json", "--json",
    ]  # fmt: skip
    done = run(*crawl(folder, web, *options, feeds=("/feed", "/no-such-feed")), cwd=folder)
    lines = [json.loads(line) for line in (folder / "crawl.log").read_text(encoding="utf-8").splitlines()]
    families = text_string_to_metric_families((folder / "crawl.prom").read_text(encoding="utf-8"))
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value for family in families for sample in family.samples
    }
    return Told(folder, done, lines, samples)


def test_a_command_hears_of_the_run(told: Told) -> None:
    message = heard(told.folder)
    printed = json.loads(told.done.stdout)  # which holds nothing of the command's
    assert message["summary"] == printed
    assert message["arguments"] == ["two words", "; touch injected"]
    assert message["NEWSCRAWL_EXIT_STATUS"] == str(told.done.returncode) == "0"
    assert message["NEWSCRAWL_RUN"] == str(printed["run"]["id"])
    assert message["NEWSCRAWL_PROBLEM"] == ""
    assert "the listener has heard" in told.done.stderr
    assert not (told.folder / "injected").exists()


def test_metrics_give_the_figures_of_the_run(told: Told) -> None:
    assert told.metrics["newscrawl_run_exit_status", "crawl"] == 0
    assert told.metrics["newscrawl_urls", "crawl", "harbour", "stored"] == 2
    assert told.metrics["newscrawl_urls", "crawl", "failed", "harbour"] == 0
    assert told.metrics["newscrawl_articles_stored", "crawl", "harbour"] == 2
    assert told.metrics["newscrawl_sources_read", "crawl", "harbour"] == 1
    assert told.metrics["newscrawl_sources_failed", "crawl", "harbour"] == 1
    run = json.loads(told.done.stdout)["run"]
    began, ended = (datetime.fromisoformat(run[name]) for name in ("started_at", "finished_at"))
    assert told.metrics["newscrawl_run_finished_timestamp_seconds", "crawl"] == ended.timestamp()
    assert told.metrics["newscrawl_run_duration_seconds", "crawl"] == (ended - began).total_seconds()
    assert sorted(path.name for path in told.folder.glob("*.prom*")) == ["crawl.prom"]


def test_each_line_of_a_json_log_is_an_object_with_its_run_and_its_place(told: Told, web: Web) -> None:
    run_id = json.loads(told.done.stdout)["run"]["id"]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in told.lines)
    (warning,) = [line for line in told.lines if line["logger"] == "newscrawl.spiders.sources"]
    assert (warning["level"], warning["message"][:9]) == ("WARNING", "harbour: ")
    assert (warning["run"], warning["outlet"], warning["url"]) == (run_id, "harbour", web.url("/no-such-feed"))
    written = datetime.fromisoformat(warning["time"])
    assert written.utcoffset() == timedelta(0)
    assert abs(written - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_url_is_asked_for_with_status_and_run(web: Web, tmp_path: Path) -> None:
    options = crawl(tmp_path, web, "--quiet", "--on-finish", web.url("/ping/{status}?run={run}"))
    web.answers["/ping/0?run=1"] = Answer("ok")
    first = run(*options, cwd=tmp_path)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    assert "/ping/0?run=1" in web.paths()
    (tmp_path / "newscrawl.db.locks").mkdir(exist_ok=True)
    with FileLock(tmp_path / "newscrawl.db.locks" / "harbour.lock"):
        locked = run(*options, cwd=tmp_path)
    assert locked.returncode == 4
    assert "/ping/4?run=2" in web.paths()
    assert "--on-finish: HTTPError: HTTP Error 404" in locked.stderr


def test_a_run_that_cannot_begin_is_told_too_and_puts_a_full_log_aside(tmp_path: Path) -> None:
    (tmp_path / "crawl.log").write_text("x" * 2000)
    options = ["--on-finish", listener(tmp_path), "--metrics", "crawl.prom"]
    log = ["--log-file", "crawl.log", "--log-max-mb", "0.001"]
    done = run("crawl", "no-such-outlet", *options, *log, cwd=tmp_path)
    assert done.returncode == 1
    message = heard(tmp_path)
    assert (message["NEWSCRAWL_RUN"], message["NEWSCRAWL_EXIT_STATUS"]) == ("", "1")
    assert "no-such-outlet" in message["NEWSCRAWL_PROBLEM"]
    assert 'newscrawl_run_exit_status{schedule="crawl"} 1.0' in (tmp_path / "crawl.prom").read_text(encoding="utf-8")
    assert (tmp_path / "crawl.log.1").read_text() == "x" * 2000
    assert (tmp_path / "crawl.log").read_text().startswith("20")  # a date


def test_a_degraded_run_is_told_and_a_command_that_fails_changes_no_exit_status(web: Web, tmp_path: Path) -> None:
    command = f"sh -c '{listener(tmp_path)}; exit 7'"
    done = run(*crawl(tmp_path, web, "--quiet", "--on-finish", command, feeds=("/no-such-feed",)), cwd=tmp_path)
    assert done.returncode == 3
    assert heard(tmp_path)["NEWSCRAWL_EXIT_STATUS"] == "3"
    assert "harbour" in heard(tmp_path)["NEWSCRAWL_PROBLEM"]
    assert "--on-finish: the command ended with status 7" in done.stderr


def test_systemd_stops_a_run_and_it_is_told_as_interrupted(web: Web, tmp_path: Path) -> None:
    web.answers["/2026/slow"] = Answer(article_page("Slow"), wait_s=1)
    web.answers["/slow-feed"] = Answer(rss([web.url("/2026/slow")]))
    words = crawl(tmp_path, web, "--on-finish", listener(tmp_path), feeds=("/slow-feed",))
    process = subprocess.Popen([COMMAND, *words], cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while "/2026/slow" not in web.paths() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    message = heard(tmp_path)
    assert message["NEWSCRAWL_EXIT_STATUS"] == "130"
    assert message["summary"]["counts"]["stored"] == 1  # the answer that was due


@pytest.mark.parametrize(
    ("on_finish", "metrics", "told"),
    [
        ("no-such-command now", None, "no such command: no-such-command"),
        ("sh -c 'never closed", None, "not a command"),
        ("", None, "not a command"),
        ("https://example.org/a b", None, "not a URL"),
        (None, "no/such/folder/x.prom", "no such folder"),
    ],
)
def test_what_cannot_work_is_told_before_the_run(on_finish: str | None, metrics: str | None, told: str) -> None:
    with pytest.raises(CommandError, match=told):
        check_ending(on_finish, Path(metrics) if metrics else None)


def test_a_command_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(ending, "TIMEOUT_S", 0.2)
    with Ending("sleep 60", None) as around:
        around.result = CrawlResult(0, None)
    assert capfd.readouterr().err == "--on-finish: the command took more than 0.2 s and was ended\n"


@pytest.mark.parametrize(
    ("error", "status", "problem"),
    [
        (CommandError("no such outlet"), "1", "no such outlet"),
        (KeyboardInterrupt(), "130", "interrupted"),
        (RuntimeError("never\0seen"), "1", "RuntimeError: neverseen"),
    ],
)
def test_a_run_that_breaks_off_is_told(
    error: BaseException, status: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(type(error)), Ending(listener(tmp_path), None):
        raise error
    message = heard(tmp_path)
    assert (message["NEWSCRAWL_EXIT_STATUS"], message["NEWSCRAWL_PROBLEM"]) == (status, problem)
    assert message["summary"] == {"exit_status": int(status), "problem": message["summary"]["problem"]}
