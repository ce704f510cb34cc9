"""In how many of the latest articles a word, a name, a number or a sound stands: a table of one size."""

from __future__ import annotations

import zlib
from array import array
from collections import Counter
from collections.abc import Mapping
from functools import cache
from math import log
from zlib import crc32

from newscrawl.dedup.evidence import Evidence

PRIOR = 50  # articles in which nothing that counts has stood: the first ones would have no rare words
PLACES = 1 << 18  # of the table: what shares a place with something frequent passes for it, one in twenty at most
FULL = 60_000  # articles after which all counts are halved: a place holds 65,535

_LOGS = [log(count + 0.5) for count in range(FULL + 1)]


class Frequencies:
    """Counts by place. What is frequent changes slowly: older articles count half as much each time it is full."""

    def __init__(self, counts: bytes | None = None, articles: Mapping[str, int] | None = None) -> None:
        self.articles = Counter(articles or {})  # by kind
        self._counts = array("H", zlib.decompress(counts) if counts else bytes(2 * PLACES))

    def packed(self) -> bytes:
        """The counts, for the constructor."""
        return zlib.compress(self._counts.tobytes(), 1)

    def add(self, evidence: Evidence) -> None:
        """Count an article."""
        counts = self._counts
        for kind, keys in evidence.kinds:
            salt = salt_of(kind)
            for key in keys:
                place = (key ^ salt) % PLACES
                if counts[place] < FULL:
                    counts[place] += 1
            self.articles[kind] += 1
        if self.articles[""] >= FULL:
            self._counts = array("H", [count >> 1 for count in counts])
            self.articles = Counter({kind: count >> 1 for kind, count in self.articles.items()})

    def weighed(self, kind: str, found: Mapping[int, float]) -> list[tuple[int, float]]:
        """Values by how rare each key is: 0 for what all have to 1 for what one has."""
        whole, salt, counts = log(self.articles[kind] + PRIOR), salt_of(kind), self._counts
        return [
            (key, value * rarity if (rarity := 1 - _LOGS[counts[(key ^ salt) % PLACES]] / whole) > 0 else 0.0)
            for key, value in found.items()
        ]


@cache
def salt_of(kind: str) -> int:
    """What parts a kind's keys from those of another."""
    return crc32(kind.encode())
