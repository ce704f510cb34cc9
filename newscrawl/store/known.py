"""What the store holds of the articles of one batch, read in two queries instead of two for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import cast

from sqlalchemy import ColumnElement, Connection, and_, func, select

from newscrawl import items
from newscrawl.store.models import Article, Fetch, RemovedBlock, Revision
from newscrawl.store.models.base import clean
from newscrawl.strip.edits import change_ratio
from newscrawl.urls import url_key

DUPLICATE_CHARS = 200
"""Characters from which an equal text alone makes two pages one article. Shorter ones are often one notice on many
pages, so that the headline must be equal too."""

SAME_STORY = 0.3
"""Share of a text that may change, while its page moves to another canonical URL, for it to be the story it was."""

CURRENT = and_(Revision.article_id == Article.id, Revision.revision == Article.revision)
"""Joins an article with the revision whose text it shows."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as it would be stored."""

    article: items.Article
    outlet_id: int
    key: str  # of its canonical URL
    text: str  # clean
    text_hash: str

    @classmethod
    def of(cls, article: items.Article, outlet_id: int) -> Draft:
        """Clean the text and make the keys."""
        body = clean(article.text)
        return cls(article, outlet_id, url_key(article.canonical_url), body, sha256(body.encode()).hexdigest())

    def is_variant_of(self, current: Current, led_to: int | None) -> bool:
        """Whether it is an AMP, print or syndicated page, whose text must not replace that of the page proper.

        It names an article's URL as its canonical one, and does not stand there itself. Of such pages, only the one
        that brought the current text may bring a new one.

        Args:
            current: The article at the canonical URL.
            led_to: The article that the page's URL led to before.
        """
        if current.key != self.key or url_key(self.article.url) == self.key:
            return False
        return led_to != current.id or url_key(current.url) == current.key


@dataclass(frozen=True, slots=True)
class Current:
    """An article that the store holds, with its current revision."""

    id: int
    outlet_id: int
    key: str
    text_hash: str
    chars: int
    revision: int
    fetched_at: datetime
    url: str  # of the page that the text is from


_COLUMNS = (
    Article.id, Article.outlet_id, Article.canonical_key, Article.text_hash, Article.chars, Article.revision,
    Revision.created_at, func.coalesce(Fetch.final_url, Article.canonical_url),
)  # fmt: skip
_CURRENTS = (
    select(*_COLUMNS).join(Revision, CURRENT).join(Fetch, Fetch.id == Revision.fetch_id).order_by(Article.id.desc())
)


class Known:
    """Articles by canonical URL and by text; whoever writes one puts it here."""

    def __init__(self, connection: Connection, drafts: Sequence[Draft]):
        self._connection = connection
        self._by_key: dict[tuple[int, str], Current] = {}
        self._by_text: dict[tuple[int, str], Current] = {}
        if drafts:
            outlets = Article.outlet_id.in_({draft.outlet_id for draft in drafts})
            self._read(outlets, Article.canonical_key.in_({draft.key for draft in drafts}))
            texts = {draft.text_hash for draft in drafts if len(draft.text) >= DUPLICATE_CHARS}
            self._read(outlets, Article.text_hash.in_(texts), Article.chars >= DUPLICATE_CHARS)

    def put(self, current: Current) -> None:
        """Note an article as it is now."""
        before = self._by_key.get((current.outlet_id, current.key))
        if before and self._by_text.get((before.outlet_id, before.text_hash)) == before:
            del self._by_text[before.outlet_id, before.text_hash]
        self._by_key[current.outlet_id, current.key] = current
        if current.chars >= DUPLICATE_CHARS:
            self._by_text[current.outlet_id, current.text_hash] = current

    def forget(self, current: Current) -> None:
        """Drop what an article was."""
        self._by_key.pop((current.outlet_id, current.key), None)
        if self._by_text.get((current.outlet_id, current.text_hash)) == current:
            del self._by_text[current.outlet_id, current.text_hash]

    def moved(self, article_id: int, draft: Draft) -> Current | None:
        """An article, if its rows are written and this is its story at another URL."""
        row = self._connection.execute(_CURRENTS.where(Article.id == article_id)).first()
        if row is None or row.outlet_id != draft.outlet_id:
            return None
        return Current(*row) if change_ratio(self.text_of(article_id), draft.text) <= SAME_STORY else None

    def cuts_of(self, current: Current) -> list[items.Removed]:
        """What was cut from the current text of an article whose rows are written."""
        cut = RemovedBlock
        own = (Revision.article_id == current.id, Revision.revision == current.revision)
        query = select(cut.kind, cut.text, cut.rule, cut.score, cut.cut_at).join(Revision).where(*own)
        return [
            items.Removed(cast(items.RemovedKind, kind), text, rule, score, cut_at)
            for kind, text, rule, score, cut_at in self._connection.execute(query.order_by(cut.position))
        ]

    def text_of(self, article_id: int) -> str:
        """The current text of an article whose rows are written."""
        return self._connection.scalars(select(Article.text).where(Article.id == article_id)).one()

    def same_url(self, draft: Draft) -> Current | None:
        """The outlet's article at the same canonical URL."""
        return self._by_key.get((draft.outlet_id, draft.key))

    def same_text(self, draft: Draft) -> Current | None:
        """The outlet's article with the same text; a short text needs the same headline, and all rows written."""
        if len(draft.text) >= DUPLICATE_CHARS:
            return self._by_text.get((draft.outlet_id, draft.text_hash))
        if not draft.text or not draft.article.headline:
            return None
        same = (Article.outlet_id == draft.outlet_id, Article.text_hash == draft.text_hash)
        row = self._connection.execute(_CURRENTS.where(*same, Article.headline == draft.article.headline)).first()
        return None if row is None else Current(*row)

    def _read(self, *where: ColumnElement[bool]) -> None:
        """The oldest article of a text comes last, and stays."""
        for row in self._connection.execute(_CURRENTS.where(*where)):
            self.put(Current(*row))


def reserve(connection: Connection, table: type[Article | Revision], count: int) -> Iterator[int]:
    """Numbers for new rows, so that what refers to them can be written with them. SQLite: its one writer is us."""
    if connection.dialect.name == "sqlite":
        last: int = connection.scalar(select(func.max(table.id))) or 0
        return iter(range(last + 1, last + count + 1))
    number = func.nextval(func.pg_get_serial_sequence(table.__tablename__, "id"))
    return iter(connection.scalars(select(number).select_from(func.generate_series(1, count))).all())
