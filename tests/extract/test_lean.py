"""The tree that trafilatura is given: menus and empty boxes gone, every word of the story there."""

from lxml.html import document_fromstring

from newscrawl.extract.lean import lean_copy

STORY = "<p>The ferry <a href=/f>line</a> closes in May.</p>"


def text_of(html: str) -> str:
    return " ".join(lean_copy(document_fromstring(f"<html><body>{html}</body></html>")).text_content().split())


def test_a_box_of_links_alone_is_a_menu():
    menu = "<div>" + " | ".join(f"<a href=/{n}>Section {n}</a>" for n in range(5)) + "</div>"
    assert text_of(menu + STORY) == "The ferry line closes in May."


def test_few_links_and_links_in_sentences_stay():
    few = "<ul><li><a href=/1>One report</a></li><li><a href=/2>Another report</a></li></ul>"
    cited = "<div>" + ", ".join(f"as <a href=/{n}>source {n}</a> said to us" for n in range(5)) + "</div>"
    assert text_of(few + STORY).startswith("One report")
    assert "source 4 said to us" in text_of(cited)


def test_text_behind_a_box_that_goes_stays_in_its_place():
    assert text_of("<div>Before <figure><img src=x></figure>after <div></div>it</div>") == "Before after it"


def test_the_page_itself_is_not_changed():
    tree = document_fromstring(f"<html><body><nav>Menu</nav><div></div>{STORY}</body></html>")
    before = len(list(tree.iter()))
    lean_copy(tree)
    assert len(list(tree.iter())) == before
