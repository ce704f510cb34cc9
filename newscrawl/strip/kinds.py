"""What kind of boilerplate a block is that no rule has named."""

from __future__ import annotations

from newscrawl.items import RemovedKind
from newscrawl.strip.document import Document, Marks
from newscrawl.strip.lexicon import word_list

IN_STRETCHES: frozenset[RemovedKind] = frozenset(
    {"related", "ticker_list", "share", "comments", "navigation", "newsletter", "paywall", "app_promo", "other"}
)
"""Kinds that stand in stretches: a block between two such is of their kind."""

_NAMED: tuple[RemovedKind, ...] = (
    "caption", "newsletter", "comments", "author_bio", "byline", "share", "copyright", "disclaimer", "paywall",
    "ticker_list", "timestamp", "related",
)  # fmt: skip
_LINKED = 0.5


def kind_of(doc: Document, marks: Marks, index: int) -> RemovedKind:
    """The likeliest kind: by its words, the names of its place, its neighbours, its links.

    Args:
        doc: The document.
        marks: What is known of its other blocks.
        index: The block.
    """
    block = doc.blocks[index]
    hits = [hit for hit in block.hits if hit.rule.where != "trailer"]
    if hits:
        return max(hits, key=lambda hit: hit.count).rule.kind
    names = {name.partition(":")[2] for name in block.names if not name.startswith("over:")}
    named = next((kind for kind in _NAMED if not names.isdisjoint(word_list(f"in_{kind}"))), None)
    if named:
        return named
    beside = [marks[near].kind for near in (index - 1, index + 1) if near in marks]
    stretch = next((kind for kind in beside if kind in IN_STRETCHES), None)
    return stretch or ("related" if block.block.link_share >= _LINKED else "other")
