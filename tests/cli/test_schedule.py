"""`newscrawl schedule`: the line for cron, the crontab around it, and the units of systemd."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from configparser import RawConfigParser
from pathlib import Path

import pytest

from newscrawl.cli import main
from newscrawl.cli.cadence import Cadence, parse_cadence
from newscrawl.cli.crontab import cron_line, with_line, without_line
from newscrawl.cli.plan import VARIABLES, Schedule
from newscrawl.cli.terminal import CommandError
from newscrawl.cli.units import enabling, service, timer
from tests.commands import COMMAND, run
from tests.crawling import Crawler
from tests.pages import article_page, rss
from tests.web import Answer, Web, serve

# What python-crontab would rewrite, drop or break at.
FOREIGN = (
    "# my own jobs\nMAILTO=\nSHELL=/bin/bash\nPATH = /usr/bin:/bin\n\n# backup\n0 0 * * *\t/usr/bin/backup 'a # b'\r\n"
    '#0 5 * * * /bin/off # newscrawl:all\n*/5 * * * * date "+\\%F" # newscrawl\n@reboot /bin/boot\nnot a line of cron\n'
)
SECRET = "postgresql://reader:s3cret@db.example/news"


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serve() as web:
        web.answers["/2026/story"] = Answer(article_page("A story"))
        web.answers["/feed"] = Answer(rss([web.url("/2026/story")]))
        web.answers["/ping/0%20"] = Answer("ok")
        yield web


def test_the_printed_line_crawls_in_an_empty_environment(web: Web, tmp_path: Path) -> None:
    folder = tmp_path / "it's 100 % mine"
    folder.mkdir()
    Crawler(folder).outlet(web.url("/"), ("rss", web.url("/feed")))
    options = ["--outlets", "outlets", "--allow-private", "--workers", "1", "--log-file", "crawl.log"]
    ping = ["--on-finish", web.url("/ping/{status}%20")]
    (folder / "secret.env").write_text("NEWSCRAWL_ARCHIVE='pages of mine'\nIGNORED=1\n")
    (folder / "secret.env").chmod(0o600)
    options += ["--env-file", "secret.env", *ping]
    printed = run("schedule", "harbour", *options, cwd=folder, NEWSCRAWL_DATABASE_URL="my news.db")
    assert printed.returncode == 0, printed.stderr
    line = printed.stdout.removesuffix("\n")
    *fields, command = line.split(" ", 5)
    assert len(fields) == 5
    assert command.startswith("cd '")
    assert "%" not in command.replace("\\%", "")
    bare = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}  # where the tests' code lies
    environment = [f"{name}={value}" for name, value in bare.items()]
    done = subprocess.run(
        ["/usr/bin/env", "-i", *environment, "/bin/sh", "-c", command.replace("\\%", "%")],
        cwd="/", capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    database = sqlite3.connect(folder / "my news.db")
    assert database.execute("SELECT headline FROM articles").fetchall() == [("A story",)]
    database.close()
    assert list((folder / "pages of mine").glob("*.warc.gz"))
    assert (folder / "crawl.log").exists()
    assert "/ping/0%20" in web.paths()


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """The command in this process, which is quicker: exit status, output, errors."""
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", [str(COMMAND), "schedule", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        assert isinstance(ended.value.code, int)
        return ended.value.code, *capfd.readouterr()

    return call


def test_a_crontab_gets_a_schedule_once_and_gives_it_back(command: Command, tmp_path: Path) -> None:
    table = tmp_path / "crontab"
    table.write_bytes(FOREIGN.encode())

    def schedule(*options: str) -> tuple[str, list[str]]:
        status, out, errors = command(*options, "--json", "--crontab-file", str(table))
        assert status == 0, errors
        lines = table.read_bytes().decode().split("\n")
        return json.loads(out)["done"], [line for line in lines if line not in FOREIGN.split("\n")]

    assert schedule("--all", "--install") == ("installed", [first := table.read_text().splitlines()[-1]])
    assert schedule("--all", "--install")[0] == "unchanged"
    assert schedule("bbc", "--install", "--name", "british")[0] == "installed"
    done, lines = schedule("--all", "--install", "--every", "2h")
    assert (done, len(lines), first in lines) == ("changed", 2, False)
    assert lines[0].endswith(" crawl --all --quiet # newscrawl:all")
    assert lines[1].endswith(" crawl bbc --quiet # newscrawl:british")
    assert schedule("--all", "--remove")[0] == "removed"
    assert schedule("--all", "--remove")[0] == "unchanged"
    assert schedule("--name", "british", "--remove") == ("removed", [])
    assert table.read_bytes() == FOREIGN.encode()


@pytest.mark.parametrize("table", ["", "0 1 * * * x", FOREIGN], ids=["empty", "no line end", "foreign"])
def test_a_line_is_placed_once_and_changed_where_it_stands(table: str) -> None:
    once = with_line(table, "a", "1 * * * * x # newscrawl:a")
    assert with_line(once, "a", "1 * * * * x # newscrawl:a") == once
    assert without_line(once, "a").rstrip("\n") == table.rstrip("\n")
    more = once + "@reboot after\n" + "2 * * * * twice # newscrawl:a\n"
    changed = with_line(more, "a", "3 * * * * y # newscrawl:a")
    assert changed == once.replace("1 * * * * x", "3 * * * * y") + "@reboot after\n"


def test_the_crontab_program_is_used_where_no_file_is_named(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a `crontab` of the test's own in the PATH, which keeps its table in a file."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "crontab"
    program.write_text(
        "#!/bin/sh\n"
        f'[ "$1" = - ] && exec /bin/cat > {tmp_path}/table\n'
        f"[ -e {tmp_path}/table ] || {{ echo 'no crontab for root' >&2; exit 1; }}\n"
        f"exec /bin/cat {tmp_path}/table\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    status, installed, errors = command("--all", "--install")
    assert (status, installed.splitlines()[0][:25]) == (0, "installed in your crontab"), errors
    assert (tmp_path / "table").read_text() == installed.splitlines()[-1] + "\n"
    monkeypatch.setenv("PATH", str(tmp_path))
    status, printed, errors = command("--all", "--install")
    assert (status, printed) == (1, (tmp_path / "table").read_text())
    assert "install cron" in errors


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "name outlets, or --all"),
        (["--name", "x"], "name outlets, or --all"),
        (["bbc", "--all"], "only one of them"),
        (["bbc", "--install", "--remove"], "only one of them"),
        (["no-such-outlet"], "unknown outlet 'no-such-outlet'"),
        (["bbc", "--every", "7m"], "it can: 1m, 2m, 3m, 4m, 5m, 6m, 10m"),
        (["bbc", "--name", "a b"], "--name: expected letters"),
        (["bbc", "--outlets", "nowhere"], "nowhere: no such folder"),
        (["bbc", "--db", SECRET], "--env-file"),
        (["bbc", "--db", "postgresql://db.example/news?password=s3cret"], "--env-file"),
        (["bbc", "--db", "mysql://db.example/news"], "SQLite or PostgreSQL"),
        (["bbc", "--env-file", "nowhere.env"], "nowhere.env: cannot be read"),
        (["bbc", "--contact", "a\nb"], "control character"),
        (["bbc", "--contact", "a\\b"], "backslash"),
        (["bbc", "--contact", "a" * 1000], "cron takes 999"),
        (["bbc", "--log-json"], "--log-file"),
        (["bbc", "--on-finish", "no-such-command"], "no such command"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else None,
)
def test_a_mistake_is_told_with_what_to_do(options: list[str], told: str, command: Command, tmp_path: Path) -> None:
    status, out, errors = command(*options, "--crontab-file", str(tmp_path / "crontab"))
    assert status in (1, 2)
    assert told in errors
    assert "s3cret" not in out + errors
    assert not (tmp_path / "crontab").exists()


def test_a_password_stays_in_its_file(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_DATABASE_URL", SECRET)
    monkeypatch.setenv("NEWSCRAWL_WEIGHTS", "mine.json")
    secret = tmp_path / "news.env"
    secret.write_text("OTHER='x'\n")
    words = ["--all", "--env-file", "news.env", "--systemd", "units"]
    status, _, errors = command(*words)
    assert status == 1
    assert "news.env: no NEWSCRAWL_DATABASE_URL in it" in errors
    assert "chmod 600 news.env" in errors
    secret.write_text(f"NEWSCRAWL_DATABASE_URL='{SECRET}'\n")
    assert command(*words)[0] == 0
    unit = (tmp_path / "units" / "newscrawl-all.service").read_text()
    assert f"EnvironmentFile={tmp_path}/news.env\nExecStart=" in unit
    assert "Environment=NEWSCRAWL_WEIGHTS=mine.json\n" in unit
    assert "s3cret" not in unit


def plan(folder: Path, **more: object) -> Schedule:
    command = (str(COMMAND), "crawl", "--all", "--on-finish", 'echo "$HOME" 5%; {run}', "--quiet")
    return Schedule("all", Cadence(30).spread("x"), folder, command, {"NEWSCRAWL_OUTLETS": "a b:%c"}, **more)


def read_unit(text: str) -> RawConfigParser:
    parser = RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return parser


def test_the_units_say_when_and_how_a_run_is_ended(tmp_path: Path) -> None:
    folder = tmp_path / "100% mine"
    folder.mkdir()
    unit = read_unit(service(plan(folder), tmp_path, 6144))["Service"]
    assert (unit["Type"], unit["SuccessExitStatus"], unit["KillMode"]) == ("oneshot", "4 130", "mixed")
    assert (unit["TimeoutStopSec"], unit["MemoryMax"]) == ("300", "6144M")
    assert unit["WorkingDirectory"] == f"{tmp_path}/100%% mine"
    assert unit["Environment"] == '"NEWSCRAWL_OUTLETS=a b:%%c"'
    assert unit["ExecStart"] == f'{COMMAND} crawl --all --on-finish "echo \\"$$HOME\\" 5%%; {{run}}" --quiet'
    when = read_unit(timer(plan(folder)))["Timer"]
    assert (when["Persistent"], when["RandomizedDelaySec"]) == ("true", "180")
    assert when["OnCalendar"] == plan(folder).cadence.calendar
    if program := shutil.which("systemd-analyze"):
        files = [tmp_path / f"newscrawl-all{ending}" for ending in (".service", ".timer")]
        for file, text in zip(files, (service(plan(folder), tmp_path, 6144), timer(plan(folder))), strict=True):
            file.write_text(text)
        checked = subprocess.run([program, "verify", *files], capture_output=True, text=True, timeout=60)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_a_user_s_own_manager_gets_no_user_and_its_own_commands(tmp_path: Path) -> None:
    own = tmp_path / "systemd" / "user"
    assert "User" not in read_unit(service(plan(tmp_path), own, 6144))["Service"]
    assert enabling(plan(tmp_path), own, [])[1] == "systemctl --user enable --now newscrawl-all.timer"
    assert "User" in read_unit(service(plan(tmp_path), tmp_path, 6144))["Service"]
    copied, *_ = enabling(plan(tmp_path), tmp_path, [tmp_path / "a b.timer"])
    assert copied == f"sudo cp '{tmp_path}/a b.timer' /etc/systemd/system/"


@pytest.mark.parametrize(
    ("every", "offset", "cron", "calendar"),
    [
        ("1m", 0, "* * * * *", "*-*-* *:*:00"),
        ("5m", 2, "2-59/5 * * * *", "*-*-* *:2..59/5:00"),
        ("30m", 7, "7,37 * * * *", "*-*-* *:7,37:00"),
        ("1h", 7, "7 * * * *", "*-*-* *:7:00"),
        ("60m", 7, "7 * * * *", "*-*-* *:7:00"),
        ("2h", 67, "7 1-23/2 * * *", "*-*-* 1..23/2:7:00"),
        ("12h", 127, "7 2,14 * * *", "*-*-* 2,14:7:00"),
        ("1d", 187, "7 3 * * *", "*-*-* 3:7:00"),
        ("24h", 187, "7 3 * * *", "*-*-* 3:7:00"),
    ],
)
def test_an_interval_in_the_words_of_cron_and_systemd(every: str, offset: int, cron: str, calendar: str) -> None:
    cadence = Cadence(parse_cadence(every).minutes, offset)
    assert (cadence.cron, cadence.calendar) == (cron, calendar)


@pytest.mark.parametrize("every", ["", "0m", "7m", "90m", "5h", "2d", "30", "m", "-5m", "30 m", "1w", "٣m"])
def test_an_interval_that_cron_cannot_say_is_refused(every: str) -> None:
    with pytest.raises(ValueError, match="it can: 1m"):
        parse_cadence(every)


@pytest.mark.parametrize("every", ["2m", "5m", "30m", "1h", "6h", "1d"])
def test_schedules_do_not_all_start_at_the_full_hour(every: str) -> None:
    cadences = [parse_cadence(every).spread(f"/srv/news\n{n}") for n in range(50)]
    assert all(0 < cadence.offset < cadence.minutes and cadence.offset % 60 for cadence in cadences)
    assert len({cadence.offset for cadence in cadences}) >= min(cadences[0].minutes - 1, 4)
    assert cadences[0] == parse_cadence(every).spread("/srv/news\n0")


def test_a_line_that_cron_would_misread_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="backslash"):
        cron_line(plan(tmp_path / "a\\b"))
