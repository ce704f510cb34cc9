"""Stories on several pages, from their pages to one article."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newscrawl.article import Reading, build, read_page
from newscrawl.extract import extract_body, extract_metadata, extract_whole, further, parse_document
from newscrawl.items import Article, Outlet, Page, Part, Rejection
from newscrawl.strip import splice

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OUTLET = Outlet("herald", "The Ellery Herald", domains=("elleryherald.example",))
URL = "https://www.elleryherald.example/2026/channel"
HEADLINE = "Channel to be deepened"
STANDFIRST = "The harbour board wants larger ships, and the fishermen go to court over the silt that will come of it."
TEXTS = (
    (
        "The harbour board met on Monday and agreed, after four hours, to deepen the channel for larger ships.",
        "Ships have had to wait at anchor for the tide since the last dredging, which was eleven years ago.",
        "Why?",
        "Because nobody wanted to pay for it, said the chairman, and because the council had other worries then.",
    ),
    (
        "The fishing fleet fears that the silt will drift onto the mussel beds west of the old breakwater.",
        "Why?",
        "The current there runs westward for nine months of the year, according to the charts of the pilots.",
    ),
    ("A court will hear the fishermen in May, when the board is to publish new figures for the silt.",),
)
STORY = [text for page in TEXTS for text in page]


def html(*texts: str, number: int = 1) -> bytes:
    story = "".join(f"<p>{text}</p>" for text in texts)
    return (
        f"<html lang=en><head><title>{HEADLINE}</title><meta name=description content='{STANDFIRST}'>"
        '<meta property="article:published_time" content="2026-11-20T08:30:00+01:00">'
        f"<meta name=author content='Ann Lee'></head><body><nav><a href=/>Home</a></nav><article><h1>{HEADLINE}</h1>"
        f"<p class=standfirst>{STANDFIRST}</p><p class=byline>By Ann Lee</p>{story}"
        f"<p class=pages><a href=?p=1>1</a> <a href=?p=2>2</a> <a href=?p=3>3</a></p></article>"
        f"<footer><p>© 2026 The Ellery Herald. All rights reserved.</p></footer></body></html>"
    ).encode()


def page(*bodies: bytes) -> Page:
    parts = tuple(Part(f"{URL}?p={n}", body) for n, body in enumerate(bodies[1:], start=2))
    return Page(URL, bodies[0], OUTLET, NOW, more=parts)


WHOLE = page(*(html(*texts) for texts in TEXTS))


def built(page: Page) -> Article:
    result = build(page)
    assert isinstance(result, Article), result
    return result


def test_the_pages_of_a_story_are_one_article() -> None:
    found = built(WHOLE)
    lines = found.text.split("\n")
    assert [line for line in lines if line in STORY] == STORY
    assert [line for line in lines if line not in STORY] in ([], [STANDFIRST])
    assert (found.url, found.headline, found.authors) == (URL, HEADLINE, ("Ann Lee",))
    assert found.published is not None
    assert found.access.completeness == "full"


def test_what_a_later_page_repeats_stands_once_and_what_it_says_again_in_its_midst_stays() -> None:
    found = built(WHOLE)
    whole = splice(found.text, found.removed)
    for once in (STANDFIRST, "By Ann Lee", HEADLINE):
        assert whole.count(once) <= 1, once
    assert whole.count("Why?") == 2


def test_one_page_is_read_as_it_is_without_any_more() -> None:
    one = page(html(*TEXTS[0]))
    document = parse_document(one)
    assert not isinstance(document, Rejection)
    metadata = extract_metadata(document, one)
    blocks = extract_body(document, metadata)
    assert extract_whole(document, blocks, metadata, one).blocks == blocks


def test_places_are_among_the_letters_of_all_pages() -> None:
    alone, whole = read_page(page(html(*TEXTS[0]))), read_page(WHOLE)
    assert isinstance(alone, Reading)
    assert isinstance(whole, Reading)
    places = [block.place.at for block in whole.blocks if block.place]
    assert (places, len(places) > len(alone.blocks)) == (sorted(places), True)
    assert places[-1] > 0.8
    first = zip(alone.blocks, whole.blocks, strict=False)
    assert all(b.place.at <= a.place.at for a, b in first if a.place and b.place)


def test_the_page_travels_to_another_process() -> None:
    assert build(pickle.loads(pickle.dumps(WHOLE))) == build(WHOLE)


def test_pages_may_have_different_encodings() -> None:
    german = "Die Fischer fürchten, dass der Schlick auf die Muschelbänke vor dem alten Wellenbrecher treibt."
    second = html(german).decode().encode("latin-1")
    whole = replace(page(html(*TEXTS[0])), more=(Part(f"{URL}?p=2", second, "iso-8859-1"),))
    assert german in built(whole).text


def test_an_error_page_that_says_200_ends_the_story() -> None:
    gone = b"<html><title>Page not found</title><body><h1>Page not found</h1><p>Sorry, it is gone.</p></body></html>"
    found = built(page(html(*TEXTS[0]), gone, html(*TEXTS[2])))
    assert found.text == built(page(html(*TEXTS[0]))).text
    assert found.access.completeness == "full"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.4", "not_html"),
        (b"<html><title>Before you continue</title><body><p>We use cookies.</p></body></html>", "consent_page"),
    ],
)
def test_a_page_that_cannot_be_read_is_left_out_and_said(body: bytes, reason: str) -> None:
    found = built(page(html(*TEXTS[0]), body, html(*TEXTS[2])))
    assert [line for line in found.text.split("\n") if line in STORY] == [*TEXTS[0], *TEXTS[2]]
    assert (found.access.completeness, found.access.reason) == ("truncated", f"page 2 of the story: {reason}")


def test_a_story_that_the_first_page_holds_in_its_data_stands_once() -> None:
    body = "\\n".join(STORY)
    data = (
        f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{HEADLINE}","articleBody":"{body}"}}'
    )
    first = html(*TEXTS[0][:2]).replace(b"</head>", f"{data}</script></head>".encode())
    found = built(page(first, *(html(*texts) for texts in TEXTS[1:])))
    assert [line for line in found.text.split("\n") if line in STORY] == STORY


def test_a_text_has_a_bound_and_says_where_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(further, "MAX_TEXT", 200)
    found = built(WHOLE)
    assert [line for line in found.text.split("\n") if line in STORY] == list(TEXTS[0])
    assert found.access.reason == "page 2 of the story: too much text before it"


def test_the_same_page_twice_adds_nothing() -> None:
    one = html(*TEXTS[0])
    assert built(page(one, one)).text == built(page(one)).text
