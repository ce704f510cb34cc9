"""The further pages of a stored story, and the bytes of archived pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from newscrawl.store import archive
from newscrawl.store.engine import StoreError
from newscrawl.store.models import Page
from newscrawl.store.records import archived_of
from newscrawl.visits import Archived


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A further page of a story, as it is stored."""

    url: str
    charset: str | None
    archived: Archived | None


def read_parts(session: Session, fetch_id: int) -> tuple[StoredPart, ...]:
    """The further pages of the story that a fetch brought, in order."""
    query = select(Page).where(Page.fetch_id == fetch_id, Page.part > 0).order_by(Page.part)
    return tuple(StoredPart(row.url or "", row.charset, archived_of(row)) for row in session.scalars(query))


def read_body(folder: Path, archived: Archived | None) -> bytes | None:
    """A page's bytes; None: not archived, or not there any more."""
    if archived is None:
        return None
    try:
        return archive.read(folder, archived)[1]
    except StoreError:
        return None
