"""Near copies: how much of one text stands in another, by runs of words.

Of a long text a sample is kept: the runs whose digest is below a limit, so that two texts keep the same ones and the
share of those that both have is that of all.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from zlib import crc32

RUN = 4  # words
SAMPLE = 128  # runs of a text that are kept, at least half of that where it has more


def runs_of(words: Sequence[str]) -> frozenset[int]:
    """Digests of the runs of RUN words of a text, of a long text the smallest."""
    digests = {crc32(" ".join(words[at : at + RUN]).encode()) for at in range(max(len(words) - RUN + 1, 0))}
    if len(digests) > SAMPLE:
        digests = set(sorted(digests)[:SAMPLE])
    return frozenset(digests)


def contained(a: frozenset[int], b: frozenset[int]) -> float:
    """Share of the runs of the shorter text that the longer has, 0 to 1."""
    if not a or not b:
        return 0.0
    kept: list[Set[int]] = [a, b, a & b]
    if kept[2] and SAMPLE in (len(a), len(b)):
        # Beyond the largest digest of a full sample nothing is known of that text.
        limit = min(max(digests) for digests in (a, b) if len(digests) == SAMPLE)
        kept = [{digest for digest in digests if digest <= limit} for digests in kept]
    return len(kept[2]) / max(min(len(kept[0]), len(kept[1])), 1)
