"""Symbols, and where they stand."""

from __future__ import annotations

import pytest

from newscrawl.describe.tickers import TickerEvidence, find_tickers


def body(*blocks: str) -> set[tuple[str, str | None]]:
    return {
        (ticker.symbol, ticker.mic) for ticker in find_tickers(TickerEvidence(blocks=blocks)) if ticker.origin == "body"
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Apple (NASDAQ: AAPL) and Applied (Nasdaq:AMAT) rose.", {("AAPL", "XNAS"), ("AMAT", "XNAS")}),
        ("I bought $AAPL and $TSLA, not $100.", {("AAPL", None), ("TSLA", None)}),
        (
            "Tencent (00700.HK), Moutai 600519.SH and 7203.T",
            {("00700.HK", "XHKG"), ("600519.SH", "XSHG"), ("7203.T", "XTKS")},
        ),
        ("HSBC (LON:HSBA) fell.", {("HSBA", "XLON")}),
        (
            "Ellery (NYSE: ABC, DEF) and (NASDAQ: GOOG, GOOGL)",
            {("ABC", "XNYS"), ("DEF", "XNYS"), ("GOOG", "XNAS"), ("GOOGL", "XNAS")},
        ),
        ("Volkswagen <VOWG_p.DE>, Samsung 005930.KS", {("VOWG_p.DE", "XETR"), ("005930.KS", "XKRX")}),
        ("Garrow Copper <GRWC.SN> and Pell Mining <PLL.AX>", {("GRWC.SN", "XSGO"), ("PLL.AX", "XASX")}),
        ("Ellery Marine ASA (OSE: ELLM) said", {("ELLM", "XOSL")}),
        ("Ellery Bells (ticker: ELBL) makes bells", {("ELBL", None)}),
        ("港湾機械<6948>が後場に", {("6948", None)}),
        ("港灣科技(6832-TW)今日", {("6832-TW", "XTAI")}),
        ("항만기계(042996) 주가가", {("042996", None)}),
        ("O fundo (PRTO11) subiu.", {("PRTO11", "BVMF")}),
        ("ISIN DE0007164600 and US0378331006", {("DE0007164600", None)}),  # the second check digit is wrong
        ("The FBI and the GDP figures moved, at no COST to the EU.", set()),
        ("The Federal Bureau of Investigation (FBI) said shares, stocks and earnings of investors fell.", set()),
        ("In 2024 (2025) the U.S. and U.K. met at 7.T", set()),
        ("It reads: note (NB: this is no symbol).", set()),
        ("东风 (2024)年", set()),
        ("Email a.b@x.de or see www.news.example/a.pa", set()),
    ],
)
def test_a_symbol_needs_its_context(text: str, expected: set[tuple[str, str | None]]) -> None:
    assert body(text) == expected


FINANCE = "Shares rose. The stock gained and earnings beat what investors asked. "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FINANCE + "Rival Garrow Instruments (GRDN) fell.", {"GRDN"}),
        (FINANCE + "Ellery Telephone (ETLP): 4.1 billion.", {"ETLP"}),
        (FINANCE + "The Harbour Workers Union (HWU) agreed.", set()),  # initials
        (FINANCE + "The Merkat agency (MRKT) said so, and MRKT was right.", set()),  # used as a word
        (FINANCE + "The chief executive (CEO) left.", set()),
        ("Rival Garrow Instruments (GRDN) fell.", set()),  # no finance story
    ],
)
def test_a_bare_code_in_brackets_is_a_symbol_in_a_finance_story(text: str, expected: set[str]) -> None:
    assert {symbol for symbol, _ in body(text)} == expected


def test_a_column_headed_code_holds_symbols() -> None:
    found = body(
        "| 公司 | 代码 | 净利 |", "| 港湾重工 | 603902 | 5.07 |", "| 海峡股份 | 000868 |  |", "其后的段落 603999 说明"
    )
    assert found == {("603902", None), ("000868", None)}


def test_each_symbol_is_told_once_at_its_best_place() -> None:
    evidence = TickerEvidence(
        headline="Ellery (NYSE: ELL) and Pell (ASX: PLL) to merge",
        blocks=("Shares of Ellery (NYSE: ELL) rose.",),
        structured=("NYSE:ELL", "TSX:MAPL"),
        rows=(
            "1 | 騰訊控股 | 00700.HK | 598.500 | +0.27%",
            "NVDA | 181.02 | -0.41%",
            "ELL | 4.10 | +2%",
            "Home | Markets",
        ),
    )
    assert [(t.symbol, t.origin, t.mic) for t in find_tickers(evidence)] == [
        ("ELL", "body", "XNYS"),
        ("PLL", "headline", "XASX"),
        ("MAPL", "structured", "XTSE"),
        ("00700.HK", "widget", "XHKG"),
        ("NVDA", "widget", None),
    ]


@pytest.mark.parametrize(
    ("rows", "symbols"),
    [
        (["HRLD 14.22 +0.31", "| OXBE 6.05 unch |"], ["HRLD", "OXBE"]),
        (["7203 トヨタ自動車 | 3,084.0 | +22.0", "7729 東京精密 | 11,240 | +95"], ["7203", "7729"]),
        (["2330 台積電 31.25", "2317 鴻海 16.10"], ["2330", "2317"]),
        (["BTC/USD | 88,140 | +1.9%", "ELL/USD | 3.27 | −6.8%"], ["ELL"]),
        (["昱 | 6832 | 142.5 | ▲3.26% | 康 | 6282 | 44.15 | ▲1.03%"], ["6832", "6282"]),
        (["KVAL.N0000 | 91.20 | +11.1%", "ODEL.N0000 | 22.90 | -6.5%"], ["KVAL", "ODEL"]),  # Colombo
        (["ELL | 3.27 | +1.2%"], []),  # a lone row
        (["DAX | 24.007,10 | +0,22%", "EUR/USD 1.0841 +0.2%"], []),  # no shares
        (["Ellery Marine ASA | 41,15 | 1,09%", "Pell AG | 7,10 | 0,4%"], []),  # names alone
        (["TEL | 0661 12345", "FAX | 0661 12346"], []),
        (["TSV Ellery | 12:3", "DJK Garrow | 4:8"], []),
        (["2024 | 310 | +3%", "2025 | 352 | +13%"], []),  # years
        (["ISBN | 978-3-16", "ISSN | 2049-3630"], []),
    ],
)
def test_rows_beside_the_story_are_quotes_if_they_show_a_price_and_its_change(
    rows: list[str], symbols: list[str]
) -> None:
    found = find_tickers(TickerEvidence(rows=rows))
    assert [(ticker.symbol, ticker.origin) for ticker in found] == [(symbol, "widget") for symbol in symbols]


def test_a_price_is_enough_where_rows_were_removed_as_a_list_of_symbols() -> None:
    found = find_tickers(TickerEvidence(quotes=("NVDA | 181.02",)))
    assert [(ticker.symbol, ticker.origin) for ticker in found] == [("NVDA", "widget")]


def test_a_code_of_a_list_that_the_text_uses_is_of_the_text() -> None:
    evidence = TickerEvidence(
        blocks=("Some hold 1,100 ELL, others sold ELL on Monday.",), rows=("ELL/USD | 3.27", "FRR/USD | 1.10")
    )
    assert [(ticker.symbol, ticker.origin) for ticker in find_tickers(evidence)] == [("ELL", "body"), ("FRR", "widget")]
