"""Lists that are no language: prices, bare numbers, addresses, agency codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newscrawl.strip.document import Document, Mark, Marks, stretches
from newscrawl.strip.features import Features
from newscrawl.strip.lexicon import word_list

_CHANGE = re.compile(r"(?:[▲▼△▽↑↓]|(?<![\w.,])[+\-−–]) ?[$€£¥]?\d[\d.,]*")
_PRICE = re.compile(r"\d[.,]\d{1,3}(?!\d)")
_SYMBOL = re.compile(r"(?<![\w.])(?:[A-Z]{1,6}(?:[.:/-][A-Z0-9]{1,6})?|\d{4,6}(?:\.[A-Z]{1,2})?)(?!\w)|[$€£¥]")
_NUMBER = re.compile(r"(?:\d{1,2}[.)]\s?)?[(\[]?\d{1,6}[)\]]?[.)]?")
_ADDRESS = re.compile(
    r"[(\[<]*(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)\S+|@\w{3,})[)\]>;.,]*(?:[ |;,/]+|$)", re.IGNORECASE
)
_PHONE = re.compile(r"(?:[a-z]{2,6}[.:]? ?)?\+?[\d() ./-]{9,24}")
_CODE = re.compile(
    r"/?[a-zäöüß]{2,5}(?:/[a-zäöüß]{2,5}){1,5}/?-?|[a-zäöüß]{2,3}(?:-[a-zäöüß]{2,3}){1,5}|/[a-zäöüß]{2,5}|[a-z]{2,4}-"
    r"|\([a-zäöü]{2,5}(?:/[a-z]{1,3})?\)|<[a-z0-9.& -]{2,20}>",
    re.IGNORECASE,
)
_IDENTITY = re.compile(r"(?:isin|wkn|axc\d|dpa:|ref\.?:)[\w :/.,-]{5,60}|.{0,60}\bnnnn")
_BOOK = re.compile(r"(?:isbn|issn|doi|pmid)\b")
_RANK = re.compile(r"\d{1,3}[.)]\s|[↑^]\s")
_RUN = 3


def mark_numbers(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark bare numbers outside the story, and runs of three anywhere: empty lists, counters, page numbers."""
    story = doc.story(marks)
    for start, stop in stretches(doc, is_number):
        for index in range(start, stop):
            if stop - start >= _RUN or index not in story:
                yield Mark(index, "ticker_list" if stop - start >= _RUN else "navigation", "navigation/number", 0.9)


def is_number(block: Features) -> bool:
    """Whether it is a whole number, with or without that of a list item before it."""
    return block.block.tag not in ("row", "pre", "quote") and bool(_NUMBER.fullmatch(block.block.text))


def mark_prices(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark lists of symbols with their prices after the story, and above it.

    A line that ends in a colon introduces the list below it, which is the story's then; so is a table, unless it stands
    below boilerplate.
    """
    story = doc.story(marks)
    for start, stop in stretches(doc, is_price):
        introduced = start > 0 and start - 1 not in marks and doc.blocks[start - 1].flat.endswith(":")
        rows = any(doc.blocks[index].block.tag == "row" for index in range(start, stop))
        if start in story or introduced or (rows and start - 1 not in marks):
            continue
        yield from (Mark(index, "ticker_list", "ticker_list/shape", 0.85) for index in range(start, stop))


def is_price(block: Features) -> bool:
    """Whether it is a name or symbol with a price and its change: no sentence, no rank in a race, no note."""
    text = block.block.text
    if block.ends or not block.digit_share or block.weight > 110:
        return False
    if _RANK.match(text) and "%" not in text:
        return False
    prices = len(_PRICE.findall(text))
    if _CHANGE.search(text):
        return prices > 0 and (prices > 1 or bool(_SYMBOL.search(text)))
    return prices > 1 and ("%" in text or block.block.tag == "row")


def mark_addresses(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark lines outside the story that are an address of mail or web, a telephone number or an agency's code."""
    story = doc.story(marks)
    for index, block in enumerate(doc.blocks):
        if index in story or index in marks or block.weight > 90 or block.block.tag == "row":
            continue
        if is_address(block):
            is_of_web = block.flat.lstrip(" (<[").startswith(("http", "www"))  # the story may be what it leads to
            yield Mark(index, "contact", "contact/address", 0.85 if is_of_web else 0.9)
        elif index >= story.stop and is_code(block):
            yield Mark(index, "wire_trailer", "wire_trailer/code", 0.9)


def is_address(block: Features) -> bool:
    """Whether it is addresses of mail or web, or a telephone number, and nothing else."""
    flat = block.flat.strip()
    if _BOOK.match(flat):
        return False
    rest = _ADDRESS.sub("", flat)
    if rest != flat:
        return not rest or bool(_PHONE.fullmatch(rest.strip("();, ")))
    return bool(block.digit_share > 0.6 and _PHONE.fullmatch(flat))


def is_code(block: Features) -> bool:
    """Whether it is initials of an agency's writers, or a number of its files."""
    text = block.block.text.strip()
    if _IDENTITY.fullmatch(block.flat):
        return True
    return bool(_CODE.fullmatch(text)) and text.lower() not in word_list("dates") and not block.ends
