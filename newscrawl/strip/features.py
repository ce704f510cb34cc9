"""What is known of each block before any step looks at it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newscrawl.items import Block
from newscrawl.strip.lexicon import Hit, Lexicon, flatten
from newscrawl.text import letters_of, script_of

EAST_ASIAN_WEIGHT = 2.5
"""Latin letters that one Chinese, Japanese or Korean letter is worth: translations differ in length by that much."""
PARAGRAPH_WEIGHT = 90
"""Letters of the shortest full paragraph; few headlines have as many."""
UNPUNCTUATED_WEIGHT = 350
"""Letters from which a text without a full stop is a paragraph all the same."""
SHORT_WEIGHT = 70
LINKED_SHARE = 0.6
ITEM_LINK_SHARE = 0.25
"""Of an item in a list of other stories: its headline is linked, its teaser is not."""
_SENTENCE_WEIGHT = 30

_EAST_ASIAN = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af]")
_BEYOND_LATIN = re.compile("[\u0370-\u1cff\u2c80-\U0010ffff]")
_LETTER = re.compile(r"[^\W\d_]")
_DIGITS = re.compile(r"\d")
_ENDS = re.compile(
    r"[.!?。！？…؟।۔።։]['\")\]»”’」』）】*]*\s*$|[.!?。！？]['\")\]»”’」』）]*\s*[(（\[][^()（）]{1,60}[)）\]]\s*$"
)
_SENTENCES = re.compile(r"[.!?؟।۔][\"')\]»”’]*(?=\s|$)|[。！？]")
_BULLET = re.compile(r"(?:[-*•·]|\d{1,2}[.)])\s")
_QUOTED = re.compile(r"\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class Features:
    """One block's own evidence, wherever it stands."""

    block: Block
    flat: str  # `lexicon.flatten` of its text
    weight: int  # letters and digits, in Latin letters
    sentences: int  # ends of sentences
    ends: bool  # ends as a sentence does
    digit_share: float  # of letters and digits, 0 to 1
    script: str | None  # ISO 15924
    hits: tuple[Hit, ...]
    is_heading: bool  # by its tag
    is_item: bool  # of a list, by its tag or its bullet
    is_linked: bool  # most of it is links
    is_paragraph: bool  # long, in sentences, no link, no heading
    is_label: bool  # short and no sentence: a heading, a link, a name, a cell

    @property
    def is_sentence(self) -> bool:
        """Whether it is a sentence of whatever length, and no link."""
        return self.ends and self.weight >= _SENTENCE_WEIGHT and not (self.is_linked or self.is_heading)

    @property
    def names(self) -> tuple[str, ...]:
        """What its place in the markup is called; nothing for a text without markup."""
        return self.block.place.names if self.block.place else ()

    @property
    def is_short(self) -> bool:
        """Whether it is shorter than most sentences."""
        return self.weight < SHORT_WEIGHT

    def is_quoted(self, hit: Hit) -> bool:
        """Whether the hit stands between quotation marks, with more outside them."""
        spans = (quote.span() for quote in _QUOTED.finditer(self.flat))
        inside = any(start <= hit.start and hit.end <= end for start, end in spans)
        return inside and len(self.flat.strip(" \"'")) > hit.end - hit.start + 10


def measure(block: Block, lexicon: Lexicon) -> Features:
    """The evidence of one block."""
    text = block.text
    solid = letters_of(text)
    wide = not text.isascii() and bool(_BEYOND_LATIN.search(text))
    weight = len(solid) + (round(len(_EAST_ASIAN.findall(solid)) * (EAST_ASIAN_WEIGHT - 1)) if wide else 0)
    sentences = len(_SENTENCES.findall(text))
    ends = bool(_ENDS.search(text[-80:]))
    is_heading, is_linked = block.tag.startswith("h"), block.link_share >= LINKED_SHARE
    prose = weight >= PARAGRAPH_WEIGHT and (ends or sentences > 1 or weight >= UNPUNCTUATED_WEIGHT)
    is_item = block.tag == "li" or bool(_BULLET.match(text))
    has_links = block.link_share >= ITEM_LINK_SHARE
    flat = flatten(text)
    return Features(
        block=block,
        flat=flat,
        weight=weight,
        sentences=sentences,
        ends=ends,
        digit_share=len(_DIGITS.findall(solid)) / max(len(solid), 1),
        script=script_of(text) if wide else ("Latn" if _LETTER.search(solid) else None),
        hits=lexicon.hits(flat) if block.tag != "pre" else (),
        is_heading=is_heading,
        is_item=is_item,
        is_linked=is_linked,
        is_paragraph=prose and not (is_heading or is_linked or block.tag == "row" or (is_item and has_links)),
        is_label=weight < PARAGRAPH_WEIGHT and not ends,
    )
