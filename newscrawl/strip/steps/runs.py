"""Boilerplate that is known by its neighbours: what follows a heading, or stands between marks."""

from __future__ import annotations

from collections.abc import Iterator

from newscrawl.items import PICTURE, RemovedKind
from newscrawl.strip.document import Document, Mark, Marks
from newscrawl.strip.features import Features
from newscrawl.strip.kinds import IN_STRETCHES
from newscrawl.strip.steps.heads import is_stamp
from newscrawl.strip.steps.lists import is_address, is_number, is_price

_DATED = 3  # dated lines that make readers' comments
_CAPTION_WEIGHT = 130
_CREDIT_WEIGHT = 60
_CELL_WEIGHT = 45  # letters of the longest button or label
_TAKES_PROSE: frozenset[RemovedKind] = frozenset({"disclaimer"})


def mark_runs(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark what follows a heading of boilerplate, until a full paragraph returns.

    Inside the story only links, list items and prices go along: a short line before a paragraph is a subhead. After it
    every short line does.
    """
    story = doc.story(marks)
    taken: set[int] = set()
    for index, block in enumerate(doc.blocks):
        mark = marks.get(index)
        if mark is None or index in taken or not _heads(block, mark):
            continue
        for follower in _followers(doc, marks, story, index, mark.kind):
            taken.add(follower)
            yield Mark(follower, mark.kind, mark.rule, 0.8 if follower in story else 0.9)


def _heads(block: Features, mark: Mark) -> bool:
    return any(hit.rule.name == mark.rule and hit.rule.where == "heading" for hit in block.hits)


def _followers(doc: Document, marks: Marks, story: range, head: int, kind: RemovedKind) -> Iterator[int]:
    for index in range(head + 1, len(doc.blocks)):
        block = doc.blocks[index]
        if index in marks:
            if any(hit.rule.where == "heading" for hit in block.hits):
                return
            continue
        if kind in _TAKES_PROSE and block.is_paragraph and index == head + 1:
            yield index
            continue
        if block.is_paragraph or not (_may_follow(block) if index >= story.stop else _goes_along(block)):
            return
        yield index


def _goes_along(block: Features) -> bool:
    return (
        block.is_linked
        or is_price(block)
        or is_number(block)
        or is_stamp(block)
        or (block.is_item and block.is_label and block.block.link_share > 0)
    )


def _may_follow(block: Features) -> bool:
    return _goes_along(block) or block.is_label or is_address(block) or (block.is_item and not block.is_paragraph)


def mark_comments(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark everything below a line about comments when every few blocks there are dated: readers' contributions."""
    first = min((index for index, mark in marks.items() if mark.kind == "comments"), default=None)
    if first is None:
        return
    below = range(first + 1, len(doc.blocks))
    dated = sum(is_stamp(doc.blocks[index]) for index in below)
    if dated >= _DATED and dated * 5 >= len(below) and first > len(doc.blocks) // 5:
        yield from (Mark(index, "comments", "comments/dated", 0.9) for index in below if index not in marks)


def mark_captions(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark what the page's markup says of a picture, and a line without a full stop that stands on one's credit."""
    for index, block in enumerate(doc.blocks):
        if PICTURE in block.names and index not in marks and block.block.tag == "p" and not block.is_item:
            yield Mark(index, "caption", "caption/picture", 0.85)
    for index, block in enumerate(doc.blocks[1:-1], start=1):
        below = marks.get(index + 1)
        if index in marks or below is None or below.rule != "caption/any.start" or block.is_heading or block.is_item:
            continue
        if not block.ends and block.weight <= _CAPTION_WEIGHT and doc.blocks[index + 1].weight < _CREDIT_WEIGHT:
            yield Mark(index, "caption", "caption/above_credit", 0.75)


def mark_between(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark a short line between two marked ones, or one and the end, of a kind that comes in stretches."""
    for index in range(1, len(doc.blocks)):
        before, after = marks.get(index - 1), marks.get(index + 1)
        if index in marks or before is None or before.kind not in IN_STRETCHES:
            continue
        if index + 1 == len(doc.blocks) or (after is not None and after.kind in IN_STRETCHES):
            block = doc.blocks[index]
            small = block.is_label and block.weight < _CELL_WEIGHT and block.block.tag in ("p", "li")
            if small and not block.flat.endswith(":"):
                yield Mark(index, before.kind, "other/between", 0.75)
