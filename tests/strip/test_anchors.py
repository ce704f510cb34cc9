"""A pattern's anchors are in every text that it matches."""

from __future__ import annotations

import re

import pytest

from newscrawl.strip.anchors import anchors_of, branches_of, is_bordered, keys_of
from newscrawl.strip.lexicon import flatten, load_lexicon


@pytest.mark.parametrize(
    ("pattern", "anchors"),
    [
        ("all rights? reserved", [{"all"}, {"right"}, {"reser"}]),
        ("tags?", [{"tag", "tags"}]),
        ("(?:log|sign) in", [{"log", "sign"}, {"in"}]),
        ("(?:please )?subscribe", [{"subsc"}]),
        ("e-?mail", []),  # neither `e` nor `mail` is a word of `email`
        ("web ?site", []),
        (r"abonn\w+", [{"abonn"}]),
        (r"abo\w+", []),
        (r"\d+", []),
        ("登录查看", [{"登录"}, {"录查"}, {"查看"}]),
    ],
)
def test_tells_what_a_match_must_contain(pattern: str, anchors: list[set[str]]) -> None:
    assert list(anchors_of(pattern)) == anchors


def test_holds_for_every_example_of_the_lexicon() -> None:
    for rule in load_lexicon().rules:
        for text in rule.match:
            flat = flatten(text)
            for branch in (branch for pattern in rule.patterns for branch in branches_of(pattern)):
                if match := re.search(branch, flat):
                    keys = keys_of(flat)
                    inside = not flat[match.start() - 1 : match.start()].isalnum()
                    inside &= not flat[match.end() : match.end() + 1].isalnum()
                    missing = [anchors for anchors in anchors_of(branch) if not keys & anchors]
                    assert not inside or not missing, (rule.name, branch, text)


@pytest.mark.parametrize(
    ("pattern", "left", "right"),
    [("log in", True, True), (r"\(end\)", False, False), ("(?:a |the )?tags?", True, True), ("登录", False, False)],
)
def test_borders_where_a_word_does(pattern: str, left: bool, right: bool) -> None:
    assert (is_bordered(pattern, left=True), is_bordered(pattern, left=False)) == (left, right)
