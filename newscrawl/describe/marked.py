"""Symbols in a page's markup: in links to pages of quotes, data attributes, and the JSON of widgets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from newscrawl.describe.exchanges import MIC_OF_NAME, MIC_OF_SUFFIX
from newscrawl.describe.quotes import NO_QUOTE, is_year

Symbol = tuple[str, str | None]  # with its market, where that is known

# `/quote/NVDA`, `/stock/nasdaq/nvda`, `/symbol/NYSE:ELL`, `/quotes?symbol=ELL`, and the text of the link.
_PATH = re.compile(
    rb"""/(?:quotes?|symbols?|stocks?|tickers?|equit(?:y|ies)|etfs?)"""
    rb"""(?:/|/?\?(?:[\w-]+=[\w-]*&)*(?:s|symbol|code|ticker)=)"""
    rb"""(?:(?P<market>[a-z]{2,6}|[A-Z]{3,6})[/:])?(?P<code>[A-Za-z0-9]{1,6}(?:[.-][A-Za-z]{1,3})?)/?["'\s>?#&]"""
    rb"""(?=(?P<text>[^<]{0,200}(?:<[^>]{0,200}>[^<]{0,40}){0,3}))"""
)
_PATHS = (b"/quote", b"/symbol", b"/stock", b"/ticker", b"/equit", b"/etf")
_HREF = re.compile(rb"""href\s*=\s*["']?[^"'\s>]*$""")
MAX_LINKS = 500  # that are looked at; a page with more lists a market
MAX_URL = 200  # bytes of an address before its path names a quote
_ATTRIBUTE = re.compile(
    rb"""data-(?:stock-?|quote-?)?(?:symbol|ticker)\s*=\s*["'](?:(?P<market>[A-Za-z]{2,6}):)?"""
    rb"""(?P<code>[A-Z]{1,5}(?:\.[A-Z]{1,2})?|\d{4,6}(?:\.[A-Z]{2})?)["']"""
)
_JSON = re.compile(
    rb""""(?:tickerSymbol|symbol|proName)"\s*:\s*"(?P<market>[A-Z]{3,8})[: ]"""
    rb"""(?P<code>[A-Z]{1,5}(?:\.[A-Z]{1,2})?|\d{4,6})["|]"""
)
_TAG = re.compile("<[^>]*>?")
_NAMED = re.compile(r"[A-Z]{1,5}(?:[.-][A-Z]{1,3})?")


def marked_symbols(html: bytes) -> Iterator[Symbol]:
    """The symbols that a page's markup holds, of the page as it was fetched.

    Most pages hold none of the signs, and plain search tells so at once.
    """
    links = _PATH.finditer(html) if any(path in html for path in _PATHS) else ()
    for match in islice(links, MAX_LINKS):
        code = _text(match["code"])
        is_named = _NAMED.fullmatch(code) or _shows(match["text"], code.upper())
        if is_named and _HREF.search(html, max(0, match.start() - MAX_URL), match.start()):
            yield from _symbol(code.upper(), _text(match["market"]))
    if b"symbol=" in html or b"ticker=" in html:
        for match in _ATTRIBUTE.finditer(html):
            yield from _symbol(_text(match["code"]), _text(match["market"]))
    if b'"symbol"' in html or b'"tickerSymbol"' in html or b'"proName"' in html:
        for match in _JSON.finditer(html):
            if _text(match["market"]).casefold() in MIC_OF_NAME:  # `FX:EURUSD` is no share
                yield from _symbol(_text(match["code"]), _text(match["market"]))


def _text(part: bytes | None) -> str:
    return (part or b"").decode("ascii", "replace")


def _shows(text: bytes, code: str) -> bool:
    """Whether a link shows the code: other numbers and words stand in such addresses, too."""
    shown = _TAG.sub(" ", text.decode("utf-8", "replace").partition("</a")[0].partition(">")[2])
    return re.search(rf"(?<!\w){re.escape(code)}(?!\w)", shown) is not None


def _symbol(code: str, market: str) -> Iterator[Symbol]:
    stem, _, suffix = code.replace("-", ".").partition(".")
    if stem in NO_QUOTE or is_year(stem):
        return
    if suffix in NO_QUOTE:  # a currency: `SOL-USD`
        yield stem, None
    else:
        yield code, MIC_OF_NAME.get(market.casefold()) or MIC_OF_SUFFIX.get(suffix) or None
