from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.items import Source
from newscrawl.outlets.schema import OutletConfig
from newscrawl.spiders.checkup import SourceCheck
from newscrawl.spiders.diagnosis import diagnose
from newscrawl.visits import Link

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FEED = "https://www.herald.example/rss"
HERALD = OutletConfig(slug="herald", name="Herald", homepage="https://www.herald.example/")


def check(count: int = 4, *, host: str = "www.herald.example", days: int = 1, **facts: object) -> SourceCheck:
    at = NOW - timedelta(days=days)
    links = {(url := f"https://{host}/{n}/story"): Link(url, published_at=at) for n in range(count)}
    given: dict[str, object] = {"status": 200, "final_url": FEED, "links": links}
    return SourceCheck(Source("rss", FEED), **(given | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "level", "words"),
    [
        (check(0, status=403), "wrong", "status 403; the site refuses us"),
        (check(0, status=410), "wrong", "status 410; newscrawl outlets fix finds"),
        (check(0, status=503), "wrong", "status 503; try again later"),
        (
            check(0, status=None, reason="dns", error="no such host"),
            "wrong",
            "dns: no such host; its host is not known",
        ),
        (check(0, error="feed without entries"), "wrong", "feed without entries; newscrawl outlets fix finds"),
        (check(days=30), "wrong", "its newest article is of 2026-10-23"),
        (check(final_url=FEED + ".xml"), "note", f"answers at {FEED}.xml; leave it"),
        (
            check(final_url=FEED + ".xml", moved=True),
            "note",
            f"has moved for good to {FEED}.xml; newscrawl outlets fix",
        ),
        (check(host="herald.net"), "wrong", "0 of its 4 links are taken for articles; 4 lie outside herald.example"),
    ],
)
def test_says_what_is_wrong_and_what_to_do(found: SourceCheck, level: str, words: str) -> None:
    (complaint,) = diagnose(HERALD, [found], NOW)
    assert complaint.level == level
    assert words in str(complaint)


def test_a_source_with_old_news_beside_a_fresh_one_is_only_noted() -> None:
    assert [one.level for one in diagnose(HERALD, [check(), check(days=30)], NOW)] == ["note"]


def test_an_outlet_without_sources_is_wrong_and_one_that_gives_news_is_well() -> None:
    assert [str(one) for one in diagnose(HERALD, [], NOW)] == [
        "sources: none; newscrawl outlets fix finds what the site announces now"
    ]
    assert diagnose(HERALD, [check()], NOW) == []
