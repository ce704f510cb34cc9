"""When a page is asked for again, and what its absence means for its article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection, select, update

from newscrawl.discover.looks import MIN_SCORE, score_url
from newscrawl.items import Rejection
from newscrawl.store.models import Article, Url
from newscrawl.urls import host_of, url_key
from newscrawl.visits import Visit

SECOND_LOOK = timedelta(hours=6)
"""After this, a page that was not found is asked for once more before it counts as gone, and so is one whose story was
too short when it was found: a live story that nobody had filled yet."""

GONE, MISSING = "gone", "missing"
NOT_MODIFIED = "not_modified"

MAX_VALIDATOR = 1000
"""Characters of an ETag or a Last-Modified that is sent back."""

_NO_PAGE = ("http_404", "soft_404")
_NO_STORY = ("front_page", "not_article", "no_body", "empty", "too_short")

Ages = Sequence[timedelta]
"""How old an article is at each of its revisits, ascending; empty: there are none."""


def next_visit(ages: Ages, born: datetime, now: datetime, *, is_changed: bool) -> datetime | None:
    """When an article is asked for again; None: never.

    Visits that nobody made in time are not made up for. An article that has changed is asked for after the same wait
    once more, as edited stories are edited again, until it is twice as old as its last revisit would be.
    """
    if not ages:
        return None
    soonest = now + ages[0] / 2
    times = [born + age for age in ages if born + age > soonest]
    reached = [timedelta(), *(age for age in ages if born + age <= now)]
    if is_changed and len(reached) > 1:
        again = now + (reached[-1] - reached[-2])
        times += [again] if again <= born + 2 * ages[-1] else []
    return min(times, default=None)


def birth(published_at: datetime | None, precision: str | None, seen_at: datetime) -> datetime:
    """From when an article's age counts: its publication, but where only a day is known the end of that day."""
    if published_at is None:
        return seen_at
    return min(published_at + timedelta(days=1) if precision == "day" else published_at, seen_at)


def absence(visit: Visit, article_key: str | None, last_reason: str | None) -> str | None:
    """Whether the page of a stored article is GONE, or MISSING at the first sight of it; None: neither.

    410 says so at once, and so does a redirect up to the front page or a section. 404 may be a fault of the server, and
    a redirect to a page without a story one of its editors: they have to come twice in a row.

    Args:
        visit: The new visit.
        article_key: `url_key` of the article's canonical URL.
        last_reason: What the last visit gave as its reason.
    """
    reason = visit.result.reason if isinstance(visit.result, Rejection) else None
    is_led_away = url_key(visit.final_url) not in (url_key(visit.lease.url), article_key)
    if reason == "http_410" or (is_led_away and _is_up(visit.lease.url, visit.final_url)):
        return GONE
    if reason in _NO_PAGE or (is_led_away and reason in _NO_STORY):
        return GONE if last_reason in (MISSING, GONE) else MISSING
    return None


def _is_up(asked: str, final: str) -> bool:
    """Whether a redirect led to what holds the asked page, and is no article itself."""
    path, above = urlsplit(asked).path, urlsplit(final).path.rstrip("/") + "/"
    is_same_host = host_of(asked).removeprefix("www.") == host_of(final).removeprefix("www.")
    return is_same_host and path.startswith(above) and score_url(final) < MIN_SCORE


def validators(headers: Mapping[str, str]) -> dict[str, object]:
    """What a server wants to hear when it is asked for the same page again."""
    values = {"etag": headers.get("etag"), "last_modified": headers.get("last-modified")}
    return {name: value if value and value.isascii() and len(value) <= MAX_VALIDATOR else None
            for name, value in values.items()}  # fmt: skip


def mark_gone(connection: Connection, gone: Iterable[tuple[int, datetime]]) -> None:
    """Mark articles whose last URL is gone; where another URL led to it, that one is asked next.

    Args:
        connection: With the URLs' own rows written.
        gone: Articles, and when a URL of theirs was found gone.
    """
    for article_id, at in gone:
        others = (Url.article_id == article_id, Url.gone_at.is_(None), Url.state != "failed")
        if connection.execute(select(Url.id).where(*others).limit(1)).first():
            idle = update(Url).where(*others, Url.state == "done", Url.revisit_at.is_(None))
            connection.execute(idle.values(revisit_at=at))
        else:
            there = update(Article).where(Article.id == article_id, Article.gone_at.is_(None))
            connection.execute(there.values(gone_at=at))
