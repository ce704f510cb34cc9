"""What persons said of an article's blocks, put above what the rules say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from newscrawl.items import Removed, RemovedKind
from newscrawl.strip.splice import Line, join_lines, read_lines
from newscrawl.text import block_key, squeeze

Verdict = Literal["body", "boilerplate"]

RULE = "label/mark"


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said of a block of one article."""

    text: str
    verdict: Verdict
    kind: RemovedKind | None = None  # of boilerplate


def apply_labels(text: str, removed: Sequence[Removed], labels: Iterable[Label]) -> tuple[str, tuple[Removed, ...]]:
    """A text and its cuts as the labels want them. Doing it twice changes nothing.

    A label of a whole block speaks for every block with its key; one of a tail, for every block that ends so.

    Args:
        text: Kept blocks, one a line.
        removed: In order.
        labels: Of this article; at most one for each block key.

    Raises:
        ValueError: As `splice`.
    """
    by_key = {block_key(label.text): label for label in labels}
    return join_lines(_labelled(line, by_key) for line in read_lines(text, removed))


def _labelled(line: Line, labels: dict[str, Label]) -> Line:
    own = labels.get(block_key(line.whole))
    if own is not None:
        return Line(line.whole) if own.verdict == "body" else Line("", (_cut(own, line.whole),))
    for label in labels.values():
        if label.verdict == "boilerplate" and (start := tail_start(line.kept, label.text)):
            line = Line(line.kept[:start], (_cut(label, line.kept[start:]), *line.cuts))
    return line


def tail_start(kept: str, tail: str) -> int:
    """Where the tail of a block begins, the white space before it included; 0 where the block does not end so."""
    tail = squeeze(tail)
    start = len(kept) - len(tail)
    if start <= 0 or not tail or not kept.endswith(tail) or (kept[start - 1].isalnum() and tail[0].isalnum()):
        return 0
    return len(kept[:start].rstrip())


def _cut(label: Label, text: str) -> Removed:
    return Removed(label.kind or "other", text, RULE, 1.0, 0)
