"""The columns of an export: names, kinds of values, and meanings, most of them as the tables have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Literal

from newscrawl.items import Moment, Removed, Ticker
from newscrawl.store.models import Article, Revision
from newscrawl.store.records import ArticleRow
from newscrawl.strip.splice import splice

Kind = Literal["text", "whole", "share", "flag", "time", "texts", "tickers", "cuts"]
"""Of a value: a string, an integer, a number, true or false, an aware time, a list of strings, of tickers, of cuts."""


@dataclass(frozen=True, slots=True)
class Column:
    """One fact of every article."""

    name: str
    kind: Kind
    meaning: str
    value: Callable[[ArticleRow], object]


def columns_of(*, with_removed: bool = False, raw_text: bool = False) -> tuple[Column, ...]:
    """The columns in their order.

    Args:
        with_removed: Also what was cut from the texts.
        raw_text: Also the texts with all of that put back.
    """
    return COLUMNS + (RAW_TEXT,) * raw_text + (REMOVED,) * with_removed


def _plain(kind: Kind, name: str) -> Column:
    """A column that is one of the articles' table, and a field of the row."""
    return Column(name, kind, _comment(name), lambda row: getattr(row, name))


def _comment(name: str) -> str:
    return str(Article.__table__.c[name].comment)


def _moment(name: Literal["published", "modified"]) -> tuple[Column, ...]:
    """A time, and how it was stated."""

    def column(part: str, kind: Kind, value: Callable[[Moment], object]) -> Column:
        def of(row: ArticleRow) -> object:
            moment: Moment | None = getattr(row, name)
            return None if moment is None else value(moment)

        return Column(f"{name}_{part}", kind, _comment(f"{name}_{part}"), of)

    return (
        column("at", "time", lambda moment: moment.at.astimezone(UTC)),
        column("offset", "text", _offset),
        column("precision", "text", lambda moment: moment.precision),
        column("source", "text", lambda moment: moment.source or None),
        column("raw", "text", lambda moment: moment.raw or None),
    )


def _offset(moment: Moment) -> str | None:
    return None if moment.precision == "day" else moment.at.isoformat(timespec="seconds")[19:]


def _ticker(ticker: Ticker) -> dict[str, object]:
    return {"symbol": ticker.symbol, "mic": ticker.mic, "origin": ticker.origin}


def _cut(cut: Removed) -> dict[str, object]:
    return {"kind": cut.kind, "text": cut.text, "rule": cut.rule, "score": cut.score, "cut_at": cut.cut_at}


def _whole_text(row: ArticleRow) -> str | None:
    try:
        return splice(row.text, row.removed)
    except ValueError:  # cuts that do not fit their text: an old fault of ours
        return None


COLUMNS = (
    _plain("whole", "id"),
    Column("outlet", "text", "Who served the page: its short name, by which commands know it", lambda row: row.outlet),
    Column("outlet_name", "text", "Who served the page: its name for people", lambda row: row.outlet_name),
    Column("url", "text", _comment("canonical_url"), lambda row: row.canonical_url),
    _plain("text", "headline"),
    _plain("text", "text"),
    Column("chars", "whole", _comment("chars"), lambda row: len(row.text)),
    Column("authors", "texts", "Who wrote it, as written, in the order of the byline", lambda row: row.authors),
    *_moment("published"),
    *_moment("modified"),
    Column("language", "text", _comment("language"), lambda row: row.language.tag),
    Column("language_confidence", "share", _comment("language_confidence"), lambda row: row.language.confidence),
    Column("language_method", "text", _comment("language_method"), lambda row: row.language.method),
    Column("language_declared", "text", _comment("language_declared"), lambda row: row.language.declared),
    Column("access", "text", _comment("access"), lambda row: row.access.observed),
    Column("access_declared", "text", _comment("access_declared"), lambda row: row.access.declared),
    Column("completeness", "text", _comment("completeness"), lambda row: row.access.completeness),
    Column("completeness_reason", "text", _comment("completeness_reason"), lambda row: row.access.reason),
    _plain("text", "wire"),
    _plain("text", "machine_translation"),
    Column(
        "reservations",
        "texts",
        "What its publisher reserves: noindex, noarchive, nosnippet, noai, noimageai (meta robots, X-Robots-Tag), tdm, "
        "tdm-policy:URL (TDM Reservation Protocol), robots:ai (robots.txt forbids it to crawlers for models)",
        lambda row: row.reservations,
    ),
    _plain("text", "section"),
    Column("tags", "texts", "Keywords as the page names them", lambda row: row.tags),
    Column(
        "tickers",
        "tickers",
        "Traded symbols: symbol, mic (ISO 10383 code of the exchange; NULL: not told), origin (body, headline, "
        "structured or widget: shown beside the story)",
        lambda row: [_ticker(ticker) for ticker in row.tickers],
    ),
    _plain("text", "description"),
    _plain("text", "image_url"),
    _plain("flag", "bounded"),
    _plain("whole", "revision"),
    _plain("text", "text_hash"),
    Column(
        "story_id",
        "whole",
        "Number of the story that it tells: articles of any outlet and language with the same one tell one event; "
        "NULL: it is still to be tied",
        lambda row: row.story_id,
    ),
    Column("fetched_at", "time", str(Revision.__table__.c.created_at.comment), lambda row: row.fetched_at),
    _plain("time", "first_seen_at"),
    _plain("time", "last_seen_at"),
    _plain("time", "gone_at"),
)
RAW_TEXT = Column("raw_text", "text", "The text with all that was cut put back, one block a line", _whole_text)
REMOVED = Column(
    "removed",
    "cuts",
    "What was cut, in order: kind, text, rule, score (how sure, 0 to 1), cut_at (characters from the start of text)",
    lambda row: [_cut(cut) for cut in row.removed],
)
