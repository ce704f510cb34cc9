"""What walks through archives have read: the parts of each outlet."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, select

from newscrawl import visits
from newscrawl.store.frontier import Turn, upsert
from newscrawl.store.models import ArchivePart


def read_parts(connection: Connection, turn: Turn) -> dict[str, visits.ArchivePart]:
    """By URL, the parts of an outlet's archives that were read whole."""
    of = ArchivePart
    query = select(of.url, of.read_at, of.lastmod, of.since, of.left_out, of.oldest_at)
    rows = connection.execute(query.where(of.outlet_id == turn.outlet_id))
    return {row.url: visits.ArchivePart(*row) for row in rows}


def write_part(connection: Connection, turn: Turn, part: visits.ArchivePart | None) -> None:
    """Note that a part was read whole, if one was."""
    if part is None:
        return
    facts = asdict(part)
    statement = upsert(connection, ArchivePart).values(outlet_id=turn.outlet_id, **facts)
    connection.execute(statement.on_conflict_do_update(index_elements=["outlet_id", "url"], set_=facts))
