"""The sentence under the headline, which extractors leave out together with a page's header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.etree import _Element

from newscrawl.extract.document import Document
from newscrawl.extract.lines import MAX_KICKER, SENTENCE_ENDS, Line, PageText
from newscrawl.extract.places import words_of
from newscrawl.items import Block
from newscrawl.text import fold

MIN_LETTERS = 30  # of a standfirst; fewer are a label
MAX_LETTERS = 600  # more are a paragraph
MIN_START = 60  # characters of a description, which is often cut, that a standfirst must hold
MAX_LINK_SHARE = 0.3  # of a standfirst; more is a teaser
MAX_LINES = 40  # above the body in which the headline stands
MAX_FOLDED = 20  # characters by which a folded text may differ in length
MAX_AROUND = 5  # elements around the line, up to one that holds the headline, too

NAMES = frozenset({
    "standfirst", "deck", "dek", "lead", "lede", "leadin", "intro", "introduction", "excerpt", "summary", "abstract",
    "subtitle", "subhead", "subheading", "subheadline", "strapline", "preamble", "vorspann", "teaser", "unterzeile",
    "chapo", "chapeau", "soustitre", "desc", "description", "entradilla", "bajada", "copete", "subtitulo", "sumario",
    "sommario", "occhiello", "sottotitolo", "catenaccio", "sapo", "linhafina", "olho", "resumo",
    "ingress", "manchet", "underrubrik", "perex", "zajawka", "speakable", "topper",
})  # fmt: skip
"""Words that classes name a standfirst with, by outlets in a dozen languages."""

OTHERS = frozenset({
    "caption", "image", "img", "photo", "picture", "pic", "figure", "gallery", "slide", "slider", "carousel", "media",
    "video", "audio", "player", "credit", "copyright", "legend", "byline", "author", "authors", "autor", "bio", "date",
    "time", "timestamp", "published", "share", "sharing", "social", "newsletter", "subscribe", "subscription",
    "promo", "related", "comment", "comments", "tooltip", "popup", "modal", "dropdown", "overlay", "embed",
    "telegram", "whatsapp", "messenger", "facebook", "sponsor", "disclaimer", "advert", "advertisement", "banner",
    "poll", "login", "paywall", "breadcrumb", "tags", "menu", "nav", "toolbox", "tools", "control", "option",
    "recommended", "alert", "cookie", "consent", "meta", "metadata", "metas",
})  # fmt: skip
"""Words in the classes of what else stands there."""

_APART = frozenset({"figure", "figcaption", "aside", "nav", "form", "button", "address", "footer", "h1"})
_DATED = re.compile(r"\d:\d\d|\b20\d\d\b")  # in a byline
_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HEADINGS = frozenset({"h2", "h3", "h4"})
_LISTED = frozenset({"li", "td"})


def with_standfirst(
    document: Document, blocks: tuple[Block, ...], headline: str | None, description: str | None
) -> tuple[Block, ...]:
    """The blocks, opened by the standfirst where the page shows one below the headline and they lack it.

    A line there is one if it is the page's description, if a class names it so, or if it is a sentence beside the
    headline and no class says that it is something else.

    Args:
        document: The page.
        blocks: The body found, the headline at its top or not.
        headline: The page's headline; without one there is no telling.
        description: As the page's metadata give it, which often is the standfirst.
    """
    top = 1 if blocks and headline and fold(blocks[0].text) == fold(headline) else 0
    text = _standfirst(document.text, blocks[top:], fold(headline or ""), fold(description or ""))
    return (*blocks[:top], Block(text), *blocks[top:]) if text else blocks


def _standfirst(page: PageText, blocks: Sequence[Block], headline: str, description: str) -> str | None:
    title, below = _header(page, blocks, headline)
    if title is None:
        return None
    around = (title.element, *title.element.iterancestors())
    body = "".join(fold(block.text) for block in blocks[:6])
    for number, line in enumerate(below):
        key = fold(line.text)
        if len(key) >= MIN_LETTERS and key in body:
            return None
        place = page.find(line.text, line.start)
        if place is None or not MIN_LETTERS <= len(key) <= MAX_LETTERS or page.link_share(*place) > MAX_LINK_SHARE:
            continue
        is_title = key in headline or headline in key
        if not is_title and _is_one(line, around, description, next_to_title=number == 0):
            return line.text
    return None


def _header(page: PageText, blocks: Sequence[Block], headline: str) -> tuple[Line | None, Sequence[Line]]:
    """The line of the headline that is nearest to the body, and the lines between them."""
    opening = next((block for block in blocks[:4] if len(block.text) >= MIN_START), None)
    place = page.find(opening.text) if opening else None
    if place is None:
        return None, ()
    first = page.number_at(place[0])
    above = range(first - 1, max(-1, first - MAX_LINES), -1)
    likeness, number = max(((_likeness(page.lines[number], headline), number) for number in above), default=(0, 0))
    return (page.lines[number], page.lines[number + 1 : first]) if likeness else (None, ())


def _likeness(line: Line, headline: str) -> int:
    """How sure it is that a line is the headline: 0 where it is not."""
    if line.tag not in _TITLES:
        return 2 * (abs(len(line.text) - len(headline)) < MAX_FOLDED and fold(line.text) == headline)
    key = fold(line.text)
    is_named = bool(headline) and len(key) < len(headline) + MAX_KICKER and (headline in key or key in headline)
    return 3 * is_named + (line.tag == "h1")


def _is_one(line: Line, around: Sequence[_Element], description: str, *, next_to_title: bool) -> bool:
    key = fold(line.text)
    chain = list(_up_to(line.element, around))
    tags = {str(element.tag) for element in chain}
    if not _APART.isdisjoint(tags):
        return False
    if len(description) >= MIN_LETTERS and (key in description or description[:MIN_START] in key):
        return True
    own = set(words_of(line.element))
    names = own.union(*map(words_of, chain))
    if not NAMES.isdisjoint(own) and OTHERS.isdisjoint(own):
        return True
    if not OTHERS.isdisjoint(names) or not _LISTED.isdisjoint(tags):
        return False
    if not NAMES.isdisjoint(names):
        return True
    is_beside = len(chain) == 1 and next_to_title
    if is_beside and line.tag in _HEADINGS:
        return True
    is_sentence = key.endswith(SENTENCE_ENDS) or (is_beside and not _DATED.search(key))
    return len(key) > MIN_START and len(chain) <= MAX_AROUND and is_sentence


def _up_to(element: _Element, around: Sequence[_Element]) -> Iterator[_Element]:
    """The element and those around it that do not hold the headline."""
    for one in (element, *element.iterancestors()):
        if one in around:
            return
        yield one
