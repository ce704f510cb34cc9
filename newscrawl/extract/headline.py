"""Which of a page's titles is the article's headline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newscrawl.text import fold

_SEPARATOR = re.compile(r"\s+(?:[|–—·•»«‹›*~/:_]|--?|::)\s+|\s*[|｜»_]\s*|(?<=[\u3000-\u9fff])-+(?=\w)")
_LOOSE = re.compile(r"\s*(?:--+|[|｜_»:：])\s*|\s[–—-]\s")
_LETTERS = re.compile(r"[\W_]+")
MAX_TITLE = 400  # characters of a title that are looked at
MAX_CUTS = 10  # separators in it
MIN_LETTERS = 4  # of a headline: fewer are a mark or a number; two Han characters are a word


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles of a page, each on one line; those of `h1` with the texts of its elements."""

    h1: Sequence[tuple[str, ...]]
    og: str | None
    jsonld: str | None
    twitter: str | None
    title: str | None
    site_names: Sequence[str]  # names that are no headline: of the site, its domain, its publisher
    lines: Sequence[str] = ()  # what the page shows, a line each, to tell a title from what stands beside it


def choose_headline(titles: Titles) -> str | None:
    """The headline as the page shows it, without site name and kicker; else what its metadata agree on."""
    sites = [key for name in titles.site_names if (key := _key(name))]
    stated = (titles.og, titles.jsonld, titles.twitter, titles.title)
    clean = [_without_site(text[:MAX_TITLE], sites) for text in stated if text]
    known = {_key(text): text for text in reversed(clean) if _size(text) >= MIN_LETTERS}
    shown = _shown(titles, known, sites)
    if shown is not None:
        return shown
    if len(clean) == 1 and (part := _visible_part(clean[0], titles.lines)):
        return part
    votes = [_key(text) for text in clean]
    agreed = max(known, key=lambda key: (votes.count(key), -votes.index(key)), default=None)
    if agreed is not None:
        return known[agreed]
    return next((text for parts in titles.h1 if _size(text := " ".join(parts)) >= MIN_LETTERS), None)


def _shown(titles: Titles, known: dict[str, str], sites: Sequence[str]) -> str | None:
    """The h1 that is the article's: one that says what the metadata say, else the only one."""
    candidates = [
        parts
        for parts in titles.h1
        if _size(" ".join(parts)) >= MIN_LETTERS and not _is_site(_key(" ".join(parts)), sites)
    ]
    for parts in candidates:
        text = " ".join(parts)
        key = _key(text)
        if key in known:
            return known[key] if len(parts) > 1 else text
        for part in parts:
            if len(parts) > 1 and _key(part) in known and _size(part) > 12:
                return part
        for other in known:
            if key.endswith(other) and len(other) > 12:  # a kicker before it
                return known[other]
            if other.startswith(key) and len(key) > 12:
                return text
    return " ".join(candidates[0]) if len(candidates) == 1 else None


def _without_site(text: str, sites: Sequence[str]) -> str:
    """A title without the site's name at its end or start, and the sections beside it."""
    for _ in range(MAX_CUTS):
        matches = list(_SEPARATOR.finditer(text))
        if not matches:
            break
        first, last = matches[0], matches[-1]
        head, tail = text[: last.start()], text[last.end() :]
        if _is_site(_key(tail), sites) and _size(head) >= MIN_LETTERS:
            text = head
        elif _is_site(_key(text[: first.start()]), sites) and _size(text[first.end() :]) >= MIN_LETTERS:
            text = text[first.end() :]
        else:
            break
    return text.strip()


def _visible_part(title: str, lines: Sequence[str]) -> str | None:
    """The longest part of a lone title, cut at its separators, that the page shows as a line of its own."""
    keys = {_key(line) for line in lines}
    marks = [(match.start(), match.end()) for match in _LOOSE.finditer(title)][:MAX_CUTS]
    cuts = [(0, 0), *marks, (len(title), len(title))]
    parts = [title[begin:end] for n, (_, begin) in enumerate(cuts) for end, _ in cuts[n + 1 :] if begin < end]
    seen = [part for part in parts if _size(part) > 8 and _key(part) in keys]
    return max(seen, key=_size, default=None)


def _is_site(key: str, sites: Sequence[str]) -> bool:
    """Whether a name is one of the site's, or nearly: `BBC News` of `bbc`, `Zoll` of `zoll.de`."""
    return bool(key) and any(
        key == site or (len(key) > 3 and key in site) or (len(site) > 3 and site in key and len(key) <= 2 * len(site))
        for site in sites
    )


def _key(text: str) -> str:
    return _LETTERS.sub("", fold(text))


def _size(text: str) -> int:
    return sum(2 if char > "\u2e80" else 1 for char in _LETTERS.sub("", text))
