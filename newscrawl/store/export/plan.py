"""Which articles go into which file of an export, and by what it is known that a file is still right."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, select

from newscrawl import __version__
from newscrawl.store.export.names import By
from newscrawl.store.filters import Filter, conditions
from newscrawl.store.models import Article, Outlet, StoryArticle

_KEYS: dict[By, str] = {"day": "day", "outlet": "by_outlet", "language": "by_language"}
"""Names of the folders' keys. `outlet` and `language` are columns of the files, and pandas refuses them twice."""

_UNKNOWN = "und"  # of BCP 47; what readers expect for NULL makes pandas fail where other files have a language

# Whatever changes a fact of an article changes one of these, too: a visit notes the time, a reclean its rules.
_STAMPS = (
    Article.id, Article.revision, Article.text_hash, Article.last_seen_at, Article.gone_at, Article.recleaned_with,
    Article.first_seen_at, Article.published_at, Article.language, Outlet.slug, Outlet.name, StoryArticle.story_id,
)  # fmt: skip


@dataclass(slots=True)
class Part:
    """The articles of one file."""

    name: str  # of its folder, `day=2026-06-02`; empty: there is but one
    ids: array[int] = field(default_factory=lambda: array("q"), repr=False)  # ascending
    _hash: Any = field(default_factory=lambda: blake2b(__version__.encode(), digest_size=16), repr=False)

    def add(self, article_id: int, stamps: tuple[object, ...]) -> None:
        """Take one more article."""
        self.ids.append(article_id)
        self._hash.update(repr(stamps).encode())

    @property
    def digest(self) -> str:
        """32 hex digits that change when an article of the part does."""
        return str(self._hash.hexdigest())


def plan(connection: Connection, wanted: Filter, by: By | None) -> list[Part]:
    """The parts, in the order of their names, with eight bytes for each article."""
    query = select(*_STAMPS).select_from(Article).join(Outlet, Outlet.id == Article.outlet_id)
    query = query.outerjoin(StoryArticle, StoryArticle.article_id == Article.id)
    rows = connection.execute(query.where(*conditions(wanted)).order_by(Article.id).execution_options(yield_per=5000))
    parts: dict[str, Part] = {} if by else {"": Part("")}
    for row in rows:
        value = "" if by is None else _value(by, row.language, row.slug, row.published_at or row.first_seen_at)
        if value not in parts:
            parts[value] = Part(f"{_KEYS[by]}={value}" if by else "")
        parts[value].add(row.id, tuple(row))
    return [parts[value] for value in sorted(parts)]


def _value(by: By, language: str | None, outlet: str, at: datetime) -> str:
    """What stands behind `=` in the folder's name: the day is that of publication, else of the first fetch, in UTC."""
    match by:
        case "day":
            return at.astimezone(UTC).date().isoformat()
        case "outlet":
            return quote(outlet, safe="")
        case "language":
            return _UNKNOWN if language is None else quote(language, safe="")
