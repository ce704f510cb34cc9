"""Labelled pages to a model: needs scikit-learn, which reading pages does not.

Words and names are weighed by a logistic regression each; its sums, made by one that has not seen the outlet, go into
boosted trees with the other numbers. All splits are by outlet, so that no figure is of an outlet that was trained on.
The same pages give the same model.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from math import log
from typing import Any

from newscrawl.items import Block
from newscrawl.strip.chain import read_marks
from newscrawl.strip.model import Forest, Model, Tree, inputs_of, weigh_tokens
from newscrawl.strip.signals import Signals, read_signals

FOLDS = 5
MIN_OUTLETS = 3  # in which a word must stand to be weighed
STRENGTH = 0.3  # of the evidence against the prior, in the regressions
TREES, RATE, LEAVES, MIN_LEAF = 300, 0.05, 4, 20
SAMPLE = 0.5  # share of the blocks that each tree is made of
MIN_WEIGHT = 0.02  # of a word that is kept in the model


class TrainingError(Exception):
    """There is too little to learn from; the message says what is needed."""


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page's blocks, and which of them are boilerplate."""

    outlet: str
    language: str | None
    blocks: tuple[Block, ...]
    labels: tuple[bool | None, ...]  # True: boilerplate; None: nobody can say
    kinds: tuple[str | None, ...]  # of boilerplate
    headline: str | None = None
    site_name: str | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Blocks of all pages, one behind the other."""

    signals: tuple[Signals, ...]
    plain: tuple[Signals, ...]  # the same blocks as text alone
    page: tuple[int, ...]  # number of its page
    outlet: tuple[str, ...]
    label: tuple[bool | None, ...]

    def where(self, chosen: Sequence[bool]) -> Rows:
        """Some of the rows."""
        return Rows(
            tuple(compress(self.signals, chosen)),
            tuple(compress(self.plain, chosen)),
            tuple(compress(self.page, chosen)),
            tuple(compress(self.outlet, chosen)),
            tuple(compress(self.label, chosen)),
        )


def read_rows(pages: Sequence[LabelledPage]) -> Rows:
    """The blocks of pages, with their markup and without."""
    signals: list[Signals] = []
    plain: list[Signals] = []
    numbers: list[int] = []
    outlets: list[str] = []
    labels: list[bool | None] = []
    for number, page in enumerate(pages):
        signals += _signals(page, page.blocks)
        plain += _signals(page, [replace(block, place=None) for block in page.blocks])
        numbers += [number] * len(page.blocks)
        outlets += [page.outlet] * len(page.blocks)
        labels += page.labels
    return Rows(tuple(signals), tuple(plain), tuple(numbers), tuple(outlets), tuple(labels))


def _signals(page: LabelledPage, blocks: Sequence[Block]) -> tuple[Signals, ...]:
    return read_signals(*read_marks(blocks, headline=page.headline, site_name=page.site_name))


def fit(rows: Rows) -> Model:
    """Train on all rows.

    Raises:
        TrainingError: Fewer outlets than folds, or blocks of one sort only.
    """
    labels = {label for label in rows.label if label is not None}
    if len(set(rows.outlet)) < FOLDS + 1 or labels != {True, False}:
        raise TrainingError(f"expected pages of more than {FOLDS} outlets, with blocks of both sorts")
    names, words = _sums(rows, lambda one: one.names), _sums(rows, lambda one: one.words)
    marked = _boost(rows, _inputs(rows, rows.signals, names.unseen, words.unseen))
    plain = _boost(rows, _inputs(rows, rows.plain, [0.0] * len(words.unseen), words.unseen))
    return Model(names.weights, words.weights, marked, plain)


def cross_validate(rows: Rows) -> tuple[list[float], list[float]]:
    """How sure a model that has not seen the outlet is of each row, 0 to 1: with its markup, and without."""
    scores, plain = [0.0] * len(rows.page), [0.0] * len(rows.page)
    for held in _folds(rows, FOLDS):
        model = fit(rows.where([not out for out in held]))
        test = rows.where(held)
        words = [weigh_tokens(model.words, one.words) for one in test.signals]
        names = [weigh_tokens(model.names, one.names) for one in test.signals]
        found = map(model.marked.score, _inputs(test, test.signals, names, words))
        found_plain = map(model.plain.score, _inputs(test, test.plain, [0.0] * len(words), words))
        for index in compress(range(len(held)), held):
            scores[index], plain[index] = next(found), next(found_plain)
    return scores, plain


@dataclass(frozen=True, slots=True)
class _Sums:
    weights: dict[str, float]
    unseen: list[float]  # of each row, by weights that have not seen its outlet


def _sums(rows: Rows, tokens_of: Callable[[Signals], tuple[str, ...]]) -> _Sums:
    tokens = [tokens_of(one) for one in rows.signals]
    unseen = [0.0] * len(tokens)
    for held in _folds(rows, FOLDS - 1):
        seen = [not out for out in held]
        weights = _regress(rows.where(seen), list(compress(tokens, seen)))
        for index in compress(range(len(held)), held):
            unseen[index] = weigh_tokens(weights, tokens[index])
    return _Sums(_regress(rows, tokens), unseen)


def _regress(rows: Rows, tokens: Sequence[Sequence[str]]) -> dict[str, float]:
    """Weights of the tokens that enough outlets have."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    outlets: defaultdict[str, set[str]] = defaultdict(set)
    for outlet, own in zip(rows.outlet, tokens, strict=True):
        for token in own:
            outlets[token].add(outlet)
    vocabulary = sorted(token for token, where in outlets.items() if len(where) >= MIN_OUTLETS)
    known = [label is not None for label in rows.label]
    if not vocabulary:
        return {}
    count = CountVectorizer(analyzer=lambda own: own, vocabulary=vocabulary, binary=True)
    regression = LogisticRegression(C=STRENGTH, max_iter=1000)
    target = list(compress(rows.label, known))
    regression.fit(count.transform(list(compress(tokens, known))), target)
    found = zip(vocabulary, regression.coef_[0].tolist(), strict=True)
    return {token: round(weight, 3) for token, weight in found if abs(weight) >= MIN_WEIGHT}


def _boost(rows: Rows, inputs: Sequence[Sequence[float]]) -> Forest:
    from sklearn.ensemble import GradientBoostingClassifier

    boosted = GradientBoostingClassifier(
        n_estimators=TREES,
        learning_rate=RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=MIN_LEAF,
        subsample=SAMPLE,
        random_state=0,
    )
    known = [label is not None for label in rows.label]
    target = [bool(label) for label in rows.label if label is not None]
    boosted.fit(list(compress(inputs, known)), target)
    prior = float(boosted.init_.class_prior_[1])
    return Forest(log(prior / (1 - prior)), tuple(_tree(one.tree_, 0) for one in boosted.estimators_[:, 0]))


def _tree(tree: Any, node: int) -> Tree:
    if tree.children_left[node] < 0:
        return round(RATE * float(tree.value[node][0][0]), 5)
    low, high = (_tree(tree, int(child[node])) for child in (tree.children_left, tree.children_right))
    return int(tree.feature[node]), float(tree.threshold[node]), low, high


def _inputs(
    rows: Rows, signals: Sequence[Signals], names: Sequence[float], words: Sequence[float]
) -> list[tuple[float, ...]]:
    """What the trees read of all rows; neighbours are those of the same page."""
    found: list[tuple[float, ...]] = []
    start = 0
    for count in Counter(rows.page).values():  # in the order of the pages
        part = slice(start, start + count)
        found += inputs_of(signals[part], names[part], words[part])
        start += count
    return found


def _folds(rows: Rows, count: int) -> list[list[bool]]:
    """Which rows each fold holds out: whole outlets, the largest dealt out first."""
    sizes = Counter(rows.outlet)
    filled = [0] * count
    fold_of: dict[str, int] = {}
    for outlet, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold_of[outlet] = filled.index(min(filled))
        filled[fold_of[outlet]] += size
    return [[fold_of[outlet] == fold for outlet in rows.outlet] for fold in range(count)]
