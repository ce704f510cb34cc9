"""From page to page of one lease: to the original of a copy, and through a story that stands on several pages."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from newscrawl.discover.leads import is_page_of, read_leads
from newscrawl.items import Rejection
from newscrawl.outlets.schema import OutletConfig
from newscrawl.outlets.selectors import REL_NEXT
from newscrawl.settings import DOWNLOAD_MAXSIZE
from newscrawl.urls import url_key
from newscrawl.visits import Visit

MAX_MORE = 20  # further pages of a story
MAX_BYTES = 4 * DOWNLOAD_MAXSIZE  # of all pages of a story, which are held until the last one has come
GONE = frozenset({404, 410})  # what a site answers for the page after the last

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trail:
    """The pages of a lease that have come so far, and the one that is asked for."""

    asked: str  # URL
    pages: tuple[Visit, ...] = ()  # of the story, in order
    copy: Visit | None = None  # the page in whose place its original was asked for
    seen: frozenset[str] = frozenset()  # keys of their URLs

    def repeats(self, visit: Visit) -> bool:
        """Whether an answer is a page that came before."""
        assert visit.page is not None
        body = visit.page.body
        is_known = any(page.page is not None and page.page.body == body for page in self.pages)
        return is_known or (bool(self.pages) and url_key(visit.final_url) in self.seen)

    def with_page(self, visit: Visit) -> Trail:
        """The trail after an answer."""
        keys = {url_key(self.asked), url_key(visit.final_url)}
        return replace(self, pages=(*self.pages, visit), seen=self.seen | keys)

    def end(self) -> Visit:
        """The visit of the first page, with the others."""
        first, *more = self.pages
        return first.followed_by(tuple(more)) if more else first


def follow(config: OutletConfig, trail: Trail, visit: Visit) -> Visit | Trail:
    """What comes after the answer to `trail.asked`: the trail to the next page, or the visit that the lease ends in."""
    if visit.page is None and visit.result is None:  # unmodified since the last run
        return visit
    if visit.page is None:
        return _without_page(config, trail, visit)
    if trail.repeats(visit):
        return trail.end()
    return _onward(config, trail.with_page(visit), visit)


def _without_page(config: OutletConfig, trail: Trail, visit: Visit) -> Visit | Trail:
    """What comes after an answer that is no page."""
    assert isinstance(visit.result, Rejection)
    if trail.pages:
        if visit.status in GONE:
            return trail.end()
        return _failed(visit, visit.result, len(trail.pages) + 1)
    if trail.copy is not None and visit.result.final:
        return _onward(config, replace(trail, pages=(trail.copy,)), trail.copy)  # there is no original: it has the text
    return visit


def _onward(config: OutletConfig, trail: Trail, visit: Visit) -> Visit | Trail:
    """Where the newest page of a trail leads."""
    page = visit.page
    assert page is not None
    if sum(len(one.page.body) for one in trail.pages if one.page) > MAX_BYTES:
        return replace(visit, page=None, result=Rejection(visit.lease.url, "too_large", f"{len(trail.pages)} pages"))
    selector = config.next_page_on(page.fetched_at.date())
    leads = read_leads(page.body, page.url, next_page=selector, charset=page.charset)
    is_first = len(trail.pages) == 1 and trail.copy is None
    if is_first and config.follow_canonical and leads.canonical and config.leads_to(leads.canonical):
        return replace(trail, asked=leads.canonical, pages=(), copy=visit)
    is_rel = selector == REL_NEXT
    asked = next((url for url in leads.further if _is_next(config, trail, url, is_rel=is_rel)), None)
    if asked is not None and len(trail.pages) <= MAX_MORE:
        return replace(trail, asked=asked)
    if asked is not None:
        logger.warning("%s: the story goes on after %d pages; the rest is left out", visit.lease.url, len(trail.pages))
    return trail.end()


def _is_next(config: OutletConfig, trail: Trail, url: str, *, is_rel: bool) -> bool:
    """Whether a link leads to a new page; what a site itself calls the next one must also look like the story's."""
    if not config.leads_to(url) or url_key(url) in trail.seen:
        return False
    return not is_rel or is_page_of(url, trail.pages[0].final_url, len(trail.pages) + 1)


def _failed(visit: Visit, why: Rejection, number: int) -> Visit:
    """A story is whole or comes again: the visit of a further page that did not come, as that of the lease."""
    detail = f"page {number} of the story" + (f": {why.detail}" if why.detail else "")
    return replace(visit, result=replace(why, detail=detail, final=False))
