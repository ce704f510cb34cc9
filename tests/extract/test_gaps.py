"""Lines that trafilatura leaves out of the story, put back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from newscrawl.extract import Document, parse_document
from newscrawl.extract.gaps import with_lost_lines
from newscrawl.items import Block, Outlet, Page

FIRST = "The ferry to the outer islands was late on every day of the week, the harbour master wrote to the council."
SECOND = "A second ship would cost more than the islands take in a year, and nobody on them wants to pay for it."
THIRD = "The council is to vote on it in March, after the winter storms have shown what the old ship can stand."
LAST = "Until then the fishermen of Northport take those along who ask, a teacher said on the pier."


def filled(body: str, kept: Sequence[str], headline: str = "Ferry late again") -> list[Block]:
    source = f"<html><head><title>Ferry</title></head><body>{body}</body></html>".encode()
    document = parse_document(Page("https://a.example/1", source, Outlet("a", "A"), datetime(2026, 6, 4, tzinfo=UTC)))
    assert isinstance(document, Document)
    blocks = [Block(text) for text in kept]
    merged, places = with_lost_lines(document, headline, blocks, [document.text.find(text) for text in kept])
    assert len(merged) == len(places)
    return merged


@pytest.mark.parametrize(
    ("lost", "text", "tag"),
    [
        ("<h3 class=tm>2.50pm</h3>", "2.50pm", "h3"),
        ("<h2>What <i>it</i> costs</h2>", "What it costs", "h2"),
        ("<p>He did not say why<b>.</b></p>", "He did not say why.", "p"),
        ("<ul><li>Two ships in summer</li></ul>", "Two ships in summer", "li"),
        ("<blockquote>We were not asked.</blockquote>", "We were not asked.", "quote"),
    ],
)
def test_puts_back_what_stands_between_two_paragraphs(lost: str, text: str, tag: str) -> None:
    blocks = filled(f"<article><p>{FIRST}</p>{lost}<p>{SECOND}</p></article>", [FIRST, SECOND])
    assert [(block.text, block.tag) for block in blocks] == [(FIRST, "p"), (text, tag), (SECOND, "p")]


def test_puts_back_text_that_line_breaks_alone_part() -> None:
    body = f"<div>{FIRST}<br><br>It was late.<br><br>{SECOND}</div>"
    assert [block.text for block in filled(body, [FIRST, SECOND])] == [FIRST, "It was late.", SECOND]


def test_puts_back_a_paragraph_in_a_wrapper_like_its_neighbours() -> None:
    parts = "".join(f"<div class=part><p>{text}</p></div>" for text in (FIRST, "It was late.", SECOND))
    assert [block.text for block in filled(f"<article>{parts}</article>", [FIRST, SECOND])][1] == "It was late."


@pytest.mark.parametrize(
    "between",
    [
        "<p class=byline>By Ann Ember</p>",
        "<div class=related><h3>More on ferries</h3></div>",
        "<figure><figcaption>The ferry in May</figcaption></figure>",
        "<p><a href=/2>Read the letter of the harbour master</a></p>",
        "<ul class=article-author><li>Nov 18, 9:24 pm</li></ul>",
        "<h2>Ferry late again</h2>",
        f"<p>{FIRST[:70]}</p>",
    ],
)
def test_leaves_out_what_looks_otherwise_or_repeats(between: str) -> None:
    body = f"<article><p>{FIRST}</p>{between}<p>{SECOND}</p></article>"
    assert [block.text for block in filled(body, [FIRST, SECOND])] == [FIRST, SECOND]


def test_leaves_a_gap_alone_in_which_a_block_stands_that_the_page_has_in_other_words() -> None:
    body = f"<article><p>{FIRST}</p><p>It was very late.</p><p>{SECOND}</p></article>"
    assert len(filled(body, [FIRST, "It was late, very.", SECOND])) == 3


def test_adds_nothing_below_the_story_or_above_it() -> None:
    body = f"<article><p>Share this.</p><p>{FIRST}</p><p>{SECOND}</p><p>All rights reserved.</p></article>"
    assert len(filled(body, [FIRST, SECOND])) == 2


def test_a_heading_above_the_first_paragraph_comes_back_if_more_headings_look_like_it() -> None:
    live = f"<article><h3>4.12pm</h3><p>{FIRST}</p><h3>2.50pm</h3><p>{SECOND}</p></article>"
    assert [block.text for block in filled(live, [FIRST, SECOND])] == ["4.12pm", FIRST, "2.50pm", SECOND]
    lone = f"<article><h3>Contents</h3><p>{FIRST}</p><p>{SECOND}</p></article>"
    assert len(filled(lone, [FIRST, SECOND])) == 2


def test_text_that_a_container_opens_with_comes_back() -> None:
    body = f"<center><font>{FIRST}<p>{SECOND}</p>{THIRD}<p>{LAST}</p></font></center>"
    assert [block.text for block in filled(body, [SECOND, LAST])] == [FIRST, SECOND, THIRD, LAST]


def test_a_body_of_one_block_and_one_that_is_not_on_the_page_stay_as_they_are() -> None:
    assert len(filled(f"<p>{FIRST}</p><p>{SECOND}</p>", [FIRST])) == 1
    assert len(filled(f"<p>{FIRST}</p>", [THIRD, SECOND])) == 2
    assert filled(f"<p>{FIRST}</p>", []) == []
