"""Bytes to tree: which encoding, and what a page must not lose on the way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extract.body import extract_body
from newscrawl.extract.document import MAX_BYTES, Document, decode, parse_document, preclean, restore
from newscrawl.extract.metadata import Metadata
from newscrawl.items import Outlet, Page, Rejection

PARAGRAPH = "The harbour board met on Monday and agreed, after four hours, to deepen the channel for larger ships."


def page_of(body: bytes | str, charset: str | None = None) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    return Page("https://news.example/a/1", raw, Outlet("news", "News"), datetime(2026, 11, 21, tzinfo=UTC), charset)


def document_of(body: bytes | str, charset: str | None = None) -> Document:
    document = parse_document(page_of(body, charset))
    assert isinstance(document, Document)
    return document


def article(inner: str) -> str:
    return f"<html><head><title>T</title></head><body><article>{inner}</article></body></html>"


@pytest.mark.parametrize(
    ("text", "encoding", "header", "meta", "expected"),
    [
        ("Zürich – “naïve”", "utf-8", "iso-8859-1", "iso-8859-1", "utf-8"),  # valid UTF-8, whatever is declared
        ("“curly” – dash", "cp1252", None, "iso-8859-1", "cp1252"),
        ("港务局：王镕", "gbk", None, "gb2312", "gb18030"),  # 镕 is not in GB 2312
        ("邨裡街市", "big5hkscs", None, "big5", "big5hkscs"),
        ("①髙橋さん", "cp932", None, "shift_jis", "cp932"),
        ("똠방각하 뷁", "cp949", None, "euc-kr", "cp949"),
        ("Привет, мир", "cp1251", "windows-1251", None, "cp1251"),
        ("Привет, мир", "cp1251", "windows-1251", "koi8-r", "cp1251"),  # both fit: the header is believed
        ("漢字の記事です", "cp932", "utf-8", "shift_jis", "cp932"),  # the header does not fit, the meta does
        ("Grüße", "utf-16", None, None, "utf-16-le"),
        ("日本語の新聞", "iso2022_jp", None, "iso-2022-jp", "iso2022_jp"),
    ],
)
def test_the_encoding_is_what_the_bytes_and_then_the_declarations_say(
    text: str, encoding: str, header: str | None, meta: str | None, expected: str
) -> None:
    declared = f'<meta charset="{meta}">' if meta else ""
    body = f"<html><head>{declared}</head><body>{text}</body></html>".encode(encoding)
    found, decoded = decode(body, header)
    assert (found, text in decoded) == (expected, True)


def test_a_few_broken_bytes_leave_a_page_utf8() -> None:
    body = ("<html><body>" + "Ænon – ünïcödé " * 40).encode() + b"\xff\xfe</body></html>"
    assert decode(body, None)[0] == "utf-8"


def test_a_character_cut_at_the_end_leaves_a_page_utf8() -> None:
    assert decode("<p>naïve – ü".encode()[:-1], None)[0] == "utf-8"


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("reference to a control character", f"<p>{PARAGRAPH} A&#27;B&#8;</p>"),
        ("hexadecimal reference", f"<p>{PARAGRAPH}&#x1b;</p>"),
        ("control characters", f"<p>{PARAGRAPH}\x00\x08</p>"),
        ("early end of the document", f"<p>Intro.</p></body></html><p>{PARAGRAPH}</p>"),
        ("a URL in angle brackets", f"<p>see <http://news.example/x> and</p><p>{PARAGRAPH}</p>"),
        ("a hundred thousand combining marks", f"<p>{PARAGRAPH}</p><p>Hello a" + "\u0301" * 100_000 + " end.</p>"),
        ("text that line breaks part", f"Intro.<br><br>{PARAGRAPH}<br><br>{PARAGRAPH}"),
        ("bare elements", f"<div>Intro.</div><div>{PARAGRAPH}</div><div>{PARAGRAPH}</div>"),
        ("1000 lists in each other", f"<p>{PARAGRAPH}</p>" + "<ul><li>x" * 1000 + "</li></ul>" * 1000),
        ("300 levels", "<div>" * 300 + f"<p>{PARAGRAPH}</p>" + "</div>" * 300),
    ],
)
def test_no_article_is_lost_to(name: str, inner: str) -> None:
    blocks = extract_body(document_of(article(inner + f"<p>{PARAGRAPH}</p>")), Metadata())
    assert any(PARAGRAPH in block.text for block in blocks), name


def test_joiners_survive_extraction() -> None:
    persian = (
        "او گفت که می\u200cخواهم به خانه بروم و کتاب\u200cهای تازه را بخوانم، اما هوا بد بود و باران می\u200cبارید."
    )
    family = "The \U0001f468\u200d\U0001f469\u200d\U0001f467 family &zwnj;and&#8205;others came to see the ships leave."
    blocks = extract_body(document_of(article(f"<p>{persian}</p><p>{family}</p>")), Metadata())
    assert blocks[0].text == persian
    assert "\U0001f468\u200d\U0001f469\u200d\U0001f467 family \u200cand\u200dothers" in blocks[1].text


def test_text_out_of_a_tree_is_clean() -> None:
    assert restore("a\x00b\u202ec\ud800d") == "abcd"


def test_preclean_gives_bytes_that_any_parser_takes() -> None:
    assert preclean("a\ud800b\x07\uffffc&#11;&#xFFFF;&#65534;") == b"a?bc"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>He adds,<span>The ships will have to wait.</span></p>", "He adds, The ships will have to wait."),
        ("<p><span>Rents went up again this year.</span><span>Some tenants left.</span></p>", "year. Some tenants"),
        ("<p><b>But</b> more,<em>Harbour</em>.</p>", "more, Harbour"),
        ("<p>It cost 3.<b>5M</b> and a <b>w</b>ord, <i>un</i>Broken.</p>", "3.5M and a word, unBroken"),
        ("<p>The rule of the U.S.<b>Army</b> is old.</p>", "U.S.Army"),
        ("<p>He wrote for news.<b>example</b> then.</p>", "news.example"),
    ],
)
def test_sentences_that_only_a_tag_parts_get_their_space(before: str, after: str) -> None:
    assert after in document_of(article(before)).tree.text_content()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"%PDF-1.7 ...", "not_html"),
        (b"\x89PNG\r\n\x1a\n", "not_html"),
        (b'{"a": 1}', "not_html"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>', "not_html"),
        (b"<!-- a --><!-- b -->" * 50_000 + b'<rss version="2.0">', "not_html"),
        (b"just words", "not_html"),
        (b"<html><body>" + b"x" * MAX_BYTES, "too_large"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_bytes_that_are_no_page_are_counted_rejections(body: bytes, reason: str) -> None:
    rejection = parse_document(page_of(body))
    assert isinstance(rejection, Rejection)
    assert rejection.reason == reason


def test_a_layout_table_is_columns_and_a_table_of_values_stays_one() -> None:
    story = "<br><br>".join([PARAGRAPH] * 5)
    old = f"<table><tr><td><a href=/>Home</a></td><td><b>Head</b><br>{story}</td></tr></table>"
    values = "<table><tr><th>Year</th><th>Ships</th></tr><tr><td>2024</td><td>310</td></tr></table>"
    tree = document_of(f"<html><body>{old}{values}</body></html>").tree
    assert len(list(tree.iter("table"))) == 1
    assert [cell.text for cell in tree.iter("td")] == ["2024", "310"]


def test_an_html_element_that_closes_itself_holds_the_page_all_the_same() -> None:
    assert PARAGRAPH in document_of(f'<html lang="en" /><body><p>{PARAGRAPH}</p></body></html>').tree.text_content()


@pytest.mark.parametrize("label", ["uu", "hex", "zip", "rot13", "undefined", "idna", "no-such"])
def test_a_declared_codec_that_is_no_encoding_is_not_believed(label: str) -> None:
    body = f'<html><head><meta charset="{label}"></head><body><p>Fünf Schiffe</p></body></html>'.encode("cp1252")
    encoding, text = decode(body, label)
    assert "Schiffe" in text
    assert encoding != label
