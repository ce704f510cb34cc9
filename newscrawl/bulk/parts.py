"""Parquet parts: one for each WARC file, with the columns of an export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePosixPath
from typing import BinaryIO

from newscrawl.bulk.places import Folder
from newscrawl.items import Article, Outlet, Rejection
from newscrawl.store.export.columns import columns_of
from newscrawl.store.export.formats import open_sink
from newscrawl.store.intake import Stretch
from newscrawl.store.known import DUPLICATE_CHARS, Draft
from newscrawl.store.records import ArticleRow
from newscrawl.visits import Visit

COLUMNS = tuple(
    replace(column, value=lambda _: None) if column.name == "id" else column for column in columns_of()
)  # no store has numbered them


def part_name(place: str) -> str:
    """The name of a file's part: files of one name in several folders have several."""
    stem = PurePosixPath(place).name.removesuffix(".gz").removesuffix(".warc")
    return f"{stem}-{sha256(place.encode()).hexdigest()[:8]}.parquet"


class PartSink:
    """The articles of one file; one that comes again in it, by its URL or its text, is a duplicate."""

    def __init__(self, file: BinaryIO):
        self._sink = open_sink("parquet", file, COLUMNS)
        self._seen: set[tuple[str, str]] = set()

    def known(self, _urls: Collection[str]) -> set[str]:
        """None: no other part is looked at."""
        return set()

    def write(self, stretch: Stretch) -> Counter[str]:
        """Take the articles; what the records came to, and for which reasons."""
        counts = Counter(known=stretch.known, bad=stretch.bad)
        rows = []
        for outlet, visit in stretch.visits:
            if isinstance(visit.result, Article):
                draft = Draft.of(visit.result, 0)
                keys = {(outlet.slug, draft.key)}
                if len(draft.text) >= DUPLICATE_CHARS:
                    keys.add((outlet.slug, draft.text_hash))
                is_new = self._seen.isdisjoint(keys)
                self._seen |= keys
                counts["stored" if is_new else "duplicate"] += 1
                if is_new:
                    rows.append(_row(outlet, visit, visit.result, draft))
            else:
                assert isinstance(visit.result, Rejection)
                kind = "rejected" if visit.result.final else "failed"
                counts.update([kind, f"{kind}/{visit.result.reason}"])
        if rows:
            self._sink.write(rows)
        return counts

    def close(self) -> None:
        """Write what is left."""
        self._sink.close()


@contextmanager
def part_sink(folder: Folder, place: str) -> Iterator[PartSink]:
    """The sink of a file's part, which is there when all of it is written."""
    with folder.part(part_name(place)) as file:
        sink = PartSink(file)
        yield sink
        sink.close()


def _row(outlet: Outlet, visit: Visit, article: Article, draft: Draft) -> ArticleRow:
    """An article as the store would have it, were it the first."""
    return ArticleRow(
        id=0,
        story_id=None,
        origins=(),
        outlet=outlet.slug,
        outlet_name=outlet.name,
        canonical_url=article.canonical_url,
        headline=article.headline,
        text=draft.text,
        authors=article.authors,
        published=article.published,
        modified=article.modified,
        language=article.language,
        access=article.access,
        wire=article.wire,
        section=article.section,
        tags=article.tags,
        description=article.description,
        image_url=article.image_url,
        tickers=article.tickers,
        removed=article.removed,
        revision=1,
        first_seen_at=visit.fetched_at,
        last_seen_at=visit.fetched_at,
        fetched_at=visit.fetched_at,
        revisions=(),
        gone_at=None,
        urls=(visit.lease.url,),
        archived=visit.archived,
        text_hash=draft.text_hash,
        bounded=article.bounded,
        machine_translation=article.machine_translation,
        reservations=article.reservations,
    )
