"""Stories that stand in the data of scripts alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from newscrawl.article import build
from newscrawl.extract import Document, parse_document
from newscrawl.extract.state import Json, stated_blocks
from newscrawl.items import Article, Block, Outlet, Page

STORY = [
    "The ferry to the outer islands was late on every day of the week, the harbour master wrote to the council.",
    "A second ship would cost more than the islands take in a year, and nobody on them wants to pay for it.",
    "The council is to vote on it in March, after the winter storms have shown what the old ship can stand.",
    'Until then the fishermen of Northport take those along who ask, "and we do ask," a teacher said on the pier.',
]
HEADLINE = "Ferry late again"
FILLER = {"settings": {"colours": ["red", "green"] * 300}}


def page_of(script: str, shown: str = "") -> Page:
    title = f"<title>{HEADLINE}</title><meta property='og:title' content='{HEADLINE}'>"
    source = f"<html><head>{title}</head><body><div id=root>{shown}</div>{script}</body></html>".encode()
    return Page("https://a.example/news/1", source, Outlet("a", "A"), datetime(2026, 6, 4, tzinfo=UTC))


def stated(script: str, shown: str = "", headline: str | None = HEADLINE) -> list[str]:
    document = parse_document(page_of(script, f"<p>{shown}</p>"))
    assert isinstance(document, Document)
    return [block.text for block in stated_blocks(document, headline, [Block(shown)] if shown else [])]


def data(value: Json) -> str:
    return f"<script type='application/json'>{json.dumps([FILLER, value])}</script>"


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"<p>{text}</p>" for text in STORY),
        "\n\n".join(STORY),
        STORY,
        [{"type": "text", "content": text} for text in STORY],
        [{"type": "paragraph", "data": {"text": text}} for text in STORY],
        [{"type": "p", "children": [{"text": text[:9]}, {"text": text[9:], "bold": True}]} for text in STORY],
    ],
)
def test_reads_the_forms_in_which_editors_keep_a_story(body: Json) -> None:
    assert stated(data({"props": {"article": {"title": HEADLINE, "body": body}}})) == STORY
    assert stated(data({"page": {"headlines": {"basic": HEADLINE}, "content_elements": body}})) == STORY


@pytest.mark.parametrize(
    "script",
    [
        "<script>window.__STATE__ = {}; window.Page={};Page.content={};f();</script>",
        "<script>self.x={{}};window.__DATA__={};</script>",
    ],
)
def test_reads_what_a_script_assigns(script: str) -> None:
    value = json.dumps({"story": {"title": HEADLINE, "body": STORY}, "filler": FILLER})
    assert stated(script.replace("={}", f"={value}", 2).replace("= {}", f"= {value}")) == STORY


def test_reads_json_in_a_string() -> None:
    value = json.dumps(json.dumps({"story": {"title": HEADLINE, "body": STORY}, "filler": FILLER}))
    assert stated(f"<script>window.__STATE__=JSON.parse({value})</script>") == STORY


def test_another_story_on_the_page_is_not_taken() -> None:
    other = data({"related": {"title": "Another story", "body": STORY}})
    assert stated(other) == []
    assert stated(other, headline=None) == []
    assert stated(other, shown="The mayor of Southport has nothing to say about it, he wrote to the paper.") == []


def test_a_story_that_goes_on_from_what_is_shown_is_taken_without_a_headline() -> None:
    assert stated(data({"x": {"body": STORY}}), shown=STORY[0]) == STORY


def test_labels_and_teasers_are_no_story() -> None:
    assert stated(data({"title": HEADLINE, "menu": ["Home", "Sport", "Politics", "Weather"] * 30})) == []
    assert stated(data({"title": HEADLINE, "body": STORY[:1]})) == []


def test_broken_data_is_passed_over() -> None:
    filler = "x" * 1200
    assert stated(f'<script>window.a={{"a": [1, 2 {filler}</script><script>b={{"c":</script>') == []


def test_a_page_that_shows_nothing_gives_the_story_of_its_data() -> None:
    article = build(page_of(data({"article": {"title": HEADLINE, "body": STORY}})))
    assert isinstance(article, Article)
    assert article.text.split("\n") == STORY
