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


def urls(config: OutletConfig, day: date | None, *, archives: bool = False) -> list[str]:
    return [source.url.removeprefix(f"{HOME}/") for source in config.items(day, archives=archives)]


def test_an_archive_is_read_only_when_asked_for() -> None:
    config = herald(
        {"kind": "rss", "url": f"{HOME}/rss"}, {"kind": "sitemap", "url": f"{HOME}/all.xml", "archive": True}
    )
    assert config.items() == (Source("rss", f"{HOME}/rss"),)
    assert urls(config, None, archives=True) == ["rss", "all.xml"]


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


def test_a_dated_archive_goes_back_to_its_first_month() -> None:
    months = {"kind": "sitemap", "url": f"{HOME}/{{yyyy}}-{{mm}}.xml", "archive": True, "since": "2025-11"}
    config = herald({"kind": "sitemap", "url": f"{HOME}/{{yyyy}}-{{mm}}.xml"}, months)
    day = date(2026, 2, 14)
    assert urls(config, day) == ["2026-02.xml"]
    assert urls(config, day, archives=True) == ["2026-02.xml", "2026-01.xml", "2025-12.xml", "2025-11.xml"]
    assert urls(config, date(2025, 10, 5), archives=True) == ["2025-10.xml"]
    assert OutletConfig.model_validate(parse_yaml(dump_outlet(config).encode())) == config


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
