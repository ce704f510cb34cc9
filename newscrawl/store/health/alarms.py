"""Alarms as rows: those that stood at the end of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from newscrawl.store.models import Outlet, OutletAlarm
from newscrawl.store.models.health import AlarmRule, Measure


@dataclass(frozen=True, slots=True)
class Alarm:
    """That an outlet gave less than it used to, or than its file expects."""

    outlet: str  # slug
    measure: Measure
    rule: AlarmRule
    expected: float
    got: float
    message: str
    began_at: datetime
    is_told: bool  # whether the run ended as degraded for it

    @property
    def text(self) -> str:
        """In one line: whose, and what."""
        return f"{self.outlet}: {self.measure}: {self.message}"


def read_alarms(connection: Connection, run_id: int) -> dict[str, tuple[Alarm, ...]]:
    """The alarms that stood at the end of a run, by outlet."""
    query = _ALARMS.where(OutletAlarm.run_id == run_id).order_by(Outlet.slug, OutletAlarm.measure)
    alarms: dict[str, list[Alarm]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        alarms[row["outlet"]].append(Alarm(**row))
    return {slug: tuple(of) for slug, of in alarms.items()}


def count_alarms(connection: Connection, run_ids: Sequence[int]) -> dict[int, int]:
    """How many alarms stood at the end of runs."""
    query = select(OutletAlarm.run_id, func.count()).where(OutletAlarm.run_id.in_(run_ids))
    return dict(connection.execute(query.group_by(OutletAlarm.run_id)).all())


_ALARMS: Select[*tuple[Any, ...]] = select(
    Outlet.slug.label("outlet"),
    OutletAlarm.measure,
    OutletAlarm.rule,
    OutletAlarm.expected,
    OutletAlarm.got,
    OutletAlarm.message,
    OutletAlarm.began_at,
    OutletAlarm.is_told,
).join(Outlet, Outlet.id == OutletAlarm.outlet_id)
