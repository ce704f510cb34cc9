"""The sentence under the headline."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extract import Document, parse_document
from newscrawl.extract.standfirst import with_standfirst
from newscrawl.items import Block, Outlet, Page

BODY = "The ferry to the outer islands was late on every day of the week, the harbour master wrote to the council."
LEAD = "Islanders wait an hour for the boat on most mornings, and the council has no money for a second one."
SHORT = "Islanders wait as the council argues over a ship"


def opened(header: str, description: str | None = None, headline: str | None = "Ferry late again") -> str | None:
    source = f"<html><head><title>Ferry</title></head><body><main>{header}<p>{BODY}</p></main></body></html>".encode()
    document = parse_document(Page("https://a.example/1", source, Outlet("a", "A"), datetime(2026, 6, 4, tzinfo=UTC)))
    assert isinstance(document, Document)
    first, *rest = with_standfirst(document, (Block(BODY),), headline, description)
    assert rest in ([], [Block(BODY)])
    return first.text if rest else None


@pytest.mark.parametrize(
    "header",
    [
        f"<h1>Ferry late again</h1><p>{LEAD}</p>",
        f"<h1>Ferry late again</h1><div class=css-1k><p class=css-2x>{LEAD}</p></div><p class=byline>By Ann Ember</p>",
        f"<header><h1>Ferry late again</h1></header><p class=author>Ann Ember, Northport</p><p class=deck>{LEAD}</p>",
        f"<h1>Ferry late again</h1><div class=author-box><p class='post-excerpt'>{LEAD}</p></div>",
        f"<h1>Traffic<br>Ferry late again</h1><h2>{LEAD}</h2>",
    ],
)
def test_a_sentence_beside_the_headline_opens_the_body(header: str) -> None:
    assert opened(header) == LEAD


def test_a_line_without_a_full_stop_needs_a_class_that_names_it() -> None:
    assert opened(f"<h1>Ferry late again</h1><div class=o-topper__standfirst>{SHORT}</div>") == SHORT
    assert opened(f"<h1>Ferry late again</h1><div class=box>{SHORT}</div>") is None


def test_a_smaller_heading_right_under_the_headline_is_one() -> None:
    assert opened(f"<h1>Ferry late again</h1><h2 class=sub>{SHORT}</h2>") == SHORT
    assert opened(f"<h1>Ferry late again</h1><p>By Ann Ember</p><h2 class=sub>{SHORT}</h2>") is None


def test_the_pages_description_is_one_whatever_its_class_says() -> None:
    header = f"<h1>Ferry late again</h1><ul class=social><li>{LEAD}</li></ul>"
    assert opened(header, LEAD) == LEAD
    assert opened(header) is None


@pytest.mark.parametrize(
    "line",
    [
        f"<figure><figcaption>{LEAD}</figcaption></figure>",
        f"<div class=image-caption>{LEAD}</div>",
        f"<div class=newsletter-box><p>{LEAD}</p></div>",
        f"<aside><p>{LEAD}</p></aside>",
        f"<p><a href=/2>{LEAD}</a></p>",
        "<p>Ferry late again</p>",
        "<p>Updated at noon.</p>",
        "<p>Posted by Ann Ember of the harbour desk on November 19, 2026, 6:21 AM EST</p>",
    ],
)
def test_captions_notices_links_and_labels_are_none(line: str) -> None:
    assert opened(f"<h1>Ferry late again</h1>{line}") is None


def test_above_the_headline_and_without_one_there_is_none() -> None:
    assert opened(f"<p>{LEAD}</p><h1>Ferry late again</h1>") is None
    assert opened(f"<p>{LEAD}</p>", headline=None) is None
