"""`newscrawl search`: articles by the words in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.text import Text

from newscrawl.cli.database import reading
from newscrawl.cli.options import AsJson, Database
from newscrawl.cli.terminal import CommandError, clip, console, moment, print_json, say
from newscrawl.items import AccessKind
from newscrawl.text import clean_text

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from newscrawl.fulltext.snippets import Span
    from newscrawl.store.search import Hit, Wanted

EPILOG = "Example: newscrawl search '\"interest rate\" bank* -crypto' --lang en --since 30d"
MARK = "bold yellow"
DAYS = {"d": 1, "w": 7, "y": 365}


def search(
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY...", help='Words that must all be there; "a phrase", -without, begin*, this OR that.'
        ),
    ],
    outlet: Annotated[
        list[str] | None, typer.Option("--outlet", metavar="SLUG", help="Of this outlet alone; may be repeated.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="TAG", help="In this language: en; zh is zh-Hant, too.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE", help="Published, else first fetched, from then on: 2026-11-20 (UTC), 7d"
        ),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="That day or earlier.")] = None,
    wire: Annotated[str | None, typer.Option("--wire", metavar="NAME", help="Copy of this agency.")] = None,
    access: Annotated[AccessKind | None, typer.Option("--access", help="Who may read it.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, metavar="N", help="Articles to show.")] = 20,
    order: Annotated[
        Literal["relevance", "date"],
        typer.Option("--order", help="The best first, of the 10,000 stored last; or the newest."),
    ] = "relevance",
    db: Database = None,
    json: AsJson = False,
) -> None:
    """Find articles by the words in their headlines and texts, in any language; case and accents do not matter.

    Chinese, Japanese, Korean and Thai need no spaces: any part of a word is found.
    """
    from newscrawl.store.search import QueryError, Wanted
    from newscrawl.store.search import search as run

    asked = " ".join(query)
    times = _time(since, "--since", is_end=False), _time(until, "--until", is_end=True)
    wanted = Wanted(tuple(outlet or ()), lang, *times, wire, access)
    with reading(db) as engine:
        _check_outlets(engine, wanted.outlets)
        try:
            hits = run(engine, asked, wanted, limit=limit + 1, order=order)
        except QueryError as error:
            raise CommandError(f"{clip(asked, 60)}: {error}") from error
        advice = "" if hits else _advice(engine, wanted)
    if json:
        print_json(hits[:limit])
    elif not hits:
        say(f"No article matches{advice}")
    else:
        _print(hits[:limit])
        if len(hits) > limit:
            say(f"There are more; --limit {2 * limit} shows them.", style="dim")


def _time(value: str | None, option: str, *, is_end: bool) -> datetime | None:
    """A day, a time or an age; of a day that ends a span, its end."""
    if value is None:
        return None
    try:
        if age := re.fullmatch(r"([0-9]{1,5})([dwy])", value.strip()):
            return datetime.now(UTC) - timedelta(int(age[1]) * DAYS[age[2]])
        if len(value.strip()) > len("2026-11-20"):
            at = datetime.fromisoformat(value.strip())
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        return datetime.combine(date.fromisoformat(value.strip()), time(), UTC) + timedelta(is_end)
    except (ValueError, OverflowError) as error:
        expected = "a date such as 2026-11-20, a time such as 2026-11-20T18:00+01:00, or an age such as 7d, 8w, 2y"
        raise CommandError(f"{option}: expected {expected}, got {clip(value, 60)!r}") from error


def _check_outlets(engine: Engine, slugs: Sequence[str]) -> None:
    from sqlalchemy import select

    from newscrawl.store.models import Outlet

    if not slugs:
        return
    with engine.connect() as connection:
        known = sorted(connection.scalars(select(Outlet.slug)))
    for slug in slugs:
        if slug not in known:
            advice = f"it holds {', '.join(known[:20])}{', …' if len(known) > 20 else ''}" if known else "it holds none"
            raise CommandError(f"{clip(slug, 60)}: no outlet of this database; {_nearest(slug, known) or advice}")


def _nearest(name: str, known: Sequence[str]) -> str:
    folded = {one.casefold(): one for one in known}
    near = get_close_matches(name.casefold(), folded, n=1)
    return f"did you mean {folded[near[0]]}?" if near else ""


def _advice(engine: Engine, wanted: Wanted) -> str:
    """What may be why nothing was found: a word that no article has."""
    from newscrawl.store.search import list_languages, list_wires

    for option, value, known in (("--lang", wanted.language, list_languages), ("--wire", wanted.wire, list_wires)):
        names = known(engine) if value else []
        if value and not any(_is_same(value, name) for name in names):
            advice = _nearest(value, names) or f"there is {', '.join(names[:20]) or 'none'}"
            return f": none has {option} {clip(value, 60)}; {advice}"
    return "; fewer words, begin* for a word's beginning, or a OR b find more."


def _is_same(value: str, name: str) -> bool:
    return name.casefold() == value.casefold() or name.casefold().startswith(f"{value.casefold()}-")


def _print(hits: Sequence[Hit]) -> None:
    out = console()
    width = max(len(str(hit.id)) for hit in hits)
    indent = " " * (width + 2)
    for hit in hits:
        headline = highlighted(
            (hit.headline or "(no headline)").replace("\n", " "), hit.headline_marks, colour=out.is_terminal
        )
        out.print(Text.assemble((f"{hit.id:>{width}}  ", "dim"), headline))
        is_day = hit.published_precision == "day" and hit.published_at
        at = f"{hit.published_at:%Y-%m-%d}" if is_day else moment(hit.published_at or hit.first_seen_at)
        facts = (hit.outlet, at, hit.language, hit.wire, "" if hit.access == "free" else hit.access)
        say(indent + ", ".join(fact for fact in facts if fact), style="dim")
        out.print(Text(indent) + highlighted(hit.snippet, hit.marks, colour=out.is_terminal))
    say(f"newscrawl show {hits[0].id} shows the first.", style="dim")


def highlighted(text: str, marks: Sequence[Span], *, colour: bool) -> Text:
    """A text with its marks in colour, or between ** where there is none."""
    shown, done = Text(), 0
    for start, end in marks:
        shown.append(clean_text(text[done:start]))
        found = clean_text(text[start:end])
        shown.append(found if colour else f"**{found}**", style=MARK if colour else "")
        done = end
    shown.append(clean_text(text[done:]))
    return shown
