"""Near copies: how much of one text stands in another, by runs of words.

Of a long text a sample is kept: the runs whose digest is below a limit, so that two texts keep the same ones and the
share of those that both have is that of all.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

RUN = 4  # words
SAMPLE = 128  # runs of a text that are kept, at least half of that where it has more

_A, _B, _C, _D = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F  # odd, so that no bit of a digest is lost
_BITS = 0xFFFFFFFF


def runs_of(keys: Sequence[int]) -> frozenset[int]:
    """Digests of the runs of RUN words of a text, of a long text the smallest.

    Args:
        keys: A digest of each word, 32 bits.
    """
    runs = zip(keys, keys[1:], keys[2:], keys[3:], strict=False)
    digests = {(a * _A + b * _B + c * _C + d * _D) & _BITS for a, b, c, d in runs}
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
