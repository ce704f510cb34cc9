"""Page to blocks and facts: decoded and parsed once, then read for its body, its metadata and its visible lines."""

from newscrawl.extract.body import extract_body
from newscrawl.extract.bylines import names_signed
from newscrawl.extract.document import Document, parse_document
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
    "names_signed",
    "parse_document",
    "read_text",
    "refusal_of",
]
