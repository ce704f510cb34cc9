"""Traded symbols that a page names, and where: in the text, the headline, the markup, or in a list beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from newscrawl.describe.exchanges import MIC_OF_NAME, MIC_OF_SUFFIX
from newscrawl.describe.marked import marked_symbols
from newscrawl.describe.quotes import NO_QUOTE, WORDS, codes_of, is_year
from newscrawl.items import Ticker, TickerOrigin

MAX_TICKERS = 100
"""Of one article; a page with more is a list of a market."""

_SHORT = 4  # letters of an exchange's name up to which it must be in capitals: `IST` is a word in German
_NAME = "|".join(
    rf"(?i:{re.escape(name)})" if len(name) > _SHORT else re.escape(name.upper())
    for name in sorted(MIC_OF_NAME, key=len, reverse=True)
)
_CODE = r"[A-Z0-9]{1,6}(?:[.\-][A-Z]{1,2})?"
_LISTED = re.compile(
    rf"(?<![^\W_])(?P<ex>{_NAME})(?:\s(?:Global\s(?:Select\s)?|Capital\s)?(?:Market|Exchange|Stock Exchange))?"
    rf"\s?[:：]\s?[\"“]?"
    rf"(?P<codes>\$?{_CODE}(?:\s?(?:[,;/、]|and)\s?(?:(?:{_NAME})\s?[:：]\s?)?\$?{_CODE})*)(?![\w.]*[a-z])"
)
_COLON = re.compile(r"[:：]\s?[\"“]?\$?[A-Z0-9]")
_CASH = re.compile(r"(?<![\w$])\$([A-Z]{1,5}(?:\.[A-Z])?)\b(?![.,]?\d)")
_SUFFIXES = "|".join(sorted(MIC_OF_SUFFIX, key=len, reverse=True))
_RIC = re.compile(
    rf"(?<![\w.@/-])(?P<code>\d{{4,6}}|[A-Z][A-Z0-9]{{0,5}}(?:_p)?)[.-](?P<suffix>{_SUFFIXES})(?![\w-]|\.[A-Za-z])"
)
_SAID = re.compile(
    r"(?:\b(?:ticker(?:\ssymbol)?|stock\ssymbol|symbol|stock\scode|Börsenkürzel|Kürzel|WKN)|(?:股票|证券|證券)?(?:代码|代碼|代號|代号|コード|종목코드))"
    r"\s?(?:is|lautet)?\s?[::：]?\s?[\"“]?(?P<code>[A-Z]{1,5}\b|\d{4,6}\b|[A-Z0-9]{6}\b)",
)
_SAID_SIGNS = ("icker", "ymbol", "tock code", "ürzel", "WKN", "代", "コード", "종목코드")
_ISIN = re.compile(r"(?<![A-Z0-9])([A-Z]{2}[A-Z0-9]{9}\d)(?![A-Z0-9])")
# A code in brackets behind a name in Chinese, Japanese or Korean, where listed firms have numbers.
_NUMBERED = re.compile(
    r"(?<=[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3A-Z])\s?[(（<＜〈【](?P<code>\d{6}|\d{4,5})[)）>＞〉】]"
)
_CJK = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_DOMAINS = frozenset({"A", "S", "F", "K", "V", "DE", "CO", "US", "AT", "IS", "ME", "L", "ST", "TO"})  # ambiguous
_B3 = re.compile(r"[(\s](?P<code>[A-Z]{4}(?:3|4|5|6|11))(?=[),.;\s])")
# A code in brackets behind a company's name: `Garrow Instruments (GRDN)`.
_BRACKETED = re.compile(r"(?P<name>(?:[A-Z][\w&'’.-]*\s){0,4}[A-Z][\w&'’.-]*)\s\((?P<code>[A-Z]{2,5})\)")
_IN_BRACKETS = re.compile(r"\([A-Z]{2,5}\)")
_FINANCE = re.compile(
    r"\b(?:shares?|stocks?|earnings|investors?|analysts?|quarter|dividend|market cap|bourse|rupees|nyse|nasdaq|bought|"
    r"traders?|trading|rallied)\b",
    re.IGNORECASE,
)
MIN_FINANCE_WORDS = 3  # of a text, for a bare code in brackets to be a symbol
_NO_SYMBOL = frozenset(WORDS["no_symbol"].split())
_HEADER = re.compile(
    r"^(?:代码|代碼|代號|代号|股票代[码號碼号]|证券代码|コード|銘柄コード|code|ticker|symbol|종목코드)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class TickerEvidence:
    """Where symbols may stand."""

    headline: str | None = None
    blocks: Sequence[str] = ()  # the body, a block each
    structured: Sequence[str] = ()  # of meta tags, JSON-LD and the source: `NASDAQ:AAPL`
    rows: Sequence[str] = ()  # list items, table rows and lines of the page that are none of the body
    quotes: Sequence[str] = ()  # those of them that are known to list symbols
    widgets: Sequence[str] = ()  # rows of lists of symbols that the outlet's file names
    html: bytes = field(default=b"", repr=False)  # of the page, as fetched


def find_tickers(evidence: TickerEvidence) -> tuple[Ticker, ...]:
    """All symbols, each once at the place that says most: body, headline, structured, widget.

    A sentence must give a symbol its context: an exchange, a suffix, a bracket behind a company's name. Acronyms of the
    words before them, and words that the text also uses without a bracket, are none.
    """
    body = "\n".join(evidence.blocks)
    found: dict[str, Ticker] = {}
    widget = list(codes_of(evidence.rows, evidence.quotes, evidence.widgets))
    places: tuple[tuple[TickerOrigin, Iterator[tuple[str, str | None]]], ...] = (
        ("body", _in_text(body)),
        ("body", _in_tables(evidence.blocks)),
        ("body", ((code, mic) for code, mic in widget if _names(body, code))),
        ("headline", _in_text(evidence.headline or "")),
        ("structured", (pair for text in evidence.structured for pair in _stated(text))),
        ("widget", iter(widget)),
        ("widget", marked_symbols(evidence.html)),
    )
    for origin, symbols in places:
        for symbol, mic in symbols:
            key = re.split("[.-]", symbol)[0] if symbol[0].isdigit() else symbol  # 7203, 7203.T and 7203-JP are one
            known = found.get(key)
            if known is None:
                found[key] = Ticker(symbol, origin, mic)
            elif mic and not known.mic:
                found[key] = Ticker(known.symbol, known.origin, mic)
    return tuple(found.values())[:MAX_TICKERS]


def _in_text(text: str) -> Iterator[tuple[str, str | None]]:
    """The symbols of a text. Signs that are cheap to look for go before the patterns that need them."""
    stating = "\n".join(line for line in text.split("\n") if _COLON.search(line))
    for match in _LISTED.finditer(stating):
        yield from _of_list(match)
    for match in _RIC.finditer(text):
        if _is_suffixed(match, text):
            yield match[0], MIC_OF_SUFFIX[match["suffix"]] or None
    if "$" in text and _FINANCE.search(text):  # shell scripts have `$HOME`
        yield from ((match[1], None) for match in _CASH.finditer(text) if match[1] not in NO_QUOTE)
    if any(sign in text for sign in _SAID_SIGNS):
        yield from ((match["code"], None) for match in _SAID.finditer(text))
    yield from ((match[1], None) for match in _ISIN.finditer(text) if _is_isin(match[1]))
    if _CJK.search(text):
        yield from ((match["code"], None) for match in _NUMBERED.finditer(text) if not is_year(match["code"]))
    yield from ((match["code"], "BVMF") for match in _B3.finditer(text))
    yield from _in_brackets(text)


def _is_suffixed(match: re.Match[str], text: str) -> bool:
    """Whether a code with a suffix is a symbol: initials (`J.D`) and names of sites (`STERN.DE`) look like one."""
    if match["code"].isdigit():
        return True
    is_bracketed = text[match.start() - 1 : match.start()] in ("<", "(", "（", "＜")
    if match[0][len(match["code"])] == "-" or len(match["code"]) < 2:
        return False
    return is_bracketed or match["suffix"] not in _DOMAINS


def _of_list(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    """The codes behind an exchange's name; a text in capitals alone may name one that is a word."""
    mic: str | None = MIC_OF_NAME.get(" ".join(match["ex"].casefold().split()))
    for piece in re.split(r"\s?(?:[,;/、]|\band\b)\s?", match["codes"]):
        exchange, _, code = piece.rpartition(":") if ":" in piece else piece.rpartition("：")
        mic = MIC_OF_NAME.get(" ".join(exchange.casefold().split()), mic) if exchange else mic
        code = code.strip(" $")
        if code and code == code.upper() and code not in NO_QUOTE and not is_year(code):
            yield code, mic


def _in_brackets(text: str) -> Iterator[tuple[str, str | None]]:
    if not _IN_BRACKETS.search(text) or len(_FINANCE.findall(text)) < MIN_FINANCE_WORDS:
        return
    for match in _BRACKETED.finditer(text):
        name, code = match["name"], match["code"]
        uses = len(re.findall(rf"(?<![\w(]){code}(?![\w)])", text))
        if code not in _NO_SYMBOL | NO_QUOTE and not _abbreviates(name, code) and uses == 0:
            yield code, None


def _abbreviates(name: str, code: str) -> bool:
    """Whether a code is made of the initials of the words before it: `Federal Reserve Bank (FRB)`."""
    initials = "".join(word[0] for word in re.split(r"[\s-]+", name) if word).upper()
    return code in initials


def _in_tables(blocks: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """The cells below a head such as `代码` or `Symbol`."""
    column: int | None = None
    for block in blocks:
        cells = [cell.strip() for cell in block.strip("| ").split("|")]
        if len(cells) < 2:
            column = None
        elif heads := [number for number, cell in enumerate(cells) if _HEADER.fullmatch(cell)]:
            column = heads[0]
        elif (
            column is not None
            and column < len(cells)
            and re.fullmatch(r"[A-Z0-9]{1,6}(?:\.[A-Z]{1,2})?", cells[column])
        ):
            yield cells[column], None


def _stated(text: str) -> Iterator[tuple[str, str | None]]:
    for piece in re.split(r"[,;|\s]+", text.strip()):
        exchange, _, code = piece.rpartition(":")
        code = code.strip(" $").upper()
        if re.fullmatch(r"[A-Z0-9]{1,10}(?:[.\-][A-Z]{1,3})?", code):
            suffix = code.rpartition(".")[2] if "." in code else ""
            yield code, MIC_OF_NAME.get(exchange.casefold()) or MIC_OF_SUFFIX.get(suffix) or None


def _names(body: str, code: str) -> bool:
    """Whether the text itself uses a code that stands in a list beside it."""
    if len(code) < 3 or code not in body:
        return False
    return len(re.findall(rf"(?<!\w){re.escape(code)}(?!\w)", body)) >= (2 if code.isalpha() else 1)


def _is_isin(code: str) -> bool:
    """Whether the check digit fits. Source: ISO 6166, Luhn over the digits that its letters stand for."""
    digits = "".join(str(int(char, 36)) for char in code)
    total = sum(sum(divmod(int(digit) * (2 if place % 2 else 1), 10)) for place, digit in enumerate(reversed(digits)))
    return total % 10 == 0
