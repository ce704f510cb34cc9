from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.discover.found import MAX_HEADLINE, has_entities, is_html, read_headline, read_language, read_time

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-21T12:00:00Z", NOON),
        ("2026-11-21T13:00:00+01:00", NOON),
        ("2026-11-21T13:00:00+0100", NOON),
        ("2026-11-21 13:00:00 +0100", NOON),
        ("2026-11-21T12:00:00.0000000Z", NOON),
        ("2026-11-21T12:00Z", NOON),
        (" 2026-11-21T12:00:00 \n", NOON),
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 13:00:00 +0100", NOON),
        ("Sat, 21 Nov 2026 12:00:00 GMT", NOON),
        ("Sat, 21 Nov 2026 07:00:00 EST", NOON),
        ("", None),
        ("yesterday", None),
        ("2026-13-41", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("1246-05-05", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("Sat, 99 Nov 2026", None),
    ],
)
def test_reads_a_time_as_utc(text: str, at: datetime | None) -> None:
    assert read_time(text) == at


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ("en", "en"),
        ("EN-us", "en-US"),
        ("en_GB", "en-GB"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("zh-cn", "zh-CN"),
        ("es-419", "es-419"),
        ("de-DE-1996", "de-DE"),
        ("", None),
        ("english", None),
        ("*", None),
        ("日本語", None),
    ],
)
def test_reads_a_language_tag_in_its_usual_case(raw: str, tag: str | None) -> None:
    assert read_language(raw) == tag


def test_a_headline_is_a_line_and_no_teaser() -> None:
    assert read_headline(" Two\u00a0\n words\x00 ") == "Two words"
    assert read_headline(" \n ") is None
    assert read_headline("x" * (MAX_HEADLINE + 1)) is None


@pytest.mark.parametrize(
    ("body", "declares"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><rss/>', True),
        ('<!DOCTYPE x [<!ENTITY a "b">]><rss/>'.encode("utf-16"), True),
        (b'<!DOCTYPE x [<!entity % a SYSTEM "http://x/">]><rss/>', True),
        (b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x/rss.dtd"><rss/>', False),
        (b"<rss><title>&lt;!ENTITY a</title><![CDATA[<!ENTITY a b>]]></rss>", False),
    ],
)
def test_sees_entities_declared_before_the_root(body: bytes, declares: bool) -> None:
    assert has_entities(body) is declares


@pytest.mark.parametrize(
    ("body", "page"),
    [
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", True),
        (b"<!-- cached --> <HTML lang=en>", True),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html>', True),
        (b"<rss>", False),
        (b"<!DOCTYPE rss><rss>", False),
        (b"", False),
    ],
)
def test_tells_a_web_page_from_a_feed(body: bytes, page: bool) -> None:
    assert is_html(body) is page


@settings(deadline=None)
@given(st.text(), st.binary())
def test_readers_never_raise(text: str, body: bytes) -> None:
    read_time(text)
    read_language(text)
    read_headline(text)
    has_entities(body)
    is_html(body)
