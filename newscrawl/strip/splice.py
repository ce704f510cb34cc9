"""Cuts to records and back: every removed text knows where it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
            kept.append(replace(block, text=text) if cuts else block)
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
    return "\n".join(line.whole for line in read_lines(text, removed))


@dataclass(frozen=True, slots=True)
class Line:
    """One block as it was before, and what became of it."""

    kept: str  # empty: all of it was cut
    cuts: tuple[Removed, ...] = ()  # the whole block, or its tails in their order

    @property
    def whole(self) -> str:
        """The block before anything was cut."""
        return self.kept + "".join(cut.text for cut in self.cuts)


def read_lines(text: str, removed: Sequence[Removed]) -> tuple[Line, ...]:
    """The blocks, kept and cut, in reading order; arguments and errors as of `splice`."""
    lines: list[Line] = []
    waiting = list(reversed(removed))
    start = done = 0

    def cuts_at(offset: int) -> Iterator[Removed]:
        nonlocal done
        while waiting and waiting[-1].cut_at == offset:
            done = offset
            yield waiting.pop()

    for kept in text.split("\n") if text else ():
        lines += (Line("", (cut,)) for cut in cuts_at(start))
        end = start + len(kept)
        lines.append(Line(kept, tuple(cuts_at(end)) if kept else ()))
        start = end + 1
    lines += (Line("", (cut,)) for cut in cuts_at(start))
    if waiting:
        cut = waiting[-1]
        inside = done <= cut.cut_at <= start
        fault = "neither the start nor the end of a line" if inside else f"outside {done} to {start}"
        raise ValueError(f"removed[{cut.rule}]: cut_at {cut.cut_at} is {fault}")
    return tuple(lines)


def join_lines(lines: Iterable[Line]) -> tuple[str, tuple[Removed, ...]]:
    """The kept text and the cuts with their places: the inverse of `read_lines`."""
    removed: list[Removed] = []
    kept: list[str] = []
    offset = 0
    for line in lines:
        if line.kept:
            kept.append(line.kept)
            offset += len(line.kept) + 1
        removed += (replace(cut, cut_at=offset - 1 if line.kept else offset) for cut in line.cuts)
    return "\n".join(kept), tuple(removed)
