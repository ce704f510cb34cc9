"""The table of the WARC files that `newscrawl bulk` reads into the store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from newscrawl.store.models.base import Base, RowId

OUTCOMES = ("stored", "updated", "unchanged", "duplicate", "rejected", "failed", "known", "bad")
_SUM = f"records = {' + '.join(OUTCOMES)}"


class WarcFile(Base):
    """How far a WARC file is read, and what its records came to: in the transaction of their rows."""

    __tablename__ = "warc_files"
    __table_args__ = (
        CheckConstraint(_SUM, name="balance"),
        {"comment": f"WARC files that newscrawl bulk has read, or is reading; always {_SUM}"},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Number of the file")
    file: Mapped[str] = mapped_column(unique=True, comment="Path or URL")
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), comment="Run that read of it last")
    read_at: Mapped[datetime] = mapped_column(comment="When something of it was last stored, UTC")
    is_whole: Mapped[bool] = mapped_column(comment="Whether it is read to its end; else the next bulk goes on")
    records: Mapped[int] = mapped_column(comment="Responses that were read, from the start of the file")
    stored: Mapped[int] = mapped_column(comment="Those that gave a new article")
    updated: Mapped[int] = mapped_column(comment="Those whose article has a new text")
    unchanged: Mapped[int] = mapped_column(comment="Those whose article has the same text")
    duplicate: Mapped[int] = mapped_column(comment="Those that led to another URL's article")
    rejected: Mapped[int] = mapped_column(comment="Those that give no article")
    failed: Mapped[int] = mapped_column(comment="Those whose extraction was ended, or that the store refused")
    known: Mapped[int] = mapped_column(comment="Those whose URL has had an outcome before")
    bad: Mapped[int] = mapped_column(comment="Damaged records, and records that are no web page")
