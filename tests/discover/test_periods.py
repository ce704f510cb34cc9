from datetime import UTC, date, datetime

import pytest

from newscrawl.discover.periods import announced_at, last_days, newest_time
from newscrawl.visits import Link

HOME = "https://herald.example"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/sitemap-2024-05-13.xml", date(2024, 5, 13)),
        ("/sitemap.xml?yyyy=2024&mm=05&dd=13", date(2024, 5, 13)),
        ("/sitemaps/2024/02/", date(2024, 2, 29)),
        ("/sitemap-noticias-202312.xml.gz", date(2023, 12, 31)),
        ("/sitemap-articles-year~2021.xml", date(2021, 12, 31)),
        ("/archive?from=2024-05-01&to=2024-05-31", date(2024, 5, 31)),
        ("/sitemap-2024-5.xml", date(2024, 12, 31)),  # the fifth part of the year, or May
        ("/sitemap-2024-02-30.xml", date(2024, 2, 29)),
        ("/post-sitemap12.xml", None),
        ("/sitemap-20240513081500.xml", None),
    ],
)
def test_a_part_is_of_the_period_that_it_names(path: str, expected: date | None) -> None:
    assert last_days([HOME + path]).get(HOME + path) == expected


def test_numbers_of_parts_are_no_years_and_no_months() -> None:
    numbered = [f"{HOME}/sitemap_{number}.xml" for number in (1, 999, 2009, 2010)]
    of_years = [f"{HOME}/map-2024-{number:02}.xml" for number in (1, 12, 13)]
    assert last_days([*numbered, *of_years]) == dict.fromkeys(of_years, date(2024, 12, 31))


def test_a_host_names_no_period() -> None:
    assert last_days(["https://election2024.example/sitemap.xml"]) == {}


@pytest.mark.parametrize(
    ("url", "stated", "expected"),
    [
        ("/2024/05/13/pier", None, "2024-05-13"),
        ("/news/20240513-pier.html", None, "2024-05-13"),
        ("/2024/05/pier", None, "2024-05-31"),
        ("/2024/05/13/pier", "2026-11-20", "2024-05-13"),  # the sitemap was written anew
        ("/pier", "2026-11-20", "2026-11-20"),
        ("/best-of-2019", None, None),
        ("/2024/13/pier", None, None),
    ],
)
def test_a_link_is_as_new_as_its_url_and_its_time_allow(url: str, stated: str | None, expected: str | None) -> None:
    published_at = datetime.fromisoformat(stated).replace(tzinfo=UTC) if stated else None
    found = announced_at(Link(HOME + url, published_at=published_at))
    assert (found and f"{found:%Y-%m-%d}") == expected


def test_nothing_is_newer_than_its_last_change() -> None:
    changed = datetime(2024, 5, 3, tzinfo=UTC)
    assert newest_time(date(2024, 5, 31), changed) == changed
    assert newest_time(None, None) is None
