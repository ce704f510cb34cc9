"""What stands on a page beside its story: the evidence for most facts about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from newscrawl.describe.garbled import is_placeholder
from newscrawl.items import RemovedKind, Stripped
from newscrawl.text import squeeze

_TRAILERS: frozenset[RemovedKind] = frozenset(
    {"wire_trailer", "copyright", "byline", "dateline", "contact", "author_bio", "timestamp", "disclaimer", "other"}
)


@dataclass(frozen=True, slots=True)
class Aside:
    """Texts that are none of the story, each once, in reading order."""

    trailers: tuple[str, ...] = ()  # removed; an agency may sign there
    bylines: tuple[str, ...] = ()  # removed
    notices: tuple[str, ...] = ()  # removed, and lines of the page
    rows: tuple[str, ...] = ()  # list items, table rows and lines of the page, cells parted by ` | `
    quotes: tuple[str, ...] = ()  # removed as a list of symbols
    is_signed: bool = False  # an agency's trailer closes the story: nothing is missing
    has_placeholder: bool = False  # Latin without meaning was removed: the story's end is missing
    widgets: tuple[str, ...] = ()  # rows that the outlet's file knows to list symbols
    is_gated: bool = False  # the page shows what its outlet's file knows for a wall

    @classmethod
    def of(
        cls,
        stripped: Stripped,
        lines: Iterable[str] = (),
        rows: Iterable[str] = (),
        widgets: Iterable[str] = (),
        *,
        is_gated: bool = False,
    ) -> Aside:
        """Gather it from what was removed, and from the page's visible lines and rows, which hold the story too.

        Lines and rows are squeezed; widgets and `is_gated` are what the outlet's selectors find.
        """
        removed = [squeeze(item.text) for item in stripped.removed]
        story = {_bare(squeeze(block.text)) for block in stripped.kept}
        return cls(
            trailers=tuple(squeeze(item.text) for item in stripped.removed if item.kind in _TRAILERS),
            bylines=tuple(squeeze(item.text) for item in stripped.removed if item.kind == "byline"),
            notices=tuple(dict.fromkeys((*removed, *(line for line in lines if _bare(line) not in story)))),
            rows=tuple(dict.fromkeys(row for row in rows if _bare(row) not in story)),
            quotes=tuple(squeeze(item.text) for item in stripped.removed if item.kind == "ticker_list"),
            is_signed=any(item.kind == "wire_trailer" for item in stripped.removed),
            has_placeholder=any(item.kind == "paywall" and is_placeholder(item.text) for item in stripped.removed),
            widgets=tuple(widgets),
            is_gated=is_gated,
        )


def _bare(row: str) -> str:
    """A table row without its bars and empty cells, in which a body's and a page's differ."""
    return " ".join(row.replace("|", " ").split()) if "|" in row else row
