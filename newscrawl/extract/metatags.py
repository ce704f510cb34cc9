"""The meta tags of a page, whatever attribute names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

from newscrawl.extract.jsonld import plain


@dataclass(frozen=True, slots=True)
class MetaTags:
    """Contents by lower-case name; `property`, `name`, `itemprop` and `http-equiv` count alike."""

    contents: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, tree: HtmlElement) -> MetaTags:
        """Read all meta tags, those in the body too: many templates put them there."""
        found: dict[str, list[str]] = {}
        for tag in tree.iter("meta"):
            content = tag.get("content")
            if not content or not (content := plain(content)):
                continue
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                if name := tag.get(attribute):
                    found.setdefault(name.strip().lower(), []).append(content)
        return cls({name: tuple(contents) for name, contents in found.items()})

    def first(self, *names: str) -> str | None:
        """The first content of the first of these names that has one."""
        return next(self.all(*names), None)

    def all(self, *names: str) -> Iterator[str]:
        """All contents of these names, in their order."""
        for name in names:
            yield from self.contents.get(name, ())
