"""The numbers of a text as values, however it writes them: `1.2 billion`, `1,2 Mrd.`, `12億` are one."""

from __future__ import annotations

import re
from collections.abc import Iterator

POINT = frozenset({"en", "zh", "ja", "ko", "th", "he", "hi"})
"""Languages that write a decimal point, and group thousands with a comma."""

_SCALES = {
    "en": {"thousand": 3, "k": 3, "million": 6, "m": 6, "mn": 6, "billion": 9, "bn": 9, "b": 9, "trillion": 12,
           "tn": 12},
    "de": {"tausend": 3, "mio": 6, "million": 6, "millionen": 6, "mrd": 9, "milliarde": 9, "milliarden": 9,
           "billion": 12, "billionen": 12},
    "fr": {"mille": 3, "million": 6, "millions": 6, "milliard": 9, "milliards": 9, "md": 9, "mds": 9, "billions": 12},
    "es": {"mil": 3, "millón": 6, "millones": 6, "mil millones": 9, "billón": 12, "billones": 12},
    "it": {"mila": 3, "milione": 6, "milioni": 6, "mln": 6, "miliardo": 9, "miliardi": 9, "mld": 9},
    "pt": {"mil": 3, "milhão": 6, "milhões": 6, "bilhão": 9, "bilhões": 9, "mil milhões": 9},
}  # fmt: skip
_HAN_SCALES = {"千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8, "兆": 12}
_WORDS = {
    "en": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "de": "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "fr": "dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
    "es": "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}
_NAMED = {
    language: {word: 10 + place for place, word in enumerate(words.split())}
    | {word: 20 + 10 * place for place, word in enumerate(_TENS[language].split())}
    for language, words in _WORDS.items()
}
_FIGURE = r"\d{1,15}(?:[.,\u00a0\u202f ]\d{3}){0,5}(?:[.,:]\d{1,15})?"
_HAN = re.compile(rf"(?:{_FIGURE}[千万萬亿億兆]+余?)+|[一二三四五六七八九十]{{2,3}}(?![月日号號点點年])")
_HAN_PART = re.compile(rf"({_FIGURE})([千万萬亿億兆]+)")
_HAN_DIGITS = {char: value for value, char in enumerate("一二三四五六七八九", 1)}
_TOKEN = re.compile(r"[\w-]+")
_HAS_FIGURE = re.compile(r"[\d十]")
_PATTERNS = {
    language: re.compile(
        rf"(?<![\w.,])({_FIGURE})(?:[\s\u00a0\u202f-]?({'|'.join(sorted(scales, key=len, reverse=True))})\b)?",
        re.IGNORECASE,
    )
    for language, scales in _SCALES.items()
}  # fmt: skip
_PLAIN = re.compile(rf"(?<![.,\d])({_FIGURE})()")
_SPACES = re.compile(r"[\u00a0\u202f ]")
_GROUPED = {mark: re.compile(rf"\d{{1,3}}(?:\{group}\d{{3}})+(?:\{mark}\d+)?") for mark, group in (".,", ",.")}
_NOT_LAST = re.compile(r"\.(?=.*\.)")


def numbers_of(text: str, language: str | None) -> list[float]:
    """Each number with its magnitude, in no order; single digits without one are left out, they tell nothing."""
    language = (language or "en").partition("-")[0]
    named, found = _NAMED.get(language), []
    if named:
        lowered = text.lower()
        if any(map(lowered.__contains__, named)):
            found = [float(named[word]) for word in _TOKEN.findall(lowered) if word in named]
    if not _HAS_FIGURE.search(text):
        return found
    if language in ("zh", "ja"):
        found += _of_han(text)
        text = _HAN.sub(" ", text)
    scales = _SCALES.get(language, {})
    for figure, magnitude in _PATTERNS.get(language, _PLAIN).findall(text):
        value = _value(figure, language)
        scale = scales.get(magnitude.casefold(), 0) if magnitude else 0
        if value >= 10 or scale or value != int(value):
            found.append(value * 10**scale)
    return found


def _value(figure: str, language: str) -> float:
    """A figure's value; what stands before three digits groups them unless it is the language's decimal mark."""
    if figure.isdecimal():
        return float(figure)
    figure = _SPACES.sub("", figure).replace(":", ".")
    mark, group = (".", ",") if language in POINT else (",", ".")
    if _GROUPED[mark].fullmatch(figure):
        figure = figure.replace(group, "")
    return float(_NOT_LAST.sub("", figure.replace(",", ".")))


def _of_han(text: str) -> Iterator[float]:
    for match in _HAN.finditer(text):
        if parts := _HAN_PART.findall(match[0]):
            yield sum(_value(figure, "zh") * 10 ** sum(map(_HAN_SCALES.__getitem__, scale)) for figure, scale in parts)
        elif "十" in match[0]:
            tens, _, ones = match[0].partition("十")
            yield float(10 * _HAN_DIGITS.get(tens, 1) + _HAN_DIGITS.get(ones, 0))
