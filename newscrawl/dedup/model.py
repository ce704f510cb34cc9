"""The trained weights of the evidence, as data: a sum for pairs within a language, another for pairs across two."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

from newscrawl.dedup.pairs import Weighed, features


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature adds to the logarithm of the odds."""

    bias: float
    factors: Mapping[str, float]

    def likelihood(self, found: Mapping[str, float]) -> float:
        """0 to 1."""
        total = self.bias + sum([factor * found[name] for name, factor in self.factors.items()])
        return 1 / (1 + exp(-total))


@dataclass(frozen=True, slots=True)
class PairModel:
    """How likely two articles tell one event."""

    within: Weights
    across: Weights

    def score(self, a: Weighed, b: Weighed) -> float:
        """The likelihood, 0 to 1; the same in both orders."""
        if a.digest == b.digest:
            return 1.0
        weights = self.within if a.language == b.language else self.across
        return weights.likelihood(features(a, b))


@cache
def packaged_model() -> PairModel:
    """The weights that came with the package."""
    data = json.loads(files(__package__).joinpath("weights.json").read_text("utf-8"))
    return PairModel(*(Weights(data[kind]["bias"], data[kind]["factors"]) for kind in ("within", "across")))
