"""Where blocks stand in a page's tree."""

from __future__ import annotations

from datetime import UTC, datetime

from newscrawl.extract import extract_body, extract_metadata, parse_document
from newscrawl.items import Outlet, Page, Place, Rejection

SENTENCE = "The ferry to the outer islands was late on day {} of the week, and the mayor asked for a second ship."
NOTE = "A second ship would cost more than the islands take in a year, the port says in its letter to the mayor."


def places(body: str) -> dict[str, Place | None]:
    source = f"<html><head><title>Ferry</title></head><body>{body}</body></html>".encode()
    fetched = Page("https://a.example/1", source, Outlet("a", "A"), datetime(2026, 6, 4, tzinfo=UTC))
    document = parse_document(fetched)
    assert not isinstance(document, Rejection)
    blocks = extract_body(document, extract_metadata(document, fetched))
    return {block.text: block.place for block in blocks}


def test_a_block_knows_the_names_around_it_and_how_far_it_is_from_the_story() -> None:
    prose = "".join(f"<p>{SENTENCE.format(day)}</p>" for day in range(1, 5))
    aside = f"<div class='noteFrame editors-note'><p id='n1'>{NOTE}</p></div>"
    found = places(f"<article class='post'>{prose}{aside}</article>")
    story, note = found[SENTENCE.format(1)], found[NOTE]
    assert story is not None
    assert note is not None
    assert (story.steps, note.steps) == (1, 2)
    assert (story.siblings, note.siblings) == (4, 1)
    assert note.depth == story.depth + 1
    assert {"own:<p>", "in:<div>", "in:note", "in:frame", "in:editors", "over:<article>", "over:post"} <= {*note.names}
    assert "over:<article>" in story.names
    assert 0 == story.at < note.at < 1
