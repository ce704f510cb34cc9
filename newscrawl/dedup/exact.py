"""Exact copies: a digest that texts share when they differ in case, diacritics, spaces and punctuation alone."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

DIGEST_BYTES = 16


def text_digest(words: Iterable[str], rest: str = "") -> str:
    """32 hex digits.

    Args:
        words: Of the text, as `fulltext.words` gives them.
        rest: What was not taken apart.
    """
    whole = f"{' '.join(words)}\n{rest}"
    return blake2b(whole.encode("utf-8", "replace"), digest_size=DIGEST_BYTES).hexdigest()
