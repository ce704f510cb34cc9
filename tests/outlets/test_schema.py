from datetime import timedelta

import pytest
from pydantic import ValidationError

from newscrawl.items import Outlet, Source
from newscrawl.outlets.schema import REVISITS, OutletConfig

HERALD = {
    "slug": "herald",
    "name": "The Herald",
    "homepage": "https://www.herald.co.uk/",
    "country": "gb",
    "timezone": "Europe/London",
    "languages": ["en", "zh-Hant", "pt-BR", "es-419"],
    "sources": [
        {"kind": "rss", "url": "https://feeds.herald.net/rss"},
        {"kind": "section", "url": "https://www.herald.co.uk/local", "link_pattern": r"/\d{4}/"},
    ],
}


def herald(**changes: object) -> OutletConfig:
    return OutletConfig.model_validate(HERALD | changes)


def test_gives_the_core_its_facts() -> None:
    assert herald().outlet() == Outlet(
        slug="herald",
        name="The Herald",
        homepage="https://www.herald.co.uk/",
        domains=("herald.co.uk",),
        country="gb",
        timezone="Europe/London",
        languages=("en", "zh-Hant", "pt-BR", "es-419"),
        revisits=REVISITS,
    )
    assert herald().items() == (
        Source("rss", "https://feeds.herald.net/rss"),
        Source("section", "https://www.herald.co.uk/local", r"/\d{4}/"),
    )


@pytest.mark.parametrize(
    ("homepage", "domain"),
    [
        ("https://www.herald.co.uk/", "herald.co.uk"),
        ("https://herald.example/", "herald.example"),
        ("http://127.0.0.1:8080/", "127.0.0.1"),
        ("http://localhost/", "localhost"),
    ],
)
def test_the_domain_is_the_homepages_unless_given(homepage: str, domain: str) -> None:
    assert herald(homepage=homepage).domains == (domain,)
    assert herald(homepage=homepage, domains=["Other.com"]).domains == ("other.com",)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("slug", "The Herald", "should match pattern"),
        ("slug", "../herald", "should match pattern"),
        ("name", " \u00a0", "expected some text"),
        ("homepage", "herald.example", "expected an http(s) URL"),
        ("homepage", "ftp://herald.example", "expected an http(s) URL"),
        ("kind", "paper", "Input should be 'publisher'"),
        ("country", "GB", "expected an ISO 3166-1 code"),
        ("country", "uk", "expected an ISO 3166-1 code"),
        ("timezone", "Europe/Lundun", "expected an IANA time zone"),
        ("timezone", "America", "expected an IANA time zone"),
        ("timezone", "../etc/passwd", "expected an IANA time zone"),
        ("languages", "en", "should be a valid tuple"),
        ("languages", ["english"], "expected a BCP-47 tag"),
        ("languages", ["zh-hant"], "expected a BCP-47 tag"),
        ("domains", ["https://herald.example/"], "expected a bare host name"),
        ("domains", ["her ald"], "expected a bare host name"),
        ("allow", ["(unclosed"], "expected a regular expression"),
        ("deny", ["*"], "expected a regular expression"),
        ("politeness", {"delay_s": -1}, "greater than or equal to 0"),
        ("politeness", {"delay_s": 3600}, "less than or equal to 120"),
        ("politeness", {"concurrency": 0}, "greater than or equal to 1"),
        ("expect", {"dated": 1.5}, "less than or equal to 1"),
        ("expect", {"gated_max": -0.1}, "greater than or equal to 0"),
        ("expect", {"articles_per_day": 0}, "greater than 0"),
        ("expect", {"min_chars": 0.5}, "valid integer"),
        ("expect", {"dates": 0.9}, "Extra inputs"),
        ("budget", {"pages_per_run": 0}, "greater than or equal to 1"),
        ("budget", {"minutes_per_run": 0}, "greater than 0"),
        ("sources", [{"kind": "rss", "url": "/rss"}], "expected an http(s) URL"),
        ("sources", [{"kind": "feed", "url": "https://herald.example/rss"}], "Input should be 'rss'"),
        ("sources", [{"kind": "rss", "url": "https://herald.example/rss"}] * 2, "expected each source once"),
        ("sources", [{"kind": "rss", "url": "https://herald.example/rss", "link_pattern": "x"}], "for section pages"),
        ("revisits", "daily", "should be a valid tuple"),
        ("revisits", ["1w"], "expected an age such as 30m, 6h or 3d"),
        ("revisits", ["5m"], "ten minutes at least"),
        ("feeds", ["https://herald.example/rss"], "Extra inputs"),
        ("next_page", "", "expected rel, an XPath (//…) or a CSS selector"),
        ("next_page", "a..next", "expected rel, an XPath (//…) or a CSS selector"),
        ("next_page", "a::attr(href)", "Pseudo-elements are not supported"),
        ("next_page", "//a[", "expected rel, a CSS selector or an XPath (Invalid expression)"),
        ("next_page", "//a[re:test(., 'next')]", "Undefined namespace prefix"),
        ("next_page", "//a[matches(., 'next')]", "Unregistered function"),
        ("next_page", "(//a)[1] = 1", "expected an XPath of links or their addresses"),
        ("retention", {"articles_days": 0}, "greater than or equal to 1"),
        ("retention", {"raw_days": 99_999}, "less than or equal to 36500"),
        ("follow_canonical", "sometimes", "should be a valid boolean"),
    ],
)
def test_refuses(field: str, value: object, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        herald(**{field: value})
    assert message in str(caught.value)
    assert caught.value.error_count() == 1


@pytest.mark.parametrize(
    ("written", "hours"),
    [("off", ()), (False, ()), ([], ()), (["3d", "90m", "6h", "6h"], (1.5, 6, 72))],
)
def test_revisits_are_ages_or_off(written: object, hours: tuple[float, ...]) -> None:
    config = herald(revisits=written)
    assert config.outlet().revisits == tuple(timedelta(hours=hour) for hour in hours)
    assert herald(revisits=config.model_dump(mode="json")["revisits"]) == config


@pytest.mark.parametrize(
    ("url", "admitted"),
    [
        ("https://www.herald.co.uk/2026/11/story", True),
        ("http://herald.co.uk/2026/11/story", True),
        ("https://www.herald.co.uk/2026/11/video/story", False),  # denied
        ("https://www.herald.co.uk/about", False),  # not allowed
        ("https://www.other.co.uk/2026/11/story", False),
        ("https://herald.co.uk.evil.example/2026/story", False),
        ("https://herald.co.uk@evil.example/2026/story", False),
        ("https://www.herald.co.uk/2026/a/a/a/a/story", False),
        ("file:///2026/", False),
        ("", False),
    ],
)
def test_admits_article_urls_of_its_own(url: str, admitted: bool) -> None:
    assert herald(allow=[r"/\d{4}/"], deny=["/video/"]).admits(url) is admitted


@pytest.mark.parametrize(
    ("url", "follows"),
    [
        ("https://www.herald.co.uk/story/2", True),  # `allow` is for articles
        ("https://amp.herald.co.uk/2026/story", True),
        ("https://www.herald.co.uk/video/story/2", False),
        ("https://www.other.co.uk/2026/story", False),
        ("https://www.herald.co.uk/2026/a/a/a/a/story", False),
        ("", False),
    ],
)
def test_an_articles_page_leads_to_its_own_pages(url: str, follows: bool) -> None:
    assert herald(allow=[r"/\d{4}/"], deny=["/video/"]).leads_to(url) is follows


@pytest.mark.parametrize(
    "selector", ["rel", "a.next", "a[rel~=next], .pages > a", "//a[.='Next']", "(//a/@href)[last()]"]
)
def test_takes_links_to_next_pages(selector: str) -> None:
    assert herald(next_page=selector).next_page == selector


def test_follows_nothing_unless_told() -> None:
    assert (herald().next_page, herald().follow_canonical) == (None, False)


def test_admits_all_of_its_domain_without_rules() -> None:
    assert herald().admits("https://local.herald.co.uk/about")
