"""The consonants of a name, by which Latin script and katakana write the same one: `Tressel`, `トレッセル`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anyascii import anyascii

SHORTEST = 3  # consonants: fewer are shared by chance

_KATAKANA = re.compile(r"[ァ-ヺー]{3,}")
_HISSED = re.compile("sch|sh|ch|tch|ti(?=o)|ts|z|j")
_BLOWN = re.compile("ph|f|hu(?=[aeio])")
_SOFT_C, _M_BEFORE_LIPS, _TWICE = re.compile("c(?=[eiy])"), re.compile("m(?=[bp])"), re.compile(r"(.)(?=\1)")
_ONE_FOR_ANOTHER = (
    ("th", "s"), ("qu", "k"), ("ck", "k"), ("c", "k"), ("q", "k"), ("g", "k"), ("x", "ks"), ("v", "b"), ("l", "r"),
    ("d", "t"),
)  # fmt: skip
_VOWELS = dict.fromkeys(map(ord, "aeiouwy' -"))


def katakana_of(text: str) -> Iterator[str]:
    """The sounds of the words in katakana."""
    for match in _KATAKANA.finditer(text):
        yield sound(anyascii(match[0].replace("ッ", "").replace("ー", "")).lower())


def sound(word: str) -> str:
    """The consonants of a word in Latin letters, without what the scripts do not tell apart; may be empty."""
    word = _SOFT_C.sub("s", _HISSED.sub("s", _BLOWN.sub("h", word)))
    for spelled, heard in _ONE_FOR_ANOTHER:
        word = word.replace(spelled, heard)
    word = _TWICE.sub("", _M_BEFORE_LIPS.sub("n", word).translate(_VOWELS))
    return word if len(word) >= SHORTEST else ""
