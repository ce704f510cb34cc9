"""What an outlet gave, in one run or in several together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Yield:
    """What an outlet gave in one run."""

    run_id: int
    at: datetime  # when the run was at its end
    sources: int  # asked
    sources_silent: int  # of which nothing could be read
    links: int
    found: int  # URLs not known before
    stored: int
    updated: int
    ended: int  # URLs with an outcome
    lost: int  # of these, rejected or failed
    dated: int  # of the articles stored and updated
    authored: int
    gated: int
    median_chars: int | None
    chars_kept: int
    chars_removed: int
    silent_since: datetime | None  # first run without a new article since the last with one


@dataclass(frozen=True, slots=True)
class Tally:
    """The sum of several runs."""

    runs: int
    links: int
    found: int
    stored: int
    articles: int  # stored and updated
    ended: int
    lost: int
    dated: int
    authored: int
    gated: int
    median_chars: int | None  # of the runs' medians, by their articles; None: no article
    chars_kept: int
    chars_removed: int

    @property
    def dated_share(self) -> float | None:
        """Of its articles; None: there are none."""
        return share(self.dated, self.articles)

    @property
    def authored_share(self) -> float | None:
        """Of its articles; None: there are none."""
        return share(self.authored, self.articles)

    @property
    def gated_share(self) -> float | None:
        """Of its articles; None: there are none."""
        return share(self.gated, self.articles)

    @property
    def cut_share(self) -> float | None:
        """Of the characters of its articles; None: there are none."""
        return share(self.chars_removed, self.chars_kept + self.chars_removed)

    @property
    def lost_share(self) -> float | None:
        """Of the URLs with an outcome; None: there are none."""
        return share(self.lost, self.ended)


def share(part: int, whole: int) -> float | None:
    """From 0 to 1; None of nothing."""
    return part / whole if whole else None


def add(rows: Sequence[Yield]) -> Tally:
    """The sum of runs."""

    def total(name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    summed = ("links", "found", "stored", "ended", "lost", "dated", "authored", "gated", "chars_kept", "chars_removed")
    return Tally(
        runs=len(rows),
        articles=total("stored") + total("updated"),
        median_chars=_median(rows),
        **{name: total(name) for name in summed},
    )


def batches(rows: Iterable[Yield], size: int, of: Callable[[Yield], int]) -> Iterator[list[Yield]]:
    """Runs in their order, gathered until each batch holds `size`; what is left over belongs to none.

    Runs in which there was nothing join the batch at hand and change nothing of it.
    """
    batch: list[Yield] = []
    held = 0
    for row in rows:
        batch.append(row)
        held += of(row)
        if held >= size:
            yield batch
            batch, held = [], 0


def _median(rows: Iterable[Yield]) -> int | None:
    """The median of the runs' medians, each counted as often as it has articles."""
    known = sorted((row.median_chars, row.stored + row.updated) for row in rows if row.median_chars is not None)
    half = sum(weight for _, weight in known) / 2
    for chars, weight in known:
        half -= weight
        if half <= 0:
            return chars
    return None
