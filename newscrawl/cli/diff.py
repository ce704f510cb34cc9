"""What differs between two texts of a story, paragraph by paragraph, and within a paragraph word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel
from rich.text import Text

from newscrawl.text import clean_text

SIMILAR = 0.4
"""Share of its letters that a paragraph has in common with another for it to be that one, changed."""

MAX_CELLS = 100_000_000
"""Pieces of one paragraph times those of the other up to which they are compared: 12 MB."""

_SIGNS = {"same": "  ", "removed": "- ", "added": "+ "}
_MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
_STYLES = {"same": "", "removed": "red strike", "added": "green"}

AROUND = 1  # unchanged paragraphs shown before and after a change

# A word, a run of white space, or one sign; where the script puts no space between words, one character.
_PIECE = re.compile(
    r"\s+|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W\u3041-\u9fff]+|\W"
)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one paragraph, or of a part of it."""

    kind: Literal["same", "removed", "added", "changed"]
    old: str = ""
    new: str = ""

    def parts(self) -> list[Change]:
        """A changed paragraph in pieces, each the same, removed or added; what went stands before what came."""
        old, new = _PIECE.findall(self.old), _PIECE.findall(self.new)
        if len(old) * len(new) > MAX_CELLS:
            return [Change("removed", self.old), Change("added", new=self.new)]
        found: list[Change] = []
        gone = come = ""
        for step in Indel.opcodes(old, new):
            if step.tag == "equal":
                found += [*_replaced(gone, come), Change("same", new="".join(new[step.dest_start : step.dest_end]))]
                gone = come = ""
            else:
                gone, come = (
                    gone + "".join(old[step.src_start : step.src_end]),
                    come + "".join(new[step.dest_start : step.dest_end]),
                )
        return [*found, *_replaced(gone, come)]


def _replaced(gone: str, come: str) -> Iterator[Change]:
    if gone:
        yield Change("removed", gone)
    if come:
        yield Change("added", new=come)


def compare(old: str, new: str) -> list[Change]:
    """The paragraphs of two texts, one a line, in an order that reads."""
    before, after = old.split("\n"), new.split("\n")
    changes: list[Change] = []
    gone: list[str] = []
    come: list[str] = []
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            changes += _paired(gone, come)
            gone, come = [], []
            changes += [Change("same", new=line) for line in before[step.src_start : step.src_end]]
        else:
            gone += before[step.src_start : step.src_end]
            come += after[step.dest_start : step.dest_end]
    return changes + list(_paired(gone, come))


def _paired(gone: Sequence[str], come: Sequence[str]) -> Iterator[Change]:
    """Paragraphs that went and came at one place; those that are alike are one that changed."""
    rest = list(come)
    for old in gone:
        place = next((n for n, new in enumerate(rest) if Indel.normalized_similarity(old, new) >= SIMILAR), None)
        if place is None:
            yield Change("removed", old)
            continue
        yield from (Change("added", new=new) for new in rest[:place])
        yield Change("changed", old, rest[place])
        rest = rest[place + 1 :]
    yield from (Change("added", new=new) for new in rest)


def shown(changes: Sequence[Change], *, colour: bool) -> Text:
    """The changes as a person reads them: `[-gone-]{+come+}` in a paragraph, and in colour on a terminal."""
    text = Text()
    styles = _STYLES if colour else dict.fromkeys(_STYLES, "")
    near = {n + by for n, one in enumerate(changes) if one.kind != "same" for by in range(-AROUND, AROUND + 1)}
    hidden = 0
    for number, change in enumerate(changes):
        if number not in near:
            hidden += 1
            continue
        _skip(text, hidden, colour=colour)
        hidden = 0
        if change.kind == "changed":
            text.append("~ ")
            for part in change.parts():
                text.append(clean_text(_MARKS[part.kind].format(part.old or part.new)), style=styles[part.kind])
        else:
            text.append(_SIGNS[change.kind])
            text.append(clean_text(change.old or change.new), style=styles[change.kind])
        text.append("\n")
    _skip(text, hidden, colour=colour)
    return text


def _skip(text: Text, hidden: int, *, colour: bool) -> None:
    if hidden:
        text.append(f"  … {hidden} unchanged\n", style="dim" if colour else "")
