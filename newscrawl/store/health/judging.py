"""Alarms at the end of a run: found, and told when they begin and once a day while they stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, delete, func, insert, select

from newscrawl.outlets.schema import Expect
from newscrawl.store.health.evidence import Episode, Evidence, Finding
from newscrawl.store.health.verdicts import judge
from newscrawl.store.health.yields import MEMORY, read_dead_sources, read_yields
from newscrawl.store.models import OutletAlarm, OutletYield
from newscrawl.store.models.health import Measure

TELL_AFTER = timedelta(hours=23)
"""Once a day, also where cron's run of today ends a little earlier in the day than that of yesterday."""


def judge_outlet(connection: Connection, run_id: int, outlet_id: int, expect: Expect, now: datetime) -> None:
    """Compare what an outlet gave in a run with its history, and write the alarms; again in place of the first time."""
    connection.execute(delete(OutletAlarm).where(OutletAlarm.run_id == run_id, OutletAlarm.outlet_id == outlet_id))
    rows = read_yields(connection, outlet_id, run_id, now)
    if not rows or rows[0].run_id != run_id:  # none of its sources was asked
        return
    episodes = _read_episodes(connection, outlet_id, now)
    findings = judge(Evidence(rows, episodes, read_dead_sources(connection, outlet_id, run_id), expect))
    if not findings:
        return
    before = rows[1].at if len(rows) > 1 else None
    standing = {episode.measure: episode.began_at for episode in episodes if episode.last_at == before}
    last_told = dict(
        connection.execute(
            select(OutletAlarm.measure, func.max(OutletAlarm.told_at))
            .where(OutletAlarm.outlet_id == outlet_id)
            .group_by(OutletAlarm.measure)
        ).all()
    )
    told = [last_told.get(finding.measure) for finding in findings]
    # Those of an outlet are told together: else three that began in an hour come in three mails each day.
    is_told = any(at is None or now - at >= TELL_AFTER for at in told)
    for finding in findings:
        row = _row(finding) | {"run_id": run_id, "outlet_id": outlet_id, "is_told": is_told}
        row["began_at"] = standing.get(finding.measure, now)
        row["told_at"] = now if is_told else last_told[finding.measure]
        connection.execute(insert(OutletAlarm), row)


def _read_episodes(connection: Connection, outlet_id: int, now: datetime) -> list[Episode]:
    query = (
        select(OutletAlarm.measure, OutletAlarm.began_at, func.max(OutletYield.measured_at))
        .join(
            OutletYield,
            (OutletYield.run_id == OutletAlarm.run_id) & (OutletYield.outlet_id == OutletAlarm.outlet_id),
        )
        .where(OutletAlarm.outlet_id == outlet_id, OutletYield.measured_at > now - MEMORY)
        .group_by(OutletAlarm.measure, OutletAlarm.began_at)
    )
    return [Episode(cast(Measure, measure), began, last) for measure, began, last in connection.execute(query)]


def _row(finding: Finding) -> dict[str, object]:
    return {
        "measure": finding.measure,
        "rule": finding.rule,
        "expected": finding.expected,
        "got": finding.got,
        "message": finding.message,
    }
