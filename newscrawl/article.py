"""Page to article: one step after the other, and a counted reason for every page that is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newscrawl.describe import (
    AccessEvidence,
    Aside,
    TickerEvidence,
    WireEvidence,
    find_tickers,
    identify_access,
    identify_language,
    identify_wire,
)
from newscrawl.extract import (
    Metadata,
    extract_body,
    extract_metadata,
    names_signed,
    parse_document,
    read_text,
    refusal_of,
)
from newscrawl.items import Access, Article, Block, Page, Rejection, Stripped, Ticker
from newscrawl.strip import strip_blocks

MIN_LETTERS = 25
"""Letters of a body below which a page tells nothing; a Han, kana or Hangul character counts as two."""

_SYLLABLE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def build(page: Page) -> Article | Rejection:
    """Turn a page into its article, or say why it has none. The same page gives the same answer.

    Never raises for a page, however broken; a deadline is the caller's.
    """
    try:
        document = parse_document(page)
        if isinstance(document, Rejection):
            return document
        metadata = extract_metadata(document, page)
        blocks = extract_body(document, metadata)
        if (refusal := refusal_of(document, metadata, blocks, page)) is not None:
            return refusal
        stripped = _strip(blocks, metadata, page)
        aside = Aside.of(stripped, (line.text for line in document.text.lines), document.text.rows())
        return _describe(page, metadata, stripped, aside)
    except MemoryError:
        raise
    except Exception as error:  # of libraries, over pages nobody thought of; worth a try with a later version
        return Rejection(page.url, "extract_error", f"{type(error).__name__}: {error}"[:300], final=False)


def build_text(text: str, page: Page) -> Article | Rejection:
    """Turn a text that was extracted before into an article.

    Args:
        text: The text, boilerplate included; blank lines part its blocks, and markup in it is text.
        page: Where it came from; its body is not read.
    """
    blocks, metadata = read_text(text, page)
    if not blocks:
        return Rejection(page.url, "empty")
    stripped = _strip(blocks, metadata, page)
    return _describe(page, metadata, stripped, Aside.of(stripped))


def _strip(blocks: Sequence[Block], metadata: Metadata, page: Page) -> Stripped:
    site_name = next(iter(metadata.site_names), page.outlet.name)
    return strip_blocks(blocks, headline=metadata.headline, site_name=site_name, repeated=page.repeated)


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
    return find_tickers(TickerEvidence(metadata.headline, blocks, structured, aside.rows, aside.quotes))


def _size(text: str) -> int:
    return sum(map(str.isalpha, text)) + len(_SYLLABLE.findall(text))
