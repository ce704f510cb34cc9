"""What the URLs of a site's articles have in common, as regular expressions that tell them from its other pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

Sureness = Literal["sure", "likely", "unsure"]

MIN_SHARE = 0.95
"""Share of the articles' URLs that a pattern has to match."""

MAX_OTHERS = 0.1
"""Share of the other URLs that it may match."""

MAX_PATTERNS = 3
"""Patterns of which each takes a part of the articles, where no single one takes enough."""

MAX_URLS = 2_000
"""URLs of each kind that are looked at."""

MIN_URLS = {"sure": 20, "likely": 8}
"""Articles from which a pattern is worth that much.

Learnt from half of the links of 69 real pages, such patterns took 98 % of the articles of the other half and 1 % of its
other pages; those of fewer links 92 % and 3 %.
"""

_DATES = (
    r"/20\d\d/\d\d?/\d\d?/", r"/20\d\d/\d\d?/", r"/20\d\d/[a-z]{3}/\d\d?/", r"/20\d\d[-_]\d\d[-_]\d\d", r"/20\d\d/",
    r"(?<!\d)20\d\d(?:0[1-9]|1[0-2])[0-3]\d", r"/\d{4}[-_]?\d\d/",
)  # fmt: skip
_NUMBERS = (
    r"/\d{5,}(?:\.\w+)?/?$", r"[-_.]\d{5,}(?:\.\w+)?/?$", r"/\d{5,}[-_/]", r"\d{5,}(?:\.\w+)?/?$", r"\d{5,}",
    r"/\d{3,}", r"[-_]\d{3,}(?:\.\w+)?/?$", r"[-/_.](?=[a-z]*\d)[0-9a-f]{8,}", r"[-/][a-z]{1,3}\d{4,}",
    r"/(?=\D*\d)[a-z\d]{6,}/?$",
)  # fmt: skip
_SLUGS = (
    r"/[^/]+(?:-[^/-]+){3,}[^/]*/?$", r"/[^/]+(?:-[^/-]+){2,}[^/]*/?$", r"/[^/]+(?:_[^/_]+){3,}[^/]*/?$",
    r"/[^/]+-[^/]+/?$", r"/[^/]{30,}$", r"%[0-9A-F]{2}.*%[0-9A-F]{2}",
)  # fmt: skip
_WORD = re.compile(r"[a-z][a-z-]{2,30}", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[a-z]{3,5}$")
_OPENING = re.compile(r"[a-z]{3,12}[-_](?=\d)|[a-z]{3,12}[-_](?=[a-z]+[-_])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UrlPattern:
    """Regular expressions that are searched in URLs, and how they did on those that they were learnt from."""

    patterns: tuple[str, ...]
    matched: int  # articles that one of them matches
    articles: int
    others_matched: int
    others: int
    held_out: float  # share of the articles that patterns learnt from the other half match
    sure: Sureness

    def __str__(self) -> str:
        others = f", and {self.others_matched} of {self.others} other links" if self.others else ""
        return f"{self.sure}: matches {self.matched} of {self.articles} articles{others}"


def learn_pattern(articles: Sequence[str], others: Sequence[str]) -> UrlPattern | None:
    """The simplest patterns that nearly all articles match and few other pages do; None where there are none.

    Args:
        articles: URLs of articles, of one site.
        others: URLs of its sections, topics and the like.
    """
    articles, others = (list(dict.fromkeys(urls))[:MAX_URLS] for urls in (articles, others))
    chosen = _choose(articles, others) if articles else ()
    if not chosen:
        return None
    held_out = _held_out(articles, others)
    matched, wrong = _count(chosen, articles), _count(chosen, others)
    sure: Sureness = "unsure"
    if len(articles) >= MIN_URLS["likely"] and held_out >= MIN_SHARE - 0.05:
        sure = "sure" if len(articles) >= MIN_URLS["sure"] and held_out >= MIN_SHARE and len(others) >= 5 else "likely"
    return UrlPattern(chosen, matched, len(articles), wrong, len(others), held_out, sure)


def _held_out(articles: list[str], others: list[str]) -> float:
    """The share of each half of the articles that patterns learnt from the other half match."""
    halves = articles[::2], articles[1::2]
    if not halves[1]:
        return 0.0
    found = sum(_count(_choose(half, others), rest) for half, rest in (halves, halves[::-1]))
    return found / len(articles)


def _choose(articles: list[str], others: list[str]) -> tuple[str, ...]:
    """One pattern that takes nearly all articles, else up to three that do so together."""
    scored = [_Scored.of(pattern, articles, others) for pattern in _candidates(articles)]
    usable = [one for one in scored if len(one.wrong) <= MAX_OTHERS * len(others)]
    needed = MIN_SHARE * len(articles)
    single = [one for one in usable if len(one.right) >= needed]
    if single:
        return (min(single, key=lambda one: one.cost(len(articles), len(others))).pattern,)
    taken: set[str] = set()
    chosen: list[str] = []
    while usable and len(chosen) < MAX_PATTERNS and len(taken) < needed:
        best = max(usable, key=lambda one: (len(one.right - taken) - len(one.wrong), -len(one.pattern)))
        if len(best.right - taken) < max(2, 0.1 * len(articles)):
            break
        chosen.append(best.pattern)
        taken |= best.right
    return tuple(chosen) if len(taken) >= needed else ()


@dataclass(frozen=True, slots=True)
class _Scored:
    pattern: str
    right: frozenset[str]
    wrong: frozenset[str]

    @classmethod
    def of(cls, pattern: str, articles: list[str], others: list[str]) -> _Scored:
        search = re.compile(pattern).search
        return cls(pattern, frozenset(filter(search, articles)), frozenset(filter(search, others)))

    def cost(self, articles: int, others: int) -> tuple[float, int]:
        """What it gets wrong, a lost article weighing more than a page in vain; of equals, the shorter is better."""
        lost = 1 - len(self.right) / articles
        return round(2 * lost + len(self.wrong) / max(others, 1), 2) + 0.02 * self.pattern.count(".*"), len(
            self.pattern
        )


def _count(patterns: Sequence[str], urls: Sequence[str]) -> int:
    searches = [re.compile(pattern).search for pattern in patterns]
    return sum(any(search(url) for search in searches) for url in urls)


def _candidates(articles: list[str]) -> Iterator[str]:
    """Signs of articles, alone and after a folder that many of them lie in."""
    words, endings = _frequent(articles)
    signs = (*_DATES, *_NUMBERS, *_SLUGS, *endings)
    yield from signs
    yield from words
    yield from (f"{word}.*{sign.removesuffix('/')}" for word, sign in product(words, (*_NUMBERS[-4:], *_SLUGS[:2])))
    yield from (
        f"{slug.removesuffix('/?$').removesuffix('[^/]*')}.*{end}" for slug, end in product(_SLUGS[:2], endings)
    )


def _frequent(articles: list[str]) -> tuple[list[str], list[str]]:
    """Folders and openings of file names that a tenth of the articles have, and endings: parameters and suffixes."""
    words: Counter[str] = Counter()
    endings: Counter[str] = Counter()
    for url in articles:
        parts = urlsplit(url)
        *folders, name = parts.path.split("/") if parts.path else [""]
        words.update({f"/{re.escape(folder)}/" for folder in folders if _WORD.fullmatch(folder)})
        if opening := _OPENING.match(name):
            words[f"/{re.escape(opening[0])}"] += 1
        if suffix := _SUFFIX.search(name):
            endings[rf"\{suffix[0]}$"] += 1
        endings.update(rf"[?&]{re.escape(key)}=\d+" for key, value in parse_qsl(parts.query) if value.isdigit())
    enough = max(2, len(articles) / 10)
    return tuple([text for text, count in counts.most_common(8) if count >= enough] for counts in (words, endings))  # type: ignore[return-value]
