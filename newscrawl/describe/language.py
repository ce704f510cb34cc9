"""The language of a text: by its script, letters or words where they tell, else by langdetect, else as declared."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Protocol

from langdetect import DetectorFactory
from langdetect.detector import Detector
from langdetect.detector_factory import PROFILES_DIRECTORY
from langdetect.utils.lang_profile import LangProfile
from langdetect.utils.ngram import NGram

from newscrawl.describe.tongues import (
    by_letters,
    by_script,
    by_words,
    han_forms,
    is_doubted,
    is_taken_for,
    is_written_in,
    nearest_by_words,
    words_of,
)
from newscrawl.items import Language
from newscrawl.text import script_of

MIN_LETTERS = 100
"""Letters below which langdetect's answer is noise: "COVID-19 update" is Romanian to it, 60 times of 60."""

PIECES, PIECE = 6, 500
"""Pieces of a text that are looked at, spread evenly, and the characters of each: a long quotation in another language
opens some articles."""

MIN_PROBABILITY = 0.90
"""Below it, a declared language that the script allows is believed instead."""

TRIALS = (2, 7)
"""Source: on 3,648 texts, two answers that agreed were those of seven; each takes some 45 n-grams."""

_PROFILES = {  # langdetect's languages by script; the other scripts have one language each
    "Latn": (
        "af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv", "nl",
        "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr", "vi",
    ),
    "Cyrl": ("bg", "mk", "ru", "uk"),
    "Arab": ("ar", "fa", "ur"),
    "Deva": ("hi", "mr", "ne"),
}  # fmt: skip
_KNOWN = frozenset(tag for tags in _PROFILES.values() for tag in tags)
_WORLD = frozenset(
    {"en", "fr", "de", "es", "ru", "ar"}
)  # told from any other, so no stranger's language is taken for one
_FORMER = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro"}  # ISO 639-1 codes that were withdrawn
_HAN_TAGS = {"zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "zh-MO": "zh-Hant"}
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
    sample = _sample(text)
    said = _normal(declared)
    script = script_of(sample)
    if script is None:
        return Language(None, None, "none", declared)
    if script == "Hani":
        return _chinese(sample, said, declared)
    if (tag := by_script(script, said)) is not None:
        return Language(tag, 1.0, "script", declared)
    if len(_LETTER.findall(sample[: 4 * MIN_LETTERS])) < MIN_LETTERS:
        return Language(None, None, "none", declared)
    return _told_apart(sample, script, said, declared)


def _sample(text: str) -> str:
    if len(text) <= PIECES * PIECE:
        return text
    step = (len(text) - PIECE) // (PIECES - 1)
    return "\n".join(text[number * step : number * step + PIECE] for number in range(PIECES))


def _normal(declared: str | None) -> str | None:
    """A declared tag as `en`, `pt-BR`, `zh-Hant`; None if it is none."""
    parts = re.split(r"[-_]", (declared or "").strip())
    if not re.fullmatch(r"[A-Za-z]{2,3}", parts[0]):
        return None
    primary = parts[0].lower()
    rest = (part.upper() if len(part) == 2 else part.title() for part in parts[1:2])
    return "-".join([_FORMER.get(primary, primary), *rest])


def _chinese(sample: str, said: str | None, declared: str | None) -> Language:
    simplified, traditional = han_forms(sample)
    if simplified == traditional:
        tag = said if said and said.startswith(("zh", "ja", "yue")) else "zh"
        return Language(_HAN_TAGS.get(tag, tag), None, "declared", declared)
    tag = "zh-Hant" if traditional > simplified else "zh-Hans"
    share = max(simplified, traditional) / (simplified + traditional)
    return Language(tag, round(share, 3), "script", declared)


def _told_apart(sample: str, script: str, said: str | None, declared: str | None) -> Language:
    """The language of a script that many share."""
    counts = words_of(sample)
    if (tag := by_letters(sample, script) or by_words(sample, counts)) is not None:
        return Language(tag, None, "words", declared)
    best = max(_guesses(sample, script), key=lambda guess: guess.prob, default=None)
    primary = said.split("-")[0] if said else None
    allowed = primary is not None and is_written_in(primary, script)
    if best is None or (primary != best.lang and is_doubted(best.lang, counts)):
        is_told = allowed and (best is None or primary not in _KNOWN)  # langdetect would have known that one
        return Language(primary if is_told else None, None, "declared" if is_told else "none", declared)
    name = nearest_by_words(best.lang, counts)
    if allowed and primary is not None and primary != name and _is_believed(primary, name, best.prob):
        return Language(primary, None, "declared", declared)
    if name != best.lang:
        return Language(name, None, "words", declared)
    return Language(name, round(best.prob, 3), "langdetect", declared)


def _is_believed(declared: str, detected: str, probability: float) -> bool:
    if declared in _KNOWN or (is_taken := is_taken_for(declared, detected)) is False:
        return probability < MIN_PROBABILITY
    return is_taken is True or detected not in _WORLD or probability < MIN_PROBABILITY


class _Grams:
    """All runs of one to three characters of a text, cut out when asked for: of thousands, some dozens are."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __len__(self) -> int:
        return 3 * (len(self.text) - 2)

    def __getitem__(self, index: int) -> str:
        start, more = divmod(index, 3)
        return self.text[start : start + more + 1]


class _Detector(Detector):  # type: ignore[misc]
    """langdetect's, which normalises a text at once and not by character, and lists no n-grams beforehand.

    It draws n-grams at random, with the same chances, until it is sure. Source: on 1,216 pages the same answers, but
    for one page in two languages, in a fifth of the time.
    """

    def append(self, text: str) -> None:
        text = self.MAIL_RE.sub(" ", self.URL_RE.sub(" ", text))
        words = NGram.normalize_vi(text).translate(_normalised()).split()
        spoken = [word for word in words if len(word) == 1 or not word.isupper()]  # not `NASDAQ`, as langdetect has it
        is_shouted = 2 * len(spoken) < len(words)
        self.text = f" {' '.join(words).lower() if is_shouted else ' '.join(spoken)} "

    def cleaning_text(self) -> None:
        """Nothing is left to clean: the profiles hold letters of the text's script alone."""

    def _extract_ngrams(self) -> _Grams:
        return _Grams(self.text)

    def _update_lang_prob(self, prob: list[float], gram: str, alpha: float) -> bool:
        """As langdetect's own, in one step."""
        shares = self.word_lang_prob_map.get(gram)
        if shares is None:
            return False
        weight = alpha / self.BASE_FREQ
        prob[:] = [chance * (weight + share) for chance, share in zip(prob, shares, strict=True)]
        return True


class _Normalised(dict[int, str]):
    """langdetect's form of each character, asked of it once."""

    def __missing__(self, point: int) -> str:
        form: str = NGram.normalize(chr(point))
        self[point] = form
        return form


@cache
def _normalised() -> _Normalised:
    return _Normalised()


def _guesses(sample: str, script: str) -> list[_Guess]:
    """Ask langdetect a few times, and where the answers differ, often."""
    if script not in _PROFILES:
        return []
    detector = _Detector(_factory(script))
    detector.append(sample)
    if len(detector.text) < MIN_LETTERS / 2:
        return []
    found: list[_Guess] = []
    for detector.n_trial in TRIALS:
        detector.langprob = None
        found = detector.get_probabilities()
        if found and found[0].prob > MIN_PROBABILITY:
            break
    return found


@cache
def _factory(script: str) -> DetectorFactory:
    """langdetect's profiles of one script, in a fixed order, with a fixed seed: it is random without one."""
    factory = DetectorFactory()
    factory.set_seed(0)
    names = _PROFILES[script]
    for number, name in enumerate(names):
        profile = json.loads(Path(PROFILES_DIRECTORY, name).read_text("utf-8"))
        factory.add_profile(LangProfile(**profile), number, len(names))
    return factory
