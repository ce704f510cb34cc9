"""Tables of the watch over outlets: what each gave in each run, and the alarms."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from newscrawl.store.models.base import Base, one_of

Measure = Literal["sources", "silence", "articles", "dated", "authored", "chars", "gated", "cut", "lost"]
AlarmRule = Literal["expect", "history"]


class OutletYield(Base):
    """What an outlet gave in a run, beside the counters of its account."""

    __tablename__ = "outlet_yields"
    __table_args__ = (
        Index(None, "outlet_id", "measured_at"),
        {"comment": "What an outlet gave in a run: the qualities of the articles that run_outlets counts"},
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True, comment="Run")
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), primary_key=True, comment="Outlet")
    measured_at: Mapped[datetime] = mapped_column(comment="When the run was at its end, UTC")
    sources: Mapped[int] = mapped_column(comment="Sources asked; 0: pages by hand or from an archive, never judged")
    sources_silent: Mapped[int] = mapped_column(comment="Those of which nothing could be read")
    links: Mapped[int] = mapped_column(comment="URLs that its sources named; one that has not changed names none")
    dated: Mapped[int] = mapped_column(comment="Of the articles stored and updated, those with a time of publication")
    authored: Mapped[int] = mapped_column(comment="Those with an author")
    gated: Mapped[int] = mapped_column(
        comment="Those for logins or subscribers, or of which a part alone is there: truncated, teaser, headline"
    )
    median_chars: Mapped[int | None] = mapped_column(comment="Median length of their texts; NULL: there are none")
    silent_since: Mapped[datetime | None] = mapped_column(
        comment="First run without a new article since the last with one, UTC; NULL: this one has some"
    )


class OutletAlarm(Base):
    """That an outlet gave less than it used to, or than its file expects."""

    __tablename__ = "outlet_alarms"
    __table_args__ = (
        one_of("measure", get_args(Measure)),
        one_of("rule", get_args(AlarmRule)),
        Index(None, "outlet_id", "run_id"),
        {"comment": "An alarm in a run; one that stands has a row in each run until it ends"},
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True, comment="Run")
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), primary_key=True, comment="Outlet")
    measure: Mapped[str] = mapped_column(
        primary_key=True, comment="What dropped: sources, silence, articles, dated, ..."
    )
    rule: Mapped[str] = mapped_column(comment="expect: the outlet's file asks for more; history: it used to give more")
    expected: Mapped[float] = mapped_column(comment="What the rule asks for, or what was usual; silence: hours")
    got: Mapped[float] = mapped_column(comment="What there is")
    message: Mapped[str] = mapped_column(comment="The same in words")
    began_at: Mapped[datetime] = mapped_column(comment="When it was first found, UTC")
    told_at: Mapped[datetime] = mapped_column(comment="When a run last ended as degraded for it, UTC")
    is_told: Mapped[bool] = mapped_column(comment="Whether this run did")
