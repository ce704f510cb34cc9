"""`newscrawl stories`, with a store and without one."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest

from newscrawl.cli.stories import run_filter
from newscrawl.store import migrate
from newscrawl.store.engine import open_engine
from tests.commands import run
from tests.dedup.test_stories import BAKERY, FERRY, FERRY_DE
from tests.store.test_stories import RETOLD, told
from tests.telling import tell

TEXT = (
    "Kystruten's ferry Solvarg struck a pier in Osthavn with 187 people on board on Monday, Marit Fossdal said.\n"
    "Twenty-three passengers were hurt. Repairs will cost $4.7 million."
)


def line(number: int, text: str = TEXT, published: str | None = "2026-03-09T08:00:00+01:00") -> str:
    fields = {"id": number, "outlet": "a", "language": "en", "published": published, "title": "Ferry", "text": text}
    return json.dumps(fields)


def answers(*lines: str) -> list[dict[str, object]]:
    target = BytesIO()
    run_filter(BytesIO("\n".join(lines).encode()), target)
    return [json.loads(answer) for answer in target.getvalue().splitlines()]


def test_writes_a_line_for_each_in_order() -> None:
    later = "2026-03-09T12:00:00Z"
    assert answers(line(5, published=later), line(6, "A bakery in Lindow won a prize."), line(7)) == [
        {"id": 5, "story": 7, "independent": 1},
        {"id": 6, "story": None, "independent": 1},
        {"id": 7, "story": 7, "independent": 1},
    ]


def test_goes_on_behind_bad_lines() -> None:
    bad = ("{", '{"id": 1, "text": 2}', '{"id": 2, "published": "yesterday"}')
    found = answers(*bad, line(3), line(4, published=None))
    assert [answer.get("rejection") for answer in found] == ["bad_json", "bad_field", "bad_field", None, None]
    assert found[4] == {"id": 4, "story": None, "independent": 1}  # of no day, so of no story


def test_the_command_reads_its_input(tmp_path: Path) -> None:
    done = run("stories", "cluster", "--jsonl", cwd=tmp_path, stdin=f"{line(1)}\n{line(2)}\n")
    assert [json.loads(answer)["story"] for answer in done.stdout.splitlines()] == [1, 1]
    refused = run("stories", "cluster", cwd=tmp_path)
    assert refused.returncode == 1
    assert "--jsonl" in refused.stderr


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose articles wait to be tied, and are."""
    path = tmp_path_factory.mktemp("stories") / "news.db"
    migrate.upgrade(f"sqlite:///{path}")
    engine = open_engine(f"sqlite:///{path}")
    ferry = [told("herald", FERRY, wire="Kyodo"), told("gazette", FERRY, hours=1, wire="Kyodo")]
    ferry += [told("bote", FERRY_DE, hours=2, language="de"), told("echo", RETOLD, hours=26.5)]
    with engine.begin() as connection:
        tell(connection, [*ferry, told("echo", BAKERY)])
    engine.dispose()
    listed = run("stories", "--db", "news.db", cwd=path.parent)
    assert "No such story" in listed.stdout
    assert "5 articles wait to be tied" in listed.stdout
    done = run("stories", "update", "--db", "news.db", cwd=path.parent)
    assert (done.returncode, done.stdout) == (0, "5 articles tied\n"), done.stderr
    return path


def ask(store: Path, *arguments: str) -> str:
    done = run(*arguments, "--db", "news.db", cwd=store.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_lists_stories_that_several_articles_tell(store: Path) -> None:
    (story,) = json.loads(ask(store, "stories", "--json"))
    assert (story["id"], story["articles"], story["independent"], story["first_outlet"]) == (1, 4, 2, "herald")
    assert "Ferry with 187 aboard strikes pier in Osthavn" in ask(store, "stories", "--outlet", "bote")
    assert "No such story" in ask(store, "stories", "--min-independent", "3")
    assert len(json.loads(ask(store, "stories", "--alone", "--json"))) == 2
    assert run("stories", "--outlet", "nobody", "--db", "news.db", cwd=store.parent).returncode == 1


def test_shows_who_was_first_and_who_copied_whom(store: Path) -> None:
    shown = ask(store, "stories", "show", "1")
    assert "2 independent sources, 4 articles of 4 outlets in 2 languages" in shown
    for line_ in (
        "gazette (en, Kyodo, 1:00 h later), article 2",
        "copy of herald, article 1 (credit: Kyodo; 100% of the text)",
        "translation of herald, article 1",
        'in its own words after herald, article 1 ("According to the Herald"',
    ):
        assert line_ in shown
    assert [one["id"] for one in json.loads(ask(store, "stories", "show", "1", "--json"))["articles"]] == [1, 2, 3, 4]
    missing = run("stories", "show", "77", "--db", "news.db", cwd=store.parent)
    assert missing.returncode == 1
    assert "newscrawl stories lists them" in missing.stderr


def test_an_article_names_its_story_and_its_origin(store: Path) -> None:
    shown = ask(store, "show", "2")
    assert "Story:     1; newscrawl stories show 1 shows who else tells it" in shown
    assert "Origin:    copy of herald, article 1" in shown
    record = json.loads(ask(store, "show", "2", "--json"))
    assert (record["story_id"], record["origins"][0]["source_id"]) == (1, 1)
    ask(store, "export", "out.jsonl")
    rows = [json.loads(row) for row in (store.parent / "out.jsonl").read_text("utf-8").splitlines()]
    assert [row["story_id"] for row in rows] == [1, 1, 1, 1, 5]


def test_a_rebuild_comes_to_the_same(store: Path) -> None:
    before = ask(store, "stories", "--alone", "--json")
    assert json.loads(ask(store, "stories", "rebuild", "--json")) == {"tied": 5, "left": 0}
    assert ask(store, "stories", "--alone", "--json") == before
