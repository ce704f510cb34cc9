"""An article's text with its cuts in place."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from newscrawl.items import Removed, RemovedKind
from newscrawl.text import clean_text

STYLES: dict[RemovedKind, str] = {
    "paywall": "red", "disclaimer": "yellow", "ticker_list": "magenta", "wire_trailer": "cyan", "contact": "blue",
    "copyright": "cyan", "dateline": "green", "byline": "green", "caption": "blue", "newsletter": "yellow",
    "related": "magenta", "share": "blue", "author_bio": "green", "comments": "blue", "app_promo": "yellow",
    "timestamp": "green", "navigation": "magenta", "other": "red",
}  # fmt: skip


def marked(text: str, removed: Sequence[Removed], *, colour: bool) -> Text:
    """The numbered blocks, every cut marked as `[-kind: …-]`, and in the colour of its kind on a terminal.

    Args:
        text: The kept text, a block a line.
        removed: In order.
        colour: Whether it is shown on a terminal.
    """
    from newscrawl.strip.splice import read_lines

    shown = Text()
    lines = read_lines(text, removed)
    width = len(str(len(lines)))
    for number, line in enumerate(lines, 1):
        shown.append(f"{number:>{width}}  ", style="dim" if colour else "")
        shown.append(clean_text(line.kept))
        for cut in line.cuts:
            body = cut.text.lstrip()
            shown.append(cut.text[: len(cut.text) - len(body)])
            shown.append(clean_text(f"[-{cut.kind}: {body}-]"), style=f"{STYLES[cut.kind]} strike" if colour else "")
        shown.append("\n")
    return shown
