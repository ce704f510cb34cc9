"""`newscrawl restore` and `newscrawl mark`: a wrong cut put back, a missed one made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.database import writing
from newscrawl.cli.options import Database
from newscrawl.cli.terminal import CommandError, clip, say
from newscrawl.items import RemovedKind

if TYPE_CHECKING:
    from sqlalchemy import Engine

RESTORE_EPILOG = "Example: newscrawl restore 17 --block 4"
MARK_EPILOG = 'Example: newscrawl mark 17 "Listen to this story" --kind app_promo'
SHOWN = 100  # columns of a block

Wanted = Annotated[str, typer.Argument(metavar="ARTICLE", help="Its number, or a URL that led to it.")]
Number = Annotated[
    int | None, typer.Option("--block", metavar="N", help="Its number, as show ARTICLE --removed gives it.")
]


def restore(
    wanted: Wanted,
    block: Number = None,
    db: Database = None,
) -> None:
    """Put a wrong cut back into an article's text, for good; without --block, all cuts of the article.

    It stays when the article is cleaned or fetched again, and is a label for training: newscrawl rules labels.
    """
    from newscrawl.store.judgements import restore as put_back

    with writing(db) as engine:
        article_id = _number(engine, wanted)
        texts = put_back(engine, article_id, block, datetime.now(UTC))
    for text in texts:
        say(f"put back: {clip(text, SHOWN)}")


def mark(
    wanted: Wanted,
    kind: Annotated[RemovedKind, typer.Option("--kind", help="What it is.")],
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="The block, or the tail of one.")] = None,
    block: Number = None,
    db: Database = None,
) -> None:
    """Cut a piece of boilerplate that the rules missed, for good: every block of the article with this text.

    It stays cut when the article is cleaned or fetched again, and is a label for training: newscrawl rules labels.
    """
    from newscrawl.store.judgements import mark as cut

    missed = text if block is None else block
    if missed is None or (text is not None and block is not None):
        raise CommandError(
            "what was missed? name its text, or --block N; newscrawl show ARTICLE --removed numbers them"
        )
    if isinstance(missed, str) and not any(map(str.isalnum, missed)):
        raise CommandError(f"{missed!r}: expected a text with letters or digits")
    with writing(db) as engine:
        article_id = _number(engine, wanted)
        texts = cut(engine, article_id, missed, kind, datetime.now(UTC))
    for piece in texts:
        say(f"cut: {clip(piece, SHOWN)}")


def _number(engine: Engine, wanted: str) -> int:
    from newscrawl.store.queries import find_article

    article = find_article(engine, wanted)
    if article is None:
        raise CommandError(f"{wanted}: no such article in this database; newscrawl why URL says what became of a URL")
    return article.id
