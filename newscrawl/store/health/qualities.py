"""Dates, authors, lengths, walls, cuts and losses, against the same outlet's before.

Measured over the newest runs that hold 20 articles together (of losses: URLs), and compared with the up to 14 such
batches before, of which there must be 5. Runs with nothing new change no batch.

A share has dropped where it is 20 points worse than the median batch, worse than every batch, and less likely than 1 in
100,000 for an outlet that is as it was (binomial distribution). A length has where it is under 60 % of the median batch
and four standard deviations under the mean one, in logarithms; the share that is cut has risen where it is 20 points
above the median one and four standard deviations above the mean one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log
from statistics import mean, median, stdev

from newscrawl.store.health.evidence import BATCH, CHANCE, Evidence, Finding, Span, chance_of_share, within
from newscrawl.store.health.tally import Tally, Yield, add, batches
from newscrawl.store.models.health import Measure

MAX_BATCHES, MIN_BATCHES = 14, 5
MIN_DROP = 0.2  # of a share
SHORT = 0.6  # of the median batch
DEVIATIONS = 4


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the articles, or of the URLs, of an outlet."""

    measure: Measure
    words: str
    part: Callable[[Tally], int]
    of: Callable[[Tally], int]
    is_good: bool  # whether more of it is better


SHARES = (
    Share("dated", "articles have a date", lambda tally: tally.dated, lambda tally: tally.articles, True),
    Share("authored", "articles have an author", lambda tally: tally.authored, lambda tally: tally.articles, True),
    Share("gated", "articles are behind a wall or cut short", lambda tally: tally.gated, lambda tally: tally.articles,
          False),
    Share("lost", "URLs were rejected or failed", lambda tally: tally.lost, lambda tally: tally.ended, False),
)  # fmt: skip


def find(evidence: Evidence) -> list[Finding]:
    """The qualities that dropped."""
    found = [
        _judged(evidence, share.measure, lambda *tallies, share=share: dropped(share, *tallies)) for share in SHARES
    ]
    found += [_judged(evidence, "chars", shorter), _judged(evidence, "cut", cut_more)]
    return [finding for finding in found if finding]


def size_of(measure: Measure) -> Callable[[Yield], int]:
    """What a measure is measured over."""
    return (lambda row: row.ended) if measure == "lost" else (lambda row: row.stored + row.updated)


def _judged(
    evidence: Evidence, measure: Measure, judge: Callable[[Tally, Sequence[Tally]], Finding | None]
) -> Finding | None:
    """The newest batch against those before it that are history; None also where there is too little of either."""
    size = size_of(measure)
    newest = evidence.newest(size)
    alarms = [_with_cause(evidence.rows, span, size) for span in evidence.in_alarm(measure)]
    older = islice(evidence.rows, len(newest), None)
    history = (row for row in older if size(row) and not within(row.at, alarms))
    earlier = [add(batch) for batch in islice(batches(history, BATCH, size), MAX_BATCHES)]
    return judge(add(newest), earlier) if newest and len(earlier) >= MIN_BATCHES else None


def _with_cause(rows: Sequence[Yield], alarm: Span, size: Callable[[Yield], int]) -> Span:
    """An alarm together with the batch that raised it, which is no history either."""
    began, last = alarm
    batch = next(batches((row for row in rows if row.at <= began), BATCH, size), [])
    return (batch[-1].at if batch else began, last)


def dropped(share: Share, newest: Tally, earlier: Sequence[Tally]) -> Finding | None:
    """20 points worse than the median batch, worse than every batch, and no chance, were the outlet as it was."""

    def bad(tally: Tally) -> int:
        return share.of(tally) - share.part(tally) if share.is_good else share.part(tally)

    shares = [bad(batch) / share.of(batch) for batch in earlier]
    number, usual = share.of(newest), median(shares)
    if bad(newest) / number - usual < MIN_DROP or bad(newest) / number <= max(shares):
        return None
    p = (sum(map(bad, earlier)) + 1) / (sum(map(share.of, earlier)) + 2)
    if chance_of_share(number, bad(newest), p) >= CHANCE:
        return None
    got, before = share.part(newest) / number, 1 - usual if share.is_good else usual
    message = f"{got:.0%} of its last {number} {share.words}; before, {before:.0%}"
    return Finding(share.measure, "history", before, got, message)


def shorter(newest: Tally, earlier: Sequence[Tally]) -> Finding | None:
    """Far under the median batch."""
    lengths = [batch.median_chars for batch in earlier if batch.median_chars]
    got, usual = newest.median_chars or 0, median(lengths or [0])
    if got >= SHORT * usual or not _is_far(log(max(got, 1)), list(map(log, lengths))):
        return None
    message = f"its last {newest.articles} articles have {got:,} characters in the median; before, {usual:,.0f}"
    return Finding("chars", "history", usual, got, message)


def cut_more(newest: Tally, earlier: Sequence[Tally]) -> Finding | None:
    """Far more than in the median batch."""
    shares = [batch.cut_share or 0.0 for batch in earlier]
    got, usual = newest.cut_share or 0.0, median(shares)
    if got - usual < MIN_DROP or not _is_far(got, shares):
        return None
    message = f"{got:.0%} of the text of its last {newest.articles} articles was cut; before, {usual:.0%}"
    return Finding("cut", "history", usual, got, message)


def _is_far(value: float, values: Sequence[float]) -> bool:
    return abs(value - mean(values)) > DEVIATIONS * stdev(values)
