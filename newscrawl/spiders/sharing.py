"""Which outlets a crawl takes, and when: a few at a time, so that other crawls of the same store find some, too."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

from newscrawl.items import Outlet, Source
from newscrawl.outlets.registry import Registry, split_slugs
from newscrawl.spiders.base import CrawlError
from newscrawl.store.claims import Share
from newscrawl.store.locks import Holder, LockedError, told

FEW = 8  # outlets at the start, and more each second in which no pages pile up: so many wait for their hosts' delays
EVERY_S = 1.0
MAX_NAMED = 10  # outlets of another run that a note names


class Sharing:
    """The outlets of a run that it has not taken.

    Args:
        wanted: By slug, in the order in which they are taken.
    """

    def __init__(self, wanted: Mapping[str, tuple[Outlet, Sequence[Source]]]) -> None:
        self.waiting = dict(wanted)
        self.left: dict[str, Holder | None] = {}  # slug -> who has it, as seen at the last look
        self._width = 0
        self._asked = 0  # outlets at the last look
        self._grown_at = self._looked_at = -EVERY_S

    def room(self, active: int, *, is_busy: bool) -> int:
        """How many outlets to take now.

        Args:
            active: Outlets that we are at work on.
            is_busy: Whether pages wait for this machine, rather than it for hosts.
        """
        now = time.monotonic()
        if now - self._grown_at >= EVERY_S and not (is_busy and active):
            self._grown_at, self._width = now, self._width + FEW
        if not self.waiting or (self.left and now - self._looked_at < EVERY_S):
            return 0
        self._asked = max(0, self._width - active)
        return self._asked

    def take(self, share: Share) -> None:
        """Note what came of a look; where others have the rest, what they leave later is not for us alone."""
        self._looked_at = time.monotonic()
        self._width -= self._asked - len(share.sources)
        self.left = share.left
        for slug in share.sources:
            del self.waiting[slug]

    def is_over(self) -> bool:
        """Whether nothing will be to be taken; what waits for a host will."""
        return self.waiting.keys() <= self.left.keys()

    def refusal(self) -> LockedError:
        """The error that says who has the first of them."""
        slug = next(iter(self.left))
        return LockedError(slug, self.left[slug])

    def notes(self) -> list[str]:
        """What was left to whom."""
        by_run: defaultdict[str, list[str]] = defaultdict(list)
        for slug, holder in self.left.items():
            by_run[told(holder)].append(slug)
        return [f"left to {run}: {_named(slugs)}" for run, slugs in by_run.items()]


def named_slugs(registry: Registry, outlet: str) -> list[str]:
    """The slugs of a comma-separated list; all that are known for an empty one.

    Raises:
        CrawlError: One is unknown, or its file has faults.
    """
    slugs = split_slugs(outlet) or sorted(registry.outlets)
    problems = registry.problems(slugs)
    if problems:
        raise CrawlError("\n".join(problems))
    if not slugs:
        raise CrawlError("no outlet is configured: add one with `newscrawl outlets add URL`")
    return slugs


def _named(slugs: Sequence[str]) -> str:
    more = ", …" if len(slugs) > MAX_NAMED else ""
    return f"{len(slugs)} {'outlet' if len(slugs) == 1 else 'outlets'} ({', '.join(slugs[:MAX_NAMED])}{more})"
