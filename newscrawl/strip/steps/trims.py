"""Sentences of boilerplate at the end of a paragraph that stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newscrawl.strip.document import Document, Mark, Marks
from newscrawl.strip.lexicon import Hit, flatten, load_lexicon

_OPENS = "([（【〔［<＜©ⓒ■▶▲※*-–—/=#→"
_ENDED = re.compile(r"[.!?。！？…][\"'”’」』»)）\]】]*\s*$|[”」』»)）\]】]\s*$")
_SCORE = 0.95


def mark_trailers(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark the tails of paragraphs that are credits, agency signs or copyright lines.

    Several behind each other are peeled off one by one; what nothing is left of is marked as a whole.
    """
    for index, block in enumerate(doc.blocks):
        if index not in marks and any(hit.rule.where == "trailer" for hit in block.hits):
            yield from _peel(index, block.block.text)


def _peel(index: int, text: str) -> list[Mark]:
    found: list[Mark] = []
    while hit := _trailer(text):
        text = text[: hit.start].rstrip()
        found.insert(0, Mark(index, hit.rule.kind, hit.rule.name, _SCORE, len(text)))
        if not text:
            return found[:1]
    return found


def _trailer(text: str) -> Hit | None:
    hits = (hit for hit in load_lexicon().hits(flatten(text)) if hit.rule.where == "trailer")
    return min((hit for hit in hits if _stands_apart(text, hit.start)), key=lambda hit: hit.start, default=None)


def _stands_apart(text: str, start: int) -> bool:
    """Whether the tail begins a sentence or a bracket of its own."""
    before = text[:start].rstrip()
    return not before or text[start] in _OPENS or bool(_ENDED.search(before))
