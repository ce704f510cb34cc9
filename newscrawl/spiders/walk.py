"""A walk back through the archives of an outlet: their parts, the newest first, each read once until it changes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from newscrawl.discover.found import Found
from newscrawl.discover.periods import newest_time
from newscrawl.items import Source
from newscrawl.spiders.trail import GONE
from newscrawl.visits import ArchivePart

MAX_PARTS = 5000  # of an outlet in one run, not counting those that were read before: 13 years of days
DAY = timedelta(days=1)
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Asking:
    """A source, or a part that it leads to, to be asked for."""

    source: Source
    url: str
    depth: int = 0
    day: date | None = None  # of a part: the last one that it is of
    changed: datetime | None = None  # when it last did

    @property
    def is_part(self) -> bool:
        """Whether it is a part of an archive."""
        return bool(self.depth) and self.source.archive

    @property
    def newest(self) -> datetime | None:
        """How new its articles can be; None: not known."""
        return newest_time(self.day, self.changed)


@dataclass(frozen=True, slots=True)
class WalkReport:
    """How far a walk has come."""

    outlet: str  # slug
    since: datetime | None
    oldest_at: datetime | None  # announced time of the oldest link, of all parts that were read
    parts_read: int  # in this run
    parts_before: int  # read by earlier runs, and not changed since
    parts_left: int  # failed, or no budget was left for them
    links_left_out: int  # from before `since`, named by parts and sources read in this run

    def __str__(self) -> str:
        back = f"back to {self.oldest_at:%Y-%m-%d}" if self.oldest_at else "so far without a date"
        parts = self.parts_read + self.parts_before
        told = [f"{parts} {'part' if parts == 1 else 'parts'} read ({self.parts_read} now)", f"{self.parts_left} left"]
        if self.links_left_out:
            told.append(f"{self.links_left_out} links from before {self.since:%Y-%m-%d} not taken")
        return f"{self.outlet}: archive {back}: {', '.join(told)}"


class Walk:
    """What is left to read of an outlet's archives.

    Args:
        since: Nothing older is wanted; None: everything is.
        known: By URL, the parts that were read whole before.
    """

    def __init__(self, since: datetime | None, known: Mapping[str, ArchivePart]) -> None:
        self.since = since
        self.known = known
        self.waiting: list[Asking] = []  # the newest first
        self.left = 0  # parts that a budget or a limit left no room for
        self.failed = 0  # parts that could not be read
        self.links_left_out = 0
        self._read: list[ArchivePart] = []
        self._before: list[ArchivePart] = []
        self._seen: set[str] = set()

    def add(self, parts: Iterable[Asking]) -> int:
        """Take parts that are to be read; how many the limit leaves out."""
        young = (part for part in parts if not is_before(part.newest, self.since))
        new = {part.url: part for part in young if part.url not in self._seen}
        self._seen.update(new)
        current = [url for url, part in new.items() if self.is_current(part)]
        self._before += [self.known[url] for url in current]
        wanted = [part for url, part in new.items() if url not in set(current)]
        waiting = sorted([*self.waiting, *wanted], key=_age)
        self.waiting = waiting[: MAX_PARTS - len(self._read)]
        cut = len(waiting) - len(self.waiting)
        self.left += cut
        return cut

    def next(self) -> Asking:
        """The newest part that waits."""
        return self.waiting.pop(0)

    def stop(self) -> None:
        """Leave what waits to the next run."""
        self.left += len(self.waiting)
        self.waiting.clear()

    def end(self, part: ArchivePart | None) -> None:
        """A part was read whole, or could not be."""
        if part is None:
            self.failed += 1
        else:
            self._read.append(part)

    def is_current(self, part: Asking) -> bool:
        """Whether a part was read before, for as far back, and has not changed since."""
        known = self.known.get(part.url)
        if known is None or (known.left_out and (self.since is None or not known.since or self.since < known.since)):
            return False
        if part.changed and part.changed > (known.lastmod or known.read_at):
            return False
        # A `lastmod` may be a day alone, and a day's page grows until its end, which other zones see later.
        is_settled = part.newest is not None and known.read_at >= part.newest + DAY
        return is_settled or datetime.now(UTC) - known.read_at < DAY

    def report(self, slug: str) -> WalkReport:
        """How far it has come."""
        days = [part.oldest_at for part in (*self._read, *self._before) if part.oldest_at]
        read, before, left = len(self._read), len(self._before), self.left + self.failed + len(self.waiting)
        return WalkReport(slug, self.since, min(days, default=None), read, before, left, self.links_left_out)


def is_before(at: datetime | None, since: datetime | None) -> bool:
    """Whether something is known to be older than what is wanted."""
    return since is not None and at is not None and at < since


def is_read_whole(asking: Asking, status: int, found: Found) -> bool:
    """Whether a part need not be asked for again: it was read to its end, or there was nothing on its day."""
    if found.children:  # an index is asked for each time, for what it leads to
        return False
    return status in GONE or (status == 200 and (not found.error or asking.source.kind == "section"))


def _age(part: Asking) -> tuple[float, tuple[int, ...]]:
    """The newest first, of a year the last month; what says nothing of its age comes last, in the index's order."""
    numbers = tuple(-int(number) for number in _NUMBER.findall(part.url)) if part.day else ()
    return -part.newest.timestamp() if part.newest else math.inf, numbers
