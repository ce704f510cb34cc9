"""What is taken apart goes together again, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.items import Block, Removed, RemovedKind
from newscrawl.strip import splice, strip_blocks
from newscrawl.strip.document import Mark
from newscrawl.strip.lexicon import load_lexicon
from newscrawl.strip.splice import assemble

KIND: RemovedKind = "other"
SAMPLES = [text for rule in load_lexicon().rules for text in (*rule.match, *rule.keep)]
TEXTS = st.one_of(
    st.text(min_size=1, max_size=60),
    st.sampled_from(SAMPLES),
    st.builds(lambda left, right: f"{left} {right}", st.sampled_from(SAMPLES), st.sampled_from(SAMPLES)),
)
TAGS = st.sampled_from(["p", "h2", "li", "row", "quote"])
BLOCKS = st.lists(st.builds(Block, TEXTS, TAGS, st.sampled_from([0.0, 0.3, 1.0])), max_size=14)


@settings(max_examples=150, deadline=None)
@given(BLOCKS, st.one_of(st.none(), TEXTS))
def test_kept_and_removed_are_the_input(blocks: list[Block], headline: str | None) -> None:
    stripped = strip_blocks(blocks, headline=headline)
    assert splice(stripped.text, stripped.removed) == "\n".join(block.text for block in blocks)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), st.integers(-1, 8), st.integers(1, 8)), max_size=8))
def test_any_cuts_are_undone(parts: list[tuple[str, int, int]]) -> None:
    blocks = [Block(text) for text, _, _ in parts]
    marks = {}
    for index, (text, first, more) in enumerate(parts):
        starts = sorted({start for start in (first, first + more) if first > 0 and start < len(text)})
        marks[index] = [Mark(index, KIND, "x", 1.0, start) for start in starts if not text[:start].endswith("\n")]
        if first == 0:
            marks[index] = [Mark(index, KIND, "x", 1.0)]
    stripped = assemble(blocks, marks)
    assert splice(stripped.text, stripped.removed) == "\n".join(block.text for block in blocks)


def cut(text: str, at: int) -> Removed:
    return Removed(KIND, text, "x", 1.0, at)


def test_puts_lines_and_tails_where_they_were() -> None:
    removed = [cut("Top", 0), cut(" (AFP)", 3), cut(" ©", 3), cut("Middle", 4), cut("End", 8), cut("Last", 8)]
    assert splice("One\nTwo", removed) == "Top\nOne (AFP) ©\nMiddle\nTwo\nEnd\nLast"


def test_puts_lines_into_an_empty_text() -> None:
    assert splice("", [cut("One", 0), cut("Two", 0)]) == "One\nTwo"


@pytest.mark.parametrize(
    ("removed", "fault"),
    [
        ([cut("x", 9)], "outside 0 to 8"),
        ([cut("x", -1)], "outside 0 to 8"),
        ([cut("x", 4), cut("y", 0)], "outside 4 to 8"),
        ([cut("x", 2)], "neither the start nor the end of a line"),
    ],
)
def test_refuses_removals_that_do_not_fit(removed: list[Removed], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        splice("One\nTwo", removed)
