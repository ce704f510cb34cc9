"""Selectors that have stopped to find anything."""

from datetime import UTC, date, datetime, timedelta

import pytest

from newscrawl.extract.wear import worn_selectors
from newscrawl.items import Outlet, Page, PageRules, Selector
from newscrawl.outlets.selectors import xpath_of

FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORY, PROMO = (Selector(xpath_of(css), kind="other") for css in (".story", ".promo"))


def pages(classes: str) -> list[Page]:
    """A page a day: s has a story, p a story and a promo, x neither, t another body."""
    html = {"s": "<div class=story>", "p": "<div class=story><p class=promo>", "x": "<div>", "t": "<main>"}
    outlet = Outlet("herald", "Herald")
    return [
        Page(f"http://h.example/{n}", f"<html><body>{html[one]}Text".encode(), outlet, FIRST + timedelta(days=n))
        for n, one in enumerate(classes)
    ]


@pytest.mark.parametrize(
    ("rules", "seen", "until"),
    [
        (PageRules(body=(STORY,)), "sssxxx", 3),
        (PageRules(body=(STORY,)), "sxxx", 1),
        (PageRules(body=(STORY,)), "sxsxxsxxxxx", 6),
        (PageRules(body=(STORY,)), "sssxx", None),  # may be two odd pages
        (PageRules(body=(STORY,)), "xxxsxs", None),
        (PageRules(body=(STORY,)), "xxxxx", -1),
        (PageRules(body=(STORY,)), "xxxx", None),
        (PageRules(body=(STORY, Selector("//main"))), "sssttt", None),  # another one finds the body
        (PageRules(body=(Selector(STORY.xpath, until=date(2026, 3, 3)),)), "sssxxx", None),  # it has its end
        (PageRules(strip=(PROMO,)), "spsspsssss", None),  # seldom there at all
        (PageRules(strip=(PROMO,)), "ppppssss", 4),
        (PageRules(strip=(PROMO,)), "ssssssss", None),
    ],
)
def test_a_selector_is_worn_where_it_finds_nothing_on_the_newest_pages(
    rules: PageRules, seen: str, until: int | None
) -> None:
    worn = worn_selectors(rules, pages(seen)[::-1])
    last_days = [(one.until - FIRST.date()).days + 1 for one in worn]
    assert last_days == ([] if until is None else [max(until, 0)])


def test_what_is_no_page_says_nothing() -> None:
    nothing = Page("http://h.example/", b"%PDF", Outlet("herald", "Herald"), FIRST)
    assert worn_selectors(PageRules(body=(STORY,)), [nothing] * 9) == []
