"""How much a run may do: pages and minutes, of the whole run and of each outlet."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.outlets.registry import Registry

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

UNLIMITED = 1 << 60  # pages
RUN = ""  # in place of a slug: the whole run


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be spent; None: as much as there is."""

    pages: int | None = None
    minutes: float | None = None


class Budget:
    """What is left to spend; the minutes count from here, those of an outlet from where it is begun.

    Args:
        run: Limit of the whole run.
        outlets: Slug -> limit of the outlet in this run.
    """

    def __init__(self, run: Limit | None = None, outlets: Mapping[str, Limit] | None = None) -> None:
        self._limits = {RUN: run or Limit(), **(outlets or {})}
        self._began: defaultdict[str, float] = defaultdict(lambda: self._began[RUN])
        self.begin(RUN)
        self._taken: Counter[str] = Counter()
        self._spent: dict[str, str] = {}

    def begin(self, slug: str) -> None:
        """Let the minutes of an outlet count from now."""
        self._began[slug] = time.monotonic()

    def take(self, slug: str, pages: int) -> None:
        """Count pages of an outlet."""
        self._taken.update({RUN: pages, slug: pages})

    def left(self, slug: str = RUN) -> int:
        """Pages that may still be taken, of an outlet or in all."""
        return min(self._left_of(name) for name in {RUN, slug} & self._limits.keys())

    def is_late(self, slug: str = RUN) -> bool:
        """Whether the minutes of the run, or of an outlet, are over."""
        return any(self._is_late(name) for name in {RUN, slug} & self._limits.keys())

    def spent(self) -> list[str]:
        """The limits that something was held back for: `10 pages`, `harbour: 5 minutes`."""
        return [f"{slug}: {limit}" if slug else limit for slug, limit in self._spent.items()]

    def _left_of(self, name: str) -> int:
        limit = self._limits[name]
        if self._is_late(name):
            return 0
        if limit.pages is None:
            return UNLIMITED
        if self._taken[name] >= limit.pages:
            self._spent.setdefault(name, _count(limit.pages, "page"))
        return max(limit.pages - self._taken[name], 0)

    def _is_late(self, name: str) -> bool:
        minutes = self._limits[name].minutes
        if minutes is None or time.monotonic() - self._began[name] < minutes * 60:
            return False
        self._spent.setdefault(name, _count(minutes, "minute"))
        return True


def run_limit(settings: BaseSettings) -> Limit:
    """The budget of the run, as the user gave it."""
    pages, minutes = (settings.get(f"NEWSCRAWL_MAX_{name}") for name in ("PAGES", "MINUTES"))
    return Limit(None if pages in (None, "") else int(pages), None if minutes in (None, "") else float(minutes))


def outlet_limits(registry: Registry) -> dict[str, Limit]:
    """The budgets of the outlet files."""
    budgets = ((slug, config.budget) for slug, config in registry.outlets.items())
    return {slug: Limit(budget.pages_per_run, budget.minutes_per_run) for slug, budget in budgets}


def _count(number: float, word: str) -> str:
    return f"{number:g} {word}{'' if number == 1 else 's'}"
