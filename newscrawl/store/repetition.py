"""What an outlet repeats: learnt from its newest articles at the end of a run, decided by persons, read by the next."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, bindparam, case, or_, select, update
from sqlalchemy.orm import Session

from newscrawl.items import Removed, Repeated
from newscrawl.store.engine import StoreError
from newscrawl.store.known import CURRENT
from newscrawl.store.models import Article, Outlet, RemovedBlock, RepeatedBlock, Revision, RunOutlet
from newscrawl.store.models.content import RepeatState
from newscrawl.store.records import removed_of
from newscrawl.strip.repetition import MIN_ARTICLES, Repeat, is_safe
from newscrawl.strip.splice import Line, read_lines

NEWEST = 1000
"""Articles of an outlet that are looked at."""
MAX_REPEATED = 500
"""Blocks of an outlet that go with every page, those of most articles first."""
ID_DIGITS = 8

_LEARN = (
    update(RepeatedBlock)
    .where(
        RepeatedBlock.outlet_id == bindparam("outlet"),
        RepeatedBlock.block_key == bindparam("key"),
        or_(RepeatedBlock.state.is_(None), RepeatedBlock.state == "automatic"),
    )
    .values(
        recent=bindparam("new_recent"),
        closing=bindparam("new_closing"),
        share=bindparam("new_share"),
        state=bindparam("new_state"),
    )
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A block that an outlet repeats."""

    id: str
    outlet: str  # slug
    articles: int  # distinct ones that carried it in any revision
    share: float | None  # of the outlet's newest articles; None: no run has looked since
    closing: float | None  # share of these that it closes
    state: RepeatState | None
    text: str


def changed_outlets(connection: Connection, run_id: int) -> list[int]:
    """Outlets of a run that gave a new text."""
    account = (RunOutlet.run_id == run_id, RunOutlet.stored + RunOutlet.updated > 0)
    return list(connection.scalars(select(RunOutlet.outlet_id).where(*account).order_by(RunOutlet.outlet_id)))


def read_newest(connection: Connection, outlet_id: int) -> list[tuple[Line, ...]]:
    """The lines of an outlet's newest articles, newest first."""
    query = (
        select(Revision.id, Article.text)
        .join(Revision, CURRENT)
        .where(Article.outlet_id == outlet_id)
        .order_by(Article.id.desc())
        .limit(NEWEST)
    )
    articles = connection.execute(query).all()
    cuts: dict[int, list[Removed]] = {}
    wanted = query.with_only_columns(Revision.id).subquery()
    of_newest = select(RemovedBlock).join(wanted, wanted.c.id == RemovedBlock.revision_id)
    with Session(connection) as session:
        for row in session.scalars(of_newest.order_by(RemovedBlock.revision_id, RemovedBlock.position)):
            cuts.setdefault(row.revision_id, []).append(removed_of(row))
    newest = []
    for revision_id, text in articles:
        with suppress(ValueError):  # its cuts do not fit its text: rows that others changed must not end a run
            newest.append(read_lines(text, cuts.get(revision_id, ())))
    return newest


def write_repeats(connection: Connection, outlet_id: int, repeats: Sequence[Repeat]) -> None:
    """Write what was found of an outlet; what a person has decided stays."""
    rows = [
        {
            "outlet": outlet_id,
            "key": repeat.key,
            "new_recent": repeat.articles,
            "new_closing": repeat.closing,
            "new_share": repeat.share,
            "new_state": "automatic" if is_safe(repeat) else None,
        }
        for repeat in repeats
    ]
    if rows:
        connection.execute(_LEARN, rows)


def read_repeated(connection: Connection, outlet_id: int) -> frozenset[Repeated]:
    """What is to be cut from the outlet's pages."""
    is_accepted = RepeatedBlock.state == "accepted"
    query = (
        select(RepeatedBlock.block_key, is_accepted)
        .where(RepeatedBlock.outlet_id == outlet_id, RepeatedBlock.state.in_(("accepted", "automatic")))
        .order_by(case((is_accepted, 0), else_=1), RepeatedBlock.articles.desc(), RepeatedBlock.block_key)
        .limit(MAX_REPEATED)
    )
    return frozenset(Repeated(key, bool(accepted)) for key, accepted in connection.execute(query))


_COLUMNS = (
    Outlet.slug, RepeatedBlock.block_key, RepeatedBlock.articles, RepeatedBlock.share, RepeatedBlock.recent,
    RepeatedBlock.closing, RepeatedBlock.state, RepeatedBlock.text,
)  # fmt: skip
_ROWS = select(*_COLUMNS).join(Outlet, Outlet.id == RepeatedBlock.outlet_id).where(RepeatedBlock.text.is_not(None))
_Columns = tuple[str, str, int, float | None, int | None, int | None, str | None, str | None]


def list_suggestions(engine: Engine, outlet: str | None = None) -> list[Suggestion]:
    """What was learnt: undecided blocks first, then by outlet, those of most articles first."""
    query = _ROWS.where(or_(RepeatedBlock.articles >= MIN_ARTICLES, RepeatedBlock.state.is_not(None)))
    if outlet is not None:
        query = query.where(Outlet.slug == outlet)
    order = (RepeatedBlock.state.is_not(None), Outlet.slug, RepeatedBlock.articles.desc(), RepeatedBlock.block_key)
    with engine.begin() as connection:
        return [_suggestion(row) for row in connection.execute(query.order_by(*order))]


def decide(connection: Connection, ids: Sequence[str], state: RepeatState) -> list[Suggestion]:
    """Accept or reject blocks; all of them or none.

    Args:
        connection: In a transaction.
        ids: As `list_suggestions` gives them.
        state: The decision.

    Raises:
        StoreError: No block has one of the ids.
    """
    decided = []
    for wanted in ids:
        slug, _, digits = wanted.rpartition(":")
        of_id = (Outlet.slug == slug, RepeatedBlock.block_key.startswith(digits, autoescape=True))
        keys = connection.scalars(_ROWS.where(*of_id).with_only_columns(RepeatedBlock.block_key).limit(2)).all()
        if len(digits) < ID_DIGITS or len(keys) != 1:
            fault = "means several blocks; give more digits" if len(keys) > 1 else "no such block"
            raise StoreError(f"{wanted}: {fault}; newscrawl rules suggest lists them")
        own = (Outlet.slug == slug, RepeatedBlock.block_key == keys[0])
        outlet_id = select(Outlet.id).where(Outlet.slug == slug).scalar_subquery()
        decision = update(RepeatedBlock).where(RepeatedBlock.outlet_id == outlet_id, own[1])
        connection.execute(decision.values(state=state))
        decided.append(_suggestion(connection.execute(_ROWS.where(*own)).one()))
    return decided


def _suggestion(row: Row[*_Columns]) -> Suggestion:
    return Suggestion(
        id=f"{row.slug}:{row.block_key[:ID_DIGITS]}",
        outlet=row.slug,
        articles=row.articles,
        share=row.share,
        closing=row.closing / row.recent if row.recent else None,
        state=row.state,
        text=row.text,
    )
