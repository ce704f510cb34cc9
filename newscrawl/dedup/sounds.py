"""The consonants of a name, by which Latin script and katakana write the same one: `Tressel`, `トレッセル`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anyascii import anyascii

SHORTEST = 3  # consonants: fewer are shared by chance

_KATAKANA = re.compile(r"[ァ-ヺー]{3,}")
_STEPS = (
    ("ph|f|hu(?=[aeio])", "h"), ("sch|sh|ch|tch|ti(?=o)|ts|z|j", "s"), ("c(?=[eiy])", "s"), ("th", "s"),
    ("qu|ck|c|q|g", "k"), ("x", "ks"), ("v", "b"), ("l", "r"), ("d", "t"), ("m(?=[bp])", "n"), ("[aeiouwy' -]", ""),
    (r"(.)\1+", r"\1"),
)  # fmt: skip
_RULES = [(re.compile(pattern), new) for pattern, new in _STEPS]


def katakana_of(text: str) -> Iterator[str]:
    """The sounds of the words in katakana."""
    for match in _KATAKANA.finditer(text):
        yield sound(anyascii(match[0].replace("ッ", "").replace("ー", "")).lower())


def sound(word: str) -> str:
    """The consonants of a word in Latin letters, without what the scripts do not tell apart; may be empty."""
    for pattern, new in _RULES:
        word = pattern.sub(new, word)
    return word if len(word) >= SHORTEST else ""
