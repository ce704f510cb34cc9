"""Exact copies: a digest that texts share when they differ in case, spaces and the form of punctuation alone."""

from __future__ import annotations

from hashlib import blake2b

from newscrawl.text import fold

DIGEST_BYTES = 16


def text_digest(text: str) -> str:
    """32 hex digits."""
    folded = " ".join(fold(text.replace("\n", " ")).split())
    return blake2b(folded.encode("utf-8", "replace"), digest_size=DIGEST_BYTES).hexdigest()
