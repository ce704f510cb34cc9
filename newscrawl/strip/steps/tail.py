"""The end of the page, walked from its last block back to the story."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newscrawl.items import RemovedKind
from newscrawl.strip.document import Document, Mark, Marks, is_foreign, stretches
from newscrawl.strip.features import ITEM_LINK_SHARE, Features

_CITATION = re.compile(
    r"[↑^]|\[\d{1,3}\]|(?:\d{1,3}[.)]?\s*)?\(?(?:https?://|www\.)\S+$|.*\((?:18|19|20)\d\d[a-z]?\)", re.IGNORECASE
)
_COMMAS, _LISTED = re.compile("[,、，،]"), 5
_FOREIGN_WEIGHT = 8
_FOREIGN_LATIN_WEIGHT = 25
_LIST = 3
# After these no story goes on.
_CLOSING: frozenset[RemovedKind] = frozenset({"copyright", "comments"})


def mark_foreign(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark blocks outside the story that are in another script: the portal's own words around a foreign story.

    Source:
        Seed 004: an English wire story in a Chinese portal. Latin lines in other scripts need more letters, as names of
        firms and persons are written in it everywhere.
    """
    story = doc.story(marks)
    for index, block in enumerate(doc.blocks):
        if not story or index in story or index in marks or block.block.tag == "row":
            continue
        if not is_foreign(block.script, doc.script):
            continue
        least = _FOREIGN_LATIN_WEIGHT if block.script == "Latn" else _FOREIGN_WEIGHT
        if block.weight >= least or block.is_linked:
            yield Mark(index, "other", "other/foreign_script", 0.85)


def mark_links(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark lines that are links: all of them outside the story, headline-long ones without a full stop inside it.

    Source:
        Dev corpus: of unpunctuated lines with a link share of .8, 119 of 120 after the story are boilerplate, all
        before it, and of those of 40 letters between its paragraphs 60 of 65. Shorter ones there are subheads.
    """
    story = doc.story(marks)
    for index, block in enumerate(doc.blocks):
        share = block.block.link_share
        if index in marks or block.is_heading or block.is_paragraph or block.block.tag in ("row", "pre"):
            continue
        if (block.ends and (index in story or share < 0.95)) or is_citation(block):
            continue
        if index not in story and share >= 0.8 and block.weight >= 3:
            yield Mark(index, "related", "related/links", 0.9)
        elif share >= 0.6 and block.weight >= 36 and not block.is_item and _is_whole(block):
            yield Mark(index, "related", "related/link", 0.75)


def _is_whole(block: Features) -> bool:
    """Whether it may be a headline: no introduction, no piece of a sentence, no list of the towns of a warning."""
    text = block.flat
    return not text.endswith(":") and not block.block.text[:1].islower() and len(_COMMAS.findall(text)) < _LISTED


def is_citation(block: Features) -> bool:
    """Whether it names a source of the story: a note, a title with its year, an address without words."""
    return bool(_CITATION.match(block.block.text))


def mark_link_lists(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark lists of three items or more that all hold links: headlines of other stories, with or without teasers."""
    story = doc.story(marks)
    for start, stop in stretches(doc, lambda block: block.is_item and block.block.link_share >= ITEM_LINK_SHARE):
        items = doc.blocks[start:stop]
        if all(map(is_citation, items)):
            continue
        linked = all(item.block.link_share >= 0.5 and not item.ends for item in items)
        introduced = start > 0 and doc.blocks[start - 1].flat.endswith((":", "："))
        if stop - start >= _LIST and (start not in story or (linked and not introduced)):
            yield from (Mark(index, "related", "related/link_list", 0.8) for index in range(start, stop))


def mark_formulas(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark a paragraph with one formula of boilerplate where other boilerplate parts it from the story."""
    story = doc.story(marks)
    below = False
    for index in range(story.stop, len(doc.blocks)):
        hits = [hit for hit in doc.blocks[index].hits if hit.rule.where in ("notice", "start")]
        if index in marks:
            below = True
        elif below and hits and not doc.blocks[index].is_quoted(hits[0]):
            yield Mark(index, hits[0].rule.kind, hits[0].rule.name, 0.75)
        else:
            below = False


def mark_tail(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark what is left below a line that ends every story: comments, an agency's `(END)`, a copyright notice."""
    story = doc.story(marks)
    if not story:
        return
    below = range(max(story.stop, len(doc.blocks) // 2), len(doc.blocks))
    closed = next((index for index in below if _closes(marks.get(index))), len(doc.blocks))
    for index in range(len(doc.blocks) - 1, closed, -1):
        block = doc.blocks[index]
        if index not in marks and not block.is_paragraph and block.block.tag != "row":
            yield Mark(index, "other", "other/after_end", 0.8)


def _closes(mark: Mark | None) -> bool:
    return mark is not None and (mark.kind in _CLOSING or mark.rule == "wire_trailer/en.end") and mark.score >= 0.9
