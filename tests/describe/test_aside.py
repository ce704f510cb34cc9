"""What stands beside a story."""

from __future__ import annotations

from newscrawl.describe import Aside
from newscrawl.items import Block, Removed, Stripped


def test_an_aside_holds_what_is_not_the_story() -> None:
    stripped = Stripped(
        (Block("The board met."),),
        (
            Removed("byline", "By Jane Roe", "byline/x", 1.0, 0),
            Removed("wire_trailer", " (END) Dow Jones", "wire/x", 1.0, 15),
            Removed("ticker_list", "NVDA | 181.02", "list/x", 1.0, 15),
        ),
    )
    aside = Aside.of(stripped, ["Home", "The board met.", "By Jane Roe", "Home"], ["NVDA | 181.02", "7203 | 1%"])
    assert aside.bylines == ("By Jane Roe",)
    assert aside.trailers == ("By Jane Roe", "(END) Dow Jones")
    assert aside.notices == ("By Jane Roe", "(END) Dow Jones", "NVDA | 181.02", "Home")
    assert aside.rows == ("NVDA | 181.02", "7203 | 1%")
    assert aside.quotes == ("NVDA | 181.02",)
    assert aside.is_signed
