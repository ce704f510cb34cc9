"""The README's commands and queries, run as a user would."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from sqlalchemy import create_engine, text

from newscrawl.cli.dictionary import markdown
from newscrawl.outlets.schema import OutletConfig
from newscrawl.store.dictionary import describe

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.timeout(900)  # all tasks of a user, one after the other
TASK_PORT = "8642"
WAIT_FOR_WEB = "for i in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && break; sleep 0.1; done"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NEWSCRAWL_")}
    return kept | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """All tasks in their order, in one shell; its folder and what it printed."""
    folder = tmp_path_factory.mktemp("readme")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    first, *rest = blocks("sh")
    script = "\n".join([
        "set -euo pipefail", "trap 'kill $(jobs -p)' EXIT", first, WAIT_FOR_WEB.format(port=TASK_PORT), "set -x", *rest,
    ]).replace(TASK_PORT, port)  # fmt: skip
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=800,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return folder, done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The demo, twice."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, [_demo(folder), _demo(folder)]


def _demo(folder: Path, *options: str) -> str:
    done = subprocess.run(
        ["newscrawl", "demo", *options], cwd=folder, env=environment(), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_commands_set_up_everything() -> None:
    setup = blocks("sh setup")
    assert [command.strip().rsplit("&& ", 1)[1] for command in setup] == [
        ".venv/bin/newscrawl demo",
        ".venv/bin/pytest -n auto",
    ]
    assert all(command.startswith("python3 -m venv .venv && .venv/bin/pip install ") for command in setup)


def test_the_tasks_work_in_their_order(tasks: tuple[Path, str]) -> None:
    folder, printed = tasks
    assert "outlets/elbtal.yaml: Elbtal Morgenblatt" in printed
    assert "3 of 3 tests of 1 outlets passed" in printed
    assert "its newest article is of 2026-" in printed
    assert re.search(r"^4 new", printed, re.MULTILINE)
    assert re.search(r"^0 new, 4 already stored", printed, re.MULTILINE)
    assert re.search(r"^\d+,\d+ \* \* \* \* cd .* crawl --all .* --quiet # newscrawl:all$", printed, re.MULTILINE)
    assert "El faro viejo" in printed or (folder / "newscrawl.db").exists()
    assert "It was stored as a new article." in printed
    assert "# Northlight raises its forecast as battery ferries sell" in printed
    assert '"rejection": null' in printed
    assert (folder / "from-archive.db").exists()
    assert "0 of 1 outlets are well" in printed
    for page in ("sample.html", "article.html", "northlight.html"):
        assert "What was found" in (folder / page).read_text(encoding="utf-8")


def test_the_python_works_after_the_tasks(tasks: tuple[Path, str]) -> None:
    (script,) = blocks("python")
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tasks[0], env=environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    headline, *rows = done.stdout.splitlines()
    assert headline
    assert len(rows) == 4


def test_the_outlet_files_are_valid() -> None:
    examples = [OutletConfig.model_validate(yaml.safe_load(example)) for example in blocks("yaml")]
    assert [example.slug for example in examples] == ["harborcourier", "harborcourier"]


def test_the_demo_shows_what_it_stored_cut_and_refused_and_stores_it_once(demo: tuple[Path, list[str]]) -> None:
    _, (first, second) = demo
    for shown in ("Stored", "Cut from their texts", "Not stored", "What to try next"):
        assert shown in first
    assert re.search(r"^\d\d new", first, re.MULTILINE)
    assert re.search(r"^0 new", second, re.MULTILINE)
    for reason in ("robots:", "http_404:", "not_article:"):
        assert reason in first


def test_what_the_demo_proposes_works(demo: tuple[Path, list[str]]) -> None:
    folder, (first, _) = demo
    proposed = first.split("What to try next\n")[1].splitlines()
    for command in proposed[:2]:
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=environment(), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout


@pytest.mark.parametrize("query", blocks("sql"))
def test_a_query_runs_on_the_demo_in_sqlite(query: str, demo: tuple[Path, list[str]]) -> None:
    run_query(f"sqlite:///{demo[0] / 'newscrawl.db'}", query)


def test_the_demo_and_the_queries_run_on_postgresql(postgres_database: str, tmp_path: Path) -> None:
    assert "Stored" in _demo(tmp_path, "--db", postgres_database)
    for query in blocks("sql"):
        run_query(postgres_database, query)


def run_query(database_url: str, query: str) -> None:
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            for statement in query.strip().removesuffix(";").split(";\n"):
                connection.execute(text(statement)).all()
    finally:
        engine.dispose()


def test_the_tables_are_those_of_the_schema() -> None:
    assert markdown(describe(), whole=False) in README


def test_every_table_and_view_is_described(demo: tuple[Path, list[str]]) -> None:
    engine = create_engine(f"sqlite:///{demo[0] / 'newscrawl.db'}")
    try:
        with engine.connect() as connection:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")).scalars()
            ours = [name for name in names if not name.startswith(("sqlite_", "alembic_", "article_words_"))]
    finally:
        engine.dispose()
    assert [name for name in ours if f"`{name}`" not in README] == []
