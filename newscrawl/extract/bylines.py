"""Where a page names its authors, in the order in which these places are believed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement
from trafilatura.metadata import extract_author

from newscrawl.extract.authors import named_in, names_of
from newscrawl.extract.document import restore
from newscrawl.extract.jsonld import Node, plain
from newscrawl.extract.metatags import MetaTags
from newscrawl.extract.stated import Stated

_META = (
    "author", "article:author", "og:article:author", "authors", "parsely-author", "sailthru.author", "byl",
    "dc.creator", "dcterms.creator", "dc.creator.aut", "citation_author", "dcsext.author",
    "shareaholic:article_author_name", "creator",
)  # fmt: skip
MAX_BARE = 6  # lines below the headline in which a name alone is a byline
MAX_OPENING = 80  # characters in which a dateline names a reporter: `（中央社記者…電）`
MAX_BYLINE = 120  # characters of a line that are looked at
# A name that stands for itself, or before its date: `Jane Roe`, `Jane Roe Dec 10, 2025`, `柏木 俊介`.
_BARE_NAME = re.compile(
    r"\s*([A-ZÀ-ÞŠŽČĆŁŚĐ][\w'’.-]+(?:\s(?:de|von|van|da|di|la|le|der|den)){0,2}(?:\s[A-ZÀ-ÞŠŽČĆŁŚĐ][\w'’.-]*){1,2}?)"
    r"\s*(?:$|[·•|,]\s|(?=\s(?:[A-Z][a-z]{2,8}\.?\s)?\d))"
)
_DATED = re.compile(r"(?:19|20)\d\d|\b\d{1,2}[:.]\d\d\b|\bago\b|\bvor \d")
MAX_MARKED = 3  # names of authors in the markup; of more, most are those of other articles
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
    nodes, around, sites = stated.main.nodes("author"), stated.around, stated.site_names
    named = [(text, _may_be_person(node)) for node in nodes if (text := node.text("name"))]
    tagged = [text for text in stated.meta.all(*_META) if "://" not in text]
    marked = list(_marked(stated.document.tree, around.lines))
    visible = list(_visible(around.lines))
    persons = [text for text, may_be in named if may_be]
    raw = tuple(dict.fromkeys((*(text for text, _ in named), *tagged, *_labelled(stated.meta), *marked, *visible)))
    for texts in (persons, tagged, list(_labelled(stated.meta)), marked):
        if names := names_of(texts, sites):
            return names, raw
    for texts in (visible, list(_bare(around.after))):
        if names := names_of(texts, sites, stated=False):
            return names, raw
    guess = extract_author(stated.document.tree) if not named and not tagged else None
    return (names_of(restore(guess).split(";"), sites) if guess else ()), raw


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


def _bare(after: Sequence[str]) -> Iterator[str]:
    """Names that stand for themselves, with a date beside them."""
    for number, line in enumerate(after[:MAX_BARE]):
        beside = " ".join(after[max(0, number - 1) : number + 2])
        if len(line) <= MAX_BYLINE and (match := _BARE_NAME.match(line)) and _DATED.search(beside):
            yield match[1]
            return


def _may_be_person(node: Node) -> bool:
    return not any(kind.endswith("Organization") or kind == "Corporation" for kind in node.types)


def _labelled(meta: MetaTags) -> Iterator[str]:
    """Names in the label and data pairs that WordPress writes for Twitter and Slack."""
    for number in ("1", "2"):
        label = meta.first(f"twitter:label{number}")
        if label and label.lower().rstrip(":") in _LABELS:
            yield from meta.all(f"twitter:data{number}")


def _marked(tree: HtmlElement, around: Sequence[str]) -> Iterator[str]:
    """Names in elements that markup says are the author's; of many, as teasers have them, those beside the headline."""
    found = []
    for element in tree.xpath("//*[@rel='author' or @itemprop='author']"):
        named = element.xpath(".//*[@itemprop='name']")
        text = plain(" ".join((named[0] if named else element).itertext()))
        if 2 < len(text) < 80 and text not in found:
            found.append(text)
    beside = [text for text in found if any(text in line for line in around)]
    yield from beside or (found if len(found) <= MAX_MARKED else [])
