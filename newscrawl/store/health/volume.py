"""New articles and sources, against the same outlet's before.

The last 24 hours are compared with the poorest of the 28 days before: a weekend with weekends. Silence is compared with
the longest one of four weeks, so that nights and weekends are none. Both need a week of history.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from newscrawl.store.health.evidence import (
    CHANCE,
    DAY,
    DeadSource,
    Evidence,
    Finding,
    Span,
    chance_of_count,
    duration,
    within,
)
from newscrawl.store.health.tally import Yield

HISTORY_DAYS, MIN_DAYS = 28, 7
MIN_RUNS = 5  # with new articles
MIN_FAILURES = 3  # of a source


def find(evidence: Evidence) -> list[Finding]:
    """Sources that fail, silence, and a poor day."""
    # The day before an alarm is a part of what raised it.
    alarms = [(began - DAY, last) for began, last in evidence.in_alarm("silence", "articles")]
    found = (sources(evidence), silence(evidence.rows, alarms), poor_day(evidence.rows, alarms))
    return [finding for finding in found if finding]


def silence(rows: Sequence[Yield], alarms: Sequence[Span] = ()) -> Finding | None:
    """No new article for a day, for twice as long as ever, and that is no chance at the outlet's rate."""
    since, now = rows[0].silent_since, rows[0].at
    if since is None:
        return None
    earlier = [row for row in rows if since - HISTORY_DAYS * DAY <= row.at < since and not within(row.at, alarms)]
    if not earlier or since - earlier[-1].at < MIN_DAYS * DAY or sum(row.stored > 0 for row in earlier) < MIN_RUNS:
        return None
    longest = max((row.at - row.silent_since for row in earlier if row.silent_since), default=timedelta(0))
    per_day = sum(row.stored for row in earlier) / ((since - earlier[-1].at) / DAY)
    if now - since <= max(DAY, 2 * longest) or chance_of_count(0, per_day * ((now - since) / DAY)) >= CHANCE:
        return None
    links = sum(row.links for row in rows if row.at >= since)
    unnamed = "" if links else ", and its sources named no URL"
    message = f"no new article for {duration(now - since)}{unnamed}; before, {duration(longest)} at most"
    hour = timedelta(hours=1)
    return Finding("silence", "history", longest / hour, (now - since) / hour, message)


def poor_day(rows: Sequence[Yield], alarms: Sequence[Span] = ()) -> Finding | None:
    """Under half of the poorest day before, and no chance even on that day.

    Days in which the outlet was crawled less than half as often as usual do not count.
    """
    today, *before = days(rows, HISTORY_DAYS + 1)
    often = median([len(day) for day in before if day] or [0]) / 2
    counts = [
        articles(day) for day in before if day and len(day) >= often and not any(within(row.at, alarms) for row in day)
    ]
    if len(counts) < MIN_DAYS or len(today) < often:
        return None
    got, poorest = articles(today), min(counts)
    if 2 * got >= poorest or chance_of_count(got, poorest) >= CHANCE:
        return None
    message = f"{got} new articles in 24 hours; on the poorest of {len(counts)} days before, {poorest}"
    return Finding("articles", "history", poorest, got, message)


def sources(evidence: Evidence) -> Finding | None:
    """None can be read; or one could not for a day, three times at least."""
    run = evidence.rows[0]
    if run.sources_silent == run.sources:
        errors = "; ".join(f"{source.url}: {source.error}" for source in evidence.dead)
        return Finding("sources", "history", run.sources, 0, f"no source could be read: {errors}")
    dead = [
        source
        for source in evidence.dead
        if source.failures >= MIN_FAILURES and (source.ok_at is None or run.at - source.ok_at >= DAY)
    ]
    if not dead:
        return None
    message = "; ".join(f"{source.url} {_since(source, run.at)}: {source.error}" for source in dead)
    return Finding("sources", "history", run.sources, run.sources - len(dead), message)


def days(rows: Sequence[Yield], number: int) -> list[list[Yield]]:
    """Runs by the 24 hours that they ended in, counted back from the newest run."""
    by_day: list[list[Yield]] = [[] for _ in range(number)]
    for row in rows:
        age = max((rows[0].at - row.at) // DAY, 0)  # a clock may have been set back
        if age >= number:
            break
        by_day[age].append(row)
    return by_day


def articles(rows: Sequence[Yield]) -> int:
    """New ones."""
    return sum(row.stored for row in rows)


def _since(source: DeadSource, now: datetime) -> str:
    return "could never be read" if source.ok_at is None else f"could not be read for {duration(now - source.ok_at)}"
