"""Page to blocks and facts: decoded and parsed once, then read for its body, its metadata and its visible lines.

Called, it is `newscrawl.library.extract`, for `from newscrawl import extract` finds this package under that name.
"""

import sys
from importlib import import_module
from types import ModuleType

from newscrawl.extract.body import extract_body
from newscrawl.extract.bylines import names_signed
from newscrawl.extract.chosen import texts_in
from newscrawl.extract.document import Document, has_gate, parse_document
from newscrawl.extract.further import Whole, extract_whole
from newscrawl.extract.metadata import Metadata, extract_metadata
from newscrawl.extract.plain import read_text
from newscrawl.extract.refusals import refusal_of

__all__ = [
    "Document",
    "Metadata",
    "Whole",
    "extract_body",
    "extract_metadata",
    "extract_whole",
    "has_gate",
    "names_signed",
    "parse_document",
    "read_text",
    "refusal_of",
    "texts_in",
]


class _Callable(ModuleType):
    """A package that is a function, too, in whatever order the two are imported."""

    def __call__(self, *arguments: object, **options: object) -> object:
        return import_module("newscrawl.library").extract(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
