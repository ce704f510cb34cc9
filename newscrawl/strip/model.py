"""The trained part: words and trees that weigh all evidence of a block, as data, without the library that made them.

The score of a block is a sum: each of some hundred small trees adds what the numbers of the block, and of those around
it, lead it to. Two of the numbers are sums themselves, over the words of the text and the names in the markup.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from math import exp, isfinite
from pathlib import Path
from typing import Any

from newscrawl.strip.document import Document, Marks
from newscrawl.strip.signals import NEAR, OWN, Signals, near, read_signals

WEIGHTS_VARIABLE = "NEWSCRAWL_WEIGHTS"
"""Names a file of weights to use in place of the packaged one."""

INPUTS = (*OWN, "names", "words", *(f"rules_{where}" for where in NEAR), *(f"words_{where}" for where in NEAR))
"""What the trees read, in the order of a row."""

GROUPS = (*OWN, "names", "words", *("near_rules" for _ in NEAR), *("near_words" for _ in NEAR))
"""The names under which inputs are explained."""

Tree = float | tuple[int, float, Any, Any]
"""A leaf's value, or (input, threshold, tree where the input is at most that, tree where it is more)."""


class WeightsError(Exception):
    """A file of weights cannot be used; the message says why."""


@dataclass(frozen=True)
class Forest:
    """Trees, each of which adds to what is likely without any evidence."""

    prior: float
    trees: tuple[Tree, ...]

    def score(self, inputs: Sequence[float]) -> float:
        """How sure it is that a block is boilerplate, 0 to 1, from what is told of it in the order of `INPUTS`."""
        return 1 / (1 + exp(-self._total(inputs)))

    def shares(self, inputs: Sequence[float]) -> dict[str, float]:
        """What each input adds to the sum: a tree's value is shared by the inputs that led to it.

        In natural logarithms of odds: 0.7 doubles them. Inputs of neighbours are one.
        """
        found: defaultdict[str, float] = defaultdict(float)
        for tree in self.trees:
            node, path = tree, set()
            while isinstance(node, tuple):
                at, threshold, low, high = node
                path.add(GROUPS[at])
                node = low if inputs[at] <= threshold else high
            for name in path:
                found[name] += node / len(path)
        return dict(found)

    @cached_property
    def _total(self) -> Callable[[Sequence[float]], float]:
        """The sum of prior and trees, as one expression: five times as fast as a walk from node to node."""
        terms = ", ".join(map(_expression, (self.prior, *self.trees)))
        total: Callable[[Sequence[float]], float] = eval(f"lambda x: sum(({terms}))")  # noqa: S307  # of numbers alone
        return total


def _expression(tree: Tree) -> str:
    if not isinstance(tree, tuple):
        return repr(tree)
    at, threshold, low, high = tree
    return f"({_expression(low)} if x[{at}] <= {threshold!r} else {_expression(high)})"


@dataclass(frozen=True, slots=True)
class Model:
    """Weights, and where they come from."""

    names: Mapping[str, float]
    words: Mapping[str, float]
    marked: Forest  # for pages
    plain: Forest  # for text without markup
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def forest(self, doc: Document) -> Forest:
        """The trees for a document."""
        return self.marked if any(block.block.place for block in doc.blocks) else self.plain

    def inputs(self, doc: Document, marks: Marks) -> list[tuple[float, ...]]:
        """What the trees read of each block, in the order of `INPUTS`; arguments as of `read_signals`."""
        signals = read_signals(doc, marks)
        names = [weigh_tokens(self.names, one.names) for one in signals]
        words = [weigh_tokens(self.words, one.words) for one in signals]
        return inputs_of(signals, names, words)


def inputs_of(signals: Sequence[Signals], names: Sequence[float], words: Sequence[float]) -> list[tuple[float, ...]]:
    """What the trees read of each block of a document, with the sums over its names and words given."""
    rules = near([one.numbers[0] for one in signals])
    both = near([name + word for name, word in zip(names, words, strict=True)])
    return [
        (*one.numbers, names[index], words[index], *rules[index], *both[index]) for index, one in enumerate(signals)
    ]


def weigh_tokens(weights: Mapping[str, float], tokens: Iterable[str]) -> float:
    """The sum of the weights of those that have one."""
    return sum(filter(None, map(weights.get, tokens)))


def weights_file() -> Traversable:
    """The file of the weights in use: the one that NEWSCRAWL_WEIGHTS names, else the packaged one."""
    named = os.environ.get(WEIGHTS_VARIABLE)
    return Path(named) if named else files("newscrawl.strip") / "weights.json"


@cache
def load_model() -> Model:
    """The weights in use.

    Raises:
        WeightsError: The file is not there, or no file of weights for these inputs.
    """
    path = weights_file()
    try:
        return parse_model(path.read_bytes())
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read: {error.strerror}") from error
    except WeightsError as error:
        raise WeightsError(f"{path}: {error}") from None


def parse_model(raw: bytes) -> Model:
    """The model that a file of weights holds.

    Raises:
        WeightsError: It is none, or made for other inputs.
    """
    try:
        content = json.loads(raw)
        inputs = content["inputs"]
        model = Model(
            content["names"],
            content["words"],
            _forest(content["marked"]),
            _forest(content["plain"]),
            content["provenance"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"no file of weights: {error!r}") from None
    if tuple(inputs) != INPUTS:
        raise WeightsError("made by another version of newscrawl; train it again: newscrawl rules train LABELS.jsonl")
    return model


def dump_model(model: Model) -> bytes:
    """The model as a file that `parse_model` reads."""
    content = {
        "provenance": model.provenance,
        "inputs": INPUTS,
        "marked": [model.marked.prior, model.marked.trees],
        "plain": [model.plain.prior, model.plain.trees],
        "names": model.names,
        "words": model.words,
    }
    lines = (f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items())
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _forest(content: Any) -> Forest:
    prior, trees = content
    return Forest(_number(prior), tuple(map(_tree, trees)))


def _tree(node: Any) -> Tree:
    if isinstance(node, list):
        at, threshold, low, high = node
        if at not in range(len(INPUTS)):
            raise ValueError(f"expected an input from 0 to {len(INPUTS) - 1}, got {at!r}")
        return int(at), _number(threshold), _tree(low), _tree(high)
    return _number(node)


def _number(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"expected a number, got {value!r}")
    return number
