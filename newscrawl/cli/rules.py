"""`newscrawl rules`: what outlets were learnt to repeat, and what persons said of blocks."""

from __future__ import annotations

import sys
from base64 import b64encode
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.database import reading, writing
from newscrawl.cli.options import Archive, AsJson, Database
from newscrawl.cli.terminal import clip, json_line, print_json, say, table

if TYPE_CHECKING:
    from newscrawl.store.judgements import LabelledArticle
    from newscrawl.store.models.content import RepeatState

EPILOG = "Example: newscrawl rules suggest --outlet bbc"
ACCEPT_EPILOG = "Example: newscrawl rules accept bbc:1f0c9a2e bbc:77b01d3c && newscrawl reclean --outlet bbc"
REJECT_EPILOG = "Example: newscrawl rules reject bbc:1f0c9a2e && newscrawl reclean --outlet bbc"
LABELS_EPILOG = "Example: newscrawl rules labels > labels.jsonl"
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="As rules suggest gives them.")]


def suggest(
    outlet: Annotated[str | None, typer.Option("--outlet", metavar="SLUG", help="Of this outlet alone.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows to list, undecided ones first.")] = 50,
    db: Database = None,
    json: AsJson = False,
) -> None:
    """List the blocks that outlets repeat from article to article.

    share is that of the outlet's newest 1,000 articles which carry the block; closing is that of these which it closes.
    At the end of a run, a line that is no sentence and holds no number is set to automatic when its share is 10 % or
    more and its closing 95 % or more: the next run cuts it where it stands below the story. That aims at 99 right cuts
    of 100. All else waits for you: accept cuts a block wherever it stands, reject keeps it.
    """
    from newscrawl.store.repetition import list_suggestions

    with reading(db) as engine:
        found = list_suggestions(engine, outlet)
    if json:
        print_json(found[:limit])
        return
    if not found:
        say("Nothing yet: a block is listed when three articles of an outlet carry it.")
        return
    rows = [
        (row.id, row.articles, _percent(row.share), _percent(row.closing), row.state or "", row.text)
        for row in found[:limit]
    ]
    table(["id", ">articles", ">share", ">closing", "state", "text"], rows)
    states = Counter(row.state or "undecided" for row in found)
    say(f"{len(found)} blocks: " + ", ".join(f"{count} {state}" for state, count in sorted(states.items())))


def accept(ids: Ids, db: Database = None) -> None:
    """Cut these blocks from all articles of their outlets, from the next run on."""
    _decide(ids, "accepted", db)


def reject(ids: Ids, db: Database = None) -> None:
    """Leave these blocks in their articles, however often they are repeated."""
    _decide(ids, "rejected", db)


def labels(archive: Archive = None, db: Database = None) -> None:
    """Print what was restored and marked, for training: JSON lines, an article each.

    {id, url, outlet, language, title, html_b64, charset, blocks: [{text, label, kind}]}: html_b64 is null where the
    page is not archived; label is body or boilerplate, or unsure where nobody judged.
    """
    from newscrawl.store.archive import archive_folder
    from newscrawl.store.engine import database_url
    from newscrawl.store.judgements import labelled_records

    folder = archive_folder(str(archive) if archive else None, database_url(db))
    with reading(db) as engine:
        for article in labelled_records(engine, folder):
            sys.stdout.buffer.write(json_line(_record(article)))


def _decide(ids: list[str], state: RepeatState, db: str | None) -> None:
    from newscrawl.store.repetition import decide

    with writing(db) as engine, engine.begin() as connection:
        decided = decide(connection, ids, state)
    for row in decided:
        say(f"{state}: {row.id}  {clip(row.text, 80)}")
    outlets = dict.fromkeys(row.outlet for row in decided)
    say(f"Of stored articles: {'; '.join(f'newscrawl reclean --outlet {slug}' for slug in outlets)}")


def _record(article: LabelledArticle) -> dict[str, object]:
    return {
        "id": article.id,
        "url": article.url,
        "outlet": article.outlet,
        "language": article.language,
        "title": article.title,
        "html_b64": None if article.html is None else b64encode(article.html).decode(),
        "charset": article.charset,
        "blocks": article.blocks,
    }


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
