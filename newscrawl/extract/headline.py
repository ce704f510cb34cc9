"""Which of a page's titles is the article's headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newscrawl.text import fold, letters_of

_SEPARATOR = re.compile(r"\s+(?:[|–—·•»«‹›*~/:_]|--?|::)\s+|\s*[|｜»_]\s*|(?<=[\u3000-\u9fff])-+(?=\w)")
_LOOSE = re.compile(r"\s*(?:--+|[|｜_»:：])\s*|\s[–—-]\s")
_HAN_SITE = re.compile(r"[\u4e00-\u9fff]{1,6}(?:网|網|报|報|新闻|新聞|频道|頻道)")
_LONG_WORD = re.compile(r"\w{7,}")
MAX_TITLE = 400  # characters of a title that are looked at
MAX_CUTS = 10  # separators in it
MIN_LONG = 12  # letters in which two titles agree hardly by chance
MIN_SENTENCE = 25  # letters of a heading that is more than a label
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
    subheads: Iterable[tuple[str, ...]] = ()  # those of `h2` and `h3`, for pages whose `h1` is something else
    lines: Iterable[str] = ()  # what the page shows, a line each, to tell a title from what stands beside it


def choose_headline(titles: Titles) -> str | None:
    """The headline as the page shows it, without site name and kicker; else what its metadata agree on."""
    sites = [key for name in titles.site_names if (key := _key(name))]
    stated = (titles.og, titles.jsonld, titles.twitter, titles.title)
    clean = [_without_site(text[:MAX_TITLE], sites) for text in stated if text]
    known: dict[str, str] = {}
    for text in clean:
        if _size(text) >= MIN_LETTERS:
            known.setdefault(_key(text), text)
    shown = _shown(titles, known, sites)
    if shown is not None:
        return shown
    if len(clean) == 1 and (part := _visible_part(clean[0], set(map(_key, titles.lines)))):
        return part
    votes = [_key(text) for text in clean]
    agreed = max(known, key=lambda key: (votes.count(key), -votes.index(key)), default=None)
    if agreed is not None:
        return known[agreed]
    return next((text for parts in titles.h1 if _size(text := " ".join(parts)) >= MIN_LETTERS), None)


def _shown(titles: Titles, known: dict[str, str], sites: Sequence[str]) -> str | None:
    """The heading that is the article's: one that says what the metadata say, else the only h1."""
    h1 = [
        parts
        for parts in titles.h1
        if _size(" ".join(parts)) >= MIN_LETTERS and not _is_site(_key(" ".join(parts)), sites)
    ]
    return (
        _same(h1, known)
        or next((text for key in known for parts in h1 if (text := _similar(parts, key, known))), None)
        or _of_subheads([parts for parts in titles.subheads if _size(" ".join(parts)) > MIN_LONG], known)
        or (" ".join(h1[0]) if len(h1) == 1 else _of_like_words(h1, known))
    )


def _of_like_words(headings: Sequence[tuple[str, ...]], known: dict[str, str]) -> str | None:
    """The first long heading that shares a long word with what the metadata state in other words."""
    words = {word for text in known.values() for word in _LONG_WORD.findall(fold(text))}
    texts = [text for parts in headings if _size(text := " ".join(parts)) > MIN_SENTENCE]
    return next((text for text in texts if not words.isdisjoint(_LONG_WORD.findall(fold(text)))), None)


def _of_subheads(subheads: Sequence[tuple[str, ...]], known: dict[str, str]) -> str | None:
    """The subhead that says what the metadata state, or all of it but sections and site."""
    if (text := _same(subheads, known)) is not None:
        return text
    keys = {_key(" ".join(parts)) for parts in subheads}
    return max((part for text in known.values() if (part := _visible_part(text, keys))), key=_size, default=None)


def _same(headings: Sequence[tuple[str, ...]], known: dict[str, str]) -> str | None:
    """The heading, or the part of one, that says what the first of the metadata say that are shown at all."""
    shown: dict[str, str] = {}
    for parts in headings:
        shown.update({key: part for part in parts if len(key := _key(part)) > MIN_LONG and key not in shown})
        whole = _key(" ".join(parts))
        shown[whole] = parts[0] if len(parts) == 1 else known.get(whole, "")
    return next((shown[key] for key in known if key in shown), None)


def _similar(parts: tuple[str, ...], other: str, known: dict[str, str]) -> str | None:
    """A heading that has a kicker of its own, or is longer or shorter than what the metadata state."""
    text = " ".join(parts)
    key = _key(text)
    if key.endswith(other) and len(other) > MIN_LONG:
        return known[other]
    if _is_part(key, other) or _is_part(other, key):
        return text
    if len(parts) > 1 and len(last := _key(parts[-1])) > MIN_LONG and other.endswith(last):
        return parts[-1]
    return None


def _is_part(key: str, other: str) -> bool:
    return len(key) > MIN_LONG and (other.startswith(key) or other.endswith(key))


def _without_site(text: str, sites: Sequence[str]) -> str:
    """A title without the site's name at its end or start, and the sections beside it."""
    for _ in range(MAX_CUTS):
        matches = list(_SEPARATOR.finditer(text))
        if not matches:
            break
        first, last = matches[0], matches[-1]
        head, tail = text[: last.start()], text[last.end() :]
        if (_is_site(_key(tail), sites) or _HAN_SITE.fullmatch(tail)) and _size(head) >= MIN_LETTERS:
            text = head
        elif _is_site(_key(text[: first.start()]), sites) and _size(text[first.end() :]) >= MIN_LETTERS:
            text = text[first.end() :]
        else:
            break
    return text.strip()


def _visible_part(title: str, keys: set[str]) -> str | None:
    """The longest part of a title, cut at its separators, that the page shows, as its keys tell."""
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
    return letters_of(fold(text))


def _size(text: str) -> int:
    return sum(2 if char > "\u2e80" else 1 for char in letters_of(text))
