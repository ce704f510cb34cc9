"""Exact copies: a digest that texts share when they differ in case, spaces and the form of punctuation alone."""

from __future__ import annotations

from hashlib import blake2b

from newscrawl.text import fold

DIGEST_BYTES = 16


def text_digest(text: str) -> str:
    """32 hex digits."""
    return blake2b(" ".join(fold(text).split()).encode("utf-8", "replace"), digest_size=DIGEST_BYTES).hexdigest()
