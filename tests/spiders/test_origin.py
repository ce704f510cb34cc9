from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest

from newscrawl.items import Access, Article, Language, Moment
from newscrawl.spiders.origin import Signs, country_of, find_origin

JUNE, JANUARY = "2026-06-02T09:00", "2026-01-02T09:00"


def article(language: str | None, published: str = "") -> Article:
    moment = Moment(datetime.fromisoformat(published), "minute", "meta", published) if published else None
    return Article(
        "https://a.example/1", "https://a.example/1", "a", "A", "text", (), Language(language, 0.99, "words"), Access(),
        published=moment,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("host", "declared", "articles", "expected"),
    [
        ("tagespost.de", {"html lang": "de"}, [article("de")], "de sure, de sure, Europe/Berlin sure"),
        ("post.at", {"html lang": "de-AT"}, [article("de")], "de sure, at sure, Europe/Vienna sure"),
        ("herald.com", {"html lang": "en-GB"}, [], "en-GB likely, gb likely, Europe/London unsure"),
        ("herald.com", {"html lang": "en-US"}, [], "en-US likely, None unsure, None unsure"),
        ("age.au", {"feeds": "en"}, [article("en", JUNE + "+10:00")], "en sure, au sure, Australia/Hobart unsure"),
        ("post.at", {}, [article("de", JUNE + "-04:00")], "de sure, at sure, Europe/Vienna unsure"),
        (
            "times.us", {"feeds": "en"}, [article("en", JUNE + "-04:00"), article("en", JANUARY + "-05:00")],
            "en sure, us sure, America/New_York likely",
        ),
        ("x.br", {"html lang": "en"}, [article("pt"), article("pt")], "pt likely, br sure, None unsure"),
        ("x.io", {}, [], "None unsure, None unsure, None unsure"),
    ],
)  # fmt: skip
def test_agreeing_signs_are_believed(
    host: str, declared: Mapping[str, str], articles: list[Article], expected: str
) -> None:
    found = find_origin(Signs(host, declared, articles))
    assert ", ".join(f"{one.value} {one.sure}" for one in found) == expected


def test_a_domain_sold_worldwide_names_no_country() -> None:
    assert [country_of(host) for host in ("a.co.uk", "a.fr", "a.io", "a.com", "a.su", "127.0.0.1")] == [
        "gb", "fr", None, None, None, None,
    ]  # fmt: skip
