"""Page to article as a whole: what it must never do, and what it must always do."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl import article
from newscrawl.article import build, build_text, inspect_page
from newscrawl.items import Article, Outlet, Page, Rejection
from newscrawl.strip import splice

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OUTLET = Outlet("herald", "The Ellery Herald", domains=("elleryherald.example",))
SENTENCES = [
    "The harbour board met on Monday and agreed, after four hours, to deepen the channel for larger ships.",
    "Ships have had to wait at anchor for the tide since the last dredging, which was eleven years ago.",
    "The fishing fleet fears that the silt will drift onto the mussel beds west of the old breakwater.",
    "A court will hear the fishermen in May, when the board is to publish new figures for the silt.",
]
STORY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
HEAD = "<title>Channel to be deepened - The Ellery Herald</title>"


def page_of(body: bytes | str, url: str = "https://www.elleryherald.example/a/1", **source: tuple[str, ...]) -> Page:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return Page(url, raw, OUTLET, NOW, None, source.get("tickers", ()))


def html(inner: str, head: str = HEAD) -> str:
    return f"<html><head>{head}</head><body><article><h1>Channel to be deepened</h1>{inner}</article></body></html>"


def built(inner: str, head: str = HEAD) -> Article:
    result = build(page_of(html(inner, head)))
    assert isinstance(result, Article), result
    return result


def test_a_page_becomes_its_article() -> None:
    found = built(STORY)
    assert (found.headline, found.outlet, found.language.tag) == ("Channel to be deepened", "herald", "en")
    assert found.text.split("\n") == SENTENCES
    assert found.access.completeness == "full"


def test_every_cut_can_be_undone() -> None:
    found = built(STORY + "<p>© 2026 The Ellery Herald. All rights reserved.</p>")
    assert [removed.kind for removed in found.removed][-1] == "copyright"
    assert splice(found.text, found.removed).endswith("© 2026 The Ellery Herald. All rights reserved.")


def test_the_same_page_gives_the_same_article_and_it_travels_between_processes() -> None:
    page = page_of(html(STORY))
    assert build(page) == build(page) == pickle.loads(pickle.dumps(build(page)))


def test_symbols_that_the_source_announced_are_kept_apart_from_the_texts() -> None:
    result = build(page_of(html(STORY + "<p>Ellery Marine (NYSE: ELLM) fell.</p>"), tickers=("NYSE:ELLM", "LSE:PORT")))
    assert isinstance(result, Article)
    assert [(t.symbol, t.origin) for t in result.tickers] == [("ELLM", "body"), ("PORT", "structured")]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.4", "not_html"),
        (b"<html></html>", "empty"),
        (b"<html><div id=root></div><script src=/app.js></script></html>", "javascript"),
        (b"<!DOCTYPE html>", "empty"),
        (html("<p>Ships.</p>", "<title>x</title>"), "too_short"),
        (html("<p>" + "<ul><li>item " * 3000 + "</p>"), "extract_error"),
    ],
    ids=["empty", "pdf", "bare", "shell", "doctype", "short", "deep"],
)
def test_a_page_without_an_article_is_a_counted_rejection(body: bytes | str, reason: str) -> None:
    result = build(page_of(body))
    assert isinstance(result, Rejection)
    assert (result.reason, result.final) == (reason, reason != "extract_error")


def test_only_a_lack_of_memory_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(error: BaseException) -> None:
        raise error

    monkeypatch.setattr(article, "extract_metadata", lambda *_: fail(ZeroDivisionError("x")))
    result = build(page_of(html(STORY)))
    assert isinstance(result, Rejection)
    assert (result.reason, result.detail) == ("extract_error", "ZeroDivisionError: x")
    monkeypatch.setattr(article, "extract_metadata", lambda *_: fail(MemoryError()))
    with pytest.raises(MemoryError):
        build(page_of(html(STORY)))


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400), st.text(max_size=400).map(lambda text: html(text).encode("utf-8", "surrogatepass"))
    )
)
def test_no_bytes_raise(body: bytes) -> None:
    assert isinstance(build(page_of(body)), Article | Rejection)


@pytest.mark.parametrize(
    "inner",
    [
        "\x00\x1b[31m\x07 nul and escape",
        "\u202egnol eb ot\u202c",
        "\ud83d lone surrogate",
        "<script>alert(1)</script>&lt;script&gt;",
        "a" + "\u0301" * 5000,
        "&#27;&#8;&#x1b;",
        "<a href='http://[::1'>x</a><img src='data:,'><base href='//'>",
    ],
)
def test_what_a_store_or_terminal_would_choke_on_is_gone(inner: str) -> None:
    found = built(f"<p>{inner} {SENTENCES[0]}</p>" + STORY, f"<title>{inner} Channel</title>{HEAD}")
    for text in (found.text, found.headline or "", *found.tags, *(removed.text for removed in found.removed)):
        assert text.encode().decode() == text
        assert not any(char < " " and char != "\n" for char in text)
        assert "\u202e" not in text
        assert "\u0301" * 31 not in text


SENT = """Pilots Run Short on the Eastern Coast -- WSJ

Dow Jones
03/10

By Harriet Vandermeer and Paul Osei

{story}

Write to Harriet Vandermeer at harriet.vandermeer@wsj.example

{blank}

(END) Dow Jones Newswires

March 09, 2026 11:05 ET (15:05 GMT)

Copyright (c) 2026 Dow Jones & Company, Inc.
"""


def test_a_text_that_was_extracted_before_becomes_an_article_too() -> None:
    result = build_text(SENT.format(story="\n\n".join(SENTENCES), blank=" "), page_of(b""))
    assert isinstance(result, Article)
    assert result.headline == "Pilots Run Short on the Eastern Coast"
    assert result.text.split("\n") == SENTENCES
    assert (result.wire, result.authors) == ("Dow Jones Newswires", ("Harriet Vandermeer", "Paul Osei"))
    assert result.published is not None
    assert result.published.at.isoformat() == "2026-03-09T11:05:00-04:00"


def test_markup_in_a_text_is_text() -> None:
    result = build_text(
        "\n\n".join((*SENTENCES, "The tag <b> makes letters bold in the harbour's old system.")), page_of(b"")
    )
    assert isinstance(result, Article)
    assert "The tag <b> makes" in result.text
    assert result.headline is None


@pytest.mark.parametrize("text", ["", " \n\n \t\n"])
def test_no_text_is_a_rejection(text: str) -> None:
    assert build_text(text, page_of(b"")) == Rejection("https://www.elleryherald.example/a/1", "empty")


def test_an_inspected_page_is_the_built_one_with_its_blocks_and_facts() -> None:
    page = page_of(html(STORY + "<p>© 2026 The Ellery Herald. All rights reserved.</p>"))
    seen = inspect_page(page)
    assert seen.result == build(page)
    assert isinstance(seen.result, Article)
    assert seen.metadata is not None
    assert seen.metadata.headline == "Channel to be deepened"
    assert "\n".join(verdict.text for verdict in seen.verdicts) == splice(seen.result.text, seen.result.removed)
    assert [verdict.kind for verdict in seen.verdicts if verdict.cuts] == [cut.kind for cut in seen.result.removed]


def test_an_inspected_page_without_an_article_shows_the_blocks_there_were() -> None:
    seen = inspect_page(page_of(html("<p>Ships.</p>", "<title>x</title>")))
    assert isinstance(seen.result, Rejection)
    assert seen.result.reason == "too_short"
    assert [verdict.text for verdict in seen.verdicts] == ["Channel to be deepened", "Ships."]
    assert inspect_page(page_of(b"")).verdicts == ()


def test_a_story_that_ends_in_latin_without_meaning_is_truncated() -> None:
    filler = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore. "
    result = built(f"<p>{' '.join(SENTENCES[:2])}</p><p>{' '.join(SENTENCES[2:])}</p><p>{filler * 3}</p>")
    assert "ipsum" not in result.text
    assert (result.access.completeness, result.access.reason) == ("truncated", "a placeholder in place of the text")
