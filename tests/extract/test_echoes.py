"""Blocks that repeat what the page's markup says of pictures and authors."""

from __future__ import annotations

from datetime import UTC, datetime

from newscrawl.extract import extract_body, extract_metadata, parse_document
from newscrawl.items import AUTHOR, PICTURE, Outlet, Page, Rejection

SENTENCE = "The ferry to the outer islands was late on day {} of the week, and the mayor asked for a second ship."
CAPTION = "The last boat of the evening leaves the old quay"


def names(body: str, head: str = "") -> dict[str, set[str]]:
    source = f"<html><head><title>Ferry</title>{head}</head><body><article>{body}</article></body></html>".encode()
    page = Page("https://a.example/1", source, Outlet("a", "A"), datetime(2026, 6, 4, tzinfo=UTC))
    document = parse_document(page)
    assert not isinstance(document, Rejection)
    blocks = extract_body(document, extract_metadata(document, page))
    return {block.text: {*block.place.names} & {AUTHOR, PICTURE} for block in blocks if block.place}


def test_a_line_that_is_a_picture_s_description_knows_it() -> None:
    prose = "".join(f"<p>{SENTENCE.format(day)}</p>" for day in range(1, 5))
    found = names(f"<p>{SENTENCE.format(0)}</p><img src='a.jpg' alt='{CAPTION}'><p>{CAPTION}</p>{prose}")
    assert found[CAPTION] == {PICTURE}
    assert found[SENTENCE.format(1)] == set()


def test_a_line_of_the_authors_names_and_little_else_knows_it() -> None:
    prose = "".join(f"<p>{SENTENCE.format(day)}</p>" for day in range(1, 5))
    said = "<p>Jana Muster has written about ferries and fuel for nineteen years, and about tunnels.</p>"
    found = names(f"<p>JANA MUSTER, Elmport</p>{prose}{said}", "<meta name='author' content='Jana Muster'>")
    assert found["JANA MUSTER, Elmport"] == {AUTHOR}
    assert found["Jana Muster has written about ferries and fuel for nineteen years, and about tunnels."] == set()
