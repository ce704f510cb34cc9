"""The language of a text: by its script where that tells, else by langdetect, else as the page declares."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Protocol

import yaml
from langdetect import DetectorFactory
from langdetect.detector_factory import PROFILES_DIRECTORY

from newscrawl.items import Language
from newscrawl.text import script_of

MIN_LETTERS = 100
"""Letters below which langdetect's answer is noise: "COVID-19 update" is Romanian to it, 60 times of 60."""

SAMPLE = 1500
"""Characters that are looked at. Source: the answer did not change with more on any of 145 pages with a known one."""

MIN_PROBABILITY = 0.90
"""Below it, a declared language that the script allows is believed instead."""

_OF_SCRIPT = {
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
}  # fmt: skip
_DETECTOR_NAMES = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}
MIN_WORD_SHARE = 0.04
"""Share of a sample's words that a language's own function words reach. Source: Zulu and Xhosa pages reach .05 and
more, those of other languages no more than .015."""

_DATA = yaml.safe_load(files(__package__).joinpath("languages.yaml").read_text("utf-8"))
_WORDS: dict[str, frozenset[str]] = {tag: frozenset(words.split()) for tag, words in _DATA["words"].items()}
_NEAREST: dict[str, list[str]] = _DATA["nearest"]
_HANS, _HANT = frozenset(_DATA["hans"]) - {" "}, frozenset(_DATA["hant"]) - {" "}
_WORD = re.compile(r"[^\W\d_]+")
_LETTER = re.compile(r"[^\W\d_]")


class _Guess(Protocol):
    lang: str
    prob: float


def identify_language(text: str, declared: str | None) -> Language:
    """Name the language of a body.

    Args:
        text: The body, without boilerplate, which is often in the portal's language.
        declared: BCP-47 as the page declares it; of portals and templates it is often wrong.

    Returns:
        The language; `tag` is None where neither text nor page can tell.
    """
    sample = text[:SAMPLE]
    said = _normal(declared)
    script = script_of(sample)
    if script is None:
        return Language(None, None, "none", declared)
    if script == "Hani":
        return _chinese(sample, said, declared)
    if script in _OF_SCRIPT:
        tag = said if said and said.split("-")[0] in _SHARED.get(script, ()) else _OF_SCRIPT[script]
        return Language(tag, 1.0, "script", declared)
    if len(_LETTER.findall(sample)) < MIN_LETTERS:
        return Language(None, None, "none", declared)
    return _detected(sample, script, said, declared)


def _normal(declared: str | None) -> str | None:
    """A declared tag as `en`, `pt-BR`, `zh-Hant`; None if it is none."""
    parts = re.split(r"[-_]", (declared or "").strip())
    if not re.fullmatch(r"[A-Za-z]{2,3}", parts[0]):
        return None
    return "-".join([parts[0].lower(), *(part.upper() if len(part) == 2 else part.title() for part in parts[1:2])])


def _chinese(sample: str, said: str | None, declared: str | None) -> Language:
    simplified, traditional = sum(char in _HANS for char in sample), sum(char in _HANT for char in sample)
    if simplified == traditional:
        tag = said if said and said.startswith(("zh", "ja", "yue")) else "zh"
        return Language(
            {"zh-CN": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant"}.get(tag, tag), None, "declared", declared
        )
    tag = "zh-Hant" if traditional > simplified else "zh-Hans"
    share = max(simplified, traditional) / (simplified + traditional)
    return Language(tag, round(share, 3), "script", declared)


def _detected(sample: str, script: str, said: str | None, declared: str | None) -> Language:
    if (tag := _by_words(sample)) is not None:
        return Language(tag, None, "words", declared)
    guesses = _guesses(sample)
    best = max(guesses, key=lambda guess: guess.prob, default=None)
    primary = said.split("-")[0] if said else None
    allowed = primary is not None and _is_written_in(primary, script)
    if best is None:
        return Language(said if allowed else None, None, "declared" if allowed else "none", declared)
    name = _DETECTOR_NAMES.get(best.lang, best.lang)
    if allowed and primary is not None and primary != name and _is_believed(primary, name, best.prob):
        return Language(primary, None, "declared", declared)
    return Language(name, round(best.prob, 3), "langdetect", declared)


def _by_words(sample: str) -> str | None:
    """The language whose function words the sample is full of, among those that langdetect does not know."""
    counts = Counter(word.lower() for word in _WORD.findall(sample))
    shares = {tag: sum(counts[word] for word in words) / counts.total() for tag, words in _WORDS.items()}
    tag = max(shares, key=lambda key: shares[key])
    return tag if shares[tag] >= MIN_WORD_SHARE else None


def _is_believed(declared: str, detected: str, probability: float) -> bool:
    if declared in _known():
        return probability < MIN_PROBABILITY
    nearest = _NEAREST.get(declared)
    if nearest is None:
        return detected not in ("en", "fr", "de", "es", "ru", "ar") or probability < MIN_PROBABILITY
    return detected in nearest or probability < MIN_PROBABILITY


def _is_written_in(primary: str, script: str) -> bool:
    if script in _SCRIPT_OF:
        return primary in _SCRIPT_OF[script]
    elsewhere = {
        "zh",
        "ja",
        "ko",
        "yue",
        *_OF_SCRIPT.values(),
        *(_SCRIPT_OF["Cyrl"] - {"sr", "uz", "bs", "kk"}),
        "ar",
        "fa",
        "ur",
        "hi",
    }
    return primary not in elsewhere


def _guesses(sample: str) -> list[_Guess]:
    detector = _factory().create()
    detector.append(sample)
    found: list[_Guess] = detector.get_probabilities()
    return found


def _known() -> frozenset[str]:
    return frozenset(_factory().get_lang_list())


@cache
def _factory() -> DetectorFactory:
    """langdetect's profiles, loaded once a process, with a fixed seed: it is random without one."""
    factory = DetectorFactory()
    factory.set_seed(0)
    factory.load_profile(PROFILES_DIRECTORY)
    return factory
