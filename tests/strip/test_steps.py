"""What the steps cut, and what looks like it and is the story."""

from __future__ import annotations

import pytest

from newscrawl.items import AUTHOR, PICTURE, Block, BlockTag, Place
from newscrawl.strip import strip_blocks
from newscrawl.strip.chain import read_marks
from tests.strip.test_chain import STORY


def cuts(above: list[Block], below: list[Block]) -> list[str]:
    """The rules that cut one of the blocks, whatever the model says."""
    _, marks = read_marks([*above, *STORY, *below], headline=None, site_name=None)
    return [mark.rule for _, mark in sorted(marks.items())]


def place(*names: str) -> Place:
    return Place(0.1, 3, 1, 4, names)


@pytest.mark.parametrize(
    "lines",
    [
        ["[1] https://ports.example/timetable.html", "[2] https://ministry.example/islands", "[3] www.sea.example/a"],
        ["Harbour, J. (2018): Timetables of the north", "Quay, P. et al. (2019): Ferries and fuel", "Mole (2020)"],
        ["↑ 1.0 1.1 The Island Almanac, chapter 3", "↑ 2.0 2.1 2.2 The Island Almanac, chapter 7", "↑ 3.0 3.1 Ports"],
    ],
)
def test_keeps_the_sources_of_a_story_although_they_are_links(lines: list[str]) -> None:
    assert cuts([], [Block(line, "li", 0.9) for line in lines]) == []


def test_keeps_the_result_of_a_race_although_its_gaps_look_like_changes_of_a_price() -> None:
    results = ["1. Ida Holm (NOR) 21:04,5", "2. Rosa Bianchi (ITA) +3,7 (1)", "3. Anna Kraus (GER) +11,6 (0)"]
    assert cuts([], [Block(line) for line in results]) == []


@pytest.mark.parametrize("tag", ["pre", "quote"])
def test_keeps_numbers_and_words_of_code(tag: BlockTag) -> None:
    assert cuts([], [Block(line, tag) for line in ("10", "20", "40", "80")]) == []


@pytest.mark.parametrize("line", ["9.30 A.M. / 7.00 P.M. Monday, gate 118", "1-1", "ISBN 978-3-1234-5678-9"])
def test_keeps_hours_numbers_and_scores_that_are_no_date(line: str) -> None:
    assert cuts([], [Block(line)]) == []


def test_keeps_a_line_that_comes_three_times_on_the_page() -> None:
    assert cuts([], [Block(line) for line in ("Line-ups", "Six a side", "Line-ups", "Seven", "Line-ups")]) == []


def test_keeps_a_table_in_another_script() -> None:
    assert cuts([], [Block(row, "row") for row in ("| 青い海 | 一九九九年 |", "| 白い船 | 二千年 |")]) == []


def test_cuts_latin_without_meaning() -> None:
    filler = Block(
        "Dolor ipsam et est cumque. Laboriosam sed delectus rerum sint qui natus tenetur ea. Esse voluptatem."
    )
    assert cuts([], [filler]) == ["paywall/filler"]


def test_cuts_the_names_of_the_authors_above_the_story_only() -> None:
    line = Block("Jana Muster | 3 May 2026", place=place("own:<div>", AUTHOR))
    assert cuts([line], []) == ["byline/author"]
    between = strip_blocks([STORY[0], line, STORY[1]])
    assert [removed.rule for removed in between.removed] == []


def test_cuts_what_describes_a_picture_unless_it_is_a_heading() -> None:
    text = "The last boat of the evening leaves the old quay"
    marked = strip_blocks([STORY[0], Block(text, place=place("own:<div>", "in:image", PICTURE)), STORY[1]])
    assert [removed.kind for removed in marked.removed] == ["caption"]
    heading = strip_blocks([STORY[0], Block(text, "h2", place=place("own:<h2>", PICTURE)), STORY[1]])
    assert heading.removed == ()


def test_the_model_keeps_a_correction_and_an_ornament() -> None:
    lines = [Block("Correction, May 3, 2026: The ferry was built in 1988, not 1998."), Block("* * *")]
    assert strip_blocks([*STORY, *lines]).removed == ()


def test_keeps_names_that_are_listed_between_paragraphs_each_with_its_link() -> None:
    towns = Block("Elmport, Garrow, Port Ellery, Sandwick, Northwick, Quayside and the outer islands", link_share=0.85)
    _, marks = read_marks([STORY[0], towns, STORY[1]], headline=None, site_name=None)
    assert marks == {}
    assert cuts([], [towns]) == ["related/links"]
