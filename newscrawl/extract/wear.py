"""Selectors of outlet files that no longer find anything on the outlet's pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from newscrawl.extract.chosen import finds
from newscrawl.extract.document import parse_tree
from newscrawl.items import Page, PageRules, Selector

FIELDS = ("body", "byline", "time", "strip", "tickers", "gate")

ANY = frozenset({"body", "byline", "time"})
"""Fields of which one selector that finds something is enough."""

MIN_MISSES = 3
"""Newest pages in a row on which a selector has to find nothing."""

MIN_PAGES = 5
"""Pages from which one that never found anything is told."""

CHANCE = 0.05
"""That a selector which found something on as many pages as before misses as many in a row is less likely than this."""


@dataclass(frozen=True, slots=True)
class Worn:
    """A selector that finds nothing on the newest pages."""

    field: str  # of `pages`
    index: int  # among the field's selectors
    found: int  # pages on which it found something, of those before
    before: int
    misses: int  # newest pages on which it did not
    until: date  # the last day on which it may have held
    example: str  # URL of the newest page

    @property
    def where(self) -> str:
        """Its place in the file."""
        return f"pages.{self.field}[{self.index}]"

    @property
    def is_sure(self) -> bool:
        """Whether every page should have what it selects; what is cut, or shown to few, may have become rare."""
        return self.field in ANY


def worn_selectors(rules: PageRules, pages: Sequence[Page]) -> list[Worn]:
    """The selectors that have stopped to find anything, by saved pages of the outlet from different days."""
    trees = [(page, tree) for page in pages if (tree := parse_tree(page)) is not None]
    trees.sort(key=lambda one: one[0].fetched_at)
    worn = []
    for name in FIELDS:
        selectors: tuple[Selector, ...] = getattr(rules, name)
        looks: list[list[tuple[Page, bool]]] = [[] for _ in selectors]
        for page, tree in trees:
            day = page.fetched_at.date()
            found = [one.holds_on(day) and finds(tree, one) for one in selectors]
            for index, selector in enumerate(selectors):
                # Where another of them finds the body, nobody knows whether this one is worn or its layout is rare.
                if selector.holds_on(day) and (found[index] or not (name in ANY and any(found))):
                    looks[index].append((page, found[index]))
        worn += [one for index, seen in enumerate(looks) if (one := _worn(name, index, selectors[index], seen))]
    return worn


def _worn(name: str, index: int, selector: Selector, seen: Sequence[tuple[Page, bool]]) -> Worn | None:
    last = max((number for number, (_, is_found) in enumerate(seen) if is_found), default=-1)
    before, after = seen[: last + 1], seen[last + 1 :]
    found = sum(is_found for _, is_found in before)
    if not found:
        is_worn = name in ANY and len(after) >= MIN_PAGES
    else:
        miss = (len(before) - found + 1) / (len(before) + 2)  # Laplace's rule of succession
        is_worn = len(after) >= MIN_MISSES and miss ** len(after) < CHANCE
    if not is_worn:
        return None
    until = after[0][0].fetched_at.date() - timedelta(days=1)
    if before:
        until = max(until, before[-1][0].fetched_at.date())
    if selector.since:
        until = max(until, selector.since)
    return Worn(name, index, found, len(before), len(after), until, after[-1][0].url)
