"""What became of an article: its revisions, what differs between two of them, and the response they come from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from newscrawl.cli.diff import compare, shown
from newscrawl.cli.terminal import STORE, CommandError, clip, console, line, moment, print_json, say, table, warn
from newscrawl.cli.words import CAUSES

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from newscrawl.store.queries import ArticleRow
    from newscrawl.store.revisions import RevisionText


def print_revisions(article: ArticleRow, *, json: bool) -> None:
    """The revisions, oldest first: why each was made, when its page came, and how much it changed."""
    if json:
        print_json(article.revisions)
        return
    columns = ["", ">revision", "fetched", "cause", ">changed", ">characters", "made by", "headline"]
    table(columns, [
        (
            "*" if row.revision == article.revision else "",
            row.revision,
            moment(row.fetched_at),
            CAUSES[row.cause],
            "" if row.change_ratio is None else f"{row.change_ratio:.1%}",
            row.chars,
            f"{row.code_version}, rules {row.rules_version[:8]}",
            row.headline,
        )
        for row in article.revisions
    ])  # fmt: skip
    for row in article.revisions:
        if row.correction:
            say(f'Correction in revision {row.revision}: "{clip(line(row.correction), 300)}"')
    if len(article.revisions) > 1:
        last = article.revisions[-1].revision
        say(f"* is the current one. newscrawl show {article.id} --diff {last - 1} {last} shows what changed.")


def print_diff(engine: Engine, article: ArticleRow, numbers: tuple[int, int], *, json: bool) -> None:
    """What differs between two revisions.

    Raises:
        CommandError: The article has no such revision.
    """
    old, new = (_revision(engine, article, number) for number in numbers)
    changes = compare(old.text, new.text)
    if json:
        parts = [{"kind": one.kind, "old": one.old, "new": one.new} for one in changes]
        print_json({"article": article.id, "old": old.revision, "new": new.revision, "paragraphs": parts})
        return
    out = console()
    if line(old.headline) != line(new.headline):
        out.print(shown(compare(line(old.headline), line(new.headline)), colour=out.is_terminal))
    if all(change.kind == "same" for change in changes):
        say(f"Revisions {old.revision} and {new.revision} have the same text.")
        return
    out.print(shown(changes, colour=out.is_terminal), end="")


def _revision(engine: Engine, article: ArticleRow, number: int) -> RevisionText:
    from newscrawl.store.revisions import read_revision

    found = read_revision(engine, article.id, number)
    if found is None:
        known = ", ".join(str(row.revision) for row in article.revisions)
        raise CommandError(f"revision {number}: article {article.id} has {known}")
    return found


def write_raw(engine: Engine, article: ArticleRow, part: int, folder: Path) -> None:
    """The archived response's body to the standard output, byte for byte.

    Args:
        engine: The store.
        article: Whose current text it brought.
        part: Of a story on several pages, which, from 0.
        folder: Of the raw responses.

    Raises:
        CommandError: It is not archived, or not there; or a terminal would get it.
    """
    from newscrawl.store.archive import read
    from newscrawl.store.engine import StoreError
    from newscrawl.store.revisions import read_responses

    pages = read_responses(engine, article.id)
    if not 0 <= part < max(1, len(pages)):
        known = f"0 to {len(pages) - 1}" if len(pages) > 1 else "0 alone"
        raise CommandError(f"--part {part}: the story has {known}")
    archived = pages[part].archived if pages else None
    if archived is None:
        why = "it was crawled without an archive, or newscrawl purge took its response out"
        raise CommandError(f"article {article.id}: its page is not archived; {why}")
    if sys.stdout.isatty():
        raise CommandError(f"a page's bytes can steer a terminal; newscrawl show {article.id} --raw > page.html")
    try:
        _, body = read(folder, archived)
    except StoreError as error:
        raise CommandError(f"{error}; --archive names the folder of raw responses", STORE) from error
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()
    if part == 0 and len(pages) > 1:
        warn(f"the story goes on: --part 1 to --part {len(pages) - 1} give its further pages")
