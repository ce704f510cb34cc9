"""Blocks that the outlet repeats from article to article, as the store has learnt."""

from __future__ import annotations

from collections.abc import Iterator

from newscrawl.strip.document import Document, Mark, Marks
from newscrawl.text import block_key

RULE = "repeated/outlet"
_ACCEPTED = 0.9
_LEARNT = 0.85


def mark_repeated(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark blocks that are known to be repeated: wherever they stand if a person said so, else below the story.

    A full paragraph that nobody judged stays: agencies tell the background of a story in the same words for weeks.
    """
    if not doc.repeated:
        return
    story = doc.story(marks)
    for index, block in enumerate(doc.blocks):
        is_accepted = doc.repeated.get(block_key(block.block.text))
        if is_accepted is None or (not is_accepted and (index < story.stop or block.is_paragraph)):
            continue
        kind = marks[index].kind if index in marks else "other"
        yield Mark(index, kind, RULE, _ACCEPTED if is_accepted else _LEARNT)
