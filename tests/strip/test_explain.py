"""Explained and stripped are the same, and every cut has its reason."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.items import Block
from newscrawl.strip import Verdict, explain_blocks, recall_verdicts, strip_blocks
from newscrawl.strip.lexicon import load_lexicon
from newscrawl.strip.splice import assemble

STORY = [
    Block(
        "The lock keeper opened the gates by hand on Sunday, as the motor had drowned in the flood, and forty boats "
        "went through before it was dark."
    ),
    Block(
        "The new motor will stand two metres higher. It is to be paid for by the province, which had put the matter "
        "off since the last flood, in spite of two warnings."
    ),
]
SAMPLES = [text for rule in load_lexicon().rules for text in (*rule.match, *rule.keep)]
TEXTS = st.one_of(
    st.text(min_size=1, max_size=60),
    st.sampled_from(SAMPLES),
    st.builds(lambda left, right: f"{left} {right}", st.sampled_from(SAMPLES), st.sampled_from(SAMPLES)),
    st.sampled_from([block.text for block in STORY]),
)
TAGS = st.sampled_from(["p", "h2", "li", "row", "quote"])
BLOCKS = st.lists(st.builds(Block, TEXTS, TAGS, st.sampled_from([0.0, 0.3, 1.0])), max_size=14)


def explained(*blocks: Block) -> Verdict:
    """The verdict on the last block."""
    return explain_blocks(blocks, headline=None, site_name=None)[-1]


@settings(max_examples=150, deadline=None)  # the first call reads the lexicons
@given(BLOCKS, st.one_of(st.none(), TEXTS), st.one_of(st.none(), TEXTS))
def test_explaining_and_stripping_cut_the_same(blocks: list[Block], headline: str | None, name: str | None) -> None:
    verdicts = explain_blocks(blocks, headline=headline, site_name=name)
    stripped = strip_blocks(blocks, headline=headline, site_name=name)
    assert [(verdict.text, verdict.tag) for verdict in verdicts] == [(block.text, block.tag) for block in blocks]
    cut = assemble(blocks, {index: verdict.cuts for index, verdict in enumerate(verdicts)})
    assert (cut.kept, cut.removed) == (stripped.kept, stripped.removed)
    recalled = recall_verdicts(stripped.text, stripped.removed)
    if not any("\n" in block.text for block in blocks):
        assert [(verdict.text, verdict.cuts) for verdict in recalled] == [(v.text, v.cuts) for v in verdicts]


@settings(max_examples=100, deadline=None)
@given(BLOCKS)
def test_every_cut_has_something_that_speaks_for_it(blocks: list[Block]) -> None:
    for verdict in explain_blocks(blocks, headline=None, site_name=None):
        assert 0 <= verdict.score <= 1
        assert not verdict.cuts or max(value for _, value in verdict.evidence) > 0


def test_a_rule_is_named_with_its_place_and_the_words_it_found() -> None:
    verdict = explained(*STORY, Block("Sign up for our newsletter", link_share=1.0))
    assert (verdict.kind, verdict.start) == ("newsletter", 0)
    names = dict(verdict.evidence)
    (found,) = (name for name in names if name.startswith(f"{verdict.rule} ("))
    assert found.endswith(": Sign up for our newsletter")
    assert (names["link_share"], names["label"], names["outside_story"]) == (1.0, 1.0, 1.0)


def test_a_paragraph_that_stays_says_what_speaks_for_it() -> None:
    verdict = explained(*STORY)
    assert (verdict.kind, verdict.rule, verdict.start) == (None, None, None)
    assert verdict.score < 0.05
    evidence = dict(verdict.evidence)
    assert (evidence.pop("paragraph"), evidence.pop("inside_story")) == (-1.0, -1.0)
    assert evidence
    assert all(name.startswith("model: ") for name in evidence)


def test_a_cut_by_its_neighbours_names_the_rule_that_made_it() -> None:
    verdict = explained(*STORY, Block("Read more", "h3"), Block("Otters are back in the city canal", "li", 1.0))
    assert verdict.kind == "related"
    assert (verdict.rule, verdict.score) in verdict.evidence


def test_both_tails_of_a_paragraph_are_told_apart() -> None:
    kept = "Il ponte resta chiuso fino a lunedì."
    verdict = explained(Block(f"{kept} (ANSA). © RIPRODUZIONE RISERVATA"))
    assert [verdict.text[mark.start :] for mark in verdict.cuts][-1] == " © RIPRODUZIONE RISERVATA"
    assert [mark.kind for mark in verdict.cuts] == ["wire_trailer", "copyright"]
    assert verdict.text[: verdict.start] == kept


def test_a_cut_that_would_take_too_much_is_withheld_and_says_so() -> None:
    briefs = [Block(f"The village of Nr. {n} has lent its pump to the next one", link_share=0.7) for n in range(12)]
    verdicts = explain_blocks([STORY[0], *briefs, STORY[1]], headline=None, site_name=None)
    assert not any(verdict.cuts for verdict in verdicts)
    assert all(("withheld", -1.0) in verdict.evidence and verdict.score >= 0.7 for verdict in verdicts[1:-1])
