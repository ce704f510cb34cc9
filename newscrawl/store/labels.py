"""What persons said of blocks: kept beside the article, and put above the rules whenever its text is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, delete, select

from newscrawl.items import RemovedKind
from newscrawl.store.frontier import upsert
from newscrawl.store.known import Draft
from newscrawl.store.models import BlockLabel
from newscrawl.strip.labels import Label, Verdict, apply_labels
from newscrawl.text import block_key


def read_labels(connection: Connection, article_id: int) -> tuple[Label, ...]:
    """The labels of an article, in the order of their keys."""
    columns = select(BlockLabel.text, BlockLabel.label, BlockLabel.kind).where(BlockLabel.article_id == article_id)
    return tuple(
        Label(text, cast(Verdict, label), cast(RemovedKind | None, kind))
        for text, label, kind in connection.execute(columns.order_by(BlockLabel.block_key))
    )


def write_labels(connection: Connection, article_id: int, labels: Sequence[Label], now: datetime) -> None:
    """Write labels of an article; a new one replaces that of the same block."""
    for label in labels:
        facts = {"text": label.text, "label": label.verdict, "kind": label.kind, "labelled_at": now}
        statement = upsert(connection, BlockLabel)
        statement = statement.values(article_id=article_id, block_key=block_key(label.text), **facts)
        connection.execute(statement.on_conflict_do_update(index_elements=["article_id", "block_key"], set_=facts))


def drop_labels(connection: Connection, article_id: int, texts: Sequence[str]) -> None:
    """Forget what was said of these blocks of an article."""
    own = (BlockLabel.article_id == article_id, BlockLabel.block_key.in_(map(block_key, texts)))
    connection.execute(delete(BlockLabel).where(*own))


def labelled_articles(connection: Connection) -> list[int]:
    """Numbers of the articles that have labels."""
    return list(connection.scalars(select(BlockLabel.article_id).distinct().order_by(BlockLabel.article_id)))


def labelled(connection: Connection, article_id: int | None, draft: Draft) -> Draft:
    """A draft as the labels of the article that it becomes want it."""
    labels = read_labels(connection, article_id) if article_id is not None else ()
    if not labels:
        return draft
    text, removed = apply_labels(draft.article.text, draft.article.removed, labels)
    return Draft.of(replace(draft.article, text=text, removed=removed), draft.outlet_id)
