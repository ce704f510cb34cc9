"""Symbols in markup; the markup is invented."""

from __future__ import annotations

import pytest

from newscrawl.describe.marked import marked_symbols
from newscrawl.describe.tickers import TickerEvidence, find_tickers


@pytest.mark.parametrize(
    ("html", "symbols"),
    [
        ('<a href="/quote/ELL">Ellery</a>', [("ELL", None)]),
        ('<a class="x" href="https://m.example/en/quotes/PLL.AX?from=news">Pell</a>', [("PLL.AX", "XASX")]),
        ("<a href='/symbol/NYSE:ELL'>Ellery</a>", [("ELL", "XNYS")]),
        ('<a href="/quotes/?view=1&symbol=ELL">Ellery</a>', [("ELL", None)]),
        ('<a href="/investing/stock/ell?mod=a"><span>ELL</span> <b>4.10</b></a>', [("ELL", None)]),
        ('<a href="/stock/285A">285A 港湾機械</a>', [("285A", None)]),
        ('<a href="/stock/7203"><b>港湾</b>(7203)</a>', [("7203", None)]),
        ('<a href="/quote/SOL-USD">SOL</a>', [("SOL", None)]),
        ('<span data-symbol="NASDAQ:ELL">', [("ELL", "XNAS")]),
        ('<b data-ticker="ELL">', [("ELL", None)]),
        ('{"@type":"Corporation","tickerSymbol":"NYSE ELL"}', [("ELL", "XNYS")]),
        ('{"symbol": "NASDAQ:ELL|1D"}', [("ELL", "XNAS")]),
        # Sections, numbers that the link does not show, currencies, indices, years, addresses in scripts.
        ('<a href="/stocks/news">News</a><a href="/stock/best">The best stocks</a>', []),
        ('<a href="/stock/50321">A red chair</a>', []),
        ('<a href="/quote/EUR-USD">Euro</a><a href="/quote/DJIA">Dow</a>', []),
        ('<a href="/stocks/2024/">2024</a>', []),
        ('<script>load("/quote/ELL")</script>', []),
        ('{"symbol":"FX:EURUSD"},{"symbol":"ELL"},{"symbol":"$"}', []),
        ('<a href="/news/ELL">Ellery</a>', []),
    ],
)
def test_markup_names_a_symbol_where_it_leads_to_its_quote(html: str, symbols: list[tuple[str, str | None]]) -> None:
    assert list(marked_symbols(html.encode())) == symbols


def test_a_symbol_of_the_text_stays_one_of_the_text() -> None:
    evidence = TickerEvidence(
        blocks=("Ellery (NYSE: ELL) rose.",), html=b'<a href="/quote/ELL">ELL</a><a href="/quote/PLL">PLL</a>'
    )
    assert [(ticker.symbol, ticker.origin) for ticker in find_tickers(evidence)] == [("ELL", "body"), ("PLL", "widget")]
