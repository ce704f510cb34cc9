"""newscrawl: news articles without boilerplate, in a database that explains itself.

from newscrawl import Filter, extract, open_store
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.items import Article, Rejection, Removed
    from newscrawl.library import extract
    from newscrawl.store.filters import Filter
    from newscrawl.store.reader import Store, open_store
    from newscrawl.store.records import ArticleRow

__version__ = "0.1.0"
__all__ = ["Article", "ArticleRow", "Filter", "Rejection", "Removed", "Store", "__version__", "extract", "open_store"]

# Loaded when they are first asked for: extraction takes a second, and who reads a store needs none of it.
_PLACES = {
    "Article": "items", "Rejection": "items", "Removed": "items", "Filter": "store.filters",
    "Store": "store.reader", "open_store": "store.reader", "ArticleRow": "store.records",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name == "extract":
        return import_module(f"{__name__}.extract")  # the package of this name, which can be called
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
