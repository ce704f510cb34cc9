"""What of an article another telling of the same event would repeat: words, names, numbers, runs of words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import floor, log, log10

from anyascii import anyascii

from newscrawl.dedup.exact import text_digest
from newscrawl.dedup.near import runs_of
from newscrawl.dedup.numbers import numbers_of
from newscrawl.dedup.sounds import katakana_of, sound
from newscrawl.fulltext.words import words

LEAD = 1_800  # characters of a text that tell the event; what follows shares names and numbers with others by chance
LEAD_WORDS = 300
COPIED_WORDS = 800  # that are looked at for copies

_NAME = re.compile(r"(?<![^\W_])(?=[^\W\d_]*[A-ZÀ-ÞŁŚŻČŠŽĐŐŰİ])[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?][\s\"»”])|(?<=[。！？])|\n")
_PLAIN = re.compile(r"(?<![^\W_])[a-zà-ÿąćęłńśźżčšžđőűœ][^\W\d_]*")


@dataclass(frozen=True, slots=True)
class Told:
    """An article as a line or the store gives it."""

    id: object
    outlet: str
    language: str | None
    published: datetime | None
    title: str
    text: str
    wire: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is compared of an article."""

    language: str  # its first part: Traditional and Simplified Chinese are one
    at: float  # hours
    digest: str
    runs: frozenset[int]
    words: Mapping[str, float]  # 1 + log of the count
    names: Mapping[str, float]  # in Latin script, of any language
    numbers: Mapping[str, float]  # 0 to 1: how much it tells
    sounds: frozenset[str]  # of names, and of words in katakana
    where: Mapping[str, int]  # a bit for each sentence that a name or number stands in
    sentences: int  # that have any
    wire: str | None

    @property
    def kinds(self) -> tuple[tuple[str, Iterable[str]], ...]:
        """The pieces under which others are looked for, by where they are counted: a language, all, sounds."""
        return (self.language, self.words), ("", (*self.names, *self.numbers)), ("~", self.sounds)


def evidence_of(told: Told) -> Evidence:
    """What is compared of an article; one without a time stands at the beginning of all."""
    language = (told.language or "").casefold().partition("-")[0]
    body = _words(told.text[: 10 * COPIED_WORDS])[:COPIED_WORDS]
    whole = f"{told.title}\n{told.text[:LEAD]}"
    plain = set(_PLAIN.findall(whole))
    names: Counter[str] = Counter()
    where: dict[str, int] = {}
    sentences = 0
    for sentence in _SENTENCE_END.split(whole):
        if keys := _keys_of(sentence, told.language, plain):
            names.update(key for key in keys if key[0] == "@")
            where |= {key: where.get(key, 0) | 1 << sentences for key in keys}
            sentences += 1
    numbers = {key: _telling(float(key[1:])) for key in where if key[0] == "#"}
    sounds = {sound(name[1:]) for name in names} | set(katakana_of(whole))
    counts = Counter(_words(told.title) + body[:LEAD_WORDS])
    return Evidence(
        language=language,
        at=told.published.timestamp() / 3600 if told.published else 0.0,
        digest=text_digest(told.text),
        runs=runs_of(body),
        words={word: 1 + log(count) for word, count in counts.items()},
        names={name: 1 + log(count) for name, count in names.items()},
        numbers=numbers,
        sounds=frozenset(sounds - {""}),
        where=where,
        sentences=sentences,
        wire=told.wire,
    )


def _words(text: str) -> list[str]:
    return [word for word in map(_romanised, words(text)) if len(word) > 1]


@lru_cache(100_000)
def _romanised(word: str) -> str:
    """Han as it sounds: both scripts of Chinese, and Japanese, then write it alike."""
    return word if word.isascii() else anyascii(word).lower()


def _keys_of(sentence: str, language: str | None, plain: Set[str]) -> list[str]:
    """Numbers, and words with a capital that the article does not write without: those only begin a sentence."""
    found = [f"#{value:.6g}" for value in numbers_of(sentence, language)]
    for match in _NAME.finditer(sentence):
        if match[0].lower() not in plain:
            found += ("@" + name for word in words(match[0]) if len(name := _romanised(word)) > 1)
    return found


def _telling(value: float) -> float:
    """Round numbers and years are shared by chance."""
    if value == int(value) and 1900 <= value < 2100:
        return 0.3
    digits = f"{value:.6e}".partition("e")[0].replace(".", "").rstrip("0")
    magnitude = min(floor(log10(value)), 3) if value >= 1 else 0
    return min(1.0, 0.25 * len(digits) + 0.1 * magnitude)
