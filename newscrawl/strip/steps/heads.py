"""What stands above a story: its headline once more, the agency, the date, the names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from newscrawl.items import AUTHOR
from newscrawl.strip.document import Document, Mark, Marks
from newscrawl.strip.features import Features
from newscrawl.strip.lexicon import word_list
from newscrawl.text import fold

_AGENCY_MARK = re.compile(r"\s--?\s[\w&.' ]{2,30}$|^(?:mw|update|correct|press release|\*)\s?[:|]?\s+", re.IGNORECASE)
_OWN_MARK = re.compile(r"\s-- [\w&.' ]{2,30}$")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_TIME = re.compile(
    r"\d{1,2}[:.h時点시][0-5]\d|\d{4}|\d{1,2}\s?[./年月日]\s?\d{1,2}|\d{1,2}-\d{1,2}-\d{2}"
    r"|\d{1,2}(?:st|nd|rd|th)?\.? [^\W\d]{3,}|[^\W\d]{3,}\.? \d{1,2}"
)
_DATE = re.compile(r"[ |,-]+\d{1,4}[./-]\d{1,2}(?:[./-]\d{1,4})?(?: \d{1,2}:\d\d)?$")
_AGES = re.compile(r"\d+ ?[^\W\d_]+")
_STAMP_TOKENS = 22
_NUMBERS = (1, 2, 4, 8, 12, 14)  # digits of a day, a year, a date, a time with its date
_HEADLINE_WEIGHT = 260
_MIN_STUBS = 2
_OPENING = 6
_NAME_WEIGHT = 40
_NAME_WORDS = 5
_LEADS = frozenset(("by", "von", "par", "por", "di", "door", "av", "af", "oleh"))


def mark_stamps(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark lines that hold a date or a time and nothing else, outside the story.

    Between its paragraphs they stay, but for one date with a time below a long standfirst: a live blog's times and the
    dates of a chronology are the story.
    """
    story = doc.story(marks)
    found = [index for index, block in enumerate(doc.blocks) if index not in marks and is_stamp(block)]
    within = [index for index in found if index in story]
    for index in found:
        opens = index < _OPENING and len(within) == 1 and ":" in doc.blocks[index].flat
        if index not in story or opens:
            yield Mark(index, "timestamp", "timestamp/shape", 0.9)


def is_stamp(block: Features) -> bool:
    """Whether it consists of the words and numbers of dates."""
    if not block.digit_share or block.weight > 120 or block.block.tag == "row":
        return False
    words, dates = _TOKEN.findall(block.flat), word_list("dates")
    if len(words) > _STAMP_TOKENS or not all(_is_of_date(word, dates) for word in words):
        return False
    named = any(word in dates for word in words)
    return bool(_TIME.search(block.flat)) or (named and bool(_AGES.search(block.flat)))


def _is_of_date(word: str, dates: Collection[str]) -> bool:
    return len(word) in _NUMBERS if word.isdecimal() else word in dates or len(word) == 1


def mark_agencies(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark lines outside the story that name agencies and nothing else but a date."""
    story = doc.story(marks)
    agencies = word_list("agencies")
    for index, block in enumerate(doc.blocks):
        if index in story or index in marks or block.weight > 60 or block.block.tag == "row":
            continue
        names = [name.strip(' .()[]-=<>*©"') for name in re.split(r"[/|,•·]| - ", _DATE.sub("", block.flat))]
        if all(name in agencies for name in names):
            yield Mark(index, "wire_trailer", "wire_trailer/agency", 0.9)


def mark_headline(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark the headline where it is repeated, and where it opens a wire story's stub.

    A short first line without a full stop is the headline when it carries an agency mark (`-- WSJ`), or when two of
    agency, date and names follow before the first full paragraph.
    """
    story = doc.story(marks)
    for index, block in enumerate(doc.blocks):
        if doc.headline and (index < story.start or block.is_heading) and _is_headline(block, doc.headline):
            yield Mark(index, "navigation", "navigation/headline", 0.95)
        elif doc.site_name and index not in story and fold(block.block.text) == doc.site_name:
            yield Mark(index, "navigation", "navigation/site_name", 0.9)
    if doc.headline is None and story and 0 not in marks and _opens_stub(doc, marks, story.start):
        yield Mark(0, "navigation", "navigation/stub_headline", 0.9)


def _is_headline(block: Features, headline: str) -> bool:
    text = fold(block.block.text)
    return bool(text) and (text == headline or _bare(text) == _bare(headline))


def _bare(text: str) -> str:
    return _AGENCY_MARK.sub("", text).strip(" .\"'")


def _opens_stub(doc: Document, marks: Marks, first: int) -> bool:
    block = doc.blocks[0]
    if first == 0 or block.weight > _HEADLINE_WEIGHT or block.flat.endswith((".", "。")) or block.is_item:
        return False
    kinds = {marks[i].kind for i in range(1, first) if i in marks}
    return bool(_OWN_MARK.search(block.flat)) or len(kinds & {"wire_trailer", "timestamp", "byline"}) >= _MIN_STUBS


def mark_names(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark the names of the authors, and names above the story that stand beside a date, an agency or a byline."""
    story = doc.story(marks)
    beside = {"timestamp", "byline", "wire_trailer", "dateline"}
    for index, block in enumerate(doc.blocks):
        if AUTHOR in block.names and index not in story and index not in marks and not block.is_heading:
            yield Mark(index, "byline", "byline/author", 0.9)
    for index, block in enumerate(doc.blocks[: min(story.start, _OPENING)]):
        if index in marks or block.weight > _NAME_WEIGHT or not _is_names(block.block.text):
            continue
        near = [marks[i].kind for i in (index - 1, index + 1) if i in marks]
        led = index > 0 and doc.blocks[index - 1].flat.strip(" :") in _LEADS
        if led:
            yield Mark(index - 1, "byline", "byline/lead", 0.85)
        if led or (index > 0 and beside.intersection(near) and _is_several(block.block.text)):
            yield Mark(index, "byline", "byline/name", 0.8)


def _is_several(text: str) -> bool:
    """Whether it is more than one word: a lone one may be a label of the story's."""
    return " " in text.strip() or not text.isascii()


def _is_names(text: str) -> bool:
    """Whether every word of the line is written as names are, in a script that has capitals."""
    words = [word for word in re.findall(r"[\w.'’-]+", text) if word.lower() not in word_list("name_joiners")]
    return 0 < len(words) <= _NAME_WORDS and all(word[0].isupper() and not word[-1].isdecimal() for word in words)
