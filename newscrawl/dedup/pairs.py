"""What two articles share, weighed by how rare it is in the window."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from heapq import nlargest
from math import log, sqrt
from operator import itemgetter

from newscrawl.dedup.evidence import Evidence

PRIOR = 50  # articles in which nothing that counts has stood: the first ones would have no rare words
WITHIN = ("hours", "numbers", "number_share", "names", "name_share", "spread", "cosine", "rare", "conflict")
ACROSS = ("hours", "numbers", "number_share", "names", "name_share", "spread", "sounds", "script", "cosine")
WORDS = 64  # words of an article that are compared
_ARTICLES = ""  # under which a day's count of articles stands, no word
_CJK = frozenset({"zh", "ja"})


class Frequencies:
    """In how many articles of the window a word (of a language), a name, a number or a sound stands."""

    def __init__(self) -> None:
        self._articles: Counter[str] = Counter()
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._days: dict[int, list[tuple[str, Counter[str]]]] = {}

    def add(self, evidence: Evidence) -> None:
        """Count an article."""
        day = self._days.setdefault(int(evidence.at // 24), [])
        held = dict(day)
        for kind, found in evidence.kinds:
            if kind not in held:
                day.append((kind, Counter()))
                held[kind] = day[-1][1]
            for counts in (self._counts[kind], held[kind]):
                counts.update(found)
            self._articles[kind] += 1
            held[kind][_ARTICLES] += 1

    def forget(self, before: float) -> None:
        """Let go of the days that ended before a time."""
        for day in [day for day in self._days if (day + 1) * 24 <= before]:
            for kind, held in self._days.pop(day):
                self._articles[kind] -= held.pop(_ARTICLES)
                counts = self._counts[kind]
                counts.subtract(held)
                for word in held:
                    if not counts[word]:
                        del counts[word]

    def rarity(self, kind: str) -> Callable[[str], float]:
        """0 for what all have to 1 for what one has."""
        total = self._articles[kind] + PRIOR
        counts, scale = self._counts[kind], 1 / log(total)
        return lambda word: max(log(total / (counts.get(word, 0) + 0.5)) * scale, 0.0)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is kept of an article: its evidence, each piece by its rarity at the time when the article came."""

    language: str
    at: float  # hours
    digest: str
    runs: frozenset[int]
    words: Mapping[str, float]  # those that weigh most
    length: float  # of all words as a vector
    names: Mapping[str, float]
    names_total: float
    numbers: Mapping[str, float]
    numbers_total: float
    sounds: Mapping[str, float]
    where: Mapping[str, int]
    sentences: int
    wire: str | None


def weigh(evidence: Evidence, frequencies: Frequencies) -> Weighed:
    """The evidence by the frequencies of now."""
    (words, keys, sounds) = (frequencies.rarity(kind) for kind, _ in evidence.kinds)
    vector = {word: value * words(word) for word, value in evidence.words.items()}
    names = {name: value * keys(name) for name, value in evidence.names.items()}
    numbers = {number: value * keys(number) for number, value in evidence.numbers.items()}
    return Weighed(
        language=evidence.language,
        at=evidence.at,
        digest=evidence.digest,
        runs=evidence.runs,
        words=dict(nlargest(WORDS, vector.items(), key=itemgetter(1))),
        length=sqrt(sum([value * value for value in vector.values()])) or 1.0,
        names=names,
        names_total=sum(names.values()),
        numbers=numbers,
        numbers_total=sum(numbers.values()),
        sounds={sound: sounds(sound) for sound in evidence.sounds},
        where=evidence.where,
        sentences=evidence.sentences,
        wire=evidence.wire,
    )


def features(a: Weighed, b: Weighed) -> dict[str, float]:
    """What a pair shares, by the names of WITHIN or ACROSS; the same in both orders."""
    names, numbers = a.names.keys() & b.names.keys(), a.numbers.keys() & b.numbers.keys()
    name_sum, number_sum = _least(a.names, b.names, names), _least(a.numbers, b.numbers, numbers)
    number_share = _ratio(number_sum, min(a.numbers_total, b.numbers_total))
    found = {
        "hours": min(abs(a.at - b.at), 72.0) / 24,
        "numbers": min(number_sum, 4.0),
        "number_share": number_share,
        "names": min(name_sum, 6.0),
        "name_share": _ratio(name_sum, min(a.names_total, b.names_total)),
        "spread": min(_spread(a, names | numbers), _spread(b, names | numbers)),
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


def _product(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return sum([a[word] * b[word] for word in a.keys() & b.keys()])


def _least(a: Mapping[str, float], b: Mapping[str, float], common: Iterable[str]) -> float:
    return sum([min(a[key], b[key]) for key in common])


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _spread(article: Weighed, shared: Iterable[str]) -> float:
    """Share of the sentences that hold a shared name or number: a round-up has them in one of many."""
    held = 0
    for key in shared:
        held |= article.where[key]
    return held.bit_count() / max(article.sentences, 1)
