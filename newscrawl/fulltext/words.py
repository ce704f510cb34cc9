"""The words of a text, as both databases index them and as a query asks for them.

Letters that are written with spaces between words are words as they stand, without case and diacritics. Those that are
not (Han, kana, Hangul, Thai, ...) become overlapping pairs, so that any two neighbours are found without a dictionary:
`中央銀行` is 中央, 央銀, 銀行 and 行. The last character stands alone, so that each begins a word: one character alone
is then a prefix. Hangul, too: particles grow onto its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from operator import add
from typing import NamedTuple

MAX_WORD = 64
"""Characters kept of a word. PostgreSQL takes 2,046 bytes; who needs more searches for something else."""

_PAIRS = (
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"  # Han
    "\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # kana
    "\u3105-\u312f\u31a0-\u31bf\u1100-\u11ff\ua960-\ua97f\uac00-\ud7fb"  # Bopomofo, Hangul
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1780-\u17d3\u1000-\u103f\u1050-\u109f\uaa60-\uaa7f"  # Thai ... Myanmar
)
_PAIRED = re.compile(f"[{_PAIRS}]")
_ASCII = re.compile("[a-z0-9]+")
# Texts that folding does not join or take apart otherwise than by words: what most of Europe writes.
_LATIN = re.compile("[\0-\x7f\xa0\xab\xb0\xbb\xc0-\u017f\u2010-\u201f\u2026\u20ac]*")
_LATIN_WORD = re.compile(r"[^\W_]+")
_JOINERS = "\u200b-\u200d\u2060\U000e0100-\U000e01ef"
# Diacritics that people leave out when they type: accents, Hebrew points, Arabic vowels, the nukta of Indic scripts.
_LEFT_OUT = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u093c\u09bc\u0a3c"
    f"\u0abc\u0b3c\u0cbc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe2f{_JOINERS}]"
)
_LETTERS = dict(
    zip("øłđħŧıæœёѐѝىئیکةہ", ("o", "l", "d", "h", "t", "i", "ae", "oe", *"ееиيييكهه"), strict=True)
)  # letters that are written for one another, and that Unicode does not take apart


class Word(NamedTuple):
    """A word and where it stands."""

    word: str
    start: int
    end: int


class _Folding(dict[int, str]):
    """Case is folded already; one character at a time."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        folded = _LETTERS.get(char) or char
        if _LEFT_OUT.match(char):
            folded = ""
        elif (digit := unicodedata.decimal(char, None)) is not None:
            folded = str(digit)
        elif point < 0x400 or 0x600 <= point < 0x700 or 0x1E00 <= point < 0x2000:  # Latin, Greek, Arabic
            parts = _LEFT_OUT.sub("", unicodedata.normalize("NFD", folded))
            folded = "".join(_LETTERS.get(part, part) for part in parts)
        self[point] = folded
        return folded


_FOLDING = _Folding()


def words(text: str) -> list[str]:
    """The words of a text in their order."""
    if text.isascii():
        return [word[:MAX_WORD] for word in _ASCII.findall(text.lower())]
    found: list[str] = []
    if _LATIN.fullmatch(text):
        for run in _LATIN_WORD.findall(text):
            if run.isascii():
                found.append(run.lower()[:MAX_WORD])
            else:
                found += _split(run)
        return found
    if "\n" in text:  # what stands in one line need not slow down all others
        for line in text.split("\n"):
            found += words(line)
        return found
    for run in _patterns().run.findall(text):
        found += _split(run)
    return found


def placed_words(text: str) -> Iterator[Word]:
    """The same words, each with its place in the text."""
    if text.isascii():
        for found in _ASCII.finditer(text.lower()):
            yield Word(found[0][:MAX_WORD], *found.span())
        return
    for run in _patterns().run.finditer(text):
        at = run.start()
        folded = _fold(run[0])
        starts, ends = _places(run[0], folded)
        for word, start, end in _pieces(folded):
            yield Word(word, at + starts[start], at + ends[end - 1])


def is_paired(char: str) -> bool:
    """Whether a character belongs to a script whose words are pairs."""
    return _PAIRED.match(char) is not None


class _Patterns(NamedTuple):
    run: re.Pattern[str]  # of letters, digits and marks
    piece: re.Pattern[str]  # of a folded run: of paired characters, or of others
    cluster: re.Pattern[str]  # a character with what may become one with it


@cache
def _patterns() -> _Patterns:
    """Python's word characters lack marks, without which there is no Hindi."""
    blocks = (range(0x300, 0x3100), range(0xA600, 0xAC00), range(0xFB00, 0xFE30), range(0x10A00, 0x12000))
    marks = "".join(chr(point) for block in blocks for point in block if unicodedata.category(chr(point))[0] == "M")
    after = rf"{marks}{_JOINERS}"
    return _Patterns(
        re.compile(rf"\w+(?:[{after}]+\w*)*"),
        re.compile(rf"[{_PAIRS}]+|(?:[^\W_{_PAIRS}]|(?![{_PAIRS}])[{marks}])+"),
        re.compile(rf".[{after}\u1160-\u11ff\uff9e\uff9f]*", re.DOTALL),
    )


def _split(run: str) -> Sequence[str]:
    """The words of a run. A short one is mostly a word that came before."""
    return _split_known(run) if len(run) < 24 else _split_run(run)


def _split_run(run: str) -> Sequence[str]:
    found: list[str] = []
    for piece in _patterns().piece.findall(_fold(run)):
        if is_paired(piece):
            found += map(add, piece, piece[1:])
            found.append(piece[-1])
        else:
            found.append(piece[:MAX_WORD])
    return found


_split_known = lru_cache(maxsize=20_000)(_split_run)


def _pieces(folded: str) -> Iterator[tuple[str, int, int]]:
    """The same words, and where they stand in the folded run."""
    for piece in _patterns().piece.finditer(folded):
        first, last = piece.span()
        if is_paired(piece[0]):
            for at in range(first, last):
                end = min(at + 2, last)
                yield folded[at:end], at, end
        else:
            yield piece[0][:MAX_WORD], first, last


def _fold(s: str) -> str:
    if s.isascii():
        return s.lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", s).casefold())
    return folded.translate(_FOLDING)


def _places(run: str, folded: str) -> tuple[Sequence[int], Sequence[int]]:
    """Where each character of the folded run begins and ends in the run."""
    size, whole = len(folded), len(run)
    if size == whole:
        return range(size), range(1, size + 1)
    clusters = [(cluster.span(), len(_fold(cluster[0]))) for cluster in _patterns().cluster.finditer(run)]
    starts = [start for (start, _), count in clusters for _ in range(count)]
    ends = [end for (_, end), count in clusters for _ in range(count)]
    if len(starts) != size:  # characters of several clusters became one
        return [at * whole // size for at in range(size)], [-(-(at + 1) * whole // size) for at in range(size)]
    return starts, ends
