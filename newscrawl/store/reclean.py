"""Articles once more, with today's rules: from their archived pages, or from their texts and cuts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, or_, select, update
from sqlalchemy.exc import DBAPIError

from newscrawl import __version__, items
from newscrawl.items import Article, Page, Rejection, Repeated
from newscrawl.store import filters, models, runs
from newscrawl.store.articles import ArticleWriter
from newscrawl.store.changed import Changed, RuleChanges
from newscrawl.store.engine import StoreError, is_refused_row
from newscrawl.store.filters import ALL, Filter
from newscrawl.store.known import Draft
from newscrawl.store.locks import LockedError, open_locks, outlet_lock
from newscrawl.store.models import Outlet
from newscrawl.store.repetition import read_repeated
from newscrawl.store.rows import Rows
from newscrawl.store.stored import Stored, read_stored
from newscrawl.strip import rules_version
from newscrawl.strip.again import strip_again
from newscrawl.strip.changes import changes_of
from newscrawl.strip.document import NO_RULES
from newscrawl.strip.edits import Text

BATCH = 32
"""Articles of one transaction."""

Submit = Callable[[Page], Future[Article | Rejection]]
_Begun = tuple["Stored", Future[Article | Rejection] | None]  # None: to be read from its text


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be read again, and how."""

    archive: Path  # folder of the raw responses
    wanted: Filter = ALL  # which articles
    articles: tuple[int, ...] = ()  # the only ones, read whatever read them before
    rule: str | None = None  # only articles of which it, or one of its kind (`newsletter`), cut something
    again: bool = False  # those too that were read with the same rules
    dry_run: bool = False  # change nothing
    rules: Mapping[str, items.PageRules] = field(default_factory=dict)  # by slug, of the outlet files


@dataclass(slots=True)
class Progress:
    """What became of the articles so far."""

    total: int = 0  # to be read
    read: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    from_text: int = 0  # of those read, those whose page is not archived
    changed_articles: list[int] = field(default_factory=list)
    changes: list[RuleChanges] = field(default_factory=list)  # at the end; the most blocks first
    reasons: Counter[str] = field(default_factory=Counter)  # of failures


def reclean(engine: Engine, options: Options, submit: Submit, on_progress: Callable[[Progress], None]) -> Progress:
    """Read articles again; each batch is committed by itself, so that a kill loses nothing and the next call goes on.

    Args:
        engine: The store.
        options: Which articles.
        submit: Builds the article of a page.
        on_progress: Gets the state after each batch.

    Raises:
        LockedError: A run is at work on one of the outlets.
        StoreError: There is no such outlet, article or rule.
    """
    progress = Progress()
    work = _Work(engine, options, submit, progress)
    turns = work.plan()
    progress.total = sum(len(ids) for *_, ids in turns)
    locks = open_locks(engine)
    try:
        for outlet_id, slug, ids in turns:
            if not locks.take(outlet_lock(slug)):
                with engine.begin() as connection:
                    raise LockedError(slug, runs.holder_of(connection, slug))
            for _ in work.do(outlet_id, ids):
                on_progress(progress)
            locks.free(outlet_lock(slug))
    finally:
        locks.close()
    return progress


class _Work:
    """One reclean."""

    def __init__(self, engine: Engine, options: Options, submit: Submit, progress: Progress):
        self._engine, self._options, self._submit, self._progress = engine, options, submit, progress
        self._rules_version = rules_version()
        self._repeated: dict[int, frozenset[Repeated]] = {}  # by the number of the outlet
        self._rules: dict[int, items.PageRules] = {}  # by the number of the outlet
        self._changed = Changed()

    def plan(self) -> list[tuple[int, str, list[int]]]:
        """Outlets with the numbers of their articles that are to be read."""
        options = self._options
        with self._engine.begin() as connection:
            filters.check(connection, options.wanted)
            if options.rule is not None:
                filters.check_rule(connection, options.rule)
            turns = []
            for outlet_id, slug in connection.execute(select(Outlet.id, Outlet.slug).order_by(Outlet.slug)).all():
                self._repeated[outlet_id] = read_repeated(connection, outlet_id)
                self._rules[outlet_id] = options.rules.get(slug, NO_RULES)
                if ids := self._articles_of(connection, outlet_id):
                    turns.append((outlet_id, slug, ids))
        missing = set(options.articles) - {id for *_, ids in turns for id in ids}
        if missing:
            raise StoreError(f"article {min(missing)}: not in this database, or left out by the other options")
        return turns

    def _articles_of(self, connection: Connection, outlet_id: int) -> list[int]:
        table, options = models.Article, self._options
        query = select(table.id).where(table.outlet_id == outlet_id, *filters.conditions(options.wanted))
        if options.rule is not None:
            query = query.where(filters.is_cut_by(options.rule))
        if options.articles:
            query = query.where(table.id.in_(options.articles))
        elif not options.again:
            known = self._known(outlet_id)
            query = query.where(or_(table.recleaned_with.is_(None), table.recleaned_with != known))
        return list(connection.scalars(query.order_by(table.id)))

    def _known(self, outlet_id: int) -> str:
        """What a reclean of an outlet goes by, as 16 hex digits."""
        repeated = sorted((block.key, block.is_accepted) for block in self._repeated[outlet_id])
        return sha256(repr((__version__, self._rules_version, repeated, self._rules[outlet_id])).encode()).hexdigest()[
            :16
        ]

    def do(self, outlet_id: int, ids: Sequence[int]) -> Iterator[None]:
        """Read and write articles of one outlet, a batch a step; the next batch is read while one is written."""
        ahead: list[_Begun] = []
        for start in range(0, len(ids), BATCH):
            with self._engine.begin() as connection:
                batch = [stored for id in ids[start : start + BATCH] if (stored := read_stored(connection, id))]
            begun, ahead = ahead, [self._begin(outlet_id, stored) for stored in batch]
            if begun:
                self._finish(outlet_id, begun)
                yield
        self._finish(outlet_id, ahead)
        yield

    def _begin(self, outlet_id: int, stored: Stored) -> _Begun:
        stored = stored.by(self._options.rules)
        page = stored.page(self._options.archive, self._repeated[outlet_id])
        return stored, None if page is None else self._submit(page)

    def _finish(self, outlet_id: int, batch: Sequence[_Begun]) -> None:
        repeated = self._repeated[outlet_id]
        results = []
        for stored, future in batch:
            self._progress.from_text += future is None
            results.append((stored, _from_text(stored, repeated) if future is None else future.result()))
        with self._engine.begin() as connection:
            done = [stored.row.id for stored, result in results if self._write(connection, stored, result)]
            marked = update(models.Article).where(models.Article.id.in_(done))
            connection.execute(marked.values(recleaned_with=self._known(outlet_id)))
            if self._options.dry_run:
                connection.rollback()
        self._progress.changes = self._changed.by_rule()

    def _write(self, connection: Connection, stored: Stored, result: Article | Rejection) -> bool:
        """Write one article; False if it has to be read again."""
        progress = self._progress
        progress.read += 1
        if isinstance(result, Rejection):
            progress.failed += 1
            progress.reasons[result.reason] += 1
            return False
        try:
            is_changed = rewrite(connection, stored, result, self._rules_version)
        except (DBAPIError, ValueError) as error:
            if isinstance(error, DBAPIError) and not is_refused_row(error):
                raise
            progress.failed += 1
            progress.reasons["store_error"] += 1
            return False
        if is_changed:
            progress.changed += 1
            progress.changed_articles.append(stored.row.id)
            self._note(stored, result)
        else:
            progress.unchanged += 1
        return True

    def _note(self, stored: Stored, result: Article) -> None:
        """Count what the reader will see otherwise."""
        row = stored.row
        before, after = Text(row.text, row.removed), Text(result.text, result.removed)
        with suppress(ValueError):  # cuts that do not fit their text: an old fault of ours, mended now
            self._changed.add(row.id, stored.outlet.slug, changes_of(before, after))


def rewrite(connection: Connection, stored: Stored, article: Article, version: str) -> bool:
    """Make an article what it was built to now; whether its text or its cuts are others."""
    draft = Draft.of(replace(article, canonical_url=stored.row.canonical_url), stored.outlet_id)
    with connection.begin_nested():
        rows = Rows(0)  # no run's: it counts nothing
        is_changed = ArticleWriter(connection, rows, version, [draft]).rewrite(stored.origin, draft)
        rows.flush(connection)
    return is_changed


def _from_text(stored: Stored, repeated: frozenset[Repeated]) -> Article | Rejection:
    row, outlet = stored.row, stored.outlet
    try:
        stripped = strip_again(
            row.text, row.removed, headline=row.headline, site_name=outlet.name, repeated=repeated, rules=outlet.rules
        )
    except ValueError as error:
        return Rejection(stored.url, "bad_cuts", str(error))
    return replace(stored.article, text=stripped.text, removed=stripped.removed, bounded=stripped.bounded)
