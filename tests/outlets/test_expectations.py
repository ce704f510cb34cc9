from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from newscrawl.items import Access, Article, Language, Moment, Rejection
from newscrawl.outlets.expectations import PageTest, read_saved, unmet

AT = datetime.fromisoformat("2026-06-02T00:30:00+02:00")
ARTICLE = Article(
    "https://a.example/1", "https://a.example/1", "a", "Town hall votes", "First paragraph.\nLast one.", (),
    Language("en", 0.99, "words"), Access(), authors=("Ann Lee",), published=Moment(AT, "minute", "meta", ""),
)  # fmt: skip


def wanted(**fields: object) -> PageTest:
    return PageTest.model_validate({"page": "a.pages/1.html", "url": "https://a.example/1"} | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"headline": "Town  hall votes"}, {"published": "2026-06-02"}, {"published": "2026-06-01T22:30:00Z"},
        {"authors": ["Ann Lee"]}, {"contains": ["First", "Last one."]}, {"lacks": ["Subscribe"]}, {"min_chars": 10},
        {"max_chars": 26},
    ],
)  # fmt: skip
def test_what_is_as_expected_passes(fields: dict[str, object]) -> None:
    assert unmet(wanted(**fields), ARTICLE) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"headline": "Votes"}, "headline: expected 'Votes', got 'Town hall votes'"),
        ({"published": "2026-06-01"}, "published: expected 2026-06-01, got 2026-06-02T00:30:00+02:00"),
        ({"authors": []}, "authors: expected [], got ['Ann Lee']"),
        ({"contains": ["Middle"]}, "contains: expected 'Middle', got a text without it"),
        ({"lacks": ["Last"]}, "lacks: expected no 'Last', got a text with it"),
        ({"min_chars": 27}, "min_chars: expected 27 or more, got 26"),
        ({"max_chars": 20}, "max_chars: expected 20 or less, got 26"),
        ({"rejection": "not_article"}, "rejection: expected not_article, got an article of 26 characters"),
    ],
)
def test_what_is_not_is_named(fields: dict[str, object], message: str) -> None:
    assert unmet(wanted(**fields), ARTICLE) == [message]


def test_a_rejection_may_be_expected() -> None:
    rejection = Rejection("https://a.example/1", "not_article", "a list")
    assert unmet(wanted(rejection="not_article"), rejection) == unmet(wanted(rejection="any"), rejection) == []
    assert unmet(wanted(), rejection) == ["rejection: expected an article, got not_article: a list"]


@pytest.mark.parametrize(
    "fields",
    [{"page": "../secret"}, {"page": "/etc/passwd"}, {"url": "ftp://a"}, {"published": "June"}, {"titel": "x"},
     {"rejection": "empty", "headline": "A"}],
)  # fmt: skip
def test_faulty_tests_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        wanted(**fields)


def test_saved_pages_are_bounded_and_may_be_zipped(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<p>")
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"<p>"))
    (tmp_path / "cut.html.gz").write_bytes(gzip.compress(b"<p>" * 1000)[:-12])
    (tmp_path / "bomb.html.gz").write_bytes(gzip.compress(bytes(20_000_000)))
    assert read_saved(tmp_path / "a.html") == read_saved(tmp_path / "a.html.gz") == b"<p>"
    for name in ("cut.html.gz", "bomb.html.gz", "none.html"):
        with pytest.raises(OSError, match=name.split(".")[0]):
            read_saved(tmp_path / name)
