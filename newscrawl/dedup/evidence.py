"""What of an article another telling of the same event would repeat: words, names, numbers, runs of words.

Each is kept as a digest of 32 bits, of which two seldom share one by chance, and which the store keeps in four bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from math import floor, log, log10
from zlib import crc32

from anyascii import anyascii

from newscrawl.dedup.credits import Credit, credits_of, plain_name
from newscrawl.dedup.exact import text_digest
from newscrawl.dedup.near import runs_of
from newscrawl.dedup.numbers import numbers_of
from newscrawl.dedup.sounds import katakana_of, sound
from newscrawl.fulltext.words import words

LEAD = 1_800  # characters of a text that tell the event; what follows shares names and numbers with others by chance
LEAD_WORDS = 300
COPIED_WORDS = 800  # that are looked at for copies
SENTENCES = 64  # that are told apart

_NAME = re.compile(r"(?<![^\W_])(?=[^\W\d_]*[A-ZÀ-ÞŁŚŻČŠŽĐŐŰİ])[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE = re.compile(
    r"[^.!?。！？\n]*(?:[.!?](?![\s\"»”])[^.!?。！？\n]*)*(?:[.!?][\s\"»”]|[。！？\n]|$)"  # to its end, or the line's
)
_PLAIN = re.compile(r"(?<![^\W_])[a-zà-ÿąćęłńśźżčšžđőűœ][^\W\d_]*")
_LOGS = [0.0, *(1 + log(count) for count in range(1, 2 * LEAD + 1))]


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
    translated: str | None = None  # how its page says that a machine translated it


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is compared of an article."""

    language: str  # its first part: Traditional and Simplified Chinese are one
    at: float  # hours
    digest: str
    runs: bytes
    words: Mapping[int, float]  # 1 + log of the count
    names: Mapping[int, float]  # in Latin script, of any language
    numbers: Mapping[int, float]  # 0 to 1: how much it tells
    sounds: frozenset[int]  # of names, and of words in katakana
    where: Mapping[int, int]  # a bit for each sentence that a name or number stands in
    sentences: int  # that have any
    wire: str | None
    translated: str | None
    outlet: str  # its name as credits are compared with it
    credits: tuple[Credit, ...]

    @property
    def kinds(self) -> tuple[tuple[str, Iterable[int]], ...]:
        """The pieces under which others are looked for, by where they are counted: a language, all, sounds."""
        return (self.language, self.words), ("", (*self.names, *self.numbers)), ("~", self.sounds)


def evidence_of(told: Told) -> Evidence:
    """What is compared of an article; one without a time stands at the beginning of all."""
    language = (told.language or "").casefold().partition("-")[0]
    copied, rest = told.text[: 10 * COPIED_WORDS], told.text[10 * COPIED_WORDS :]
    found = words(copied)
    body = _keys(found, COPIED_WORDS)
    opening = f"{told.title[:LEAD]}\n{told.text[:LEAD]}"
    counts = Counter(_keys(words(told.title), LEAD_WORDS) + body[:LEAD_WORDS])
    said = _Said(opening, told.language)
    return Evidence(
        language=language,
        at=max(told.published.timestamp() / 3600, 0.0) if told.published else 0.0,
        digest=text_digest(found, rest),
        runs=runs_of(body),
        words={word: _LOGS[count] for word, count in counts.items()},
        names={name: _LOGS[count] for name, count in Counter(said.names).items()},
        numbers=said.numbers,
        sounds=frozenset(said.sounds - {0}),
        where=said.where,
        sentences=min(said.sentences, SENTENCES),
        wire=told.wire,
        translated=told.translated,
        outlet=plain_name(told.outlet),
        credits=credits_of(opening, language),
    )


class _Said:
    """The names and numbers of an opening, and in which of its sentences each stands."""

    def __init__(self, opening: str, language: str | None) -> None:
        self.names: list[int] = []
        self.numbers: dict[int, float] = {}
        self.sounds = set(map(_key, katakana_of(opening)))
        self.where: dict[int, int] = {}
        self.sentences = 0
        plain = set(_PLAIN.findall(opening))
        for sentence in _SENTENCE.findall(opening):
            # A word that the article writes without a capital, too, only begins the sentence.
            parts = [part for name in _NAME.findall(sentence) if name.lower() not in plain for part in _parts(name)]
            keys = [key for key, _ in parts]
            self.names += keys
            self.sounds.update([heard for _, heard in parts])
            for value in numbers_of(sentence, language):
                key, self.numbers[key] = _number(value)
                keys.append(key)
            if keys:
                self._place(keys)

    def _place(self, keys: Sequence[int]) -> None:
        bit = 1 << min(self.sentences, SENTENCES - 1)
        self.sentences += 1
        for key in keys:
            self.where[key] = self.where.get(key, 0) | bit


def _keys(found: Iterable[str], most: int) -> list[int]:
    return list(islice(filter(None, map(_word, found)), most))


def _key(text: str) -> int:
    return crc32(text.encode("utf-8", "replace"))


@lru_cache(30_000)
def _word(word: str) -> int:
    """0 for one letter. Han is taken as it sounds: both scripts of Chinese, and Japanese, then write it alike."""
    romanised = word if word.isascii() else anyascii(word).lower()
    return _key(romanised) if len(romanised) > 1 else 0


@lru_cache(5_000)
def _number(value: float) -> tuple[int, float]:
    """A number, and how much it tells: round ones and years are shared by chance."""
    shown = f"{value:.6g}"
    value = float(shown)
    if value == int(value) and 1900 <= value < 2100:
        return _key(f"#{shown}"), 0.3
    digits = f"{value:.6e}".partition("e")[0].replace(".", "").rstrip("0")
    magnitude = min(floor(log10(value)), 3) if value >= 1 else 0
    return _key(f"#{shown}"), min(1.0, 0.25 * len(digits) + 0.1 * magnitude)


@lru_cache(20_000)
def _parts(name: str) -> tuple[tuple[int, int], ...]:
    """The words of a name, and their sounds; 0: too short to tell."""
    spelled = [word if word.isascii() else anyascii(word).lower() for word in words(name)]
    heard = [(word, sound(word)) for word in spelled if len(word) > 1]
    return tuple((_key(f"@{word}"), _key(how) if how else 0) for word, how in heard)
