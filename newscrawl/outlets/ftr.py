"""Site configurations of Full-Text RSS (fivefilters) as outlet files: selectors that both have.

Source:
    https://help.fivefilters.org/full-text-rss/site-patterns.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from pydantic import ValidationError

from newscrawl.outlets.schema import OutletConfig
from newscrawl.outlets.selectors import xpath_of

MAX_FTR = 200_000
"""Bytes; the largest of some 2,000 public ones has under 20,000."""

_LINE = re.compile(r"(?P<name>[a-z_]+)(?:\((?P<argument>.*)\))?\s*:\s*(?P<value>.*)")
_TEXT = re.compile(r"/text\(\)$|^string\((.*)\)$")
_SELECTED = {"body": "body", "author": "byline", "date": "time", "strip": "strip"}
# They say how its own program works, and mean nothing to another.
_OF_ITS_PROGRAM = frozenset({"tidy", "prune", "autodetect_on_failure", "parser", "test_url", "test_contains"})


@dataclass(frozen=True, slots=True)
class FtrSite:
    """An outlet file made of a site configuration."""

    config: OutletConfig
    test_urls: tuple[str, ...]  # pages that it names to be tried
    left_out: tuple[str, ...]  # lines that have no counterpart, as `line 3: title: …: why`


class FtrError(ValueError):
    """A file that is no site configuration."""


def parse_ftr(text: str, filename: str) -> FtrSite:
    """The outlet file of a site configuration; the site is what its file is named after.

    Raises:
        FtrError: It has no line that is one, or its name is no host's.
    """
    host = PurePath(filename).name.removesuffix(".txt").lstrip(".").lower()
    reading = _Reading()
    for number, name, value in _directives(text):
        reading.take(number, name, value)
    if not reading.known:
        raise FtrError("no directive in it such as `body: //article`")
    pages = {name: selectors for name, selectors in reading.pages.items() if selectors}
    fields = {"slug": host, "name": host, "homepage": f"https://{host}/", "domains": [host], "pages": pages}
    if reading.next_page:
        fields["next_page"] = reading.next_page
    try:
        config = OutletConfig.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise FtrError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}, got {first['input']!r}") from None
    return FtrSite(config, tuple(reading.test_urls), tuple(reading.left_out))


class _Reading:
    """What the lines of a file come to."""

    def __init__(self) -> None:
        self.pages: dict[str, list[str]] = {name: [] for name in _SELECTED.values()}
        self.next_page: str | None = None
        self.test_urls: list[str] = []
        self.left_out: list[str] = []
        self.known = 0

    def take(self, number: int, name: str, value: str) -> None:
        """Take one line."""
        self.known += 1
        if name in _SELECTED:
            self.add(number, name, value, self.pages[_SELECTED[name]].append)
        elif name == "strip_id_or_class":
            word = value.strip("\"'")
            selector = f"//*[contains(@class, '{word}') or contains(@id, '{word}')]"
            self.add(number, name, selector, self.pages["strip"].append)
        elif name == "next_page_link" and self.next_page is None:
            self.add(number, name, value, self.set_next_page)
        elif name == "test_url":
            self.test_urls.append(value)
        elif name not in _OF_ITS_PROGRAM:
            self.left_out.append(f"line {number}: {name}: {value}: outlet files have nothing like it")

    def add(self, number: int, name: str, selector: str, keep: Callable[[str], None]) -> None:
        """Keep a selector, if it is one that finds elements or attributes."""
        selector = _TEXT.sub(lambda match: match[1] or "", selector)
        try:
            xpath_of(selector)
        except ValueError as error:
            self.left_out.append(f"line {number}: {name}: {selector}: {error}")
        else:
            keep(selector)

    def set_next_page(self, selector: str) -> None:
        """Keep the link to the next page."""
        self.next_page = selector


def _directives(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        match = _LINE.match(line.strip())
        if match is None or line.lstrip().startswith("#"):
            continue
        value = re.sub(r"\s+#\s.*$", "", match["value"]).strip()
        if match["argument"] is not None:
            value = f"{match['argument']} -> {value}"
        if value:
            yield number, match["name"], value
