"""What becomes of an extracted article: stored, a new revision, the same again, or another URL's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, case, delete, func, null, select, update

from newscrawl import __version__, items, visits
from newscrawl.store.known import DUPLICATE_CHARS, Current, Draft, Known, reserve
from newscrawl.store.labels import labelled
from newscrawl.store.models import Article, ArticleTicker, Author, RemovedBlock, Revision, Tag
from newscrawl.store.models.base import clean
from newscrawl.store.rows import Body, Rows
from newscrawl.store.wordindex import update_article
from newscrawl.strip.edits import Text, change_ratio, correction, is_edited
from newscrawl.strip.repetition import short_blocks

MAX_NAME = 500
"""Characters kept of an author, a tag or a symbol. They are indexed, and PostgreSQL refuses keys above 2,700 bytes."""


_FIRST: Body = {"cause": "first", "change_ratio": None, "correction": None, "text": None}


@dataclass(frozen=True, slots=True)
class Origin:
    """The fetch that an article comes from."""

    fetch_id: int
    fetched_at: datetime
    known_article_id: int | None  # where the URL led before
    is_reclean: bool = False  # the same page as before, read with other rules or labels


class ArticleWriter:
    """Decides what becomes of the articles of one batch, and adds it to the rows."""

    def __init__(self, connection: Connection, rows: Rows, rules_version: str, drafts: Sequence[Draft]):
        self._connection = connection
        self._rows = rows
        self._rules_version = rules_version
        self._known = Known(connection, drafts)
        self._article_ids = reserve(connection, Article, len(drafts))
        self._revision_ids = reserve(connection, Revision, len(drafts))

    def write(self, origin: Origin, draft: Draft) -> tuple[visits.OutcomeKind, int]:
        """Write an article under its identity: the outlet and the canonical URL, else the outlet and the text.

        A visit that is written twice adds no row the second time, whatever was written in between.

        Returns:
            What became of it, and the article's number.
        """
        current = self._known.same_url(draft)
        draft = labelled(self._connection, current.id if current else origin.known_article_id, draft)
        if current is None:
            if len(draft.text) < DUPLICATE_CHARS:
                self._rows.flush_new(self._connection)
            current = self._known.same_text(draft)
            if current is not None:
                return self._see_again(origin, draft, current), current.id
            current = self._moved(origin, draft)
            if current is None:
                return "stored", self._insert(origin, draft)
        if current.text_hash == draft.text_hash or self._is_old_news(origin, draft, current):
            return self._see_again(origin, draft, current), current.id
        if draft.is_variant_of(current, origin.known_article_id):
            self.note_seen(current.id, origin.fetched_at)
            return "duplicate", current.id
        self._revise(origin, draft, current)
        return "updated", current.id

    def rewrite(self, origin: Origin, draft: Draft) -> bool:
        """Write what the page of an article's current revision comes to today; whether text or cuts are others now.

        Raises:
            ValueError: The store holds no such article.
        """
        current = self._known.same_url(draft)
        if current is None or current.id != origin.known_article_id:
            raise ValueError(f"{draft.article.canonical_url}: expected article {origin.known_article_id} at this URL")
        draft = labelled(self._connection, current.id, draft)
        if current.text_hash == draft.text_hash and self._has_cuts(current, draft):
            self._see_again(origin, draft, current)
            return False
        self._revise(origin, draft, current)
        return True

    def _has_cuts(self, current: Current, draft: Draft) -> bool:
        """Whether the current revision has the cuts of the draft."""
        return self._known.cuts_of(current) == _cuts(draft)

    def _insert(self, origin: Origin, draft: Draft) -> int:
        article_id = next(self._article_ids)
        self._rows.add(
            Article,
            {
                "id": article_id,
                "outlet_id": draft.outlet_id,
                "canonical_key": draft.key,
                "revision": 1,
                "first_seen_at": origin.fetched_at,
                "last_seen_at": origin.fetched_at,
                **_facts(draft),
            },
        )
        current = Current(
            id=article_id,
            outlet_id=draft.outlet_id,
            key=draft.key,
            text_hash=draft.text_hash,
            chars=len(draft.text),
            revision=1,
            fetched_at=origin.fetched_at,
            url=draft.article.url,
        )
        self._known.put(current)
        self._add_lists(article_id, draft.article)
        self._add_revision(origin, draft, current, _FIRST)
        self._rows.count_blocks(draft.outlet_id, _short_blocks(draft))
        return article_id

    def _moved(self, origin: Origin, draft: Draft) -> Current | None:
        """The article that the URL led to, if it is still that story: a new headline often makes a new URL."""
        if origin.known_article_id is None:
            return None
        self._rows.flush_new(self._connection)
        return self._known.moved(origin.known_article_id, draft)

    def _is_old_news(self, origin: Origin, draft: Draft, current: Current) -> bool:
        """Whether the page is older than the current text, and its own text known too."""
        if origin.fetched_at >= current.fetched_at:
            return False
        self._rows.flush_new(self._connection)
        same = (Revision.article_id == current.id, Revision.text_hash == draft.text_hash)
        return self._connection.execute(select(Revision.id).where(*same).limit(1)).first() is not None

    def _see_again(self, origin: Origin, draft: Draft, current: Current) -> visits.OutcomeKind:
        """The text is known. From its own URL the other facts may be new; from another one they are not its own."""
        self.note_seen(current.id, origin.fetched_at)
        if origin.known_article_id != current.id:
            return "duplicate"
        if origin.fetched_at >= current.fetched_at:
            facts = _facts(draft)
            del facts["canonical_url"]  # of another page with this text
            update_article(self._connection, current.id, facts)
            self._replace_lists(current.id, draft.article)
        return "unchanged"

    def _revise(self, origin: Origin, draft: Draft, current: Current) -> None:
        """Add a revision. A page fetched before the current one (an old archive) does not become the current text."""
        self.note_seen(current.id, origin.fetched_at)
        same_article = Revision.article_id == current.id
        old, new = Text(self._known.text_of(current.id), self._known.cuts_of(current)), Text(draft.text, _cuts(draft))
        had = self._blocks_of_revisions(current.id)
        fresh = {key: block for key, block in _short_blocks(draft).items() if key not in had}
        self._rows.count_blocks(draft.outlet_id, fresh)
        last = self._connection.scalar(select(func.max(Revision.revision)).where(same_article)) or 0
        revised = replace(
            current,
            key=draft.key,
            url=draft.article.url,
            text_hash=draft.text_hash,
            chars=len(draft.text),
            revision=last + 1,
            fetched_at=origin.fetched_at,
        )
        is_newer = origin.fetched_at >= current.fetched_at
        if is_newer:
            superseded = update(Revision).where(same_article, Revision.revision == current.revision)
            self._connection.execute(superseded.values(text=old.kept))
            values = {"revision": revised.revision, "canonical_key": draft.key, **_facts(draft)}
            update_article(self._connection, current.id, values)
            self._replace_lists(current.id, draft.article)
            self._known.forget(current)
            self._known.put(revised)
        is_edit = not origin.is_reclean and is_edited(old, new)
        changes: Body = {
            "cause": "publisher_edit" if is_edit else "reclean",
            "change_ratio": change_ratio(old.kept, new.kept),
            "correction": correction(old.kept, new.kept) if is_edit and is_newer else None,
            "text": None if is_newer else draft.text,
        }
        self._add_revision(origin, draft, revised, changes)

    def _add_revision(self, origin: Origin, draft: Draft, current: Current, changes: Body) -> None:
        revision_id = next(self._revision_ids)
        self._rows.add(
            Revision,
            {
                "id": revision_id,
                "article_id": current.id,
                "revision": current.revision,
                "fetch_id": origin.fetch_id,
                "headline": draft.article.headline,
                "text_hash": draft.text_hash,
                "chars": len(draft.text),
                **changes,
                "code_version": __version__,
                "rules_version": self._rules_version,
                "created_at": origin.fetched_at,
            },
        )
        for position, cut in enumerate(_cuts(draft)):
            facts = {"kind": cut.kind, "rule": cut.rule, "score": cut.score, "text": cut.text, "cut_at": cut.cut_at}
            self._rows.add(RemovedBlock, {"revision_id": revision_id, "position": position, **facts})

    def _add_lists(self, article_id: int, article: items.Article) -> None:
        for n, name in enumerate(article.authors):
            self._rows.add(Author, {"article_id": article_id, "position": n, "name": name[:MAX_NAME]})
        for n, tag in enumerate(article.tags):
            self._rows.add(Tag, {"article_id": article_id, "position": n, "tag": tag[:MAX_NAME]})
        for n, ticker in enumerate(article.tickers):
            facts = {"symbol": ticker.symbol[:MAX_NAME], "mic": ticker.mic, "origin": ticker.origin}
            self._rows.add(ArticleTicker, {"article_id": article_id, "position": n, **facts})

    def _replace_lists(self, article_id: int, article: items.Article) -> None:
        for table in (Author, Tag, ArticleTicker):
            self._connection.execute(delete(table).where(table.article_id == article_id))
        self._add_lists(article_id, article)

    def note_seen(self, article_id: int, at: datetime) -> None:
        """An article's page was there at that time."""
        self._rows.flush_new(self._connection)
        row = update(Article).where(Article.id == article_id)
        there_again = case((Article.gone_at < at, null()), else_=Article.gone_at)
        seen = row.where(Article.last_seen_at < at).values(last_seen_at=at, gone_at=there_again)
        self._connection.execute(seen)
        self._connection.execute(row.where(Article.first_seen_at > at).values(first_seen_at=at))

    def _blocks_of_revisions(self, article_id: int) -> set[str]:
        """Keys of the short blocks that the article has had, kept or removed."""
        kept = select(func.coalesce(Revision.text, Article.text)).join(Article).where(Revision.article_id == article_id)
        cut = select(RemovedBlock.text).join(Revision).where(Revision.article_id == article_id)
        return set(short_blocks([*self._connection.scalars(kept), *self._connection.scalars(cut)]))


def _cuts(draft: Draft) -> list[items.Removed]:
    """The cuts as they are stored. A text that is shorter when clean has shorter offsets, too."""
    whole = draft.article.text + "\n"
    is_shorter = len(draft.text) < len(draft.article.text)
    return [
        replace(
            cut,
            text=clean(cut.text),
            rule=clean(cut.rule),
            cut_at=len(clean(whole[: cut.cut_at])) if is_shorter else cut.cut_at,
        )
        for cut in draft.article.removed
    ]


def _facts(draft: Draft) -> Body:
    article = draft.article
    return {
        "canonical_url": article.canonical_url,
        "text": draft.text,
        "text_hash": draft.text_hash,
        "chars": len(draft.text),
        "headline": article.headline,
        "language": article.language.tag,
        "language_confidence": article.language.confidence,
        "language_method": article.language.method,
        "language_declared": article.language.declared,
        "access": article.access.observed,
        "access_declared": article.access.declared,
        "completeness": article.access.completeness,
        "completeness_reason": article.access.reason,
        "wire": article.wire,
        "section": article.section,
        "description": article.description,
        "image_url": article.image_url,
        "bounded": article.bounded,
        "machine_translation": article.machine_translation,
        "reservations": " ".join(article.reservations) or None,
        "recleaned_with": None,
        **_moment("published", article.published),
        **_moment("modified", article.modified),
    }


def _moment(name: str, moment: items.Moment | None) -> Body:
    if moment is None:
        return dict.fromkeys(f"{name}_{part}" for part in ("at", "offset", "precision", "source", "raw"))
    offset = None if moment.precision == "day" else moment.at.isoformat(timespec="seconds")[19:]
    return {
        f"{name}_at": moment.at,
        f"{name}_offset": offset,
        f"{name}_precision": moment.precision,
        f"{name}_source": moment.source,
        f"{name}_raw": moment.raw,
    }


def _short_blocks(draft: Draft) -> dict[str, str]:
    return short_blocks([draft.text, *(cut.text for cut in draft.article.removed)])
