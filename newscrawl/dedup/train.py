"""Labelled articles to the weights of the pair model: needs scikit-learn, which tying articles does not.

    python -m newscrawl.dedup.train LABELLED.jsonl [UNRELATED.jsonl] > newscrawl/dedup/weights.json

LABELLED has `event` and `topic` beside what the filter reads; no two articles of UNRELATED, or of both, tell one event.

"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from newscrawl.dedup.evidence import Told, evidence_of
from newscrawl.dedup.frequencies import Frequencies
from newscrawl.dedup.pairs import ACROSS, WITHIN, Weighed, features, weigh
from newscrawl.dedup.window import WINDOW_H

STRENGTH = 0.3  # of the evidence against the prior


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article, its event (None: tied to nothing), and the topic of events that are easily taken for each other."""

    told: Told
    event: str | None
    topic: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles by their places, whether they tell one event, and what they share."""

    places: tuple[int, int]
    topics: frozenset[str]
    is_within: bool
    is_one: bool
    found: dict[str, float]


def pairs_of(articles: Sequence[Labelled]) -> list[Pair]:
    """The pairs within the window that share anything, weighed as the filter would, in the order of publication."""
    frequencies = Frequencies()
    kept: list[tuple[Labelled, Weighed]] = []
    for article in sorted(articles, key=lambda article: (str(article.told.published), str(article.told.id))):
        evidence = evidence_of(article.told)
        frequencies.add(evidence)
        kept.append((article, weigh(evidence, frequencies)))
    return list(_pairs(kept))


def _pairs(kept: Sequence[tuple[Labelled, Weighed]]) -> Iterator[Pair]:
    for (i, (one, a)), (j, (other, b)) in combinations(enumerate(kept), 2):
        is_one = one.event is not None and one.event == other.event
        shares = any(x.keys() & y.keys() for x, y in ((a.names, b.names), (a.numbers, b.numbers), (a.sounds, b.sounds)))
        if abs(a.at - b.at) <= WINDOW_H and (is_one or a.digest != b.digest) and (a.language == b.language or shares):
            topics = frozenset(label.topic for label in (one, other) if label.topic)
            yield Pair((i, j), topics, a.language == b.language, is_one, features(a, b))


def fit(pairs: Sequence[Pair], is_within: bool) -> dict[str, Any]:
    """The weights of one kind of pair."""
    from sklearn.linear_model import LogisticRegression

    names = WITHIN if is_within else ACROSS
    chosen = [pair for pair in pairs if pair.is_within == is_within]
    rows = [[pair.found[name] for name in names] for pair in chosen]
    scales = [max((sum(v * v for v in column) / len(column)) ** 0.5, 1e-6) for column in zip(*rows, strict=True)]
    scaled = [[value / scale for value, scale in zip(row, scales, strict=True)] for row in rows]
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit(scaled, [pair.is_one for pair in chosen])
    factors = zip(names, model.coef_[0], scales, strict=True)
    return {
        "bias": round(float(model.intercept_[0]), 4),
        "factors": {name: round(float(factor) / scale, 4) for name, factor, scale in factors},
    }


def train(pairs: Sequence[Pair]) -> dict[str, Any]:
    """The content of weights.json."""
    return {"within": fit(pairs, True), "across": fit(pairs, False)}


def read_labelled(path: Path) -> Iterator[Labelled]:
    """The articles of a file."""
    for line in path.read_text("utf-8").splitlines():
        fields = json.loads(line)
        told = Told(
            id=fields["id"],
            outlet=fields["outlet"],
            language=fields["language"],
            published=datetime.fromisoformat(fields["published"]),
            title=fields["title"],
            text=fields["text"],
            wire=fields.get("wire"),
        )
        yield Labelled(told, fields.get("event"), fields.get("topic"))


def main(paths: Sequence[str]) -> None:
    """Print the weights."""
    pairs = [pair for path in paths for pair in pairs_of(list(read_labelled(Path(path))))]
    sys.stdout.write(json.dumps(train(pairs), indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
