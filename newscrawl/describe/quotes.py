"""Lists of quotes beside a story: rows of a symbol, a price and its change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files

import yaml

from newscrawl.describe.exchanges import MIC_OF_SUFFIX

MAX_ROW = 200  # characters of a row of quotes
MIN_CODES = 2
"""Symbols that make a list of quotes; a lone one is a telephone number or a result of sports."""

WORDS: dict[str, str] = yaml.safe_load(files(__package__).joinpath("symbols.yaml").read_text("utf-8"))
NO_QUOTE = frozenset(WORDS["no_quote"].split())

_CHANGE = re.compile(
    r"(?<![\d.])[-+−–▲▼±△▽]?\s?\d[\d,.]*\s?%|(?:^|\s)[-+−▲▼△▽]\s?\d[\d,]*\.?\d*\b|\b(?:unch|不變|不变|変わらず|보합)\b"
)
_DIGIT = re.compile(r"\d")  # most rows have none
_PRICE = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|(?<![\d.])\d+[.,]\d{1,3}(?!\d)|\d\s?p\b")
_CODE = re.compile(
    r"(?:[A-Z]{2,5}(?:\.(?:[A-Z]{1,2}|[NX]0000))?|\d{6}|\d{4,5}(?:\.[A-Z]{2})?|\d{3}[A-Z])(?!\S)"
)  # opens a cell
_COMMON_SHARE = "N0000"  # Colombo's class of almost every share: `KVAL.N0000`
_NUMBERED = re.compile(r"\d{4,6}\s[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_PAIR = re.compile(r"\b([A-Z]{2,6})/(?:USD|EUR|USDT|BTC)\b")


def codes_of(
    rows: Sequence[str], quotes: Sequence[str] = (), widgets: Sequence[str] = ()
) -> Iterator[tuple[str, str | None]]:
    """The symbols of rows that show a price and its change, each with its market where a suffix tells it.

    Args:
        rows: List items, table rows and lines, their cells parted by bars.
        quotes: Rows that are known to list symbols; there a price is enough.
        widgets: Rows of lists that a person has named; there a symbol is.
    """
    yield from (code for row in widgets for code in _codes(row))
    for row in rows:
        if "/" in row:
            yield from ((match[1], None) for match in _PAIR.finditer(row[:MAX_ROW]) if match[1] not in NO_QUOTE)
    known = [code for row in quotes if _PRICE.search(row) or _CHANGE.search(row) for code in _codes(row)]
    listed = [code for row in rows if _is_quote(row) for code in _codes(row)]
    yield from known
    if known or len(listed) >= MIN_CODES:
        yield from listed


def _is_quote(row: str) -> bool:
    """Whether a row shows a price with its change, or with a share's number and name: `2330 台積電 31.25`."""
    return len(row) <= MAX_ROW and bool(
        _DIGIT.search(row) and _PRICE.search(row) and (_CHANGE.search(row) or _NUMBERED.match(row))
    )


def is_year(code: str) -> bool:
    """Whether four digits are a year rather than a symbol."""
    return re.fullmatch(r"(?:19|20)\d\d", code) is not None


def _codes(row: str) -> Iterator[tuple[str, str | None]]:
    for cell in row[:MAX_ROW].split("|"):
        match = _CODE.match(cell.strip())
        if match and match[0] not in NO_QUOTE and not is_year(match[0]):
            stem, _, suffix = match[0].partition(".")
            yield (stem, "XCOL") if suffix == _COMMON_SHARE else (match[0], MIC_OF_SUFFIX.get(suffix) or None)
