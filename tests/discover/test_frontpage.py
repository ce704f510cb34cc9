import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.discover.frontpage import (
    COMMON_FEEDS,
    COMMON_SITEMAPS,
    MAX_ANCHORS,
    SiteFacts,
    find_sources,
    parse_section,
)
from newscrawl.items import Source
from newscrawl.visits import Link

HERE = "https://www.herald.example/local/"
STORY = "/2026/11/21/council-votes-on-new-budget"


def page(body: str, head: str = "", lang: str = "en") -> bytes:
    return f"<!DOCTYPE html><html lang='{lang}'><head>{head}</head><body>{body}</body></html>".encode()


def section(body: str, **options: str | None) -> list[Link]:
    return list(parse_section(page(body), HERE, **options).links)


def test_finds_the_articles_among_all_other_links() -> None:
    body = f"""<nav><a href="/">Home</a><a href="/politics/">Politics</a><a href="/sports/football/">Football</a></nav>
      <main><article><a href="{STORY}"><img src="x.jpg"></a>
      <h2><a href="{STORY}?ref=hp">Council votes on budget</a></h2></article>
      <div><a href="ferry-runs-again-after-storm-1042.html"><span>Harbour</span><h3>Ferry runs again</h3>
      <p>After a storm of many days, the ferry to the islands is back.</p></a> <a href="/tag/ferry">ferry</a></div>
      <a href="https://ads.example/2026/11/21/buy-this-great-new-thing">Buy this great new thing right now</a>
      <a href="https://blog.herald.example/2026/11/20/letters-from-the-harbour">Letters from the harbour town</a></main>
      <footer><a href="/terms-of-use-and-privacy-of-readers">Terms</a><a href="mailto:x@herald.example">D</a></footer>
      """
    assert section(body) == [
        Link(f"https://www.herald.example{STORY}", "Council votes on budget"),
        Link("https://www.herald.example/local/ferry-runs-again-after-storm-1042.html", "Ferry runs again"),
        Link("https://blog.herald.example/2026/11/20/letters-from-the-harbour", "Letters from the harbour town"),
    ]


def test_a_pattern_decides_alone() -> None:
    body = '<a href="/a/1">One</a><a href="/b/2">Two</a><a href="https://other.example/a/3#x">Three</a>'
    assert [link.url for link in section(body, link_pattern=r"/a/\d+$")] == [
        "https://www.herald.example/a/1",
        "https://other.example/a/3",
    ]


def test_what_stands_in_a_menu_must_look_more_like_an_article() -> None:
    link = '<a href="/krypto/geldanlage-fuer-alle">Geldanlage für alle Leser</a>'
    assert len(section(f"<main>{link}</main>")) == 1
    assert section(f"<nav><ul><li>{link}</li></ul></nav>") == []
    assert section(f"<div class='main-menu open'>{link}</div>") == []
    assert len(section(f"<nav>{link}</nav><h2>{link}</h2>")) == 1


def test_the_page_itself_is_no_article_of_its_own() -> None:
    url = f"https://www.herald.example{STORY}"
    assert parse_section(page(f"<a href='{STORY}#top'>Council votes on the new budget</a>"), url).links == ()


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<a href='/doc-12345678.shtml'>央行宣布下调利率</a>".encode("gb18030"), "gb2312"),
        ("<meta charset=gbk><a href='/doc-12345678.shtml'>央行宣布下调利率</a>".encode("gb18030"), None),
        ("<a href='/doc-12345678.shtml'>央行宣布下调利率</a>".encode(), "iso-8859-1"),
        ("<a href='/doc-12345678.shtml'>央行宣布下调利率</a>".encode("utf-16"), None),
        ("<a href='/doc-12345678.shtml'>央行宣布\0下调&#8;利率</a>".encode("utf-8-sig"), "nonsense"),
    ],
)
def test_reads_any_encoding(body: bytes, charset: str | None) -> None:
    found = parse_section(body, HERE, charset=charset)
    assert found.links == (Link("https://www.herald.example/doc-12345678.shtml", "央行宣布下调利率"),)


def test_resolves_against_the_base_of_the_page() -> None:
    body = page("<a href='council-votes-on-new-budget-17.html'>Council votes on the budget</a>", "<base href='/news/'>")
    assert (
        parse_section(body, HERE).links[0].url == "https://www.herald.example/news/council-votes-on-new-budget-17.html"
    )


def test_a_host_without_domain_has_its_own_articles() -> None:
    body = page(f"<a href='{STORY}'>A</a><a href='http://127.0.0.2{STORY}'>B</a>")
    assert [link.url for link in parse_section(body, "http://127.0.0.1:8080/").links] == [
        f"http://127.0.0.1:8080{STORY}"
    ]


@pytest.mark.parametrize(
    ("body", "pattern", "error"),
    [
        (b"", None, "empty answer"),
        (b" \n\0", None, "empty answer"),
        (page("<p>Please turn on scripts</p>"), None, "page with 0 links, none of which looks like an article"),
        (page("<a href='/politics'>Politics</a>"), None, "page with 1 links, none of which looks like an article"),
        (page("<a href='/politics'>Politics</a>"), r"/\d+", r"page with 1 links, none of which matches '/\\d+'"),
    ],
)
def test_says_why_there_is_nothing(body: bytes, pattern: str | None, error: str) -> None:
    found = parse_section(body, HERE, link_pattern=pattern)
    assert found.links == ()
    assert error in (found.error or "")


def test_reads_so_many_links_and_says_so() -> None:
    found = parse_section(page("<a href='/a-12345'>x</a>" * (MAX_ANCHORS + 1)), HERE, link_pattern="a-")
    assert len(found.links) == 1
    assert found.error == "page with more than 10,000 links: the rest was not read"


@pytest.mark.parametrize(
    "body",
    [
        "<div " + " ".join(f"a{n}=1" for n in range(60_000)) + ">x",
        "<div>" * 100_000,
        "<a href=/x>x" * 12_000,
        "<title>" + " - t" * 100_000,
        "a" + "\u0301\u0316" * 200_000,
        "<!DOCTYPE html " + "/" * 400_000,
        "<p>&#8; &#x1b;" * 20_000,
    ],
)
def test_a_bomb_takes_no_time(body: str) -> None:
    start = time.process_time()
    parse_section(body.encode(), HERE)
    find_sources(body.encode(), HERE)
    assert time.process_time() - start < 6


@settings(deadline=None)
@given(st.binary(max_size=200), st.text(max_size=40), st.sampled_from([b"", b"<a href=", b"<link rel=alternate href="]))
def test_no_page_raises(body: bytes, text: str, start: bytes) -> None:
    parse_section(start + body, text, charset=text)
    find_sources(start + body, text, text)


def test_finds_what_a_site_announces() -> None:
    head = """<title>Council, ferry and more | The Herald</title>
      <link rel="alternate" type="application/rss+xml" title="Herald" href="/rss.xml">
      <link rel="ALTERNATE nofollow" type="application/atom+xml; charset=utf-8" href="https://feeds.example/atom">
      <link rel="alternate" type="application/feed+json" href="/feed.json">
      <link rel="alternate" type="application/rss+xml" title="Herald » Comments" href="/comments/feed/">
      <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">
      <link rel="alternate" hreflang="fr" href="/fr/"><link rel="stylesheet" type="application/rss+xml" href="/x">
      <link rel="alternate" type="application/rss+xml" href="javascript:x">"""
    body = '<a href="/local/rss">RSS</a><a href="/rss.xml">RSS</a><a href="/feeds-of-birds">Birds</a>'
    assert find_sources(page(body, head, lang="en-gb"), HERE) == SiteFacts(
        name="The Herald",
        languages=("en-GB",),
        declared=(("html lang", "en-GB"),),
        feeds=(
            Source("rss", "https://www.herald.example/rss.xml"),
            Source("atom", "https://feeds.example/atom"),
            Source("jsonfeed", "https://www.herald.example/feed.json"),
            Source("rss", "https://www.herald.example/local/rss"),
        ),
    )


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<meta property='og:site_name' content=' The  Herald '><title>x</title>", "The Herald"),
        ("<meta name='application-name' content='Herald'>", "Herald"),
        ("<title>Herald – news from the harbour</title>", "Herald"),
        ("<title>News from the harbour · herald.example</title>", "herald.example"),
        ("<title>Harbour news | All that matters</title>", "Harbour news"),
        ("<title>新浪财经_门户</title>", "新浪财经_门户"),
        ("<title> </title>", None),
        ("", None),
    ],
)
def test_names_the_site(head: str, name: str | None) -> None:
    assert find_sources(page("", head), "https://www.herald.example/").name == name


@pytest.mark.parametrize(
    ("html", "languages"),
    [
        ("<html lang='de-AT'>", ("de-AT",)),
        ("<html lang=''><meta http-equiv='Content-Language' content='pt-br'>", ("pt-BR",)),
        ("<html><meta property='og:locale' content='fr_FR'>", ("fr-FR",)),
        ("<html lang='x-unknown'>", ()),
        ("<html>", ()),
    ],
)
def test_reads_the_language_of_the_site(html: str, languages: tuple[str, ...]) -> None:
    assert find_sources(f"{html}<body>x".encode(), HERE).languages == languages


def test_the_usual_addresses_are_paths() -> None:
    assert all(path.startswith("/") for path in COMMON_FEEDS + COMMON_SITEMAPS)


@pytest.mark.parametrize("label", ["uu", "hex", "zip", "rot13", "undefined"])
def test_a_declared_codec_that_is_no_encoding_costs_letters_alone(label: str) -> None:
    body = (
        '<html><body><a href="/2026/06/04/five-ships-in-port">F\xfcnf Schiffe im Hafen von Northport</a></body></html>'
    )
    found = parse_section(body.encode("cp1252"), "https://a.example/", charset=label)
    assert [link.url for link in found.links] == ["https://a.example/2026/06/04/five-ships-in-port"]
