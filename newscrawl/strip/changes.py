"""What another reading of an article changes for its reader: blocks that go, come back, are found or lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from newscrawl.items import Block, Removed
from newscrawl.strip.edits import Text
from newscrawl.strip.features import measure
from newscrawl.strip.lexicon import load_lexicon
from newscrawl.strip.splice import read_lines

Deed = Literal["cut", "put back", "found", "lost"]
"""Cut from the text; back in it; not seen before; neither kept nor cut any more."""

BY_EXTRACTION = "extract"
"""In place of a rule, where the page was read otherwise."""


@dataclass(frozen=True, slots=True)
class Change:
    """One block, or the tail of one."""

    deed: Deed
    rule: str  # that cuts it now, or did; BY_EXTRACTION
    kind: str | None  # of boilerplate
    text: str
    is_prose: bool  # a sentence or more: look at it, if it is cut or lost


def changes_of(before: Text, after: Text) -> Iterator[Change]:
    """The differences between two readings of an article; none where a cut merely has another name now.

    Raises:
        ValueError: The cuts do not fit their text.
    """
    old, new = (read_lines(text.kept, text.removed) for text in (before, after))
    was_kept, is_kept = (Counter(line.kept for line in lines if line.kept) for lines in (old, new))
    was_whole, is_whole = (Counter(line.whole for line in lines) for lines in (old, new))
    was_cut, is_cut = (Counter(cut.text for cut in text.removed) for text in (before, after))
    yield from _cuts("cut", after.removed, is_cut - was_cut, was_whole)
    yield from _cuts("put back", before.removed, was_cut - is_cut, is_whole)
    yield from _lines("found", is_kept - was_kept, was_whole)
    yield from _lines("lost", was_kept - is_kept, is_whole)


def _lines(deed: Deed, lines: Counter[str], others: Counter[str]) -> Iterator[Change]:
    """Those of the lines that the other reading does not have, kept or cut, not even as a part of one."""
    for text, count in lines.items():
        if not any(text in other for other in others):
            yield from [Change(deed, BY_EXTRACTION, None, text, is_prose(text))] * count


def _cuts(deed: Deed, removed: Sequence[Removed], texts: Counter[str], others: Counter[str]) -> Iterator[Change]:
    """Those of the cuts that the other reading has as a part of its text."""
    left = Counter(texts)
    for cut in removed:
        if left[cut.text] and any(cut.text in other for other in others):
            left[cut.text] -= 1
            yield Change(deed, cut.rule, cut.kind, cut.text, is_prose(cut.text))


def is_prose(text: str) -> bool:
    """Whether a piece of text is a sentence or more, by its looks alone."""
    block = measure(Block(text), load_lexicon())
    return block.is_sentence or block.is_paragraph
