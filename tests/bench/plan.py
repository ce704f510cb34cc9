"""How many rows of each kind a full database gets, and which numbers they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache

from newscrawl.visits import OutcomeKind

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PERIOD = timedelta(hours=6)  # between runs
CYCLE = 5  # each run crawls a fifth of the outlets


@dataclass(frozen=True)
class Plan:
    """What is to be invented. Numbers of rows follow from it, so that any row can refer to any other."""

    articles: int = 1_000_000
    outlets: int = 200
    seed: int = 1

    @property
    def per_run(self) -> int:
        """Articles that a run stores."""
        return max(10, min(500, self.articles // 20))

    @property
    def runs(self) -> int:
        return -(-self.articles // self.per_run)

    @property
    def per_run_outlets(self) -> int:
        return max(1, self.outlets // CYCLE)

    @cached_property
    def outcomes(self) -> list[OutcomeKind | None]:
        """Of the URLs that a run finds, in their order; None: left for the next run, for ever."""
        of, n = [("stored", 100), ("duplicate", 10), ("rejected", 20), ("failed", 6), (None, 4)], self.per_run
        return [outcome for outcome, percent in of for _ in range(n * percent // 100)]  # type: ignore[misc]

    @property
    def fetches(self) -> int:
        """Of a run: its own URLs, half of the articles of a cycle ago, and two sources an outlet."""
        return len(self.outcomes) + (self.per_run + 1) // 2 + 2 * self.per_run_outlets

    @lru_cache(maxsize=100)  # noqa: B019  # there is one plan
    def started(self, run: int) -> datetime:
        return NOW - (self.runs - run + 1) * PERIOD

    def outlet(self, run: int, place: int) -> int:
        """Of the URL at a place in a run."""
        count = self.per_run_outlets
        return (run % CYCLE * count + place % count) % self.outlets + 1

    def article(self, run: int, place: int) -> int:
        return (run - 1) * self.per_run + place + 1

    def url(self, run: int, place: int) -> int:
        return (run - 1) * len(self.outcomes) + place + 1

    def fetch(self, run: int, place: int) -> int:
        return (run - 1) * self.fetches + place + 1

    def is_changed(self, run: int, place: int) -> bool:
        """Whether the run a cycle later finds another text."""
        return place % 16 == 2 and run + CYCLE <= self.runs
