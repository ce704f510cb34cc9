"""Facts about an article: its language, whose copy it is, who may read it and how much is there, its symbols."""

from newscrawl.describe.access import AccessEvidence, identify_access
from newscrawl.describe.aside import Aside
from newscrawl.describe.language import identify_language
from newscrawl.describe.tickers import TickerEvidence, find_tickers
from newscrawl.describe.translation import machine_translation
from newscrawl.describe.wire import WireEvidence, identify_wire

__all__ = [
    "AccessEvidence",
    "Aside",
    "TickerEvidence",
    "WireEvidence",
    "find_tickers",
    "identify_access",
    "identify_language",
    "identify_wire",
    "machine_translation",
]
