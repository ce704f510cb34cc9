"""What is known of an outlet when a run ends, and what can be found in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, lgamma, log

from newscrawl.outlets.schema import Expect
from newscrawl.store.health.tally import Yield, batches
from newscrawl.store.models.health import AlarmRule, Measure

BATCH = 20
"""Articles, or URLs, that are enough to say something of an outlet."""

CHANCE = 1e-5
"""What is less likely than this in an outlet that is as it was, is no chance."""

DAY = timedelta(days=1)
NEW_NORMAL = timedelta(days=13)  # from an alarm's first run to its last; with the next one, two weeks

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class DeadSource:
    """A source that could not be read in this run."""

    url: str
    ok_at: datetime | None  # when it last could; None: never
    failures: int  # visits since then
    error: str


@dataclass(frozen=True, slots=True)
class Episode:
    """An alarm from its first run to its last so far."""

    measure: Measure
    began_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an outlet when a run ends."""

    rows: Sequence[Yield]  # newest first: the first one is the run's own
    episodes: Sequence[Episode] = ()
    dead: Sequence[DeadSource] = ()
    expect: Expect = field(default_factory=Expect)

    def newest(self, of: Callable[[Yield], int]) -> Sequence[Yield]:
        """The newest runs that hold enough together; nothing where all do not."""
        return next(batches(self.rows, BATCH, of), [])

    def in_alarm(self, *measures: Measure) -> list[Span]:
        """When a measure was in alarm, but for what lasted so long that it is how the outlet is now."""
        return [
            (episode.began_at, episode.last_at)
            for episode in self.episodes
            if episode.measure in measures and episode.last_at - episode.began_at < NEW_NORMAL
        ]


@dataclass(frozen=True, slots=True)
class Finding:
    """One measure that dropped."""

    measure: Measure
    rule: AlarmRule
    expected: float
    got: float
    message: str


def within(at: datetime, spans: Sequence[Span]) -> bool:
    """Whether a time lies in one of the spans, their ends included."""
    return any(first <= at <= last for first, last in spans)


def chance_of_share(number: int, hits: int, p: float) -> float:
    """How likely `hits` or more of `number` are, each with probability `p` (0 < p < 1): the binomial tail."""

    def exactly(k: int) -> float:
        ways = lgamma(number + 1) - lgamma(k + 1) - lgamma(number - k + 1)
        return exp(ways + k * log(p) + (number - k) * log(1 - p))

    return sum(map(exactly, range(hits, number + 1)))


def chance_of_count(count: int, mean: float) -> float:
    """How likely `count` or fewer are where `mean` are usual: the Poisson distribution."""
    if mean <= 0:
        return 1.0
    return sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(count + 1))


def duration(span: timedelta) -> str:
    """`9 hours`, `3 days`."""
    hours = span / timedelta(hours=1)
    return f"{hours / 24:.0f} days" if hours >= 72 else f"{hours:.0f} hours"
