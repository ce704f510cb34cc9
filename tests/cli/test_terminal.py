from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from newscrawl.cli.terminal import clip, json_line, line, print_json, say, table, warn
from newscrawl.items import Moment
from newscrawl.visits import Archived

STEERING = [
    "\x1b[31mred\x1b[0m",  # colours
    "\x1b]0;title\x07",  # window title
    "\x1b]8;;http://x.example\x1b\\link\x1b]8;;\x1b\\",  # hidden link
    "a\x9b2Jb",  # C1 form of the escape
    "\u202egnp.exe",  # right-to-left override
    "a\x00b\x08c",
]


@pytest.mark.parametrize("text", STEERING)
def test_text_from_outside_cannot_steer_the_terminal(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(text)
    warn(text)
    table([text], [[text]])
    printed = capsys.readouterr()
    for char in "\x1b\x9b\x07\u202e\x00\x08":
        assert char not in printed.out + printed.err


@pytest.mark.parametrize("text", ["[bold]not bold[/bold]", "[/]", "[link=http://x]y", ":smile:", "a [1] b"])
def test_markup_is_text(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(text)
    table(["heading"], [[text]])
    assert capsys.readouterr().out.count(text) == 2


def test_a_line_stays_one_line() -> None:
    assert line("two\nlines\r\n and\u2028more") == "two lines and more"
    assert line(None) == ""
    assert clip("abcdef", 4) == "abc…"
    assert clip("abcd", 4) == "abcd"


def test_a_long_line_is_not_broken_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    say("word " * 100)
    assert capsys.readouterr().out.count("\n") == 1


def test_json_keeps_other_scripts_and_writes_records(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"at": Moment(datetime(2026, 6, 4, tzinfo=UTC), "day", "url", "金")})
    assert json.loads(capsys.readouterr().out) == {
        "at": {"at": "2026-06-04T00:00:00+00:00", "precision": "day", "source": "url", "raw": "金"}
    }
    assert json_line({"a": Archived("f", 1, 2), "b": "é\nx"}).decode() == (
        '{"a": {"file": "f", "offset": 1, "length": 2}, "b": "é\\nx"}\n'
    )


def test_a_json_line_survives_a_lone_surrogate() -> None:
    assert json.loads(json_line({"id": "a\ud800b"})) == {"id": "a?b"}
