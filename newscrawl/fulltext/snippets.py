"""Where a query's words stand in a text, and the part of the text that shows them best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from unicodedata import east_asian_width

from newscrawl.fulltext.query import Query, Term
from newscrawl.fulltext.words import Word, is_paired, placed_words

LEAD, WIDTH = 30, 200
"""Columns of a snippet before its first mark, and in all: some 30 words of English, or 100 characters of Chinese."""

MAX_PLACES = 50
"""Places of a term that are marked in a text: one Chinese character may stand in it ten thousand times."""

_ONE_LINE = {ord("\n"): " ", ord("\t"): " "}  # a character for a character: marks stay where they are

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A part of a text, on one line, and where in it the words stand."""

    text: str
    marks: tuple[Span, ...]  # in `text`, in order, not overlapping


def find_marks(query: Query, text: str) -> tuple[Span, ...]:
    """Where the terms of a query stand in a text, in order, those that touch as one."""
    return tuple(_joined(span for _, span in _found(query, text)))


def make_snippet(query: Query, text: str, width: int = WIDTH) -> Snippet:
    """The part of a text with the most terms of the query in it; its beginning where it has none.

    Args:
        query: What was looked for.
        text: An article's, a block a line.
        width: Columns of the part; a Chinese character takes two.
    """
    found = _found(query, text)
    start = _start(text, found, width)
    end = _reach(text, start, width)
    if end == len(text):  # there is room for more before it
        start = _back(text, start, max(width - sum(map(_columns, text[start:])), 0))
    before, after = "… " if start else "", " …" if end < len(text) else ""
    marks = _joined((max(at, start), min(stop, end)) for _, (at, stop) in found if at < end and stop > start)
    shift = len(before) - start
    shown = text[start:end].translate(_ONE_LINE)
    return Snippet(before + shown + after, tuple((at + shift, stop + shift) for at, stop in marks))


def _found(query: Query, text: str) -> list[tuple[Term, Span]]:
    """Terms in their places, in order."""
    words = list(placed_words(text))
    places: dict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        places[word.word].append(at)
    found = [(term, span) for term in query.terms for span in islice(_spans(term, words, places), MAX_PLACES)]
    return sorted(found, key=lambda one: one[1])


def _spans(term: Term, words: Sequence[Word], places: dict[str, list[int]]) -> Iterator[Span]:
    *first, last = term.words
    if first:
        starts = places.get(first[0], [])
    elif term.is_prefix:
        starts = [at for word, known in places.items() if word.startswith(last) for at in known]
    else:
        starts = places.get(last, [])
    is_half = len(last) == 1 and is_paired(last)  # sought as the beginning of a pair, and marked without the rest
    for at in starts:
        run = words[at : at + len(term.words)]
        if len(run) < len(term.words) or [word.word for word in run[:-1]] != first:
            continue
        if run[-1].word == last or (term.is_prefix and run[-1].word.startswith(last)):
            yield run[0].start, run[-1].start + 1 if is_half else run[-1].end


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _start(text: str, found: Sequence[tuple[Term, Span]], width: int) -> int:
    """Where the best part begins: a little before the first of its terms, at the beginning of a word or a block."""
    best, best_terms = -1, 0
    for number, (_, (start, _)) in enumerate(found):
        end = _reach(text, start, width - LEAD)
        near = takewhile(lambda one, end=end: one[1][0] < end, found[number:])  # type: ignore[misc]
        terms = len({term for term, span in near if span[1] <= end})
        if terms > best_terms:
            best, best_terms = start, terms
    return 0 if best < 0 else _back(text, best, LEAD)


def _back(text: str, at: int, room: int) -> int:
    """A place some columns before another: the beginning of a block, if one is near there, or of a word."""
    left = max(at - room, 0)
    while left < at and sum(map(_columns, text[left:at])) > room:
        left += 1
    if left == 0:
        return 0
    block, word = text.find("\n", left, (left + at) // 2), text.find(" ", left, at)
    place = block if block >= 0 else word
    return place + 1 if place >= 0 else left


def _reach(text: str, start: int, columns: int) -> int:
    """Where a part of so many columns ends: before a word that would be broken."""
    end, used = start, 0
    while end < len(text) and used < columns:
        used += _columns(text[end])
        end += 1
    if end == len(text):
        return end
    space = max(text.rfind(mark, start + (end - start) * 3 // 4, end) for mark in " \n")
    return end if space < 0 else space


def _columns(char: str) -> int:
    return 2 if char >= "\u1100" and east_asian_width(char) in "WF" else 1
