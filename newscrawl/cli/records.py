"""An article as others read it: the JSON line of `extract --jsonl`, Markdown, and plain facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.cli.terminal import clip, line
from newscrawl.items import Article, Moment, Outlet, Rejection, Ticker

if TYPE_CHECKING:
    from newscrawl.store.queries import ArticleRow

COMPLETE = {"full": True, "truncated": False, "teaser": False, "headline": False, "unknown": None}


def stamp(moment: Moment | None) -> str | None:
    """A time as far as it is known: ISO 8601 with offset, or a date."""
    if moment is None:
        return None
    if moment.precision == "day":
        return moment.at.date().isoformat()
    return moment.at.isoformat(timespec="seconds" if moment.precision == "second" else "minutes")


def article_record(article: Article) -> dict[str, object]:
    """The fields of a line of `extract --jsonl` (DESIGN.md, "The command"), but `id`."""
    return {
        "url": article.url,
        "outlet": article.outlet,
        "title": article.headline,
        "authors": list(article.authors),
        "published": stamp(article.published),
        "date": article.published.at.date().isoformat() if article.published else None,
        "modified": stamp(article.modified),
        "language": article.language.tag,
        "language_confidence": article.language.confidence,
        "text": article.text,
        "wire": article.wire,
        "access": article.access.observed,
        "access_declared": article.access.declared,
        "completeness": article.access.completeness,
        "complete": COMPLETE[article.access.completeness],
        "tickers": [{"symbol": t.symbol, "mic": t.mic, "origin": t.origin} for t in article.tickers],
        "removed": [
            {"kind": cut.kind, "text": cut.text, "rule": cut.rule, "score": cut.score, "cut_at": cut.cut_at}
            for cut in article.removed
        ],
        "rejection": None,
    }


def rejection_record(rejection: Rejection, outlet: Outlet) -> dict[str, object]:
    """The line of a page that gives no article: same keys, nothing known."""
    return {
        "url": rejection.url,
        "outlet": outlet.slug,
        "title": None,
        "authors": [],
        "published": None,
        "date": None,
        "modified": None,
        "language": None,
        "language_confidence": None,
        "text": "",
        "wire": None,
        "access": "unknown",
        "access_declared": None,
        "completeness": "unknown",
        "complete": None,
        "tickers": [],
        "removed": [],
        "rejection": rejection.reason,
        "detail": rejection.detail,
    }


def facts(article: Article | ArticleRow) -> list[tuple[str, str]]:
    """What is known of an article, for reading; unknown facts are left out."""
    access = article.access
    language = article.language
    told = [f"{language.confidence:.2f}, by {language.method}"] if language.confidence is not None else []
    told += [f"the page says {language.declared}"] if language.declared not in (None, language.tag) else []
    rows = [
        ("URL", article.canonical_url),
        ("Outlet", article.outlet),
        ("Authors", ", ".join(article.authors)),
        ("Published", _moment(article.published)),
        ("Modified", _moment(article.modified)),
        ("Language", f"{language.tag or 'not told'} ({'; '.join(told)})" if told else language.tag or ""),
        ("Wire", article.wire),
        ("Translated", article.machine_translation),
        ("Reserved", ", ".join(article.reservations)),
        ("Access", _access(access.observed, access.declared)),
        ("Complete", access.completeness + (f": {access.reason}" if access.reason else "")),
        ("Cuts", "bounded: more would have been cut than may be" if article.bounded else ""),
        ("Section", article.section),
        ("Tags", ", ".join(article.tags)),
        ("Tickers", ", ".join(map(_ticker, article.tickers))),
    ]
    return [(name, line(value)) for name, value in rows if value]


def markdown(article: Article) -> str:
    """Headline, facts and text as Markdown; characters that Markdown would read are escaped."""
    lines = [f"# {_escaped(line(article.headline))}", ""] if article.headline else []
    lines += [f"- {name}: {_escaped(value)}" for name, value in facts(article)]
    blocks = [_escaped(line(block)) for block in article.text.split("\n")]
    return "\n".join([*lines, "", "\n\n".join(blocks)]) + "\n"


def _moment(moment: Moment | None) -> str:
    """A time with its place on the page, and how it stands there if that reads otherwise."""
    if moment is None:
        return ""
    shown = (stamp(moment) or "").replace("T", " ")
    as_stated = "" if moment.raw.replace("T", " ") in ("", shown) else f": {clip(moment.raw, 80)}"
    return f"{shown} (from {moment.source}{as_stated})"


def _ticker(ticker: Ticker) -> str:
    """A symbol with its exchange, and where it stood, if not in the story."""
    shown = f"{ticker.mic}:{ticker.symbol}" if ticker.mic else ticker.symbol
    return shown if ticker.origin == "body" else f"{shown} ({ticker.origin})"


def _access(observed: str, declared: str | None) -> str:
    return observed + (f" (declared: {declared})" if declared and declared != observed else "")


def _escaped(text: str) -> str:
    for mark in "\\`*_[]<>#":
        text = text.replace(mark, f"\\{mark}")
    return text
