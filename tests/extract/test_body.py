"""Tree to blocks: the same lines as trafilatura's own text, each with its tag and links."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import trafilatura

from newscrawl.extract import extract_body, extract_metadata, parse_document
from newscrawl.extract.body import _split
from newscrawl.extract.document import Document
from newscrawl.extract.metadata import Metadata
from newscrawl.items import Block, Outlet, Page

LEAD = "The harbour board of Port Ellery voted on Monday to deepen its main channel, ending an argument of nine years."
QUOTE = "We have waited for this since my daughter was born, and she is now at school, said the harbour master."
PAGE = f"""<html><head><title>Port to be deepened</title>
<meta name="description" content="Dredging is to start in the spring and to take two winters."></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<div class="topper"><h1>Port to be deepened</h1>
<div>Dredging is to start in the spring and to take two winters.</div></div>
<article><p>{LEAD}</p>
<p>{LEAD.replace("Monday", "Tuesday")} <a href="/x">Read the decision of the board in full here.</a></p>
<h2>What it will cost</h2><p>{LEAD.replace("channel", "basin")}</p>
<ul><li>The first winter is paid for by the state and the port together.</li><li>The second is not.</li></ul>
<blockquote><p>{QUOTE}</p></blockquote>
<table><tr><th>Year</th><th>Ships</th></tr><tr><td>2024</td><td>310</td></tr><tr><td>2025</td><td>352</td></tr></table>
<p>{LEAD.replace("board", "council")}<br>{LEAD.replace("board", "mayor")}</p></article></body></html>"""


def page_of(source: str) -> Page:
    outlet = Outlet("news", "News")
    return Page("https://news.example/a/1", source.encode(), outlet, datetime(2026, 11, 21, tzinfo=UTC))


def read(source: str) -> tuple[Document, Metadata]:
    page = page_of(source)
    document = parse_document(page)
    assert isinstance(document, Document)
    return document, extract_metadata(document, page)


def test_blocks_are_the_lines_of_trafilaturas_text() -> None:
    document, metadata = read(PAGE)
    blocks = extract_body(document, replace(metadata, description=None))
    text = trafilatura.extract(PAGE, include_comments=False) or ""
    lines = [line.removeprefix("- ").strip() for line in text.split("\n") if line and not line.startswith("|---")]
    assert [block.text for block in blocks] == lines


def test_each_block_has_the_tag_it_stood_in() -> None:
    document, metadata = read(PAGE)
    tags = {block.text: block.tag for block in extract_body(document, metadata)}
    assert tags[LEAD] == "p"
    assert tags["What it will cost"] == "h2"
    assert tags["The second is not."] == "li"
    assert tags[QUOTE] == "quote"
    assert tags["| Year | Ships |"] == tags["| 2024 | 310 |"] == "row"
    assert tags[LEAD.replace("board", "mayor")] == "p"


def test_each_block_knows_how_much_of_it_is_links() -> None:
    document, metadata = read(PAGE)
    shares = [block.link_share for block in extract_body(document, metadata) if "Read the decision" in block.text]
    assert len(shares) == 1
    assert 0.2 < shares[0] < 0.4


def test_a_standfirst_that_is_the_description_opens_the_body() -> None:
    document, metadata = read(PAGE)
    first, second, *_ = extract_body(document, metadata)
    assert first.text == "Dredging is to start in the spring and to take two winters."
    assert second.text == LEAD


def test_paragraphs_that_stand_where_no_story_does_are_the_body_if_little_else_is_found() -> None:
    """A story in an `<aside>`, which trafilatura and the lean copy delete (real pages: two of 1,216)."""
    story = "".join(f"<p>{LEAD.replace('nine', word)}</p>" for word in ("two", "three", "four", "five"))
    imprint = f"<footer><div>{story.replace('harbour', 'editorial') * 2}</div></footer>"
    head = "<h1>Port to be deepened</h1>"
    document, metadata = read(
        f"<html><body>{head}<aside>{story}</aside><p>News, tides, ships</p>{imprint}</body></html>"
    )
    texts = [block.text for block in extract_body(document, metadata)]
    assert [LEAD.replace("nine", word) for word in ("two", "three", "four", "five")] == texts


def test_a_line_below_the_headline_that_is_no_description_stays_out() -> None:
    document, metadata = read(
        PAGE.replace("Dredging is to start in the spring and to take", "Ships at anchor, 2019", 1)
    )
    assert extract_body(document, metadata)[0].text == LEAD


def test_a_story_that_only_the_markup_carries_whole_is_the_body() -> None:
    story = [LEAD.replace("Monday", day) for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")]
    source = f"<html><body><article><p>{story[0]}</p></article></body></html>"
    document, _ = read(source)
    assert extract_body(document, Metadata(article_body="\n\n".join(story))) == tuple(map(Block, story))
    assert [block.text for block in extract_body(document, Metadata(article_body=story[0]))] == [story[0]]


def test_a_page_without_a_body_has_no_blocks() -> None:
    document, metadata = read("<html><body><div id=root></div></body></html>")
    assert extract_body(document, metadata) == ()


def test_parts_what_stands_on_lines_of_its_own_on_the_page() -> None:
    lines = [LEAD, "“It is time,” said the mayor.", "desk@port.example", LEAD.replace("Monday", "Friday")]
    drop_cap = "<div>A</div>nd the harbour waits for its ferry, as it has done for nineteen years now."
    source = f"<html><body><article><div>{'<br><br>'.join(lines)}</div>{drop_cap}</article></body></html>"
    document, _ = read(source)
    whole = " ".join(lines)
    place = document.text.find(whole)
    assert place is not None
    assert [text for text, _ in _split(document.text, whole, place)] == lines
    cap = "And the harbour waits for its ferry, as it has done for nineteen years now."
    place = document.text.find(cap)
    assert place is not None
    assert list(_split(document.text, cap, place)) == [(cap, place)]
