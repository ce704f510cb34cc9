"""How likely two articles tell the same event: what they share, weighed by a trained model."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from math import exp, log, sqrt

from newscrawl.dedup.evidence import Evidence
from newscrawl.dedup.near import contained

PRIOR = 50  # articles in which nothing that counts has stood: the first ones would have no rare words
WITHIN = ("hours", "numbers", "number_share", "names", "name_share", "cosine", "lead", "title", "copied", "rare",
          "conflict", "spread", "title_in")  # fmt: skip
ACROSS = ("hours", "numbers", "number_share", "names", "name_share", "spread", "title_in", "sounds", "script",
          "cosine")  # fmt: skip
_CJK = frozenset({"zh", "ja"})

Weigh = Callable[[str], float]


class Frequencies:
    """In how many articles of the window a word (of a language), a name or a number stands."""

    def __init__(self) -> None:
        self.articles: Counter[str] = Counter()  # by language; "" all
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, evidence: Evidence, times: int = 1) -> None:
        """Count an article, or with -1 forget it."""
        for language, found in ((evidence.language, evidence.words), ("", evidence.keys), ("~", evidence.sounds)):
            self.articles[language] += times
            counts = self.counts[language]
            for word in found:
                counts[word] += times
                if not counts[word]:
                    del counts[word]

    def rarity(self, language: str) -> Weigh:
        """0 for what all have to 1 for what one has."""
        total = self.articles[language] + PRIOR
        counts, scale = self.counts[language], 1 / log(total)
        return lambda word: max(log(total / (counts.get(word, 0) + 0.5)) * scale, 0.0)


def features(a: Evidence, b: Evidence, frequencies: Frequencies) -> dict[str, float]:
    """What a pair shares, by the names of WITHIN or ACROSS."""
    keys = frequencies.rarity("")
    numbers, number_share = _shared(a.numbers, b.numbers, keys)
    names, name_share = _shared(a.names, b.names, keys)
    found = {
        "hours": min(abs(a.at - b.at), 72.0) / 24,
        "numbers": min(numbers, 4.0),
        "number_share": number_share,
        "names": min(names, 6.0),
        "name_share": name_share,
        "spread": min(_spread(a, b), _spread(b, a)),
    }
    if a.language == b.language:
        return found | _within(a, b, frequencies.rarity(a.language), number_share)
    in_cjk = (a.language in _CJK) + (b.language in _CJK)
    sounds = frequencies.rarity("~")
    return found | {
        "title_in": max(_title_in(a, b, keys), _title_in(b, a, keys)),
        "sounds": min(sum(sounds(s) for s in a.sounds & b.sounds), 4.0) if in_cjk else 0.0,
        "script": float(in_cjk == 1),
        "cosine": _cosine(a.words, b.words, lambda word: 1.0) if in_cjk == 2 else 0.0,
    }


def _within(a: Evidence, b: Evidence, rarity: Weigh, number_share: float) -> dict[str, float]:
    cosine = _cosine(a.words, b.words, rarity)
    return {
        "cosine": cosine,
        "lead": _cosine(dict.fromkeys(a.lead, 1.0), dict.fromkeys(b.lead, 1.0), rarity),
        "title": _cosine(dict.fromkeys(a.title, 1.0), dict.fromkeys(b.title, 1.0), rarity),
        "copied": contained(a.runs, b.runs),
        "rare": min(sum(rarity(word) ** 2 for word in a.words.keys() & b.words.keys()), 30.0) / 10,
        # Results of another company, yesterday's market: the same words around other numbers.
        "conflict": cosine * (1 - number_share) if len(a.numbers) > 2 < len(b.numbers) else 0.0,
        "title_in": max(_part(a.title, b.words, rarity), _part(b.title, a.words, rarity)),
    }


def _shared(a: Mapping[str, float], b: Mapping[str, float], rarity: Weigh) -> tuple[float, float]:
    """Sum of what both have, and its share of what the one with less has."""
    if not (common := a.keys() & b.keys()):
        return 0.0, 0.0
    total = sum(min(a[key], b[key]) * rarity(key) for key in common)
    least = min(sum(value * rarity(key) for key, value in side.items()) for side in (a, b))
    return total, total / least if least else 0.0


def _cosine(a: Mapping[str, float], b: Mapping[str, float], rarity: Weigh) -> float:
    product = sum(a[key] * b[key] * rarity(key) ** 2 for key in a.keys() & b.keys())
    if not product:
        return 0.0
    lengths = [sqrt(sum((value * rarity(key)) ** 2 for key, value in side.items())) for side in (a, b)]
    return product / (lengths[0] * lengths[1])


def _spread(a: Evidence, b: Evidence) -> float:
    """Share of the sentences of one that name or count what the other does: a round-up has it in one of many."""
    return sum(not s.isdisjoint(b.names) or not s.isdisjoint(b.numbers) for s in a.sentences) / max(len(a.sentences), 1)


def _title_in(a: Evidence, b: Evidence, rarity: Weigh) -> float:
    """Share of the names and numbers of a title that the other article has."""
    names = {key for word in a.title if (key := "@" + word) in a.names}
    return _part(names, b.names, rarity)


def _part(some: Iterable[str], others: Collection[str], rarity: Weigh) -> float:
    total = have = 0.0
    for key in some:
        weight = rarity(key)
        total += weight
        have += weight if key in others else 0.0
    return have / total if total else 0.0
