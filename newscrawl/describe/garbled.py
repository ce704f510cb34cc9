"""Text that stands in for a story's: placeholders, and letters moved so that nobody reads on without paying."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

import yaml

MIN_WORDS = 20  # of a paragraph that can tell
MAX_WORDS = 80  # that are looked at
MIN_COMMON_SHARE = 0.1
"""Share of a paragraph's words that are common ones of three letters and more, once it is put right. English, German
and French have .15 to .25."""

PLACEHOLDER = "a placeholder in place of the text"
MIN_PLACEHOLDER_SHARE = 0.4
MIN_PRIVATE_SHARE = 0.05  # characters without a meaning, which a font of the page draws as others

_WORD = re.compile(r"[^\W\d_]+")
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
_SMALL = "abcdefghijklmnopqrstuvwxyz"


def garbled(body: str) -> str | None:
    """How the end of a body is unreadable; None for almost all bodies."""
    last = next((line for line in reversed(body.split("\n")) if len(line) > 6 * MIN_WORDS or _PRIVATE.search(line)), "")
    if len(_PRIVATE.findall(last)) > MIN_PRIVATE_SHARE * len(last):
        return "characters that only the page's font shows"
    words = _words(last)
    if len(words) < MIN_WORDS:
        return None
    if is_placeholder(last):
        return PLACEHOLDER
    return "scrambled letters" if _is_scrambled(words) else None


def is_placeholder(text: str) -> bool:
    """Whether a paragraph is Latin without meaning."""
    words, known = _words(text), _lists()["placeholder"]
    return len(words) >= MIN_WORDS and sum(map(known.__contains__, words)) >= MIN_PLACEHOLDER_SHARE * len(words)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())[:MAX_WORDS]


def _is_scrambled(words: list[str]) -> bool:
    """Whether common words appear once letters are sorted, or moved on in the alphabet, and hardly before."""
    common = _lists()["common"]
    plain = sum(word in common for word in words)
    if plain >= MIN_COMMON_SHARE * len(words):
        return False
    wanted = max(MIN_COMMON_SHARE * len(words), 3 * plain)
    sorted_common = frozenset(map(_sorted, common))
    if _count(words, _sorted, sorted_common) >= wanted:
        return True
    return any(_count(words, _shift(step), common) >= wanted for step in range(1, len(_SMALL)))


def _count(words: Iterable[str], change: Callable[[str], str], known: frozenset[str]) -> int:
    return sum(change(word) in known for word in words)


def _sorted(word: str) -> str:
    return "".join(sorted(word))


def _shift(step: int) -> Callable[[str], str]:
    table = str.maketrans(_SMALL, _SMALL[step:] + _SMALL[:step])
    return lambda word: word.translate(table)


@cache
def _lists() -> dict[str, frozenset[str]]:
    """Words that fill placeholders, and the commonest ones of many languages."""
    texts: dict[str, str] = yaml.safe_load(files(__package__).joinpath("garbled.yaml").read_text("utf-8"))
    return {name: frozenset(text.split()) for name, text in texts.items()}
