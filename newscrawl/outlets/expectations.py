"""Tests of an outlet file: saved pages, and what is expected to come of them."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from newscrawl.items import Article, Rejection
from newscrawl.outlets.fields import Config, HttpUrl
from newscrawl.text import clean_text, squeeze

MAX_PAGE = 9_500_000
"""Bytes of a page, as in the crawl."""


def _below(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts:
        raise ValueError("expected a path below the folder of the outlet file, as herald.pages/1.html.gz")
    return path


def _time(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("expected ISO 8601, as 2026-06-02 or 2026-06-02T09:30:00+02:00") from None
    return text


class PageTest(Config):
    """One saved page, and what is expected of it; what is not given is not looked at.

    Attributes:
        page: Its file, relative to the outlet file; `.gz` is unpacked.
        url: Where it was fetched from.
        fetched: Day of the fetch, by which selectors hold or not; today where it is not given.
        charset: As the server declared it.
        headline: The whole of it.
        published: ISO 8601; a date alone compares dates, as the page's zone has them.
        authors: All of them, in the page's order.
        contains: Pieces of the text.
        lacks: Pieces that are not in the text, as boilerplate.
        min_chars: Length of the text, at least.
        max_chars: Length of the text, at most.
        rejection: Reason for which the page gives no article; `any` is every reason.
    """

    page: Annotated[str, AfterValidator(_below)]
    url: HttpUrl
    fetched: date | None = None
    charset: str | None = None
    headline: str | None = None
    published: Annotated[str, AfterValidator(_time)] | None = None
    authors: tuple[str, ...] | None = None
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    min_chars: int | None = Field(default=None, ge=1)
    max_chars: int | None = Field(default=None, ge=1)
    rejection: str | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.rejection and (self.headline or self.published or self.authors or self.contains or self.min_chars):
            raise ValueError("expected a rejection or an article, not both")
        return self


def read_saved(path: Path) -> bytes:
    """A saved page.

    Raises:
        OSError: It is not there, not readable as gzip, or longer than a page may be.
    """
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
        try:
            body: bytes = stream.read(MAX_PAGE + 1)
        except EOFError as error:
            raise OSError(f"{path}: gzip file that is cut off") from error
    if len(body) > MAX_PAGE:
        raise OSError(f"{path}: longer than {MAX_PAGE:,} bytes")
    return body


def unmet(test: PageTest, result: Article | Rejection) -> list[str]:
    """What is not as expected, each as `field: expected …, got …`; empty: the test passes."""
    if isinstance(result, Rejection):
        if test.rejection in (result.reason, "any"):
            return []
        wanted = f"rejection {test.rejection}" if test.rejection else "an article"
        got = f"{result.reason}{': ' if result.detail else ''}{result.detail}"
        return [f"rejection: expected {wanted}, got {got}"]
    if test.rejection:
        return [f"rejection: expected {test.rejection}, got an article of {len(result.text):,} characters"]
    found = [*_unmet_facts(test, result), *_unmet_text(test, result.text)]
    return [f"{field}: expected {wanted}, got {got}" for field, wanted, got in found]


def _unmet_facts(test: PageTest, article: Article) -> list[tuple[str, str, str]]:
    found = []
    if test.headline is not None and _plain(test.headline) != _plain(article.headline or ""):
        found.append(("headline", repr(test.headline), repr(article.headline)))
    if test.published is not None and not _is_time(test.published, article):
        found.append(("published", test.published, article.published.at.isoformat() if article.published else "none"))
    if test.authors is not None and list(map(_plain, test.authors)) != list(map(_plain, article.authors)):
        found.append(("authors", repr(list(test.authors)), repr(list(article.authors))))
    return found


def _unmet_text(test: PageTest, text: str) -> list[tuple[str, str, str]]:
    plain = _plain(text)
    found = [("contains", repr(piece), "a text without it") for piece in test.contains if _plain(piece) not in plain]
    found += [("lacks", f"no {piece!r}", "a text with it") for piece in test.lacks if _plain(piece) in plain]
    if test.min_chars is not None and len(text) < test.min_chars:
        found.append(("min_chars", f"{test.min_chars:,} or more", f"{len(text):,}"))
    if test.max_chars is not None and len(text) > test.max_chars:
        found.append(("max_chars", f"{test.max_chars:,} or less", f"{len(text):,}"))
    return found


def _is_time(wanted: str, article: Article) -> bool:
    if article.published is None:
        return False
    at = article.published.at
    if len(wanted) <= len("2026-06-02"):
        return at.date() == date.fromisoformat(wanted)
    expected = datetime.fromisoformat(wanted)
    return at == expected if expected.tzinfo else at.replace(tzinfo=None) == expected


def _plain(text: str) -> str:
    return squeeze(clean_text(text))
