"""Everything a page states beside its body, read once, for those who look for one fact in all of it."""

from __future__ import annotations

from dataclasses import dataclass

from newscrawl.extract.document import Document
from newscrawl.extract.jsonld import Node
from newscrawl.extract.lines import Around
from newscrawl.extract.metatags import MetaTags


@dataclass(frozen=True, slots=True)
class Stated:
    """The places where facts stand."""

    document: Document
    main: Node  # the article's JSON-LD; without properties where there is none
    meta: MetaTags
    around: Around  # the visible lines around its headline
    site_names: tuple[str, ...]  # of the outlet and its publisher
