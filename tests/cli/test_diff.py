from __future__ import annotations

import pytest

from newscrawl.cli.diff import compare, shown


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("Same.", "Same.", ["  … 1 unchanged"]),
        ("A.\nB.\nC.\nD.", "A.\nB.\nC.\nD.\nE.", ["  … 3 unchanged", "  D.", "+ E."]),
        ("Gone for good.\nStays.", "Stays.", ["- Gone for good.", "  Stays."]),
        (
            "The council met on Friday to vote.",
            "The council met on Monday, late, to vote.",
            ["~ The council met on [-Friday-]{+Monday, late,+} to vote."],
        ),
        ("他今天去了北京。", "他昨天去了上海。", ["~ 他[-今-]{+昨+}天去了[-北京-]{+上海+}。"]),
        (
            "One was first.\nTwo came second.",
            "Something else entirely, 42!\nOne was the first.\nTwo came second.",
            ["+ Something else entirely, 42!", "~ One was {+the +}first.", "  Two came second."],
        ),
        (
            "Xyz qqq.",
            "A wholly other sentence about ferries.",
            ["- Xyz qqq.", "+ A wholly other sentence about ferries."],
        ),
    ],
)
def test_a_change_is_shown_where_it_is(old: str, new: str, lines: list[str]) -> None:
    assert shown(compare(old, new), colour=False).plain.splitlines() == lines


def test_both_texts_can_be_read_from_a_comparison() -> None:
    old, new = "a b c\nd e f\ng\nh i j k", "a c\nx\nd e f f\nh i j"
    parts = [(change, change.parts() if change.kind == "changed" else [change]) for change in compare(old, new)]
    before = ["".join(p.old or (p.kind == "same") * p.new for p in pieces) for c, pieces in parts if c.kind != "added"]
    after = ["".join(p.new for p in pieces) for c, pieces in parts if c.kind != "removed"]
    assert ("\n".join(before), "\n".join(after)) == (old, new)


def test_long_paragraphs_are_not_compared_word_by_word() -> None:
    (change,) = compare("word " * 15_000 + "old", "word " * 15_000 + "new")
    assert [part.kind for part in change.parts()] == ["removed", "added"]


def test_what_the_texts_say_cannot_steer_a_terminal() -> None:
    assert "\x1b" not in shown(compare("a\x1b[31m", "b\x1b[31m"), colour=True).plain
