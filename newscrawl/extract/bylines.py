"""Where a page names its authors, in the order in which these places are believed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from newscrawl.extract.authors import named_in, names_of
from newscrawl.extract.jsonld import Node
from newscrawl.extract.lines import Line
from newscrawl.extract.marks import names_marked, stated_authors
from newscrawl.extract.metatags import MetaTags
from newscrawl.extract.stated import Stated

_META = (
    "author", "article:author", "og:article:author", "authors", "parsely-author", "sailthru.author", "byl",
    "dc.creator", "dcterms.creator", "dc.creator.aut", "citation_author", "dcsext.author",
    "shareaholic:article_author_name", "creator",
)  # fmt: skip
MAX_BARE = 6  # lines below the headline in which a name alone is a byline
MAX_OPENING = 80  # characters in which a dateline names a reporter: `（中央社記者…電）`
MIN_PARAGRAPH = 150  # characters of a line that opens the text
MAX_NAME = 60
_WHOLE_NAME = re.compile(r"(?:[^\W\d_a-z][\w'’.-]+\s){1,2}[^\W\d_a-z][\w'’-]+")
MAX_BYLINE = 120  # characters of a line that are looked at
# A name that stands for itself, or before its date: `Jane Roe`, `Jane Roe Dec 10, 2025`, `柏木 俊介`.
_BARE_NAME = re.compile(
    r"\s*([A-ZÀ-ÞŠŽČĆŁŚĐ][\w'’.-]+(?:\s(?:de|von|van|da|di|la|le|der|den)){0,2}(?:\s[A-ZÀ-ÞŠŽČĆŁŚĐ][\w'’.-]*){1,2}?)"
    r"\s*(?:$|[·•|,]\s|(?=\s(?:[A-Z][a-z]{2,8}\.?\s)?\d))|(?:\S{2,8}部\s)?([一-鿿]{1,3}\s[一-鿿]{1,3})$"
)
_AUTHOR_IS = re.compile(r"(?:autor(?:in)?(?:/autor|/in)?|author|auteur|autore|written by)\s?:?\s", re.IGNORECASE)
_DATED = re.compile(r"年|(?:19|20)\d\d|\b\d{1,2}[:.]\d\d\b|\bago\b|\bvor \d")
_PARTS = re.compile(r"\s*[|•·]\s*|\s*,\s+(?=[^\W\d_a-z]\w+\s[^\W\d_a-z])|\s+(?:&|and|und|et|y)\s+")
_LABELS = (
    "written by",
    "geschrieben von",
    "verfasst von",
    "écrit par",
    "escrito por",
    "scritto da",
    "author",
    "autor",
    "yazan",
)


def find_authors(stated: Stated) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The article's persons, and all raw names and bylines, agencies among them."""
    around, sites, meta = stated.around, stated.site_names, stated.meta
    for texts in stated.document.chosen.bylines:
        if chosen := names_of(texts, sites):
            return chosen, texts
    named = [(text, _may_be_person(node)) for node in stated.main.nodes("author") if (text := node.text("name"))]
    tagged = [text for text in meta.all(*_META) if "://" not in text]
    labelled, visible = list(_labelled(meta)), list(_visible(around.lines))
    tree = stated.document.tree
    marked = stated_authors(tree)
    raw = dict.fromkeys((*(text for text, _ in named), *tagged, *labelled, *marked, *visible))
    names = (
        names_of((text for text, may_be in named if may_be), sites)
        or names_of(tagged, sites)
        or names_of(labelled, sites)
        or names_marked(tree, marked, around, sites)
    )
    shown = names_of(visible, sites, stated=False)
    if names and shown and not _share_a_word(names, shown):
        names = shown if set(shown) & set(names_marked(tree, marked, around, sites)) else names
    if names or shown:
        return _completed(names, shown) if names else shown, tuple(raw)
    lines = [*_labelled_lines(stated.document.text.lines)]
    if not any(text not in sites for text in (*(text for text, _ in named), *tagged)):  # an agency's copy is no one's
        lines += [*_bare(around.after)] or [*_above_text(around.after, meta.first("og:title") or "")]
    return names_of(lines, sites, stated=False), tuple(raw)


def _share_a_word(names: Sequence[str], others: Sequence[str]) -> bool:
    return not {word for name in names for word in name.split()}.isdisjoint(
        word for name in others for word in name.split()
    )


def _completed(names: tuple[str, ...], shown: tuple[str, ...]) -> tuple[str, ...]:
    """The names as the visible byline has them where it says more: `Jane Roe` for `Jane`, or a second author."""
    if set(names) < set(shown):
        return shown
    whole = {word: name for name in reversed(shown) for word in name.split()}
    return tuple(dict.fromkeys(name if " " in name else whole.get(name, name) for name in names))


def names_signed(text: str, bylines: Sequence[str], sites: Sequence[str]) -> tuple[str, ...]:
    """The persons whom the text itself names as its authors: in the dateline that opens it, or in bylines cut off it.

    Args:
        text: The story.
        bylines: Lines cut off it as such.
        sites: Names of the outlet, which are no author's.
    """
    lines = (text.split("\n", 1)[0][:MAX_OPENING], *bylines)
    return names_of([name for line in lines if (name := named_in(line))], sites, stated=False)


def _visible(around: Sequence[str]) -> Iterator[str]:
    """Bylines among the lines around the headline, those that go on in the next lines too: `By`, `Jane Roe`."""
    for number, line in enumerate(around):
        if (byline := named_in(line[:MAX_BYLINE])) is not None:
            yield byline if len(line) > 4 else " ".join((line, *around[number + 1 : number + 2]))


def _labelled_lines(lines: Sequence[Line]) -> Iterator[str]:
    """Lines anywhere that say who the author is: `Author: Jane Roe`."""
    return (line.text for line in lines if len(line.text) < MAX_NAME and _AUTHOR_IS.match(line.text))


def _bare(after: Sequence[str]) -> Iterator[str]:
    """Names that stand for themselves, with a date beside them."""
    for number, line in enumerate(after[:MAX_BARE]):
        beside = " ".join(text for text in after[max(0, number - 1) : number + 2] if len(text) <= MAX_NAME)
        if len(line) > MAX_BYLINE or not _DATED.search(beside):
            continue
        if found := [match[1] or match[2] for part in _PARTS.split(line) if (match := _BARE_NAME.match(part))]:
            yield from found
            return


def _above_text(after: Sequence[str], title: str) -> Iterator[str]:
    """A name that stands for itself on the line above the first paragraph; the title's are those of the story."""
    for line, text in pairwise(after):
        if len(text) > MIN_PARAGRAPH:
            if (
                len(line) < MAX_NAME
                and line not in title
                and all(_WHOLE_NAME.fullmatch(part) for part in re.split(r"\s*[/,&]\s*", line))
            ):
                yield line
            return


def _may_be_person(node: Node) -> bool:
    return not any(kind.endswith("Organization") or kind == "Corporation" for kind in node.types)


def _labelled(meta: MetaTags) -> Iterator[str]:
    """Names in the label and data pairs that WordPress writes for Twitter and Slack."""
    for number in ("1", "2"):
        label = meta.first(f"twitter:label{number}")
        if label and label.lower().rstrip(":") in _LABELS:
            yield from meta.all(f"twitter:data{number}")
