"""What two articles share, weighed by how rare it is among the latest ones."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from operator import itemgetter

from newscrawl.dedup.credits import Credit
from newscrawl.dedup.evidence import Evidence
from newscrawl.dedup.frequencies import Frequencies

WITHIN = ("hours", "numbers", "number_share", "names", "name_share", "spread", "cosine", "rare", "conflict")
ACROSS = ("hours", "numbers", "number_share", "names", "name_share", "spread", "sounds", "script", "cosine")
WORDS = 64  # words of an article that are compared
_CJK = frozenset({"zh", "ja"})


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is kept of an article: its evidence, each piece by its rarity at the time when the article came.

    All weights have four bytes, so that they are the same when the store gives them back.
    """

    language: str
    at: float  # hours
    digest: str
    runs: bytes
    words: Mapping[int, float]  # those that weigh most, the heaviest first
    length: float  # of all words as a vector
    names: Mapping[int, float]
    names_total: float
    numbers: Mapping[int, float]
    numbers_total: float
    sounds: Mapping[int, float]
    where: Mapping[int, int]
    sentences: int
    wire: str | None
    translated: str | None
    outlet: str
    credits: tuple[Credit, ...]


def weigh(evidence: Evidence, frequencies: Frequencies) -> Weighed:
    """The evidence by the frequencies of now."""
    vector = frequencies.weighed(evidence.language, evidence.words)
    length = sqrt(sum([value * value for _, value in vector])) or 1.0
    names = _rounded(frequencies.weighed("", evidence.names))
    numbers = _rounded(frequencies.weighed("", evidence.numbers))
    return Weighed(
        language=evidence.language,
        at=evidence.at,
        digest=evidence.digest,
        runs=evidence.runs,
        words=_rounded(sorted(vector, key=itemgetter(1, 0), reverse=True)[:WORDS]),
        length=array("f", [length])[0],
        names=names,
        names_total=sum(names.values()),
        numbers=numbers,
        numbers_total=sum(numbers.values()),
        sounds=_rounded(frequencies.weighed("~", dict.fromkeys(evidence.sounds, 1.0))),
        where=evidence.where,
        sentences=evidence.sentences,
        wire=evidence.wire,
        translated=evidence.translated,
        outlet=evidence.outlet,
        credits=evidence.credits,
    )


def _rounded(weights: list[tuple[int, float]]) -> dict[int, float]:
    if not weights:
        return {}
    keys, values = zip(*weights, strict=True)
    return dict(zip(keys, array("f", values), strict=True))


def features(a: Weighed, b: Weighed) -> dict[str, float]:
    """What a pair shares, by the names of WITHIN or ACROSS; the same in both orders."""
    names, numbers = a.names.keys() & b.names.keys(), a.numbers.keys() & b.numbers.keys()
    name_sum, number_sum = _least(a.names, b.names, names), _least(a.numbers, b.numbers, numbers)
    number_share = _ratio(number_sum, min(a.numbers_total, b.numbers_total))
    shared = [*names, *numbers]
    found = {
        "hours": min(abs(a.at - b.at), 72.0) / 24,
        "numbers": min(number_sum, 4.0),
        "number_share": number_share,
        "names": min(name_sum, 6.0),
        "name_share": _ratio(name_sum, min(a.names_total, b.names_total)),
        "spread": min(_spread(a, shared), _spread(b, shared)) if shared else 0.0,
        "cosine": 0.0,
    }
    if a.language == b.language:
        product = _product(a.words, b.words)
        found["cosine"] = cosine = product / (a.length * b.length)
        found["rare"] = min(product, 30.0) / 10
        # Results of another company, yesterday's market: the same words around other numbers.
        found["conflict"] = cosine * (1 - number_share) if len(a.numbers) > 2 < len(b.numbers) else 0.0
        return found
    in_cjk = (a.language in _CJK) + (b.language in _CJK)
    if in_cjk == 2:
        found["cosine"] = _product(a.words, b.words) / (a.length * b.length)
    found["sounds"] = min(_least(a.sounds, b.sounds, a.sounds.keys() & b.sounds.keys()), 4.0) if in_cjk else 0.0
    found["script"] = float(in_cjk == 1)
    return found


def _product(a: Mapping[int, float], b: Mapping[int, float]) -> float:
    return sum([a[word] * b[word] for word in a.keys() & b.keys()])


def _least(a: Mapping[int, float], b: Mapping[int, float], common: Iterable[int]) -> float:
    return sum([value if (value := a[key]) < (other := b[key]) else other for key in common]) if common else 0.0


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _spread(article: Weighed, shared: Iterable[int]) -> float:
    """Share of the sentences that hold a shared name or number: a round-up has them in one of many."""
    held, where = 0, article.where
    for key in shared:
        held |= where[key]
    return held.bit_count() / max(article.sentences, 1)
