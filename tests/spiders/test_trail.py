"""From page to page of a lease, without a network: every answer leads on, or ends the lease in one visit."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newscrawl.items import Page, Rejection
from newscrawl.outlets.pagerules import PagesConfig
from newscrawl.outlets.schema import OutletConfig
from newscrawl.spiders import trail as trails
from newscrawl.spiders.trail import MAX_MORE, Trail, follow
from newscrawl.visits import Lease, Visit

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
STORY = "https://www.herald.example/2026/pier"
LEASE = Lease(1, STORY, "herald")
CONFIG = OutletConfig.model_validate(
    {
        "slug": "herald",
        "name": "The Herald",
        "homepage": "https://www.herald.example/",
        "next_page": "rel",
        "follow_canonical": True,
        "deny": ["/subscribers/"],
    }
)
START = Trail(STORY)


def answer(url: str, next_page: str = "", canonical: str = "", text: str = "") -> Visit:
    links = f"<a rel=next href='{next_page}'>Next</a>" * bool(next_page)
    links += f"<link rel=canonical href='{canonical}'>" * bool(canonical)
    body = f"<html><body><p>{text or url}</p>{links}</body></html>".encode()
    return Visit(LEASE, NOW, url, 200, page=Page(url, body, CONFIG.outlet(), NOW))


def refusal(url: str, reason: str, status: int | None = None, *, final: bool = False) -> Visit:
    return Visit(LEASE, NOW, url, status, result=Rejection(url, reason, final=final), retry_after_s=7.0)


def walk(*answers: Visit) -> tuple[list[str], Visit]:
    """What is asked for after the lease's page, and the visit that the lease ends in."""
    asked: list[str] = []
    step: Visit | Trail = START
    for visit in answers:
        assert isinstance(step, Trail), "it ended before"
        step = follow(CONFIG, step, visit)
        asked += [step.asked] if isinstance(step, Trail) else []
    assert isinstance(step, Visit), f"{step.asked} is to come"
    return asked, step


def test_a_story_is_one_visit_with_all_its_pages() -> None:
    pages = [answer(STORY, "?p=2"), answer(f"{STORY}?p=2", "?p=3"), answer(f"{STORY}?p=3")]
    asked, visit = walk(*pages)
    assert asked == [f"{STORY}?p=2", f"{STORY}?p=3"]
    assert replace(visit, page=None, more=()) == replace(pages[0], page=None)
    assert visit.page is not None
    assert [(part.url, part.body) for part in visit.page.more] == [(one.page.url, one.page.body) for one in pages[1:]]
    assert visit.more == tuple(pages[1:])
    assert pickle.loads(pickle.dumps(visit.page)) == visit.page
    assert [one.url for one in visit.page.further()] == asked


def test_a_page_that_leads_nowhere_stays_as_it_is() -> None:
    page = answer(STORY)
    assert follow(CONFIG, START, page) is page


@pytest.mark.parametrize(
    "pages",
    [
        [answer(STORY, STORY)],
        [answer(STORY, f"{STORY}#2")],
        [answer(STORY, "?p=2"), answer(f"{STORY}?p=2", STORY)],
        [answer(STORY, "?p=2"), answer(f"{STORY}?p=2", "?p=2&utm_source=pages")],
        [answer(STORY, "https://www.gazette.example/2026/pier?p=2")],
        [answer(STORY, "/subscribers/pier?p=2")],
        [answer(STORY, "/2026/mayor")],  # the next article
        [answer(STORY, "?p=2"), refusal(f"{STORY}?p=2", "http_404", 404, final=True)],
        [answer(STORY, "?p=2"), refusal(f"{STORY}?p=2", "http_410", 410, final=True)],
        [answer(STORY, "?p=2"), answer(STORY, "?p=2")],  # redirected to the first
        [answer(STORY, "?p=2", text="one"), answer(f"{STORY}?p=2", "?p=2", text="one")],  # the same bytes
    ],
)
def test_the_story_ends_where_no_new_page_comes(pages: list[Visit]) -> None:
    asked, visit = walk(*pages)
    assert visit.final_url == STORY
    assert len(asked) == len(pages) - 1
    assert all(one.final_url == f"{STORY}?p=2" for one in visit.more)


def test_a_list_of_all_pages_is_followed_to_its_end() -> None:
    config = replace_config(next_page=".pages a")
    urls = [STORY, f"{STORY}?p=2", f"{STORY}?p=3"]
    links = "".join(f"<a href='{url}'>{url[-1]}</a>" for url in urls)
    step: Visit | Trail = START
    for url in urls:
        assert isinstance(step, Trail)
        assert step.asked == url
        body = f"<p>{url}</p><p class=pages>{links}</p>".encode()
        step = follow(config, step, Visit(LEASE, NOW, url, 200, page=Page(url, body, CONFIG.outlet(), NOW)))
    assert isinstance(step, Visit)
    assert len(step.more) == 2


def test_a_dated_selector_of_next_pages_takes_the_place_of_the_files_own_on_its_days() -> None:
    page = Page(STORY, b"<a class=old href='?p=2'>2</a><a class=new href='?p=3'>3</a>", CONFIG.outlet(), NOW)
    visit = Visit(LEASE, NOW, STORY, 200, page=page)
    selectors = [{"select": ".old", "until": "2026-11-20"}, {"select": ".new", "since": "2026-11-21"}]
    for rules, asked in ((selectors, "3"), (selectors[:1], "2"), (".new", "3"), ([], "2")):
        config = replace_config(next_page="a.old", pages=PagesConfig.model_validate({"next_page": rules}))
        step = follow(config, START, visit)
        assert isinstance(step, Trail)
        assert step.asked == f"{STORY}?p={asked}"
    assert (
        follow(
            replace_config(
                next_page=None, follow_canonical=False, pages=PagesConfig.model_validate({"next_page": selectors[:1]})
            ),
            START,
            visit,
        )
        == visit
    )


def replace_config(**changes: object) -> OutletConfig:
    return CONFIG.model_copy(update=changes)


@pytest.mark.parametrize(("reason", "status"), [("http_503", 503), ("robots", None), ("timeout", None)])
def test_a_page_that_fails_makes_the_visit_a_failure_that_is_tried_again(reason: str, status: int | None) -> None:
    url = f"{STORY}?p=2"
    _, visit = walk(answer(STORY, "?p=2"), refusal(url, reason, status, final=reason == "robots"))
    assert (visit.lease, visit.page, visit.status, visit.retry_after_s) == (LEASE, None, status, 7.0)
    assert isinstance(visit.result, Rejection)
    assert (visit.result.reason, visit.result.final) == (reason, False)
    assert visit.result.detail.startswith("page 2 of the story")


def test_a_story_without_end_is_cut_after_twenty_pages_more() -> None:
    pages = [answer(STORY if n == 1 else f"{STORY}?p={n}", f"?p={n + 1}") for n in range(1, MAX_MORE + 2)]
    asked, visit = walk(*pages)
    assert len(asked) == len(visit.more) == MAX_MORE


def test_a_story_of_huge_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trails, "MAX_BYTES", 150)
    _, visit = walk(answer(STORY, "?p=2"), answer(f"{STORY}?p=2", "?p=3"))
    assert isinstance(visit.result, Rejection)
    assert (visit.page, visit.result.reason) == (None, "too_large")


AMP = f"{STORY}/amp"


def test_an_amp_page_is_replaced_by_its_original_with_all_its_pages() -> None:
    asked, visit = walk(answer(AMP, canonical=STORY), answer(STORY, "?p=2", STORY), answer(f"{STORY}?p=2"))
    assert asked == [STORY, f"{STORY}?p=2"]
    assert (visit.final_url, len(visit.more)) == (STORY, 1)


def test_one_hop_is_made_and_no_second_one() -> None:
    asked, visit = walk(answer(AMP, canonical=STORY), answer(STORY, canonical=f"{STORY}-2"))
    assert (asked, visit.final_url) == ([STORY], STORY)
    asked, visit = walk(answer(AMP, canonical=STORY), answer(AMP, canonical=STORY))  # it leads back
    assert (asked, visit.final_url) == ([STORY], AMP)


@pytest.mark.parametrize("canonical", ["https://www.gazette.example/2026/pier", "/subscribers/pier", "/"])
def test_an_original_elsewhere_is_not_asked_for(canonical: str) -> None:
    assert walk(answer(AMP, canonical=canonical))[0] == []


def test_without_its_original_the_copy_is_the_page_unless_the_original_may_come_later() -> None:
    copy = answer(AMP, f"{AMP}?p=2", canonical=STORY)
    asked, visit = walk(copy, refusal(STORY, "http_404", 404, final=True), answer(f"{AMP}?p=2"))
    assert (asked, visit.final_url, len(visit.more)) == ([STORY, f"{AMP}?p=2"], AMP, 1)
    _, visit = walk(copy, refusal(STORY, "http_503", 503))
    assert (visit.final_url, visit.page) == (STORY, None)
    assert visit.result == Rejection(STORY, "http_503", final=False)


def test_an_outlet_that_asks_for_neither_gets_neither() -> None:
    page = answer(AMP, "?p=2", canonical=STORY)
    assert follow(replace_config(next_page=None, follow_canonical=False), START, page) is page
