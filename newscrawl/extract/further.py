"""Stories on several pages: what the further ones add to the first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from newscrawl.extract.body import MAX_TEXT, extract_body
from newscrawl.extract.document import Document, parse_document
from newscrawl.extract.metadata import Metadata, extract_metadata
from newscrawl.extract.refusals import refusal_of
from newscrawl.items import Block, Page, Rejection
from newscrawl.text import fold, letters_of

LONG = 60
"""Letters of a block from which an equal one is a repetition wherever it stands: a short one may be a question that an
interview asks twice."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All pages of a story."""

    blocks: tuple[Block, ...]
    further: tuple[Document, ...] = ()
    unread: str | None = None  # why a page is left out


def extract_whole(document: Document, blocks: tuple[Block, ...], metadata: Metadata, page: Page) -> Whole:
    """The story of a first page and of those that follow it, without what they repeat of earlier ones.

    A further page that is an error page is the end of the story; one that cannot be read is left out, and said so.

    Args:
        document: The first page.
        blocks: Of the first page.
        metadata: Of the first page; what it says holds for all.
        page: With the further ones.
    """
    documents, bodies, unread = [document], [blocks], None
    told = {_key(block.text) for block in blocks} | {_key(metadata.headline or ""), _key(metadata.description or "")}
    shown = {_key(line.text) for line in document.text.lines}
    plain = replace(metadata, article_body="", description=None)  # these stand on the first page, if anywhere
    for number, one in enumerate(page.further(), start=2):
        if sum(len(block.text) for body in bodies for block in body) > MAX_TEXT:
            unread = f"page {number} of the story: too much text before it"
            break
        read = _read(one, plain)
        if isinstance(read, Rejection):
            if read.reason == "soft_404":
                break
            unread = f"page {number} of the story: {read.reason}"
            continue
        documents.append(read[0])
        bodies.append(tuple(_new(read[1], told, shown)))
        told.update(_key(block.text) for block in read[1])
        shown.update(_key(line.text) for line in read[0].text.lines)
    return Whole(tuple(_placed(documents, bodies)), tuple(documents[1:]), unread)


def _read(page: Page, metadata: Metadata) -> tuple[Document, tuple[Block, ...]] | Rejection:
    document = parse_document(page)
    if isinstance(document, Rejection):
        return document
    blocks = extract_body(document, metadata)
    return refusal_of(document, extract_metadata(document, page), blocks, page) or (document, blocks)


def _new(blocks: Sequence[Block], told: Collection[str], shown: Collection[str]) -> Iterator[Block]:
    """The blocks that go on with the story.

    Headline, standfirst and byline stand again before the first paragraph that is new, links and notices after the last
    one; there it is enough that an earlier page shows them, in its body or not.
    """
    keys = [_key(block.text) for block in blocks]
    new = [at for at, key in enumerate(keys) if len(key) >= LONG and key not in told and key not in shown]
    first, last = (new[0], new[-1]) if new else (0, len(blocks))
    for at, (block, key) in enumerate(zip(blocks, keys, strict=True)):
        is_around = not first <= at <= last
        is_again = key in told and (is_around or not new or len(key) >= LONG)
        if not (key and (is_again or (is_around and key in shown))):
            yield block


def _key(text: str) -> str:
    return letters_of(fold(text))


def _placed(documents: Sequence[Document], bodies: Sequence[Sequence[Block]]) -> Iterator[Block]:
    """The blocks of all pages, each with its place among the letters of all."""
    lengths = [len(document.text.letters) for document in documents]
    total, before = max(sum(lengths), 1), 0
    for length, blocks in zip(lengths, bodies, strict=True):
        for block in blocks:
            place = block.place
            at = 0.0 if place is None else round((before + place.at * length) / total, 4)
            yield block if place is None else replace(block, place=replace(place, at=at))
        before += length
