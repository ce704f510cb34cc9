from datetime import date

import pytest
from pydantic import ValidationError

from newscrawl.items import Source
from newscrawl.outlets.registry import dump_outlet
from newscrawl.outlets.schema import OutletConfig
from newscrawl.outlets.yamlfile import parse_yaml

HOME = "https://herald.example"


def herald(*sources: dict[str, object]) -> OutletConfig:
    return OutletConfig.model_validate({"slug": "herald", "name": "Herald", "homepage": HOME, "sources": sources})


def urls(config: OutletConfig, day: date | None) -> list[str]:
    return [source.url.removeprefix(f"{HOME}/") for source in config.items(day)]


def test_an_archive_is_read_only_when_asked_for() -> None:
    config = herald(
        {"kind": "rss", "url": f"{HOME}/rss"}, {"kind": "sitemap", "url": f"{HOME}/all.xml", "archive": True}
    )
    assert config.items() == (Source("rss", f"{HOME}/rss"),)
    assert config.archives() == (Source("sitemap", f"{HOME}/all.xml", archive=True),)


@pytest.mark.parametrize(
    ("path", "day", "expected"),
    [
        ("{yyyy}-{mm}-{dd}.xml", date(2026, 3, 1), ["2026-03-01.xml", "2026-02-28.xml"]),
        ("{yyyy}{mm}.xml", date(2026, 3, 1), ["202603.xml", "202602.xml"]),
        ("{yyyy}{mm}.xml", date(2026, 3, 2), ["202603.xml"]),
        ("{yyyy}.xml", date(2026, 1, 1), ["2026.xml", "2025.xml"]),
    ],
)
def test_a_dated_source_is_read_for_today_and_yesterday(path: str, day: date, expected: list[str]) -> None:
    config = herald({"kind": "sitemap", "url": f"{HOME}/{path}"})
    assert urls(config, day) == expected
    assert config.items() == ()


def test_a_dated_archive_is_one_source_whose_parts_go_back_to_its_first_month() -> None:
    months = {"kind": "sitemap", "url": f"{HOME}/{{yyyy}}-{{mm}}.xml", "archive": True, "since": "2025-11"}
    config = herald({"kind": "sitemap", "url": f"{HOME}/{{yyyy}}-{{mm}}.xml"}, months)
    day = date(2026, 2, 14)
    assert urls(config, day) == ["2026-02.xml"]
    assert config.archives() == (Source("sitemap", f"{HOME}/{{yyyy}}-{{mm}}.xml", archive=True),)
    assert {url.removeprefix(f"{HOME}/"): last for url, last in config.sources[1].parts(day).items()} == {
        "2026-02.xml": day,
        "2026-01.xml": date(2026, 1, 31),
        "2025-12.xml": date(2025, 12, 31),
        "2025-11.xml": date(2025, 11, 30),
    }
    assert list(config.sources[1].parts(day, date(2026, 1, 20))) == [f"{HOME}/2026-02.xml", f"{HOME}/2026-01.xml"]
    assert list(config.sources[1].parts(date(2025, 10, 5))) == [f"{HOME}/2025-10.xml"]
    assert OutletConfig.model_validate(parse_yaml(dump_outlet(config).encode())) == config


def test_a_source_of_every_day_is_an_archive_where_a_day_is_named() -> None:
    config = herald({"kind": "section", "url": f"{HOME}/{{yyyy}}/{{mm}}/{{dd}}"}, {"kind": "rss", "url": f"{HOME}/rss"})
    assert config.archives() == ()
    assert [source.url for source in config.archives(date(2026, 2, 26))] == [f"{HOME}/{{yyyy}}/{{mm}}/{{dd}}"]
    days = list(config.sources[0].parts(date(2026, 3, 1), date(2026, 2, 26)))
    assert [day.removeprefix(HOME) for day in days] == ["/2026/03/01", "/2026/02/28", "/2026/02/27", "/2026/02/26"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"url": f"{HOME}/{{day}}.xml"}, "expected {yyyy}, {mm} or {dd} where a URL has braces"),
        ({"url": "ftp://x.example/{yyyy}"}, "expected an http(s) URL"),
        ({"since": "2025-11"}, "since is for an archive with {yyyy} in its URL"),
        ({"archive": True, "url": f"{HOME}/{{yyyy}}", "since": "2025-13"}, "expected a month such as 2012-05"),
        ({"link_pattern": "/a"}, "link_pattern is for section pages"),
        ({"archive": "perhaps"}, "should be a valid boolean"),
    ],
)
def test_faults_say_what_is_expected(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        herald({"kind": "sitemap", "url": f"{HOME}/sitemap.xml"} | fields)
    assert message in str(caught.value)
