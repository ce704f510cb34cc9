"""Schema.org facts of a page: JSON-LD scripts as real pages write them, broken ones included."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import TypeAlias

from lxml.html import HtmlElement

from newscrawl.extract.document import restore
from newscrawl.text import fold, squeeze

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_ARTICLE = re.compile(r"(?:article|posting|report|review|newsitem)$", re.IGNORECASE)
_WEAK = re.compile(r"(?:webpage|videoobject|creativework|recipe|event|podcastepisode)$", re.IGNORECASE)
# Where a page's own article may hang; the rest (`itemListElement`, `hasPart`, `comment`, …) is about other things.
_PATHS = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf", "liveBlog")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$|;\s*$")
_LOST_COMMA = re.compile(r",(?=\s*[}\]])")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Node:
    """One schema.org object."""

    data: dict[str, Json]

    @property
    def types(self) -> tuple[str, ...]:
        """Its types, without `schema:` or `http://schema.org/` before them."""
        return tuple(re.split(r"[/:#]", text)[-1] for text in _strings(self.data.get("@type")))

    def text(self, *names: str) -> str | None:
        """The first of these properties that holds text, on one line."""
        for name in names:
            for text in _strings(self.data.get(name)):
                if clean := plain(text):
                    return clean
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """All texts of a property, in order."""
        return tuple(filter(None, map(plain, _strings(self.data.get(name)))))

    def long_text(self, name: str) -> str:
        """A property's text with its line ends, empty without one."""
        return next((restore(unescape(_TAG.sub(" ", text))) for text in _strings(self.data.get(name))), "")

    def number(self, name: str) -> int | None:
        """A property as a whole number."""
        value = self.data.get(name)
        if isinstance(value, str) and re.fullmatch(r"\s*\d{1,7}\s*", value):
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool | None:
        """A property as yes or no; `"False"`, `"https://schema.org/True"` and the like count."""
        value = self.data.get(name)
        if isinstance(value, bool):
            return value
        word = re.split(r"[/:#]", value)[-1].strip().lower() if isinstance(value, str) else ""
        return {"true": True, "false": False, "yes": True, "no": False}.get(word)

    def nodes(self, name: str) -> tuple[Node, ...]:
        """The objects of a property; bare texts become objects with a `name`."""
        found: list[Node] = []
        for item in _as_list(self.data.get(name)):
            if isinstance(item, dict):
                found.append(Node(item))
            elif isinstance(item, str):
                found.append(Node({"name": item}))
        return tuple(found)


def read_jsonld(tree: HtmlElement, headline: str | None) -> tuple[tuple[Node, ...], Node]:
    """All objects of a page's JSON-LD scripts, and the one that is about its article (without properties if none is).

    Args:
        tree: The page.
        headline: As the page shows it, to tell its article from teasers of others.
    """
    nodes = tuple(node for script in _scripts(tree) for node in _walk(_load(script), 0))
    main = _main(nodes, headline) or Node({})
    return nodes, _with_authors(main, nodes)


def _with_authors(main: Node, nodes: Iterable[Node]) -> Node:
    """The article with its authors in place, where it only refers to them: `"author": {"@id": "#/person/1"}`."""
    if not any("@id" in author.data and author.text("name") is None for author in main.nodes("author")):
        return main
    known = {key: node.data for node in nodes if isinstance(key := node.data.get("@id"), str) and node.text("name")}
    authors: list[Json] = [known.get(str(author.data.get("@id")), author.data) for author in main.nodes("author")]
    return Node(main.data | {"author": authors})


def _main(nodes: Iterable[Node], headline: str | None) -> Node | None:
    articles = [node for node in nodes if any(map(_ARTICLE.search, node.types))]
    wanted = fold(headline or "")
    for node in articles:
        own = fold(node.text("headline", "name") or "")
        if wanted and own and (own in wanted or wanted in own):
            return node
    dated = [node for node in articles if node.data.get("datePublished")]
    weak = [node for node in nodes if any(map(_WEAK.search, node.types)) and node.data.get("datePublished")]
    return next(iter(dated or articles or weak), None)


def _scripts(tree: HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            yield script.text


def _load(script: str) -> Json:
    text = _WRAPPING.sub("", _WRAPPING.sub("", script))
    for attempt in (text, _LOST_COMMA.sub("", text), unescape(text)):
        try:
            value: Json = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return value
    return None


def _walk(value: Json, depth: int) -> Iterator[Node]:
    if depth > 6:
        return
    for item in _as_list(value):
        if isinstance(item, list):
            yield from _walk(item, depth + 1)
        elif isinstance(item, dict):
            yield Node(item)
            for path in _PATHS:
                if isinstance(item.get(path), (dict, list)):
                    yield from _walk(item[path], depth + 1)


def _as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _strings(value: Json) -> Iterator[str]:
    for item in _as_list(value):
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            name = item.get("@value") or item.get("name")
            if isinstance(name, str):
                yield name


def plain(text: str) -> str:
    """One clean line without entities and tags; markup in JSON and attributes is escaped once too often."""
    if text.isascii() and text.isprintable() and "&" not in text and "<" not in text:
        return squeeze(text)
    text = unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    return squeeze(restore(unescape(text)))
