"""The words of an article as PostgreSQL's `tsvector`, within its limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

MAX_POSITION = 16_383
MAX_PLACES = 255
MAX_BYTES = 1_000_000  # of 1,048,576


def tsvector(headline: Sequence[str], text: Sequence[str]) -> tuple[str, bool]:
    """The literal of a `tsvector`; the headline's words weigh A.

    PostgreSQL drops places silently beyond its limits, and refuses a vector that is too long.

    Returns:
        The literal, and whether it has every place of every word. Without them, a word is found, a phrase is not.
    """
    places: dict[str, list[str]] = defaultdict(list)
    is_whole = True
    weighed = [(word, "A") for word in headline] + [("", "")] + [(word, "") for word in text]  # no phrase from A to D
    for position, (word, weight) in enumerate(weighed, 1):
        known = places[word]
        if position <= MAX_POSITION and len(known) < MAX_PLACES:
            known.append(f"{position}{weight}")
        else:
            is_whole = False
    del places[""]
    if sum(4 + len(word.encode()) + 2 * len(known) for word, known in places.items()) > MAX_BYTES:
        return _without_places(places), False
    return " ".join(f"'{word}':{','.join(known)}" if known else f"'{word}'" for word, known in places.items()), is_whole


def _without_places(words: Mapping[str, object]) -> str:
    """As many words as there is room for: some 130,000 different ones."""
    kept, used = [], 0
    for word in words:
        used += len(word.encode())
        if used > MAX_BYTES:
            break
        kept.append(f"'{word}'")
    return " ".join(kept)
