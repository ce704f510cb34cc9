"""Texts that were extracted before: their blocks, and what can be told without a page."""

from __future__ import annotations

import re

from newscrawl.extract.authors import named_in
from newscrawl.extract.dates import Clock
from newscrawl.extract.metadata import Metadata, without_mark
from newscrawl.extract.times import of_trailers
from newscrawl.items import Block, Page
from newscrawl.text import clean_text, squeeze
from newscrawl.urls import canonical_url

MAX_HEADLINE = 200  # characters
_BREAK = re.compile(r"\n(?:[^\S\n]*\n)+")
_SENTENCE = re.compile(r"[.。…:：,;]\W*$")


def read_text(text: str, page: Page) -> tuple[tuple[Block, ...], Metadata]:
    """Blocks of a plain text, which blank lines part, and its facts: headline and time, where it shows them."""
    blocks = tuple(Block(line) for part in _BREAK.split(clean_text(text)) if (line := squeeze(part)))
    headline, mark = without_mark(_headline(blocks))
    lines = tuple(block.text for block in blocks)
    metadata = Metadata(
        headline=headline,
        headline_mark=mark,
        around=lines[1:4] if headline else (),
        published=of_trailers(lines, Clock(page.fetched_at, page.outlet.timezone)),
        canonical_url=canonical_url(page.url),
    )
    return blocks, metadata


def _headline(blocks: tuple[Block, ...]) -> str | None:
    """The first block, if it is short and no sentence."""
    text = blocks[0].text if len(blocks) > 2 else ""
    is_one = 10 < len(text) <= MAX_HEADLINE and not _SENTENCE.search(text) and named_in(text) is None
    return text if is_one else None
