"""`newscrawl search` as a user calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import insert

from newscrawl.cli import main
from newscrawl.store import migrate
from newscrawl.store.engine import open_engine
from newscrawl.store.models import Article, Outlet
from newscrawl.store.wordindex import Indexed, index_articles
from tests.records import NOW


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of two outlets and three articles."""
    folder = tmp_path_factory.mktemp("searched")
    url = f"sqlite:///{folder / 'newscrawl.db'}"
    migrate.upgrade(url)
    engine = open_engine(url)
    known = {"homepage": "", "kind": "publisher", "languages": "", "domains": "", "created_at": NOW, "updated_at": NOW}
    facts = {
        "outlet_id": 1, "text_hash": "", "chars": 1, "language_method": "script", "access": "free", "revision": 1,
        "completeness": "full", "first_seen_at": NOW, "last_seen_at": NOW, "published_precision": "minute",
        "wire": None,
    }  # fmt: skip
    rows = [
        facts
        | {"id": 1, "headline": "Council votes", "text": "The budget of the council.\n\x1b[31mRed", "language": "en"},
        facts
        | {
            "id": 2,
            "headline": "央行下调利率",
            "text": "市场人士看好AI芯片。",
            "language": "zh-Hans",
            "wire": "Reuters",
        },
        facts | {"id": 3, "headline": None, "text": "A budget, years ago.", "language": "en"},
    ]
    for row in rows:
        row |= {"canonical_url": f"https://herald.example/{row['id']}", "canonical_key": str(row["id"])}
        row |= {"published_at": NOW.replace(year=2020) if row["id"] == 3 else NOW}
    with engine.begin() as connection:
        connection.execute(insert(Outlet), [known | {"slug": slug, "name": slug} for slug in ("herald", "gazette")])
        connection.execute(insert(Article), rows)
        index_articles(connection, map(Indexed.of, rows))
    engine.dispose()
    return folder


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Search = Callable[..., Done]


@pytest.fixture
def search(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Search:
    """The command, in this process."""

    def search(*arguments: str) -> Done:
        monkeypatch.chdir(folder)
        monkeypatch.delenv("NEWSCRAWL_DATABASE_URL", raising=False)
        monkeypatch.setattr("sys.argv", ["newscrawl", "search", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return Done(int(ended.value.code or 0), *capsys.readouterr())

    return search


def test_what_is_found_is_shown_with_the_words_marked(search: Search) -> None:
    done = search("council", "budget")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "1  **Council** votes"
    assert lines[1].startswith("   herald, 2026-11-20 ")
    assert lines[2] == "   The **budget** of the **council**. [31mRed"
    assert search("芯片").stdout.splitlines()[2] == "   市场人士看好AI**芯片**。"
    assert "(no headline)" in search("years ago").stdout


def test_what_is_found_is_told_to_programs(search: Search) -> None:
    [hit] = json.loads(search("央行 芯片", "--json").stdout)
    assert (hit["id"], hit["outlet"], hit["wire"], hit["language"]) == (2, "herald", "Reuters", "zh-Hans")
    assert [hit["headline"][start:end] for start, end in hit["headline_marks"]] == ["央行"]
    assert [hit["snippet"][start:end] for start, end in hit["marks"]] == ["芯片"]


def test_options_choose_among_what_is_found(search: Search) -> None:
    def found(*options: str) -> list[int]:
        done = search("budget OR 芯片", "--json", *options)
        assert done.returncode == 0, done.stderr
        return [hit["id"] for hit in json.loads(done.stdout)]

    assert sorted(found()) == [1, 2, 3]
    assert found("--order", "date") == [2, 1, 3]
    assert found("--order", "date", "--limit", "1") == [2]
    assert found("--lang", "zh") == [2]
    assert found("--wire", "reuters") == [2]
    assert found("--until", "2020-11-20") == [3]
    assert found("--until", "2020-11-19") == []
    assert sorted(found("--since", "2026-11-20T13:00+01:00", "--outlet", "herald", "--access", "free")) == [1, 2]
    assert found("--outlet", "gazette") == []
    more = search("budget", "--limit", "1").stdout
    assert "There are more; --limit 2 shows them." in more


def test_nothing_found_is_said_and_is_no_fault(search: Search) -> None:
    for options, said in [
        (["nowhere"], "No article matches; fewer words"),
        (["budget", "--wire", "Reutres"], "no article has the wire Reutres; nearest: Reuters"),
        (["budget", "--lang", "fr"], "no article has the language fr; it has en, zh-Hans"),
        (["budget", "--wire", "reuters", "--lang", "zh"], "No article matches; fewer words"),
    ]:
        done = search(*options)
        assert (done.returncode, done.stderr) == (0, "")
        assert said in done.stdout
    assert search("nowhere", "--json").stdout == "[]\n"


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (['a "b'], 'close it: "two words"'),
        (["***"], "letters or digits are needed"),
        (["a OR"], "OR needs a word on either side"),
        (["x " * 5_000], "100 at most; shorten it"),
        (["budget", "--outlet", "heralt"], "heralt: no outlet of this database; nearest: herald"),
        (["budget", "--outlet", "zzz"], "it has gazette, herald"),
        (["budget", "--since", "2026-13-01"], "--since: expected a day (2026-06-30)"),
        (["budget", "--until", "99999y"], "--until: expected a day"),
        (["budget", "--order", "best"], "'relevance', 'date'"),
        (["budget", "--limit", "0"], "--limit"),
        (["budget", "--access", "fre"], "--access: expected one of free, metered"),
        ([], "QUERY"),
    ],
)
def test_bad_input_says_what_to_do(search: Search, options: list[str], advice: str) -> None:
    done = search(*options)
    assert done.returncode == 1
    assert advice in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr) < 400


def test_an_older_schema_is_refused_with_what_to_do(search: Search, tmp_path: Path) -> None:
    migrate.upgrade(f"sqlite:///{tmp_path / 'old.db'}", "0008")
    done = search("budget", "--db", str(tmp_path / "old.db"))
    assert done.returncode == 2
    assert "newscrawl db upgrade" in done.stderr
