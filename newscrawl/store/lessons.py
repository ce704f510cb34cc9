"""What is made of a run at its end: its account, its yields, its alarms, and the blocks that its outlets repeat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from newscrawl.outlets.schema import Expect
from newscrawl.store import repetition, runs
from newscrawl.store.accounts import RunSummary, summarise
from newscrawl.store.health.alarms import Alarm, read_alarms
from newscrawl.store.health.judging import judge_outlet
from newscrawl.store.health.yields import write_yields
from newscrawl.store.models.crawl import RunStatus
from newscrawl.store.transactions import Transactions
from newscrawl.strip.repetition import find_repeats


def close_account(connection: Connection, run_id: int, ending: tuple[str, RunStatus, int], now: datetime) -> RunSummary:
    """Write how a run ended: as it says, unless its account does not balance."""
    runs.end_run(connection, run_id, ending, now)
    summary = recount(connection, run_id)
    if summary.balanced:
        return summary
    # A fault of ours, which must not look like a run that went well.
    runs.end_run(connection, run_id, ("unbalanced", "failed", 2), now)
    return recount(connection, run_id)


def recount(connection: Connection, run_id: int) -> RunSummary:
    """The account of a run that there is, from the rows."""
    found = summarise(connection, run_id)
    assert found is not None
    return found


def assess(
    transactions: Transactions, run_id: int, outlets: Mapping[str, int], expected: Mapping[str, Expect], now: datetime
) -> list[Alarm]:
    """A transaction for each outlet: others can write meanwhile."""
    transactions.run(lambda connection, _: write_yields(connection, run_id, now))
    for slug, outlet_id in outlets.items():
        _assess_one(transactions, (run_id, outlet_id), expected.get(slug, Expect()), now)
    by_outlet = transactions.run(lambda connection, _: read_alarms(connection, run_id))
    return [alarm for alarms in by_outlet.values() for alarm in alarms]


def learn(transactions: Transactions, run_id: int) -> None:
    """Look for blocks that the outlets of the run repeat."""
    for outlet_id in transactions.run(lambda connection, _: repetition.changed_outlets(connection, run_id)):
        _learn_of(transactions, outlet_id)


def _assess_one(transactions: Transactions, account: tuple[int, int], expect: Expect, now: datetime) -> None:
    transactions.run(lambda connection, _: judge_outlet(connection, *account, expect, now))


def _learn_of(transactions: Transactions, outlet_id: int) -> None:
    """Two transactions, with the counting between them: others can write meanwhile."""
    newest = transactions.run(lambda connection, _: repetition.read_newest(connection, outlet_id))
    repeats = find_repeats(newest)
    transactions.run(lambda connection, _: repetition.write_repeats(connection, outlet_id, repeats))
