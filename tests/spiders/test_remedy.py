"""What is to change in an outlet's file, of what was found on its site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.discover.frontpage import SiteFacts
from newscrawl.items import Source, SourceKind
from newscrawl.outlets.schema import OutletConfig
from newscrawl.spiders.checkup import SourceCheck
from newscrawl.spiders.diagnosis import diagnose
from newscrawl.spiders.probe import Site
from newscrawl.spiders.remedy import Remedy, find_remedies
from newscrawl.visits import Link

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOME = "https://www.herald.example"
OLD = {"kind": "rss", "url": f"{HOME}/old/rss"}
NEWS = {"kind": "rss", "url": f"{HOME}/news/rss"}
SECTION = {"kind": "section", "url": f"{HOME}/", "link_pattern": "/nix/"}


def links(count: int, *, home: str = HOME, days: int = 1) -> tuple[Link, ...]:
    at = NOW - timedelta(days=days)
    return tuple(Link(f"{home}/politics/a-story-about-it-{n}-{4711000 + n}", published_at=at) for n in range(count))


def check(source: dict[str, str], **facts: object) -> SourceCheck:
    given: dict[str, object] = {"status": 200, "final_url": source["url"]} | facts
    found = given.pop("found", ())
    given["links"] = {link.url: link for link in found}  # type: ignore[attr-defined]
    return SourceCheck(Source(**source), **given)  # type: ignore[arg-type]


def site(
    sources: dict[str, tuple[Link, ...]], *, kind: SourceKind = "rss", home: str = f"{HOME}/", others: int = 9
) -> Site:
    return Site(
        f"{HOME}/", home, SiteFacts("Herald"),
        sources={url: Source(kind, url) for url in sources},
        links={link.url: link for of in sources.values() for link in of},
        by_source=sources,
        others=tuple(f"{HOME}/section-{n}" for n in range(others)),
    )  # fmt: skip


def remedies(checks: list[SourceCheck], found: Site | None, **fields: object) -> list[Remedy]:
    given = {"slug": "herald", "name": "Herald", "homepage": f"{HOME}/", "sources": [], **fields}
    config = OutletConfig.model_validate(given)
    return find_remedies(config, checks, diagnose(config, checks, NOW), found)


def edits(
    checks: list[SourceCheck], found: Site | None, **fields: object
) -> list[tuple[tuple[str | int, ...], object]]:
    return [(one.edit.path, one.edit.value) for one in remedies(checks, found, **fields)]


GONE = check(OLD, status=404)
WELL = check(NEWS, found=links(9))
NEW = f"{HOME}/new/rss"


@pytest.mark.parametrize(
    ("checks", "announced", "sources", "expected"),
    [
        # what is gone gives way to what is like it
        ([GONE], {NEW: links(5)}, [OLD], [(("sources", 0, "url"), NEW)]),
        # beside a source that is well it goes, if the new one brings nothing new and is not like it
        ([GONE, WELL], {f"{HOME}/feeds/everything.php?format=2": links(9)}, [OLD, NEWS], [(("sources", 0), None)]),
        ([GONE, WELL], {NEWS["url"]: links(9)}, [OLD, NEWS], [(("sources", 0), None)]),
        # where no other is left, all that is announced is taken
        (
            [GONE],
            {NEW: links(5), f"{HOME}/sport": links(5, home=f"{HOME}/s")},
            [OLD],
            [(("sources", 0, "url"), NEW), (("sources", 1), {"kind": "rss", "url": f"{HOME}/sport"})],
        ),
        # but not what leads to other sites alone
        ([GONE], {NEW: links(5, home="https://other.example.net")}, [OLD], []),
        ([], {NEW: links(5)}, [], [(("sources",), [{"kind": "rss", "url": NEW}])]),
        # what does not answer for now stays
        ([check(OLD, status=503)], {NEW: links(5)}, [OLD], []),
        ([check(OLD, status=None, reason="timeout")], {NEW: links(5)}, [OLD], []),
        ([check(OLD, status=403)], {NEW: links(5)}, [OLD], []),
        # what moves for good is followed, what redirects for now is not
        ([check(OLD, final_url=NEW, moved=True, found=links(9))], {}, [OLD], [(("sources", 0, "url"), NEW)]),
        ([check(OLD, final_url=NEW, found=links(9))], {}, [OLD], []),
        (
            [check(one, final_url=NEW, moved=True, found=links(9)) for one in (OLD, NEWS)],
            {},
            [OLD, NEWS],
            [(("sources", 0, "url"), NEW)],
        ),
        # old news only give way to new ones
        ([check(OLD, found=links(9, days=60))], {NEW: links(5)}, [OLD], [(("sources", 0, "url"), NEW)]),
        ([check(OLD, found=links(9, days=60))], {NEW: links(5, days=60)}, [OLD], []),
        ([check(OLD, found=links(9, days=60)), WELL], {NEW: links(5)}, [OLD, NEWS], []),
    ],
)
def test_sources(
    checks: list[SourceCheck],
    announced: dict[str, tuple[Link, ...]],
    sources: list[dict[str, str]],
    expected: list[tuple[tuple[str | int, ...], object]],
) -> None:
    assert edits(checks, site(announced), sources=sources) == expected


def test_nothing_is_dropped_where_the_front_page_does_not_answer() -> None:
    down = Site(f"{HOME}/", problem="timeout")
    assert edits([GONE, WELL], down, sources=[OLD, NEWS]) == []
    assert edits([GONE, WELL], None, sources=[OLD, NEWS]) == []


def test_allow_is_learnt_anew_where_it_matches_next_to_nothing() -> None:
    (one,) = remedies([check(NEWS, found=links(30))], site({}), sources=[NEWS], allow=["/nix/"])
    assert one.edit.path == ("allow",)
    assert one.edit.value in ([r"[-_.]\d{5,}(?:\.\w+)?/?$"], [r"\d{5,}"])
    assert "matches none of 30 links" in one.why
    assert "matches 30 of 30 articles, and 0 of 9 other links" in one.why
    assert edits([check(NEWS, found=links(3))], site({}), sources=[NEWS], allow=["/nix/"]) == [(("allow",), None)]
    # A third of them may well be what the user wants.
    third = [link.url for link in links(30)][:10]
    assert edits([check(NEWS, found=links(30))], site({}), sources=[NEWS], allow=third) == []
    # What was lost with the feed is judged by what takes its place.
    assert edits([GONE], site({NEW: links(3)}), sources=[OLD], allow=["/nix/"])[0] == (("allow",), None)
    # The file denies them.
    assert edits([check(NEWS, found=links(30))], site({}), sources=[NEWS], deny=["/politics/"]) == []


def test_the_pattern_of_a_section_is_learnt_anew() -> None:
    found = site({f"{HOME}/rss": links(30)})
    ((path, pattern),) = edits([check(SECTION)], found, sources=[SECTION])
    assert path == ("sources", 0, "link_pattern")
    assert pattern in (r"[-_.]\d{5,}(?:\.\w+)?/?$", r"\d{5,}")


def test_an_outlet_that_has_moved_gets_its_new_domain() -> None:
    home = "https://www.daily-herald.net/"
    found = site({f"{home}rss": links(9, home=home)}, home=home)
    assert edits([GONE], found, sources=[OLD]) == [
        (("domains",), ["herald.example", "daily-herald.net"]),
        (("sources", 0, "url"), f"{home}rss"),
    ]
    assert edits([GONE], site({NEW: links(9)}, home="https://consent.example.net/"), sources=[OLD]) == [
        (("sources", 0, "url"), NEW)
    ]


def test_a_source_of_another_kind_takes_its_kind_along() -> None:
    kinds = edits([check(SECTION, status=404)], site({NEW: links(9)}), sources=[SECTION])
    assert kinds == [
        (("sources", 0, "url"), NEW), (("sources", 0, "kind"), "rss"), (("sources", 0, "link_pattern"), None),
    ]  # fmt: skip
