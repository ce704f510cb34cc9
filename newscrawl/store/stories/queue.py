"""Articles that are to be tied: whoever writes a text notes it, in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from newscrawl.store.models import StoryQueue


def queue_articles(connection: Connection, ids: Sequence[object]) -> None:
    """Have articles tied, again if they are."""
    if ids:
        connection.execute(insert(StoryQueue), [{"article_id": id} for id in ids])
