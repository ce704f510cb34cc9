"""Visits into rows: many in one transaction, and one that the store refuses fails alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeAlias, cast

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from newscrawl import items
from newscrawl.items import Article, Rejection
from newscrawl.store import models, revisits
from newscrawl.store.articles import ArticleWriter, Origin
from newscrawl.store.engine import is_refused_row
from newscrawl.store.frontier import write_outlet
from newscrawl.store.known import Draft
from newscrawl.store.models import Fetch, Page, Url
from newscrawl.store.rows import Body, Rows
from newscrawl.visits import Digest, Outcome, OutcomeKind, Visit

MAX_ATTEMPTS = 5
"""Fetches of a URL that may fail, one a run, before it is left alone."""

MAX_WAIT_S = 7 * 24 * 3600.0
"""The longest that a server's Retry-After keeps a URL from being tried again."""

MAX_DETAIL = 500
"""Characters kept of what an exception says."""

_FETCHES = (
    select(
        Fetch.url_id, Fetch.id, Fetch.outlet_id, Fetch.outcome, Fetch.reason, Url.article_id, Url.attempts, Url.due_at,
        Url.reason.label("last_reason"), Url.rank_at, Url.revisit_at, Url.gone_at, Url.etag, Url.last_modified,
        models.Article.canonical_key, models.Article.published_at, models.Article.published_precision,
        models.Article.first_seen_at,
    )
    .join(Url, Url.id == Fetch.url_id)
    .outerjoin(models.Article, models.Article.id == Url.article_id)
)  # fmt: skip
_Fetch: TypeAlias = Row[*tuple[Any, ...]]


class NotLeasedError(ValueError):
    """A visit of a URL that this run has not leased: the caller is wrong."""


Answer: TypeAlias = Outcome | NotLeasedError


@dataclass(frozen=True, slots=True)
class Batch:
    """Whose visits are written, and when."""

    run_id: int
    rules_version: str
    now: datetime
    is_retry: bool  # the same visits may have been committed before the connection broke
    ages: Mapping[int, revisits.Ages] = field(default_factory=dict)  # outlet's number -> when it is revisited


def write_visits(connection: Connection, batch: Batch, visits: Sequence[Visit]) -> list[Answer]:
    """Write visits in the transaction of `connection`; an answer for each.

    What the store refuses is found by halving; that visit becomes `failed`, `store_error`.
    """
    try:
        return _write_together(connection, batch, visits)
    except Exception as error:  # whatever it is, the other visits must not suffer
        if isinstance(error, DBAPIError) and not is_refused_row(error):
            raise
        if len(visits) == 1:
            return [_write_alone(connection, batch, visits[0], error)]
    half = len(visits) // 2
    return write_visits(connection, batch, visits[:half]) + write_visits(connection, batch, visits[half:])


def _write_alone(connection: Connection, batch: Batch, visit: Visit, refusal: Exception) -> Answer:
    """Write a visit that was refused, as failed; or, if it was written elsewhere meanwhile, as what it is now."""
    if isinstance(refusal, IntegrityError):  # another process has committed the same article: it can be seen now
        with suppress(IntegrityError):
            return _write_together(connection, batch, [visit])[0]
    return _write_together(connection, batch, [_failed(visit, refusal, batch.now)])[0]


def _write_together(connection: Connection, batch: Batch, visits: Sequence[Visit]) -> list[Answer]:
    with connection.begin_nested():
        query = _FETCHES.where(Fetch.run_id == batch.run_id, Fetch.url_id.in_([visit.lease.url_id for visit in visits]))
        fetches = {fetch.url_id: fetch for fetch in connection.execute(query)}
        drafts: dict[int, Draft] = {}
        for visit in visits:
            fetch = fetches.get(visit.lease.url_id)
            if fetch and fetch.outcome is None and isinstance(visit.result, Article):
                outlet_id = _outlet_of(connection, fetch.outlet_id, visit, visit.result)
                drafts.setdefault(visit.lease.url_id, Draft.of(visit.result, outlet_id))
        work = _Work(connection, batch, drafts)
        answers = [work.answer(visit, fetches.get(visit.lease.url_id)) for visit in visits]
        work.rows.flush(connection)
        revisits.mark_gone(connection, work.gone)
    return answers


class _Work:
    """The decisions of one batch."""

    def __init__(self, connection: Connection, batch: Batch, drafts: dict[int, Draft]):
        self.rows = Rows(batch.run_id)
        self.gone: list[tuple[int, datetime]] = []  # articles, and when a URL of theirs was found gone
        self._batch = batch
        self._drafts = drafts  # by the number of the URL
        self._articles = ArticleWriter(connection, self.rows, batch.rules_version, list(drafts.values()))
        self._ended: dict[int, Outcome] = {}

    def answer(self, visit: Visit, fetch: _Fetch | None) -> Answer:
        """What a visit comes to; nothing new if it came before."""
        url_id = visit.lease.url_id
        if fetch is None:
            return NotLeasedError(f"{visit.lease.url}: run {self._batch.run_id} has not leased it")
        if url_id in self._ended:
            return _again(self._ended[url_id], is_retry=False)
        if fetch.outcome is not None:
            recorded = Outcome(cast(OutcomeKind, fetch.outcome), fetch.reason, fetch.article_id)
            return _again(recorded, is_retry=self._batch.is_retry)
        outcome = self._ended[url_id] = self._end(visit, fetch)
        return outcome

    def _end(self, visit: Visit, fetch: _Fetch) -> Outcome:
        self.rows.add(Page, *_page_rows(fetch.id, visit))
        outcome, detail = self._come_to(visit, fetch)
        ended: Body = {"outcome": outcome.kind, "reason": outcome.reason}
        answer = {"fetched_at": visit.fetched_at, "final_url": visit.final_url}
        answer |= {"status": visit.status, "elapsed_ms": visit.elapsed_ms}
        self.rows.end_fetch(fetch.id, answer | ended | {"detail": detail})
        self.rows.end_lease(visit.lease.url_id, self._url_row(visit, fetch, outcome) | ended)
        self.rows.changes[fetch.outlet_id].update({outcome.kind: 1, "pending": -1})
        return outcome

    def _come_to(self, visit: Visit, fetch: _Fetch) -> tuple[Outcome, str | None]:
        """What a visit comes to, and the detail of its reason."""
        result = visit.result
        if fetch.article_id is not None:
            absent = revisits.absence(visit, fetch.canonical_key, fetch.last_reason)
            if absent is not None:
                if absent == revisits.GONE:
                    self.gone.append((fetch.article_id, visit.fetched_at))
                return Outcome("unchanged", absent, fetch.article_id), f"status {visit.status}, {visit.final_url}"
            if visit.status == 304 and result is None:
                self._articles.note_seen(fetch.article_id, visit.fetched_at)
                return Outcome("unchanged", revisits.NOT_MODIFIED, fetch.article_id), None
        if isinstance(result, Article):
            return self._store(visit, fetch), None
        rejection = result or Rejection(visit.lease.url, "no_result", "the visit came to nothing", final=False)
        return Outcome("rejected" if rejection.final else "failed", rejection.reason), rejection.detail or None

    def _url_row(self, visit: Visit, fetch: _Fetch, outcome: Outcome) -> Body:
        """Where a URL stands after a visit."""
        row: Body = {"state": "done", "attempts": 0, "article_id": outcome.article_id or fetch.article_id}
        row |= {"due_at": fetch.due_at, "gone_at": None, "revisit_at": self._next_visit(visit, fetch, outcome)}
        row |= {"etag": fetch.etag, "last_modified": fetch.last_modified}
        if outcome.reason == revisits.GONE:
            row["gone_at"] = fetch.gone_at or visit.fetched_at
        elif isinstance(visit.result, Article):
            row |= revisits.validators(visit.headers)
        elif outcome.kind == "failed":
            retry = _retry(fetch.attempts + 1, visit.retry_after_s, self._batch.now)
            if fetch.revisit_at is None:
                row |= retry | {"revisit_at": None}
            elif retry["state"] == "pending":
                row |= {"attempts": retry["attempts"], "revisit_at": retry["due_at"]}
        return row

    def _next_visit(self, visit: Visit, fetch: _Fetch, outcome: Outcome) -> datetime | None:
        ages, now = self._batch.ages.get(fetch.outlet_id, ()), self._batch.now
        if not ages or outcome.kind == "duplicate" or outcome.reason == revisits.GONE:
            return None
        if outcome.reason == revisits.MISSING:
            return now + revisits.SECOND_LOOK
        draft = self._drafts.get(visit.lease.url_id)
        if draft is None and fetch.article_id is None:
            second: datetime = fetch.rank_at + revisits.SECOND_LOOK
            return second if outcome.reason == "too_short" and second > now else None
        published_at, precision = fetch.published_at, fetch.published_precision
        if draft is not None and draft.article.published is not None:
            published_at, precision = draft.article.published.at, draft.article.published.precision
        born = revisits.birth(published_at, precision, fetch.first_seen_at or visit.fetched_at)
        return revisits.next_visit(ages, born, now, is_changed=outcome.kind == "updated")

    def _store(self, visit: Visit, fetch: _Fetch) -> Outcome:
        draft = self._drafts[visit.lease.url_id]
        kind, article_id = self._articles.write(Origin(fetch.id, visit.fetched_at, fetch.article_id), draft)
        if kind in ("stored", "updated"):
            cut = sum(len(removed.text) for removed in draft.article.removed)
            self.rows.changes[fetch.outlet_id].update(chars_kept=len(draft.text), chars_removed=cut)
        return Outcome(kind, None, article_id)


def _again(recorded: Outcome, *, is_retry: bool) -> Outcome:
    """What a visit comes to that is written a second time: nothing new."""
    if recorded.kind in ("stored", "updated") and not is_retry:
        return Outcome("unchanged", recorded.reason, recorded.article_id)
    return recorded


def _retry(attempts: int, retry_after_s: float | None, now: datetime) -> Body:
    """A URL that failed is a later run's at once, unless the server asked for time."""
    wait_s = min(max(retry_after_s or 0.0, 0.0), MAX_WAIT_S)
    state = "pending" if attempts < MAX_ATTEMPTS else "failed"
    return {"state": state, "attempts": attempts, "due_at": now + timedelta(seconds=wait_s)}


def _page_rows(fetch_id: int, visit: Visit) -> list[Body]:
    """The pages of a visit: of its URL, and the further ones of its story."""
    parts = enumerate((visit, *visit.more))
    return [_page_row(fetch_id, part, one, one.page) for part, one in parts if one.page is not None]


def _page_row(fetch_id: int, part: int, visit: Visit, page: items.Page) -> Body:
    archived = visit.archived
    digest = visit.digest or Digest(sha256(page.body).hexdigest(), len(page.body))
    return {
        "fetch_id": fetch_id,
        "part": part,
        "url": page.url if part else None,
        "content_type": visit.headers.get("content-type"),
        "charset": page.charset,
        "sha256": digest.sha256,
        "bytes": digest.bytes,
        "warc_file": archived and archived.file,
        "warc_offset": archived and archived.offset,
        "warc_length": archived and archived.length,
    }


def _outlet_of(connection: Connection, account_id: int, visit: Visit, article: Article) -> int:
    """Who served the page: another outlet than the lease's where a portal's link led away."""
    if article.outlet == visit.lease.outlet:
        return account_id
    known = connection.scalar(select(models.Outlet.id).where(models.Outlet.slug == article.outlet))
    if known is not None:
        return known
    if visit.page is None or visit.page.outlet.slug != article.outlet:
        raise ValueError(f"outlet {article.outlet!r} of the article is neither known nor the page's")
    return write_outlet(connection, visit.page.outlet, visit.fetched_at)


def _failed(visit: Visit, error: Exception, now: datetime) -> Visit:
    """The visit without what the store choked on."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    detail = f"{type(cause).__name__}: {cause}"[:MAX_DETAIL]
    rejection = Rejection(visit.lease.url, "store_error", detail, final=False)
    return Visit(visit.lease, fetched_at=now, final_url=visit.lease.url, result=rejection)
