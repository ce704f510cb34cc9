import pickle
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.urls import (
    MAX_URL,
    canonical_url,
    host_of,
    is_trap,
    is_version,
    registered_domain,
    safe_url,
    url_key,
    within,
)

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
PIECES = ["http:", "https:", "//", "/", "\\", "a", "b.com", "www.", "..", ".", "?", "#", "&", "=", ":80", ":x", "@",
          "[", "]",
          "::1", "%", "%2e", "%75tm_x=1", "é", "日本", "\n", " ", "\ud800", "amp", "/amp", ".amp", "index.html",
          ";sid=1", "sid=1", "utm_source=x", "id=5", "javascript:", "data:", "mailto:", "xn--", "。", "①"]  # fmt: skip
URLISH = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
ANYTHING = st.one_of(ANY_TEXT, URLISH, URLISH.map("http://h.com/".__add__))


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.com/a/b.html?id=5&utm_source=x", "https://example.com/a/b.html?id=5&utm_source=x"),
        ("  HTTP://EXAMPLE.com:80/A\n", "http://example.com/A"),
        ("https://example.com:443/", "https://example.com/"),
        ("https://example.com:8443/x", "https://example.com:8443/x"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com?x=1", "https://example.com/?x=1"),
        ("https://example.com/a#part", "https://example.com/a"),
        ("https://example.com/a/../../b/./c/..", "https://example.com/b/"),
        ("https://example.com/a..b/...", "https://example.com/a..b/..."),
        ("https:\\\\example.com\\a?b=\\c", "https://example.com/a?b=%5C" + "c"),
        ("https://example.com/a b/ü?q=ü", "https://example.com/a%20b/%C3%BC?q=%C3%BC"),
        ("https://example.com/新闻/1", "https://example.com/%E6%96%B0%E9%97%BB/1"),
        ("https://münchen.de/", "https://xn--mnchen-3ya.de/"),
        ("https://日本。jp/", "https://xn--wgv71a.jp/"),
        ("https://example.com./x", "https://example.com/x"),
        ("http://[::1]:80/", "http://[::1]/"),
        ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/"),  # the address guard refuses it, by its address
        ("http://loc\nalhost/", "http://localhost/"),
        ("https://example.com/%zz", "https://example.com/%zz"),
        ("https://foo_bar.example.com/", "https://foo_bar.example.com/"),
        # refused
        ("", None),
        ("   ", None),
        ("/relative", None),
        ("//example.com/x", None),
        ("example.com/x", None),
        ("javascript:alert(1)", None),
        ("data:text/html,hi", None),
        ("file:///etc/hostname", None),
        ("ftp://example.com/x", None),
        ("mailto:desk@example.com", None),
        ("http://", None),
        ("http:///x", None),
        ("https://user:pass@example.com/", None),
        ("https://nytimes.com@example.com/", None),
        ("https://exa mple.com/", None),
        ("https://a..b/", None),
        ("https://-.com/", None),
        ("https://example.com:99999/", None),
        ("https://example.com:port/", None),
        ("https://[bad/", None),
        ("https://[::1/", None),
        ("https://" + "a" * 64 + ".com/", None),
        ("https://example.com/\ud800", None),
        ("https://example.com/" + "a" * MAX_URL, None),
    ],
)
def test_gives_the_url_a_server_is_asked_for(url: str, safe: str | None) -> None:
    assert safe_url(url) == safe


@pytest.mark.parametrize(
    ("url", "base", "safe"),
    [
        ("/x", "https://example.com/a/b", "https://example.com/x"),
        ("x.html", "https://example.com/a/b", "https://example.com/a/x.html"),
        ("../x?y=1#z", "https://example.com/a/b/c", "https://example.com/a/x?y=1"),
        ("?p=2", "https://example.com/a", "https://example.com/a?p=2"),
        ("//cdn.example.net/x", "https://example.com/a", "https://cdn.example.net/x"),
        ("https://other.org/", "https://example.com/a", "https://other.org/"),
        ("#top", "https://example.com/a", "https://example.com/a"),
        ("", "https://example.com/a", "https://example.com/a"),
        ("javascript:void(0)", "https://example.com/a", None),
        ("/x", "no base", None),
        ("/x", "http://[bad", None),
        ("/x", "file:///etc/", None),
    ],
)
def test_resolves_against_the_page_it_stands_in(url: str, base: str, safe: str | None) -> None:
    assert safe_url(url, base) == safe


@settings(deadline=None)
@given(ANYTHING, ANYTHING)
def test_no_string_raises_and_a_safe_url_is_its_own_safe_url(url: str, base: str) -> None:
    safe = safe_url(url, base)
    if safe is not None:
        assert safe.isascii()
        assert len(safe) <= MAX_URL
        assert "#" not in safe
        assert safe_url(safe) == safe
        assert host_of(safe)


@settings(deadline=None)
@given(ANYTHING)
def test_canonical_form_is_stable_and_has_the_key_of_its_url(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical_url(canonical) == canonical
    assert url_key(canonical) == url_key(url)
    registered_domain(url)
    within(url, ["example.com"])
    is_trap(url)


STORY = "https://www.example.com/2026/11/council-votes?id=5"


@pytest.mark.parametrize(
    "variant",
    [
        "http://www.example.com/2026/11/council-votes?id=5",
        "https://example.com/2026/11/council-votes?id=5",
        "https://WWW.Example.COM:443/2026/11/council-votes?id=5",
        "https://www.example.com/2026/11/council-votes/?id=5",
        "https://www.example.com/2026/11/council-votes/index.html?id=5",
        "https://www.example.com/2026/11/council-votes/amp/?id=5",
        "https://www.example.com/2026/11/council-votes.amp?id=5",
        "https://www.example.com/amp/2026/11/council-votes?id=5",
        "https://amp.example.com/2026/11/council-votes?id=5",
        "https://m.example.com/2026/11/council-votes?id=5",
        "http://mobile.example.com/2026/11/council-votes/?id=5",
        "https://www.example.com/2026/11/council-votes/print/?id=5",
        STORY + "&amp=1",
        STORY + "&amp",
        STORY + "&print=true",
        STORY + "&view=print",
        STORY + "&printable=1",
        STORY + "&m=mobile",
        "https://www.example.com/2026/11/council-votes;jsessionid=0A1B2C?id=5",
        "https://www.example.com/2026/./11/x/../council-votes?id=5",
        "https://www.example.com/2026/11/council%2Dvotes?id=5",
        STORY + "#comments",
        STORY + "&utm_source=rss&utm_medium=feed&utm_campaign=x",
        STORY + "&fbclid=IwAR0",
        STORY + "&gclid=x&gbraid=y&msclkid=",
        STORY + "&CMP=share_btn_tw",
        STORY + "&ref=homepage&ref_src=twsrc%5Etfw",
        STORY + "&mod=rss_markets_main",
        STORY + "&at_medium=RSS&at_campaign=KARANGA",
        STORY + "&mc_cid=1&mc_eid=2",
        STORY + "&_ga=1.2&_gl=3",
        STORY + "&xtor=RSS-3208",
        STORY + "&PHPSESSID=abc",
        STORY + "&sid=0123456789abcdef0123456789abcdef",
        STORY + "&outputType=amp",
        STORY + "&source=rss",
        STORY + "&from=wechat&spm=a1.b2",
        STORY + "&%75tm_source=x",
        STORY + "&",
    ],
)
def test_every_way_to_one_page_has_one_key(variant: str) -> None:
    assert url_key(variant) == url_key(STORY)


def test_the_canonical_url_shows_scheme_and_host_as_they_were() -> None:
    assert canonical_url(STORY + "&utm_source=x#y") == STORY
    assert canonical_url("http://example.com/b?z=1&a=2") == "http://example.com/b?a=2&z=1"


@pytest.mark.parametrize(
    "other",
    [
        STORY.replace("5", "6"),
        STORY.replace("?id=5", ""),
        STORY + "&page=2",
        STORY + "&sid=17",
        STORY + "&msid=17",
        STORY + "&fid=17",
        STORY + "&gid=17",
        STORY + "&cid=17",
        STORY + "&source=17",
        STORY.replace("votes", "Votes"),
        STORY.replace("www.", "news."),
        STORY.replace("www.", "www.m."),
        STORY + "&view=comments",
        STORY + "&print=edition",
        "https://www.example.com/2026/11/amp/council-votes?id=5",
        "https://www.example.com/2026/11/council/print?id=5",
        "https://www.example.com/amp?id=5",
        "https://www.example.com/?id=5",
        "https://www.example.com/2026/11/example?id=5",
    ],
)
def test_what_names_another_page_keeps_another_key(other: str) -> None:
    assert url_key(other) != url_key(STORY)


def test_a_front_page_named_amp_stays() -> None:
    assert canonical_url("https://example.com/amp") == "https://example.com/amp"


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("https://www3.nhk.or.jp/", "nhk.or.jp"),
        ("https://desk.blogspot.com/x", "desk.blogspot.com"),
        ("https://sub.xn--mnchen-3ya.de/", "xn--mnchen-3ya.de"),
        ("https://www.courier.example/", "courier.example"),
        ("https://127.0.0.1/", None),
        ("https://127.1/", None),
        ("https://0x7f.1/", None),
        ("http://[::1]/", None),
        ("localhost", None),
        ("https://co.uk/", None),
        ("", None),
        ("not a host", None),
    ],
)
def test_finds_the_registered_domain(url: str, domain: str | None) -> None:
    assert registered_domain(url) == domain


def test_within_takes_the_domain_and_what_lies_below_it() -> None:
    assert within("https://bbc.co.uk/x", ["bbc.co.uk"])
    assert within("https://WWW.bbc.co.uk/x", ["bbc.com", "bbc.co.uk"])
    assert not within("https://notbbc.co.uk/x", ["bbc.co.uk"])
    assert not within("https://bbc.co.uk.evil.example/x", ["bbc.co.uk"])
    assert not within("no url", ["bbc.co.uk"])
    assert not within("https://bbc.co.uk/", [])


@pytest.mark.parametrize(
    ("path", "trap"),
    [
        ("2026/11/21/story", False),
        ("a/a/a/story", False),
        ("a/a/a/a/story", True),
        ("a/b/a/b/a/b/a/b", True),
        ("/".join(map(str, range(20))), False),
        ("/".join(map(str, range(21))), True),
        ("", False),
    ],
)
def test_a_path_that_goes_in_circles_is_a_trap(path: str, trap: bool) -> None:
    assert is_trap(f"https://example.com/{path}") is trap


def test_long_hostile_urls_take_no_time() -> None:
    start = time.process_time()
    for piece in ("a/" * 500_000, "%" * 1_000_000, "?" * 1_000_000, "../" * 300_000, "a." * 500_000, "é" * 1_000_000):
        url_key("http://example.com/" + piece)
        safe_url("http://" + piece, "http://example.com/")
        registered_domain(piece)
    assert time.process_time() - start < 1


def test_functions_are_picklable() -> None:
    assert pickle.loads(pickle.dumps(url_key))(STORY) == url_key(STORY)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://amp.example.com/2026/pier", True),
        ("https://m.example.com/2026/pier", True),
        ("https://example.com/amp/2026/pier", True),
        ("https://example.com/2026/pier.amp.html", True),
        ("https://example.com/2026/pier-1/print", True),
        ("https://example.com/2026/pier?outputType=amp", True),
        ("https://example.com/2026/pier?amp=1", True),
        ("https://example.com/2026/pier?utm_source=amp", False),
        ("https://example.com/amplifiers/2026", False),
        ("https://mobile-news.example.com/2026/pier", False),
        ("no url", False),
    ],
)
def test_a_version_is_known_by_its_url(url, expected):
    assert is_version(url) is expected
