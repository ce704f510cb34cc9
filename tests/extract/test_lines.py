"""The visible lines of a page, its links, and what stands around the headline."""

from __future__ import annotations

from lxml.html import document_fromstring

from newscrawl.extract.lines import PageText, read_lines


def text_of(body: str) -> PageText:
    return read_lines(document_fromstring(f"<html><head><title>T</title></head><body>{body}</body></html>"))


def test_lines_break_at_blocks_and_not_at_inline_elements() -> None:
    page = text_of("<h1>A <em>new</em> port</h1><p>One<br>two</p><div>three<span> four</span></div>")
    assert [line.text for line in page.lines] == ["A new port", "One", "two", "three four"]
    assert [line.tag for line in page.lines] == ["h1", "p", "p", "div"]


def test_what_is_not_seen_is_no_line() -> None:
    page = text_of(
        "<script>var a=1</script><style>p{}</style><noscript>no</noscript><p hidden>gone</p>"
        '<div style="display: none"><p>wall</p></div><p>seen</p>tail'
    )
    assert [line.text for line in page.lines] == ["seen", "tail"]


def test_a_row_holds_the_cells_of_its_table_row_or_list_item() -> None:
    page = text_of(
        "<table><tr><td>7203</td><td>+1.2%</td></tr></table><ol><li><div>NVDA</div><div>181.02</div></li></ol>"
    )
    assert list(page.rows()) == ["7203 | +1.2%", "NVDA | 181.02"]


def test_link_share_counts_letters_in_links() -> None:
    page = text_of("<p>abcd <a href=/x>efgh</a></p><p><a href=/y>Read this</a></p><p>plain</p>")
    shares = {}
    for text in ("abcd efgh", "Read this", "plain"):
        place = page.find(text)
        assert place is not None
        shares[text] = page.link_share(*place)
    assert shares == {"abcd efgh": 0.5, "Read this": 1.0, "plain": 0.0}


def test_a_text_is_found_from_an_offset_and_else_from_the_top() -> None:
    page = text_of("<p>one</p><p>two</p><p>one</p>")
    assert page.find("one") == (0, 3)
    assert page.find("one", 3) == (6, 9)
    assert page.find("two", 6) == (3, 6)
    assert page.find("three") is None
    assert page.find("...") is None


def test_the_lines_around_the_headline_end_at_the_first_paragraph() -> None:
    paragraph = "The board met on Monday. " * 12
    page = text_of(
        "<p>Nav</p><p>3 May 2024</p><h1>Port to be deepened</h1><p>By Jane Roe</p>"
        f"<p>a</p><p>b</p><p>c</p><p>d</p><p>{paragraph}</p><p>after</p>"
    )
    around = page.around("Port to be deepened")
    assert around.before == ("Nav", "3 May 2024")
    assert around.after == ("By Jane Roe", "a", "b", "c", "d")
    assert page.around("Another headline").lines == ()
    assert page.around(None).lines == ()
