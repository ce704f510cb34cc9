"""The trained weights of the evidence, as data: a sum for pairs within a language, another for pairs across two."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from newscrawl.dedup.near import contained
from newscrawl.dedup.pairs import Weighed, features

ALIKE = 0.4  # cosine of two texts that are looked at for copies
COPY, BARE_COPY = 0.5, 0.8  # share of the runs of words of a copy, and of one without numbers
SAME_NUMBERS = 0.5
SURE = 0.98


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature adds to the logarithm of the odds."""

    bias: float
    factors: Mapping[str, float]

    def likelihood(self, found: Mapping[str, float]) -> float:
        """0 to 1."""
        total = self.bias + sum([factor * found[name] for name, factor in self.factors.items()])
        return 1 / (1 + math.exp(-total))


@dataclass(frozen=True, slots=True)
class PairModel:
    """How likely two articles tell one event."""

    within: Weights
    across: Weights

    def score(self, a: Weighed, b: Weighed) -> float:
        """The likelihood, 0 to 1; the same in both orders."""
        if a.digest == b.digest:
            return 1.0
        found = features(a, b)
        if a.language != b.language:
            return self.across.likelihood(found)
        return max(self.within.likelihood(found), _copied(a, b, found))


def _copied(a: Weighed, b: Weighed, found: Mapping[str, float]) -> float:
    """The likelihood of a copy, which need not hold names: a template has the words, but other numbers."""
    if found["cosine"] < ALIKE:
        return 0.0
    least = COPY if found["number_share"] >= SAME_NUMBERS else math.inf if a.numbers and b.numbers else BARE_COPY
    return SURE if contained(a.runs, b.runs) >= least else 0.0


@cache
def packaged_model() -> PairModel:
    """The weights that came with the package."""
    data = json.loads(files(__package__).joinpath("weights.json").read_text("utf-8"))
    return PairModel(*(Weights(data[kind]["bias"], data[kind]["factors"]) for kind in ("within", "across")))
