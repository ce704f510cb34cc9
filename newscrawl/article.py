"""Page to article: one step after the other, and a counted reason for every page that is none."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from newscrawl.describe import (
    AccessEvidence,
    Aside,
    TickerEvidence,
    WireEvidence,
    find_tickers,
    identify_access,
    identify_language,
    identify_wire,
    machine_translation,
)
from newscrawl.extract import (
    Document,
    Metadata,
    Whole,
    extract_body,
    extract_metadata,
    extract_whole,
    has_gate,
    names_signed,
    parse_document,
    read_text,
    refusal_of,
    texts_in,
)
from newscrawl.items import Access, Article, Block, Page, PageRules, Rejection, Repeated, Stripped, Ticker
from newscrawl.reservations import in_order
from newscrawl.strip import Verdict, explain_blocks, strip_blocks

MIN_LETTERS = 25
"""Letters of a body below which a page tells nothing; a Han, kana or Hangul character counts as two."""

_SYLLABLE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Inspection:
    """A page with everything that was found on it, and what was decided on each block."""

    url: str
    metadata: Metadata | None  # None: the page could not be read that far
    verdicts: tuple[Verdict, ...]  # in reading order
    result: Article | Rejection


@dataclass(frozen=True, slots=True)
class Reading:
    """A page before anything is taken off it."""

    metadata: Metadata
    blocks: tuple[Block, ...]
    site_name: str
    repeated: frozenset[Repeated]
    rules: PageRules
    further: tuple[Document, ...] = ()  # of a story on several pages, those after the first
    unread: str | None = None  # why one of them is left out

    @classmethod
    def of(cls, whole: Whole, metadata: Metadata, page: Page) -> Reading:
        """What was read of a page, with its outlet's name where it gives none of its site."""
        site_name = next(iter(metadata.site_names), page.outlet.name)
        repeated, rules = page.repeated, page.outlet.rules
        return cls(metadata, whole.blocks, site_name, repeated, rules, whole.further, whole.unread)

    def strip(self) -> Stripped:
        """The blocks without boilerplate."""
        headline, site_name = self.metadata.headline, self.site_name
        return strip_blocks(
            self.blocks, headline=headline, site_name=site_name, repeated=self.repeated, rules=self.rules
        )

    def explain(self) -> tuple[Verdict, ...]:
        """Why each block was cut, or stays."""
        headline, site_name = self.metadata.headline, self.site_name
        return explain_blocks(
            self.blocks, headline=headline, site_name=site_name, repeated=self.repeated, rules=self.rules
        )


def build(page: Page) -> Article | Rejection:
    """Turn a page into its article, or say why it has none. The same page gives the same answer.

    Never raises for a page, however broken; a deadline is the caller's.
    """
    return _steps(page)[1]


def inspect_page(page: Page) -> Inspection:
    """What `build` makes of a page, with what it found on the way."""
    read, result = _steps(page)
    if read is None:
        return Inspection(page.url, None, (), result)
    return Inspection(page.url, read.metadata, read.explain(), result)


def _steps(page: Page) -> tuple[Reading | None, Article | Rejection]:
    try:
        document = parse_document(page)
        if isinstance(document, Rejection):
            return None, document
        read = _read(document, page)
        if (refusal := refusal_of(document, read.metadata, read.blocks, page)) is not None:
            return read, refusal
        stripped = read.strip()
        texts = [one.text for one in (document, *read.further)]
        lines = (line.text for text in texts for line in text.lines)
        rows = (row for text in texts for row in text.rows())
        widgets = (text for one in (document, *read.further) for text in texts_in(one.text, one.chosen.widgets))
        aside = Aside.of(stripped, lines, rows, widgets, is_gated=has_gate(document))
        result = _describe(page, read.metadata, stripped, aside)
        return read, _shortened(result, read.unread) if read.unread else result
    except MemoryError:
        raise
    except Exception as error:  # of libraries, over pages nobody thought of; worth a try with a later version
        return None, Rejection(page.url, "extract_error", f"{type(error).__name__}: {error}"[:300], final=False)


def read_page(page: Page) -> Reading | Rejection:
    """A page before anything is taken off it, whether there is an article on it or not."""
    document = parse_document(page)
    return document if isinstance(document, Rejection) else _read(document, page)


def _read(document: Document, page: Page) -> Reading:
    metadata = extract_metadata(document, page)
    blocks = extract_body(document, metadata)
    whole = extract_whole(document, blocks, metadata, page) if page.more else Whole(blocks)
    return Reading.of(whole, metadata, page)


def _shortened(result: Article | Rejection, reason: str) -> Article | Rejection:
    """The article of a story one page of which could not be read."""
    if isinstance(result, Rejection):
        return result
    return replace(result, access=replace(result.access, completeness="truncated", reason=reason))


def build_text(text: str, page: Page) -> Article | Rejection:
    """Turn a text that was extracted before into an article.

    Args:
        text: The text, boilerplate included; blank lines part its blocks, and markup in it is text.
        page: Where it came from; its body is not read.
    """
    blocks, metadata = read_text(text, page)
    if not blocks:
        return Rejection(page.url, "empty")
    stripped = Reading.of(Whole(blocks), metadata, page).strip()
    return _describe(page, metadata, stripped, Aside.of(stripped))


def _describe(page: Page, metadata: Metadata, stripped: Stripped, aside: Aside) -> Article | Rejection:
    text = stripped.text
    if _size(text[:1000]) < MIN_LETTERS:
        return Rejection(page.url, "too_short", text[:80])
    return Article(
        url=page.url,
        canonical_url=metadata.canonical_url,
        outlet=page.outlet.slug,
        headline=metadata.headline,
        text=text,
        removed=stripped.removed,
        language=identify_language(text, metadata.language),
        access=_access(text, metadata, aside),
        authors=metadata.authors or names_signed(text, aside.bylines, metadata.site_names),
        published=metadata.published,
        modified=metadata.modified,
        wire=_wire(stripped, metadata, aside),
        section=metadata.section,
        tags=metadata.tags,
        description=metadata.description,
        image_url=metadata.image_url,
        tickers=_tickers(stripped, metadata, aside, page),
        bounded=stripped.bounded,
        machine_translation=machine_translation(metadata.translation_sign, aside.notices),
        reservations=in_order((*page.reservations, *metadata.reservations)),
    )


def _access(text: str, metadata: Metadata, aside: Aside) -> Access:
    return identify_access(
        AccessEvidence(
            text,
            aside.notices,
            metadata.is_free,
            metadata.content_tier,
            metadata.word_count,
            metadata.article_body,
            aside.is_signed,
            aside.has_placeholder,
            aside.is_gated,
        )
    )


def _wire(stripped: Stripped, metadata: Metadata, aside: Aside) -> str | None:
    opening = tuple(block.text for block in stripped.kept[:4])
    return identify_wire(
        WireEvidence(metadata.bylines, metadata.around, metadata.headline_mark, opening, aside.trailers)
    )


def _tickers(stripped: Stripped, metadata: Metadata, aside: Aside, page: Page) -> tuple[Ticker, ...]:
    blocks = tuple(block.text for block in stripped.kept)
    structured = (*metadata.tickers, *page.tickers)
    source = b"\n".join((page.body, *(part.body for part in page.more)))
    return find_tickers(
        TickerEvidence(metadata.headline, blocks, structured, aside.rows, aside.quotes, aside.widgets, source)
    )


def _size(text: str) -> int:
    return sum(map(str.isalpha, text)) + len(_SYLLABLE.findall(text))
