"""What an outlet repeats: found over its articles, safe to cut or not, and cut."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from newscrawl.items import Block, Removed, Repeated
from newscrawl.strip import splice, strip_blocks
from newscrawl.strip.again import strip_again
from newscrawl.strip.repetition import MAX_BLOCK, Repeat, find_repeats, is_safe
from newscrawl.strip.splice import Line
from newscrawl.text import block_key

STORY = [
    "The ferry company will cut its winter timetable by half, it said on Wednesday, after a year in which fuel became "
    "dearer and the number of passengers fell.",
    "Islanders called the decision a disaster, and the mayor of the largest island asked the ministry to pay for a "
    "boat of its own before the first storms.",
]
BACKGROUND = (
    "The dispute over the ferries began in 2019, when the government sold the company to a fund from abroad that "
    "promised to keep every line open."
)
FOOT = "Follow the Island Post on your phone"


def articles(*blocks: str, count: int = 20) -> list[list[Line]]:
    """Articles that share some blocks; `-` stands for a paragraph of their own."""
    own = [f"{STORY[0]} That was story {'x' * n}." for n in range(count)]
    return [[Line(own[n] if text == "-" else text) for text in blocks] for n in range(count)]


def found(lines: Sequence[Sequence[Line]]) -> dict[str, Repeat]:
    return {repeat.text: repeat for repeat in find_repeats(lines)}


def test_a_line_that_closes_many_articles_is_safe_to_cut() -> None:
    repeats = found([*articles("-", "-", FOOT, count=5), *articles("-", count=40)])
    assert (repeats[FOOT].articles, repeats[FOOT].closing) == (5, 5)
    assert is_safe(repeats[FOOT])


@pytest.mark.parametrize(
    "blocks",
    [
        ("-", "Why it matters", "-"),  # a subhead
        ("What happened", "-", "-"),  # a section's lead
        ("-", "Background", BACKGROUND),  # a wire's background and its head
        ("-", BACKGROUND),
        ("-", "Nobody was hurt."),  # the last sentence of police briefs
        ("-", "Attendance: 1,200"),  # of match reports
        ("Key points", "Fuel is dearer", "-"),
        ("-", "word " * (MAX_BLOCK // 5 + 1)),
    ],
)
def test_what_a_story_repeats_is_not(blocks: tuple[str, ...]) -> None:
    assert [repeat.text for repeat in find_repeats(articles(*blocks)) if is_safe(repeat)] == []


def test_what_few_articles_carry_is_not_safe_to_cut() -> None:
    assert FOOT not in found(articles("-", FOOT, count=2))
    rare = found([*articles("-", FOOT, count=3), *articles("-", count=40)])
    assert not is_safe(rare[FOOT])


def test_cut_blocks_count_and_do_not_stand_in_the_way() -> None:
    cut = Removed("copyright", "© 2026 The Island Post", "copyright/any.line", 0.95, 0)
    lines = [[*article, Line("", (cut,))] for article in articles("-", FOOT)]
    repeats = found(lines)
    assert (repeats[FOOT].closing, repeats[cut.text].articles) == (20, 20)


def cut_texts(blocks: Sequence[str], *repeated: Repeated) -> list[tuple[str, str, str]]:
    stripped = strip_blocks([Block(text) for text in blocks], repeated=repeated)
    return [(cut.text, cut.kind, cut.rule) for cut in stripped.removed]


def test_what_was_learnt_is_cut_below_the_story_alone() -> None:
    learnt = Repeated(block_key(FOOT))
    assert cut_texts([*STORY, FOOT]) == []
    assert cut_texts([*STORY, FOOT], learnt) == [(FOOT, "other", "repeated/outlet")]
    assert cut_texts([STORY[0], FOOT, STORY[1]], learnt) == []
    assert cut_texts([FOOT, *STORY], learnt) == []
    assert cut_texts([*STORY, BACKGROUND], Repeated(block_key(BACKGROUND))) == []


def test_what_a_person_accepted_is_cut_wherever_it_stands() -> None:
    accepted = Repeated(block_key(BACKGROUND), is_accepted=True)
    assert cut_texts([STORY[0], BACKGROUND, STORY[1]], accepted) == [(BACKGROUND, "other", "repeated/outlet")]


def test_a_rule_that_knows_the_block_gives_its_kind() -> None:
    text = "Share this article"
    assert cut_texts([*STORY, text], Repeated(block_key(text), True))[0][1] == "share"


def test_without_its_page_a_text_gets_new_cuts_and_keeps_the_old_ones() -> None:
    linked = Removed("related", "A town votes for the road to the coast", "related/links", 0.9, len(STORY[0]) + 1)
    text = "\n".join([*STORY, FOOT, "Share this article"])
    learnt = frozenset({Repeated(block_key(FOOT))})
    once = strip_again(text, [linked], headline=None, site_name="The Island Post", repeated=learnt)
    assert once.text == "\n".join(STORY)
    assert [cut.rule for cut in once.removed][:2] == ["related/links", "repeated/outlet"]
    assert splice(once.text, once.removed) == splice(text, [linked])
    again = strip_again(once.text, once.removed, headline=None, site_name="The Island Post", repeated=learnt)
    assert (again.text, again.removed) == (once.text, once.removed)
    rejected = strip_again(once.text, once.removed, headline=None, site_name="The Island Post", repeated=())
    assert rejected.text == "\n".join([*STORY, FOOT])


def test_a_block_with_line_ends_in_it_is_left_as_it_is() -> None:
    cut = Removed("share", "Share\nthis", "share/en.line", 0.9, 0)
    again = strip_again("\n".join(STORY), [cut], headline=None, site_name="X", repeated=())
    assert (again.text, again.removed) == ("\n".join(STORY), (cut,))
