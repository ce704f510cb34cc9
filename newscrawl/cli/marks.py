"""An article's text with its cuts in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from newscrawl.items import Removed, RemovedKind
from newscrawl.text import clean_text

STYLES: dict[RemovedKind, str] = {
    "paywall": "red", "disclaimer": "yellow", "ticker_list": "magenta", "wire_trailer": "cyan", "contact": "blue",
    "copyright": "cyan", "dateline": "green", "byline": "green", "caption": "blue", "newsletter": "yellow",
    "related": "magenta", "share": "blue", "author_bio": "green", "comments": "blue", "app_promo": "yellow",
    "timestamp": "green", "navigation": "magenta", "other": "red",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the original text, kept or cut."""

    text: str
    cut: Removed | None = None


def pieces(text: str, removed: Sequence[Removed]) -> Iterator[Piece]:
    r"""Kept text and cuts in reading order; whole blocks end with `\n`.

    Args:
        text: The kept text, a block a line, no line end after the last.
        removed: In order; `cut_at` as `items.Removed` defines it.
    """
    kept = f"{text}\n" if text else ""
    done = 0
    for cut in removed:
        yield Piece(kept[done : cut.cut_at])
        at_line_start = cut.cut_at == 0 or kept[cut.cut_at - 1 : cut.cut_at] == "\n"
        yield Piece(cut.text, cut)
        if at_line_start:
            yield Piece("\n")
        done = cut.cut_at
    yield Piece(kept[done:])


def marked(text: str, removed: Sequence[Removed], *, colour: bool) -> Text:
    """The text with every cut marked as `[-kind: …-]`, and in the colour of its kind on a terminal."""
    shown = Text()
    for piece in pieces(text, removed):
        if piece.cut is None:
            shown.append(clean_text(piece.text))
            continue
        body = piece.text.lstrip()
        shown.append(piece.text[: len(piece.text) - len(body)])
        shown.append(
            clean_text(f"[-{piece.cut.kind}: {body}-]"), style=f"{STYLES[piece.cut.kind]} strike" if colour else ""
        )
    return shown
