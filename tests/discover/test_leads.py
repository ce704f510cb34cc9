import pytest

from newscrawl.discover.leads import Leads, is_page_of, read_leads

URL = "https://www.herald.example/2026/11/pier/"


def page(body: str = "", head: str = "", html: str = "<html>") -> bytes:
    return f"{html}<head>{head}</head><body><p>The pier is rebuilt.</p>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("selector", "body", "head", "further"),
    [
        ("rel", "", "<link rel='next' href='?page=2'>", [f"{URL}?page=2"]),
        ("rel", "<a rel='nofollow NEXT' href='/2026/11/pier/2'>Next</a>", "", [f"{URL}2"]),
        ("rel", "<a rel='nextpage' href='2'>Next</a><a class='next' href='2'>Next</a>", "", []),
        ("a.next", "<a class='button next' href='2'>Next</a><a href='3'>3</a>", "", [f"{URL}2"]),
        (".pages a", "<p class=pages><a href='./'>1</a> <a href='2'>2</a></p>", "", [URL, f"{URL}2"]),
        ("//a[.='Next']", "<a href='2'>Next</a>", "", [f"{URL}2"]),
        ("//a[.='Next']/@href", "<a href='2'>Next</a>", "", [f"{URL}2"]),
        ("a.next", "<a class=next href='2'>", "<base href='https://m.herald.example/s/'>", ["https://m.herald.example/s/2"]),
        ("a", "<a href='javascript:go(2)'></a><a href=' '></a><a></a><a href='http://[::1'></a>", "", []),
        ("rel", "<script><a rel=next href=2></script><!--<a rel=next href=2>-->", "", []),
    ],
)  # fmt: skip
def test_finds_the_links_that_the_selector_means(selector: str, body: str, head: str, further: list[str]) -> None:
    assert list(read_leads(page(body, head), URL, next_page=selector).further) == further


def test_looks_for_no_further_page_unasked() -> None:
    assert read_leads(page("<a rel=next href=2>Next</a>"), URL) == Leads()


@pytest.mark.parametrize(
    ("first", "second", "is_page"),
    [
        ("https://x.example/2020-01/zug", "https://x.example/2020-01/zug/seite-2", True),
        ("https://x.example/zug/", "https://x.example/zug/2/", True),
        ("https://x.example/zug/", "https://x.example/zug/page/2/", True),
        ("https://x.example/zug/", "https://x.example/zug/index2.html", True),
        ("https://x.example/art123.html", "https://x.example/art123_p2.html", True),
        ("https://x.example/art-1.html", "https://x.example/art-2.html", True),
        ("https://x.example/123/1.html", "https://x.example/123/2.html", True),
        ("https://x.example/a-0,0.html", "https://x.example/a-0,1.html", True),
        ("https://x.example/zug", "https://x.example/zug?page=1", True),  # counted from 0
        ("https://x.example/zug?x=1", "https://x.example/zug?x=1&page=2", True),
        ("http://www.x.example/zug", "https://x.example/zug,2", True),
        ("https://x.example/zug", "https://x.example/zug/3", False),
        ("https://x.example/?p=2895", "https://x.example/?p=2905", False),
        ("https://x.example/ep-81", "https://x.example/ep-82", False),
        ("https://x.example/a1", "https://x.example/a12", False),
        ("https://x.example/2018/02/15/research", "https://x.example/2018/04/26/presentation", False),
        ("https://x.example/story/887/", "https://x.example/story/concert/", False),
        ("https://x.example/pier", "https://x.example/pier-is-rebuilt", False),
        ("https://x.example/pier", "https://x.example/pier-was-built-by-two-firms-2", False),
        ("https://x.example/zug", "https://x.example/zug", False),
    ],
)
def test_tells_a_storys_second_page_from_another_article(first: str, second: str, is_page: bool) -> None:
    assert is_page_of(second, first, 2) is is_page


ORIGINAL = "https://www.herald.example/2026/11/pier"


@pytest.mark.parametrize(
    ("url", "html", "canonical", "found"),
    [
        ("https://www.herald.example/amp/2026/11/pier", "<html amp lang=en>", "/2026/11/pier", ORIGINAL),
        ("https://amp.herald.example/2026/11/pier", "<html ⚡>", ORIGINAL, ORIGINAL),
        (f"{ORIGINAL}/amp/", "<html amp>", ORIGINAL, ORIGINAL),
        (f"{ORIGINAL}/amp/", "<html>", ORIGINAL, ORIGINAL),  # a light version without AMP's mark
        (f"{ORIGINAL}?output=amp", "<html amp>", ORIGINAL, ORIGINAL),
        (f"{ORIGINAL}?utm_source=feed", "<html>", ORIGINAL, None),  # the same page
        ("http://herald.example/2026/11/pier/?utm_source=feed", "<html>", ORIGINAL, None),
        (ORIGINAL, "<html amp>", ORIGINAL, None),  # an outlet that has AMP pages alone
        (f"{ORIGINAL}/amp/", "<html amp>", "https://www.herald.example/", None),  # a template's fault
        (f"{ORIGINAL}/amp/", "<html amp>", "", None),
        (f"{ORIGINAL}/amp/", "<html amp>", "javascript:void(0)", None),
    ],
)
def test_finds_the_page_that_a_page_is_a_copy_of(url: str, html: str, canonical: str, found: str | None) -> None:
    body = page(head=f"<link rel=Canonical href='{canonical}'>", html=html)
    assert read_leads(body, url).canonical == found


@pytest.mark.parametrize("body", [b"", b" ", b"\x00", b"%PDF-1.4", b"\xff\xfe<\x00a", b"<html", b"<!-- "])
def test_bytes_that_are_no_page_lead_nowhere(body: bytes) -> None:
    assert read_leads(body, URL, next_page="rel") == Leads()
