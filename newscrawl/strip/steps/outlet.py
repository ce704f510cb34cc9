"""What an outlet's file wants cut from its pages, or kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from newscrawl.items import UNWANTED, PageRules, RemovedKind
from newscrawl.strip.document import Document, Mark, Marks

BY_PLACE, BY_TEXT = "outlet/strip", "outlet/cut"


def mark_unwanted(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark blocks in elements that the file cuts, and those whose whole text one of its patterns matches."""
    patterns = [(_compiled(pattern), kind) for pattern, kind in doc.rules.cut]
    for index, block in enumerate(doc.blocks):
        place = next((name for name in block.names[:1] if name.startswith(UNWANTED)), None)
        if place is not None:
            yield Mark(index, cast("RemovedKind", place.removeprefix(UNWANTED)), BY_PLACE, 1.0)
        elif kind := next((kind for pattern, kind in patterns if pattern.fullmatch(block.block.text)), None):
            yield Mark(index, kind, BY_TEXT, 1.0)


def is_kept(mark: Mark, rules: PageRules) -> bool:
    """Whether the file wants that a mark's rule, or all of its kind, cuts nothing."""
    if not rules.keep or mark.rule in (BY_PLACE, BY_TEXT):
        return False
    return any(mark.rule == name or mark.rule.startswith(f"{name}/") for name in rules.keep)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
