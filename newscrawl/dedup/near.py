"""Near copies: how much of one text stands in another, by runs of words.

Of a long text a sample is kept: the runs whose digest is below a limit, so that two texts keep the same ones and the
share of those that both have is that of all.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence, Set
from functools import lru_cache
from zlib import crc32

RUN = 4  # words
SAMPLE = 128  # runs of a text that are kept, at least half of that where it has more


def runs_of(keys: Sequence[int]) -> bytes:
    """Digests of the runs of RUN words of a text, of a long text the smallest; packed, as few are looked at.

    Args:
        keys: A digest of each word, 32 bits.
    """
    packed = array("I", keys)
    size, data = packed.itemsize, packed.tobytes()
    digests = {crc32(data[at : at + RUN * size]) for at in range(0, len(data) - (RUN - 1) * size, size)}
    return array("I", sorted(digests)[:SAMPLE]).tobytes()


def contained(runs: bytes, others: bytes) -> float:
    """Share of the runs of the shorter text that the longer has, 0 to 1."""
    a, b = _digests(runs), _digests(others)
    if not a or not b:
        return 0.0
    kept: list[Set[int]] = [a, b, a & b]
    if kept[2] and SAMPLE in (len(a), len(b)):
        # Beyond the largest digest of a full sample nothing is known of that text.
        limit = min(max(digests) for digests in (a, b) if len(digests) == SAMPLE)
        kept = [{digest for digest in digests if digest <= limit} for digests in kept]
    return len(kept[2]) / max(min(len(kept[0]), len(kept[1])), 1)


@lru_cache(500)
def _digests(runs: bytes) -> frozenset[int]:
    return frozenset(array("I", runs))
