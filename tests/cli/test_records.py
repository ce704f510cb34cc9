from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from newscrawl.cli.records import article_record, facts, markdown, rejection_record, stamp
from newscrawl.items import Access, Article, Language, Moment, Outlet, Precision, Rejection, Removed, Ticker

SEOUL = timezone(timedelta(hours=9))
ARTICLE = Article(
    url="https://www.post.example/a?utm_source=x",
    canonical_url="https://www.post.example/a",
    outlet="post",
    headline="A *bold* plan",
    text="First # paragraph.\nSecond <one>.",
    removed=(Removed("share", "Share", "share.word", 0.9, 19),),
    language=Language("en", 0.987, "langdetect"),
    access=Access("free", "subscriber", "truncated", "ends in an ellipsis"),
    authors=("A. Writer", "B. Writer"),
    published=Moment(datetime(2026, 6, 5, 0, 30, tzinfo=SEOUL), "minute", "json-ld", "2026-06-05T00:30+09:00"),
    tickers=(Ticker("NLMX", "body", "XNYS"), Ticker("ABC", "widget")),
)


@pytest.mark.parametrize(
    ("precision", "text"),
    [("second", "2026-06-05T00:30:15+09:00"), ("minute", "2026-06-05T00:30+09:00"), ("day", "2026-06-05")],
)
def test_a_time_is_as_exact_as_it_is_known(precision: Precision, text: str) -> None:
    assert stamp(Moment(datetime(2026, 6, 5, 0, 30, 15, tzinfo=SEOUL), precision, "meta", "")) == text


def test_a_record_has_the_fields_of_the_protocol() -> None:
    record = article_record(ARTICLE)
    assert list(record) == [
        "url", "outlet", "title", "authors", "published", "date", "modified", "language", "language_confidence", "text",
        "wire", "access", "access_declared", "completeness", "complete", "tickers", "removed", "rejection",
    ]  # fmt: skip
    assert record["date"] == "2026-06-05"  # the day as published, which was the 4th in UTC
    assert record["complete"] is False
    assert record["tickers"][0] == {"symbol": "NLMX", "mic": "XNYS", "origin": "body"}
    assert record["removed"] == [{"kind": "share", "text": "Share", "rule": "share.word", "score": 0.9, "cut_at": 19}]


def test_a_rejection_has_the_same_fields_and_its_reason() -> None:
    record = rejection_record(Rejection("https://a.example/", "too_short"), Outlet("a", "A"))
    assert set(article_record(ARTICLE)) <= set(record)
    assert (record["rejection"], record["text"], record["outlet"]) == ("too_short", "", "a")


def test_unknown_facts_are_left_out() -> None:
    bare = Article("", "https://a.example/", "a", None, "x", (), Language(None, None, "none"), Access())
    assert facts(bare) == [
        ("URL", "https://a.example/"), ("Outlet", "a"), ("Access", "unknown"), ("Complete", "unknown"),
    ]  # fmt: skip


def test_facts_say_where_they_come_from() -> None:
    shown = dict(facts(ARTICLE))
    assert shown["Published"] == "2026-06-05 00:30+09:00 (from json-ld)"
    stated = replace(ARTICLE, published=replace(ARTICLE.published, raw="5 June, half past midnight"))
    assert dict(facts(stated))["Published"] == "2026-06-05 00:30+09:00 (from json-ld: 5 June, half past midnight)"
    assert shown["Language"] == "en (0.99, by langdetect)"
    assert shown["Access"] == "free (declared: subscriber)"
    assert shown["Complete"] == "truncated: ends in an ellipsis"
    assert shown["Tickers"] == "XNYS:NLMX, ABC (widget)"


def test_markdown_shows_the_text_as_it_is() -> None:
    lines = markdown(ARTICLE).splitlines()
    assert lines[0] == "# A \\*bold\\* plan"
    assert "First \\# paragraph." in lines
    assert "Second \\<one\\>." in lines
