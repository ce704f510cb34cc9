"""Languages by signs that are theirs alone: their script, their letters, their common words (languages.yaml)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import yaml

MIN_WORD_SHARE = 0.04
"""Share of a sample's words that a language's own function words reach. Source: Zulu and Xhosa pages reach .05 and
more, those of other languages no more than .015."""

MIN_DOUBT_SHARE = 0.02
"""Share of words below which a text is none of a language that langdetect takes others for."""

MIN_LETTER_SHARE = 0.004
"""Share of letters that are a language's own. A name quoted from it has fewer: one `Ђ` in a text of 300 letters."""

PIECE = 200  # characters, in which a text shows signs of its language

MIN_NEAR = 2  # words of the nearer of two languages, and more than of the other

OF_SCRIPT = {
    "Jpan": "ja", "Kore": "ko", "Thai": "th", "Grek": "el", "Armn": "hy", "Geor": "ka", "Khmr": "km", "Laoo": "lo",
    "Mymr": "my", "Sinh": "si", "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml", "Gujr": "gu", "Guru": "pa",
    "Orya": "or", "Tibt": "bo", "Thaa": "dv", "Beng": "bn", "Ethi": "am", "Hebr": "he", "Cher": "chr", "Olck": "sat",
}  # fmt: skip
_SHARED = {  # languages beside the usual one of a script: believed where the page declares them
    "Beng": {"as", "bpy"},
    "Ethi": {"ti", "gez"},
    "Hebr": {"yi", "lad"},
    "Mymr": {"shn", "mnw"},
}
_SCRIPT_OF = {
    "Cyrl": {
        "ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg", "tt", "ba", "cv", "os", "ce", "uz", "bs", "sah",
        "ab",
    },
    "Arab": {"ar", "fa", "ur", "ps", "ckb", "ku", "ug", "sd", "dv", "ks", "pa", "az", "arc"},
    "Deva": {"hi", "mr", "ne", "sa", "mai", "bho", "kok", "doi", "sd", "ks"},
    "Mong": {"mn"}, "Syrc": {"arc", "syr", "aii"}, "Nkoo": {"nqo"}, "Tfng": {"zgh", "ber", "tzm", "kab"},
}  # fmt: skip
_NOT_LATIN = frozenset({
    "zh", "ja", "yue", *OF_SCRIPT.values(), *(_SCRIPT_OF["Cyrl"] - {"sr", "uz", "bs", "kk"}), "ar", "fa", "ur", "hi",
})  # fmt: skip

_DATA: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("languages.yaml").read_text("utf-8"))
_WORDS: dict[str, frozenset[str]] = {tag: frozenset(words.split()) for tag, words in _DATA["words"].items()}
_DOUBTED: dict[str, frozenset[str]] = {tag: frozenset(words.split()) for tag, words in _DATA["doubted"].items()}
_NEAR: list[dict[str, frozenset[str]]] = [
    {tag: frozenset(words.split()) for tag, words in group.items()} for group in _DATA["near"]
]
_LETTERS: dict[str, dict[str, frozenset[str]]] = {
    script: {tag: frozenset(letters) for tag, letters in tags.items()} for script, tags in _DATA["letters"].items()
}
_NEAREST: dict[str, list[str]] = _DATA["nearest"]
_HANS, _HANT = frozenset(_DATA["hans"]) - {" "}, frozenset(_DATA["hant"]) - {" "}
_WORD = re.compile(r"[^\W\d_]+")


def by_script(script: str, said: str | None) -> str | None:
    """The language of a script that one language is written in, or the declared one of the few."""
    if script not in OF_SCRIPT:
        return None
    return said if said and said.split("-")[0] in _SHARED.get(script, ()) else OF_SCRIPT[script]


def is_written_in(primary: str, script: str) -> bool:
    """Whether a language uses a script that others use too."""
    return primary in _SCRIPT_OF[script] if script in _SCRIPT_OF else primary not in _NOT_LATIN


def han_forms(text: str) -> tuple[int, int]:
    """How many characters only simplified Chinese has, and how many only traditional."""
    counts = Counter(text)
    return sum(counts[char] for char in _HANS & counts.keys()), sum(counts[char] for char in _HANT & counts.keys())


def by_letters(text: str, script: str) -> str | None:
    """The language whose own letters a text holds, among those of its script that langdetect does not know."""
    tags = _LETTERS.get(script)
    if tags is None:
        return None
    counts = Counter(text.lower())
    marks = {letter: counts[letter] for letters in tags.values() for letter in letters & counts.keys()}
    total = sum(marks.values())
    if total < 2 or total < MIN_LETTER_SHARE * sum(count for char, count in counts.items() if char.isalpha()):
        return None

    def fit(tag: str) -> tuple[int, float]:
        letters = tags[tag]
        return sum(marks.get(letter, 0) for letter in letters), len(letters & marks.keys()) / len(letters)

    tag = max(tags, key=fit)
    return tag if fit(tag)[0] >= 0.9 * total and _is_spread(text.lower(), tags[tag]) else None


def words_of(text: str) -> Counter[str]:
    """How often each word stands in a text, in small letters."""
    return Counter(_WORD.findall(text.lower()))


def by_words(text: str, counts: Counter[str]) -> str | None:
    """The language whose function words a text is full of, among those that langdetect does not know."""
    tag = max(_WORDS, key=lambda key: _hits(counts, _WORDS[key]))
    if _hits(counts, _WORDS[tag]) < MIN_WORD_SHARE * max(counts.total(), 1):
        return None
    return tag if _is_spread(text.lower(), _WORDS[tag]) else None


def _is_spread(text: str, signs: frozenset[str]) -> bool:
    """Whether letters or words stand all over a text: in a quotation they are close together."""
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    holding = sum(not signs.isdisjoint(piece) or not signs.isdisjoint(_WORD.findall(piece)) for piece in pieces)
    return 2 * holding >= len(pieces)


def nearest_by_words(tag: str, counts: Counter[str]) -> str:
    """The language itself, or one that langdetect takes for it and whose words are more in the text."""
    for group in _NEAR:
        if tag in group:
            hits = {near: _hits(counts, words) for near, words in group.items()}
            best = max(hits, key=lambda near: hits[near])
            return best if hits[best] >= MIN_NEAR and hits[best] > hits[tag] else tag
    return tag


def is_doubted(tag: str, counts: Counter[str]) -> bool:
    """Whether a text lacks the commonest words of a language that langdetect takes its unknown neighbours for."""
    words = _DOUBTED.get(tag)
    return words is not None and _hits(counts, words) < MIN_DOUBT_SHARE * counts.total()


def is_taken_for(declared: str, detected: str) -> bool | None:
    """Whether langdetect takes a language that it does not know for another; None where that was not measured."""
    nearest = _NEAREST.get(declared)
    return None if nearest is None else detected in nearest


def _hits(counts: Counter[str], words: Iterable[str]) -> int:
    return sum(counts[word] for word in words)
