"""Which articles: the one filter of export, search and whoever else picks some, as a record and as SQL."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from newscrawl.items import AccessKind, Completeness
from newscrawl.reservations import TRAINING
from newscrawl.store.engine import StoreError
from newscrawl.store.known import CURRENT
from newscrawl.store.models import Article, ArticleTicker, Fetch, Outlet, RemovedBlock, Revision, Run

SHOWN = 10  # names of a list that an error shows
_AGE = re.compile(r"([0-9]{1,5})([dwy])")
_DAYS = {"d": 1, "w": 7, "y": 365}


class FilterError(StoreError):
    """The filter asks for what there is not; the text says what there is."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles: all that is named must hold, and of several names of one kind one is enough.

    Raises:
        ValueError: A time has no offset.
    """

    outlets: tuple[str, ...] = ()  # slugs
    languages: tuple[str, ...] = ()  # BCP-47; `zh` takes `zh-Hant` along
    since: datetime | None = None  # published then or later; where that is not known, first seen
    until: datetime | None = None  # before that
    wires: tuple[str, ...] = ()  # agencies, in any case
    access: tuple[AccessKind, ...] = ()  # as observed
    completeness: tuple[Completeness, ...] = ()
    tickers: tuple[str, ...] = ()  # `AAPL`, or `XNAS:AAPL` with the exchange
    run: int | None = None  # that stored or updated them
    reserved: bool | None = None  # whether the publisher reserves the text from training models

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            at = getattr(self, name)
            if at is not None and at.tzinfo is None:
                raise ValueError(f"{name}: expected a time with an offset, got {at!r}")


ALL = Filter()
"""Every article."""


def parse_time(text: str, *, is_end: bool = False) -> datetime:
    """A bound of a period: a day, which is in it as a whole, a time, or an age; UTC, where no offset is stated.

    Raises:
        FilterError: It is none of them.
    """
    text = text.strip()
    with suppress(ValueError):
        day = datetime.combine(date.fromisoformat(text), time(), UTC)
        return day + timedelta(1) if is_end else day
    try:
        if age := _AGE.fullmatch(text):
            return datetime.now(UTC) - timedelta(int(age[1]) * _DAYS[age[2]])
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        expected = "a day (2026-06-30), a time (2026-06-30T18:00+02:00) or an age (7d, 8w, 2y)"
        raise FilterError(f"expected {expected}, got {text!r}") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """What articles must satisfy, for the WHERE of a query on them."""
    found: list[ColumnElement[bool]] = []
    if wanted.outlets:
        found.append(Article.outlet_id.in_(select(Outlet.id).where(Outlet.slug.in_(wanted.outlets))))
    if wanted.languages:
        found.append(or_(*map(_is_in_language, wanted.languages)))
    if wanted.wires:
        found.append(or_(*map(_is_wire, wanted.wires)))
    if wanted.access:
        found.append(Article.access.in_(wanted.access))
    if wanted.completeness:
        found.append(Article.completeness.in_(wanted.completeness))
    if wanted.tickers:
        found.append(Article.id.in_(select(ArticleTicker.article_id).where(or_(*map(_is_ticker, wanted.tickers)))))
    if wanted.run is not None:
        revised = select(Revision.article_id).join(Fetch, Fetch.id == Revision.fetch_id)
        found.append(Article.id.in_(revised.where(Fetch.run_id == wanted.run)))
    if wanted.reserved is not None:
        found.append(_is_reserved() if wanted.reserved else ~_is_reserved())
    return found + _period(wanted)


def check(connection: Connection, wanted: Filter) -> None:
    """Refuse a name that is none; a language or an agency of which there is no article (yet) gives none.

    Raises:
        FilterError: No such outlet or run.
    """
    if wanted.outlets:
        known = connection.scalars(select(Outlet.slug).order_by(Outlet.slug)).all()
        for slug in wanted.outlets:
            if slug not in known:
                raise FilterError(f"{slug}: no outlet of this database; {_instead(slug, known)}")
    if wanted.run is not None and connection.scalar(select(Run.id).where(Run.id == wanted.run)) is None:
        last = connection.scalar(select(func.max(Run.id)))
        raise FilterError(f"run {wanted.run}: not in this database; {f'the last is {last}' if last else 'it has none'}")


def why_none(connection: Connection, wanted: Filter) -> list[str]:
    """Which of the names of a filter no article here bears, each with those that some do."""
    asked = (
        ("language", Article.language, wanted.languages, _is_in_language),
        ("wire", Article.wire, wanted.wires, _is_wire),
        ("ticker", ArticleTicker.symbol, wanted.tickers, _is_ticker),
    )
    said = []
    for kind, column, names, matches in asked:
        for name in names:
            if connection.scalar(select(column).where(matches(name)).limit(1)) is None:
                known = connection.scalars(select(column).where(column.is_not(None)).distinct().order_by(column))
                said.append(f"no article has the {kind} {name}; {_instead(name, [one for one in known if one])}")
    return said


def is_cut_by(rule: str) -> ColumnElement[bool]:
    """Whether a rule, or one of a kind of rules (`newsletter`), cut something of an article's current text."""
    cuts = select(RemovedBlock.revision_id).join(Revision).where(CURRENT, _is_rule(rule))
    return cuts.correlate(Article).exists()


def check_rule(connection: Connection, rule: str) -> None:
    """Refuse a rule that has cut nothing here.

    Raises:
        FilterError: It has not.
    """
    if connection.scalar(select(RemovedBlock.rule).where(_is_rule(rule)).limit(1)) is None:
        known = connection.scalars(select(RemovedBlock.rule).distinct().order_by(RemovedBlock.rule))
        raise FilterError(f"rule {rule}: has cut nothing here; {_instead(rule, known)}")


def _is_rule(rule: str) -> ColumnElement[bool]:
    return or_(RemovedBlock.rule == rule, RemovedBlock.rule.startswith(f"{rule}/", autoescape=True))


def article_ids(connection: Connection, wanted: Filter) -> array[int]:
    """Numbers of the articles, ascending; eight bytes each."""
    return array("q", connection.scalars(select(Article.id).where(*conditions(wanted)).order_by(Article.id)))


def _instead(name: str, known: Iterable[str]) -> str:
    """What somebody who asked for a name may have meant."""
    names = list(known)
    near = get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    if near:
        return f"nearest: {', '.join(near)}"
    rest = " …" if len(names) > SHOWN else ""
    return f"it has {', '.join(names[:SHOWN]) or 'none'}{rest}"


def _is_in_language(tag: str) -> ColumnElement[bool]:
    """In the language, or a variety of it; the case of tags is that of BCP 47: `zh-Hant-TW`."""
    language, *more = tag.replace("_", "-").split("-")
    tag = "-".join([language.lower(), *(part.upper() if len(part) == 2 else part.title() for part in more)])
    return or_(Article.language == tag, Article.language.startswith(f"{tag}-", autoescape=True))


def _is_wire(name: str) -> ColumnElement[bool]:
    return or_(Article.wire == name, func.lower(Article.wire) == name.lower())  # SQLite folds ASCII alone


def _is_ticker(name: str) -> ColumnElement[bool]:
    mic, _, symbol = name.upper().rpartition(":")
    is_symbol = ArticleTicker.symbol == symbol
    return and_(is_symbol, ArticleTicker.mic == mic) if mic else is_symbol


def _is_reserved() -> ColumnElement[bool]:
    words = " " + func.coalesce(Article.reservations, "") + " "
    return or_(*(words.contains(f" {word} ", autoescape=True) for word in TRAINING))


def _period(wanted: Filter) -> list[ColumnElement[bool]]:
    """Written so that each half can be served by the index of its column."""
    if wanted.since is None and wanted.until is None:
        return []

    def within(column: ColumnElement[datetime] | ColumnElement[datetime | None]) -> ColumnElement[bool]:
        bounds = [] if wanted.since is None else [column >= wanted.since]
        return and_(*bounds, *([] if wanted.until is None else [column < wanted.until]))

    published, seen = within(Article.published_at.expression), within(Article.first_seen_at.expression)
    return [or_(published, and_(Article.published_at.is_(None), seen))]
