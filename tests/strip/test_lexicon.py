"""Every rule proves itself by its examples."""

from __future__ import annotations

import pytest

from newscrawl.items import Block
from newscrawl.strip import strip_blocks
from newscrawl.strip.lexicon import Lexicon, LexiconError, Rule, flatten, load_lexicon, word_list

ABOVE = Block(
    "The council met for six hours on Tuesday and put off its decision on the bridge until the engineers have measured "
    "the river once more."
)
BELOW = Block(
    "Residents who had waited outside since noon said that they had heard nothing new, and that they would come back "
    "when the next meeting is held."
)
RULES = load_lexicon().rules
CASES = [pytest.param(rule, text, id=f"{rule.name}-{n}") for rule in RULES for n, text in enumerate(rule.match)]
STAY = [pytest.param(rule, text, id=f"{rule.name}-{n}") for rule in RULES for n, text in enumerate(rule.keep)]


@pytest.mark.parametrize(("rule", "text"), CASES)
def test_finds_itself_in_its_examples(rule: Rule, text: str) -> None:
    assert rule.name in {hit.rule.name for hit in load_lexicon().hits(flatten(text))}


@pytest.mark.parametrize(("rule", "text"), CASES)
def test_cuts_its_examples_after_a_story(rule: Rule, text: str) -> None:
    assert strip_blocks([ABOVE, BELOW, Block(text)]).removed


@pytest.mark.parametrize(("rule", "text"), STAY)
def test_keeps_what_only_sounds_alike_between_paragraphs(rule: Rule, text: str) -> None:
    assert strip_blocks([ABOVE, Block(text), BELOW]).text.split("\n")[1:-1] == [text]


def test_has_a_name_of_its_own_for_every_rule() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_flattening_keeps_every_offset() -> None:
    for text in ("“Full－width” ＡＢＣ：（完）【図】", "İstanbul’da", "straße … ĳ ﬁ", "日本　語\u00a0x"):
        assert len(flatten(text)) == len(text)


def test_refuses_a_pattern_that_could_match_anywhere() -> None:
    rule = Rule("other/x.notice", "other", "notice", (r"\d+ \w+",), ("1 a",), ("b",))
    with pytest.raises(LexiconError, match=r"other/x\.notice: .* has no word"):
        Lexicon((rule,))


def test_names_the_missing_word_list() -> None:
    with pytest.raises(LexiconError, match="no list 'nothing'"):
        word_list("nothing")
