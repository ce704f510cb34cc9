"""`newscrawl search`: articles by the words in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.text import Text

from newscrawl.cli.database import reading
from newscrawl.cli.options import AsJson, Database
from newscrawl.cli.picking import picking
from newscrawl.cli.terminal import CommandError, clip, console, moment, print_json, say
from newscrawl.text import clean_text

if TYPE_CHECKING:
    from newscrawl.fulltext.snippets import Span
    from newscrawl.store.filters import Filter
    from newscrawl.store.search import Hit

EPILOG = "Example: newscrawl search '\"interest rate\" bank* -crypto' --lang en --since 30d"
MARK = "bold yellow"


@picking
def search(
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY...", help='Words that must all be there; "a phrase", -without, begin*, this OR that.'
        ),
    ],
    wanted: Filter,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, metavar="N", help="Articles to show.")] = 20,
    order: Annotated[
        Literal["relevance", "date"],
        typer.Option("--order", help="The best first, of the 10,000 stored last; or the newest."),
    ] = "relevance",
    db: Database = None,
    json: AsJson = False,
) -> int:
    """Find articles by the words in their headlines and texts, in any language; case and accents do not matter.

    Chinese, Japanese, Korean and Thai need no spaces: any part of a word is found.
    """
    from newscrawl.store.filters import why_none
    from newscrawl.store.search import QueryError
    from newscrawl.store.search import search as run

    asked = " ".join(query)
    notes: list[str] = []
    with reading(db) as engine:
        try:
            hits = run(engine, asked, wanted, limit=limit + 1, order=order)
        except QueryError as error:
            raise CommandError(f"{clip(asked, 60)}: {error}") from error
        if not hits:
            with engine.connect() as connection:
                notes = why_none(connection, wanted)
    if json:
        print_json(hits[:limit])
    elif not hits:
        advice = "fewer words, begin* for a word's beginning, or a OR b find more."
        say(f"No article matches; {'; '.join(notes) or advice}")
    else:
        _print(hits[:limit])
        if len(hits) > limit:
            say(f"There are more; --limit {2 * limit} shows them.", style="dim")
    return 0


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
