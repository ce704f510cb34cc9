"""Which few patterns of a thousand can match a text: an index by the words they cannot do without.

Python tries the branches of an alternation one after the other; a thousand of them over one page take 100 ms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

PREFIX = 5
"""Letters of a word that serve as its key: `subscribe`, `subscribing` and `subscriber` share one."""

Anchors = tuple[frozenset[str], ...]
"""Every match contains a key of each of the sets."""

_UNSEGMENTED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUN = re.compile(f"[{_UNSEGMENTED}]+")
_WORD = re.compile(rf"[^\W{_UNSEGMENTED}]+|[©ⓒ@/]")
_SPACED_WORD = re.compile(r"\w+|[©ⓒ@/]")
_QUANTIFIER = re.compile(r"(?:[?*+]|\{[\d,]*\})[?+]?")
_COMMON = 12
RECENT = 4096
"""Parts of patterns kept parsed: each is looked at many times before the next one."""
_COMMON_WORDS = {"with", "this", "from", "your", "that", "have", "more", "will", "also", "what", "about", "their"}
_COMMON_WORDS |= {"dans", "pour", "para", "como", "auch", "eine"}


@dataclass(frozen=True, slots=True)
class _Element:
    """One letter, class or group of a pattern, with what it repeats."""

    text: str
    quantifier: str
    literal: str  # the character it stands for; empty for classes and groups
    branches: tuple[str, ...]  # of a group

    @property
    def is_optional(self) -> bool:
        return self.quantifier.startswith(("?", "*", "{0"))


def keys_of(flat: str) -> set[str]:
    """Keys of a text: the first letters of its words, and letters and pairs of scripts without spaces."""
    if flat.isascii() or not _RUN.search(flat):
        return {word[:PREFIX] for word in _SPACED_WORD.findall(flat)}
    keys = {word[:PREFIX] for word in _WORD.findall(flat)}
    for run in _RUN.findall(flat):
        keys.update(run)
        keys.update(map("".join, pairwise(run)))
    return keys


@lru_cache(RECENT)
def branches_of(pattern: str) -> tuple[str, ...]:
    """The branches of a pattern's outermost alternation."""
    branches, start, at = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "|":
            branches.append(pattern[start:at])
            start = at + 1
        at = _next(pattern, at)
    return (*branches, pattern[start:])


def anchors_of(branch: str, *, open_left: bool = False, open_right: bool = False) -> Anchors:
    """What a text must contain for the branch to match; empty where nothing can be told.

    Args:
        branch: A regular expression over flat text, without look-arounds, capturing groups and outer alternation.
        open_left: Letters of the same word may stand before it.
        open_right: And after it.
    """
    sets: list[frozenset[str]] = []
    elements = _elements(branch)
    run = ""
    for position, element in enumerate(elements):
        if element.literal and not element.is_optional:
            run += element.literal
            if not element.quantifier:
                continue
        last = _is_apart(elements[position + 1 :], open_right)
        inside = run[-1].isalnum() if run else open_left
        if element.quantifier == "?" and element.literal.isalpha() and last:
            sets += _keys_of_run(run, open_left, False, element.literal)
        else:
            sets += _keys_of_run(run, open_left, not _is_apart(elements[position:], open_right))
        if element.branches and not element.is_optional:
            sets += _of_group(element.branches, inside, not last)
        run, open_left = "", not _is_apart([element], inside, left=True)
    return tuple(sets + _keys_of_run(run, open_left, open_right))


def is_bordered(branch: str, *, left: bool) -> bool:
    """Whether the branch begins (or ends) with a letter of a script that puts spaces between words."""
    elements = _elements(branch)
    for element in elements if left else reversed(elements):
        inner = element.branches
        if inner:
            fits = all(is_bordered(part, left=left) for part in inner if part)
        else:
            fits = element.literal.isalpha() and not _RUN.match(element.literal)
        if not fits or not element.is_optional:
            return fits
    return False


def frequency(keys: frozenset[str]) -> int:
    """How often a text has one of the keys, as a rank: short words and those of every page are frequent."""
    return sum(_COMMON if (len(key) < 4 and key.isascii()) or key in _COMMON_WORDS else 1 for key in keys)


@lru_cache(RECENT)
def _element(text: str, quantifier: str) -> _Element:
    char = text[-1]
    escaped = len(text) == 2 and not char.isalnum()
    literal = char if escaped or (len(text) == 1 and char not in ".^$") else ""
    return _Element(text, quantifier, literal, branches_of(text[1:-1].removeprefix("?:")) if text[0] == "(" else ())


@lru_cache(RECENT)
def _elements(branch: str) -> tuple[_Element, ...]:
    elements: list[_Element] = []
    at = 0
    while at < len(branch):
        end = _next(branch, at)
        match = _QUANTIFIER.match(branch, end)
        stop = match.end() if match else end
        elements.append(_element(branch[at:end], branch[end:stop]))
        at = stop
    return tuple(elements)


def _next(pattern: str, at: int) -> int:
    """Where the element at `at` ends, without its quantifier."""
    if pattern[at] == "\\":
        return at + 2
    if pattern[at] == "[":
        return pattern.index("]", at + 2) + 1
    if pattern[at] != "(":
        return at + 1
    at += 1
    while pattern[at] != ")":
        at = _next(pattern, at)
    return at + 1


def _is_apart(elements: Sequence[_Element], is_open: bool, *, left: bool = False) -> bool:
    """Whether no word goes on into the elements (out of them, for `left`); `is_open` tells of what lies beyond them."""
    for element in reversed(elements) if left else elements:
        if element.branches:
            apart = all(_is_apart(_elements(branch), True, left=left) for branch in element.branches)
        elif element.text[0] == "[":
            apart = element.text[1] != "^" and not any(map(str.isalnum, element.text))
        else:
            apart = element.text in (r"\b", r"\s") or (bool(element.literal) and not element.literal.isalnum())
        if not apart or not element.is_optional:
            return apart
    return not is_open


def _of_group(branches: Sequence[str], open_left: bool, open_right: bool) -> list[frozenset[str]]:
    """One key of each branch: the one that tells most."""
    found = [anchors_of(branch, open_left=open_left, open_right=open_right) for branch in branches]
    if not all(found):
        return []
    return [frozenset().union(*(min(sets, key=frequency) for sets in found))]


def _keys_of_run(run: str, open_left: bool, open_right: bool, more: str = "") -> list[frozenset[str]]:
    """Keys of a literal run; at an open side more letters of the same word may stand, `more` may at its end."""
    sets = [frozenset((part[at : at + 2],)) for part in _RUN.findall(run) for at in range(max(1, len(part) - 1))]
    for word in _WORD.finditer(run):
        whole = word.end() < len(run) or not open_right
        if not word[0].isalnum() or ((word.start() or not open_left) and (whole or len(word[0]) >= PREFIX)):
            ending = more if word.end() == len(run) else ""
            sets.append(frozenset((word[0][:PREFIX], (word[0] + ending)[:PREFIX])))
    return sets
