"""Cuts to records and back: every removed text knows where it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from newscrawl.items import Block, Removed, Stripped
from newscrawl.strip.document import Mark


def assemble(blocks: Sequence[Block], marks: Mapping[int, Sequence[Mark]]) -> Stripped:
    """Kept blocks and removed texts, from the marks of each block (in the order of their `start`)."""
    kept: list[Block] = []
    removed: list[Removed] = []
    offset = 0
    for index, block in enumerate(blocks):
        cuts = marks.get(index, ())
        stop = cuts[0].start if cuts else len(block.text)
        if stop:
            text = block.text[:stop]
            kept.append(block if not cuts else Block(text, block.tag, block.link_share))
            offset += stop + 1
        for position, cut in enumerate(cuts):
            end = cuts[position + 1].start if position + 1 < len(cuts) else len(block.text)
            piece = block.text[cut.start : end]
            removed.append(Removed(cut.kind, piece, cut.rule, cut.score, offset - 1 if stop else offset))
    return Stripped(tuple(kept), tuple(removed))


def splice(text: str, removed: Sequence[Removed]) -> str:
    r"""Put removed texts back: the inverse of `strip_blocks`.

    Args:
        text: Kept blocks, one a line (`Stripped.text`).
        removed: In the order in which they were removed.

    Returns:
        The blocks' texts as they were before, one a line.

    Raises:
        ValueError: The removals are out of order, outside the text, or cut a line in its middle.
    """
    lines = text + "\n" if text else ""
    parts: list[str] = []
    done = 0
    for item in removed:
        at = item.cut_at
        if not done <= at <= len(lines):
            raise ValueError(f"removed[{item.rule}]: cut_at {at} is outside {done} to {len(lines)}")
        whole = at == 0 or lines[at - 1] == "\n"
        if not whole and lines[at : at + 1] != "\n":
            raise ValueError(f"removed[{item.rule}]: cut_at {at} is neither the start nor the end of a line")
        parts += [lines[done:at], item.text, "\n" if whole else ""]
        done = at
    return "".join([*parts, lines[done:]]).removesuffix("\n")
