"""Normal forms of text: clean for the store, folded for comparison, and the script it is written in."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from hashlib import blake2b

MAX_MARKS = 30
"""Combining marks kept after one letter. Normalising longer runs takes quadratic time: 100 KB of marks, 12 s."""

MIN_KANA_SHARE = 0.05
"""Kana among the CJK letters from which a text is Japanese. A Chinese text quotes a lone 「の」 in a brand name."""

# C0 and C1 but tab and line end, noncharacters, soft hyphens and byte order marks (layout, not text),
# and the bidirectional embeddings, overrides and isolates, with which a text shows other than it reads.
_REFUSED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Noncharacters of the other planes are looked for only where there is anything of those: they would double the time.
_RARE = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")
_PLANE_ENDS = re.compile(f"[{''.join(chr(plane << 16 | end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF))}]")
_MARK = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302d\ufe20-\ufe2f"
_MARKS = re.compile(f"([{_MARK}]{{{MAX_MARKS}}})[{_MARK}]+")

_INVISIBLE = "\u200b\u2060\ufeff"
_FOLDED = str.maketrans(
    dict.fromkeys("‘’‚‛‹›`´′ʼʹ＇", "'")
    | dict.fromkeys("“”„‟«»″〝〞〟「」『』＂", '"')
    | dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufe0e\ufe0f")
)
_DIGITS = re.compile(r"\d+")

_SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x024F, "Latn"), (0x0250, 0x02AF, "Latn"), (0x0370, 0x03FF, "Grek"), (0x0400, 0x052F, "Cyrl"),
    (0x0530, 0x058F, "Armn"), (0x0590, 0x05FF, "Hebr"), (0x0600, 0x06FF, "Arab"), (0x0700, 0x074F, "Syrc"),
    (0x0750, 0x077F, "Arab"), (0x0780, 0x07BF, "Thaa"), (0x07C0, 0x07FF, "Nkoo"), (0x08A0, 0x08FF, "Arab"),
    (0x0900, 0x097F, "Deva"), (0x0980, 0x09FF, "Beng"), (0x0A00, 0x0A7F, "Guru"), (0x0A80, 0x0AFF, "Gujr"),
    (0x0B00, 0x0B7F, "Orya"), (0x0B80, 0x0BFF, "Taml"), (0x0C00, 0x0C7F, "Telu"), (0x0C80, 0x0CFF, "Knda"),
    (0x0D00, 0x0D7F, "Mlym"), (0x0D80, 0x0DFF, "Sinh"), (0x0E00, 0x0E7F, "Thai"), (0x0E80, 0x0EFF, "Laoo"),
    (0x0F00, 0x0FFF, "Tibt"), (0x1000, 0x109F, "Mymr"), (0x10A0, 0x10FF, "Geor"), (0x1100, 0x11FF, "Hang"),
    (0x1200, 0x139F, "Ethi"), (0x13A0, 0x13FF, "Cher"), (0x1780, 0x17FF, "Khmr"), (0x1800, 0x18AF, "Mong"),
    (0x1C50, 0x1C7F, "Olck"), (0x1C80, 0x1C8F, "Cyrl"), (0x1C90, 0x1CBF, "Geor"), (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"), (0x2C60, 0x2C7F, "Latn"), (0x2D00, 0x2D2F, "Geor"), (0x2D30, 0x2D7F, "Tfng"),
    (0x2D80, 0x2DDF, "Ethi"), (0x3005, 0x3007, "Hani"), (0x3041, 0x309F, "Kana"), (0x30A1, 0x30FA, "Kana"),
    (0x3105, 0x312F, "Bopo"), (0x3131, 0x318E, "Hang"), (0x31F0, 0x31FF, "Kana"), (0x3400, 0x4DBF, "Hani"),
    (0x4E00, 0x9FFF, "Hani"), (0xA640, 0xA69F, "Cyrl"), (0xA720, 0xA7FF, "Latn"), (0xAA60, 0xAA7F, "Mymr"),
    (0xAB30, 0xAB6F, "Latn"), (0xAC00, 0xD7FB, "Hang"), (0xF900, 0xFAFF, "Hani"), (0xFB00, 0xFB06, "Latn"),
    (0xFB1D, 0xFB4F, "Hebr"), (0xFB50, 0xFDFF, "Arab"), (0xFE70, 0xFEFC, "Arab"), (0xFF21, 0xFF5A, "Latn"),
    (0xFF66, 0xFF9D, "Kana"), (0x20000, 0x323AF, "Hani"),
)  # fmt: skip
_STARTS = [start for start, _, _ in _SCRIPTS]
_SYLLABLES = frozenset({"Hani", "Kana", "Hang", "Bopo"})


def clean_text(s: str) -> str:
    r"""Text that any store, parser and terminal takes: every string passes here once on its way into a record.

    Line ends of all kinds become `\n`. Joiners stay: Persian and Hindi words and family emoji need them. Surrogate
    pairs become the character they mean; lone surrogates go.

    Source:
        A NUL or a lone surrogate makes PostgreSQL refuse the row, and SQLite's `length()` end at it.
    """
    if s.isprintable():  # no control, surrogate or line end among it: almost every string
        return s if s.isascii() else _MARKS.sub(r"\1", s)
    s = _REFUSED.sub("", _LINE_END.sub("\n", s))
    if _RARE.search(s):
        s = _PLANE_ENDS.sub("", s.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore"))
    return _MARKS.sub(r"\1", s)


def squeeze(s: str) -> str:
    """One line: every run of white space (no-break and ideographic too) is one space, none at the ends."""
    return " ".join(s.split()).strip(" " + _INVISIBLE)


class _Letters(dict[int, int | None]):
    """A table for `str.translate` that deletes what is no letter and no digit, filled as characters are met."""

    def __missing__(self, point: int) -> int | None:
        kept = self[point] = point if chr(point).isalnum() else None
        return kept


_LETTERS = _Letters()


def letters_of(text: str) -> str:
    """The letters and digits of a text."""
    return text if text.isalnum() else text.translate(_LETTERS)


def fold(s: str) -> str:
    """The form in which two texts compare equal: NFKC, full width and case folded, quotes and dashes unified.

    Not for showing: joiners are gone, and `ß` is `ss`.
    """
    if s.isascii() and s.isprintable():
        return " ".join(s.replace("`", "'").lower().split())
    s = clean_text(s).translate(_FOLDED)  # before NFKC, which makes a space and a mark of a lone acute
    s = unicodedata.normalize("NFKC", s).casefold().translate(_FOLDED)
    return squeeze(clean_text(unicodedata.normalize("NFKC", s)))


def block_key(s: str) -> str:
    """32 hex digits that are equal for blocks that differ in case, punctuation marks' form or numbers alone."""
    masked = _DIGITS.sub("0", fold(s))
    return blake2b(masked.encode(), digest_size=16).hexdigest()


def script_of(s: str) -> str | None:
    """The ISO 15924 code of the script most of the letters are in; None without letters.

    Japanese is `Jpan` when kana stand among the Han characters, Korean `Kore`; Chinese is `Hani`. A CJK letter counts
    twice, as it stands for a syllable: a company's Latin name does not turn a Chinese headline into Latin.
    """
    counts: Counter[str] = Counter()
    for char, count in Counter(s).items():
        if char.isalpha() and (script := _script(ord(char))):
            counts[script] += count * (2 if script in _SYLLABLES else 1)
    kana, hani = counts.pop("Kana", 0), counts["Hani"]
    if kana and kana >= MIN_KANA_SHARE * (kana + hani):
        counts["Jpan"], counts["Hani"] = kana + hani, 0
    counts["Kore"] = counts.pop("Hang", 0)
    script, count = max(counts.items(), key=lambda pair: pair[1])
    return script if count else None


def _script(point: int) -> str | None:
    start, end, script = _SCRIPTS[max(bisect_right(_STARTS, point) - 1, 0)]
    return script if start <= point <= end else None
