"""The part of the window that one step needs, read in a few statements, and what of it the step has changed."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import cast as as_type

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, cast, delete, extract, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from newscrawl.dedup.frequencies import Frequencies
from newscrawl.dedup.origins import Origin
from newscrawl.dedup.packing import pack, unpack
from newscrawl.dedup.pairs import Weighed
from newscrawl.dedup.stories import Arrival
from newscrawl.dedup.window import EPOCH_H, HOUR_S, KEPT, PLACE, Story, Window
from newscrawl.items import Relation
from newscrawl.store.models import ArticleOrigin, StoryArticle, StoryEvidence, StoryPosting

_MADE_FROM = (ArticleOrigin.article_id == StoryArticle.article_id) & (ArticleOrigin.position == 0)
_READ = {
    "sqlite": "SELECT term, places FROM json_each(?) CROSS JOIN story_postings ON term = value",
    "postgresql": "SELECT term, places FROM story_postings WHERE term = ANY(CAST(%s AS bigint[]))",
}
_WRITE = (
    "INSERT INTO story_postings (term, newest, places) {rows} "
    "ON CONFLICT (term) DO UPDATE SET newest = excluded.newest, places = excluded.places"
)


class StoredWindow(Window):
    """Looks up what it is asked for and does not hold."""

    def __init__(
        self, connection: Connection, frequencies: Frequencies, newest: int, held: Mapping[int, Weighed]
    ) -> None:
        super().__init__(frequencies)
        self.newest = newest
        self.articles |= held
        self.article_ids: dict[int, int] = {}  # by place
        self.stored: dict[int, int] = {}  # by place, the story in the database
        self._connection = connection
        self._articles_read: set[int] = set()  # whether or not they were there
        self._stories_read: set[int] = set()  # by place
        self._packed_new: set[int] = set()
        self._postings_changed: set[int] = set()
        self._origins_stored: set[int] = set()  # places

    def prefetch_postings(self, arrivals: Sequence[Arrival]) -> None:
        """Read where the terms of arrivals stand."""
        self._read_postings({term for arrival in arrivals for term, _ in arrival.asked_terms})

    def article(self, place: int) -> Weighed | None:
        """Read it, if it is not there."""
        if place not in self.articles and place not in self._articles_read:
            self.prefetch_articles([place])
        return self.articles.get(place)

    def story(self, place: int) -> Story | None:
        """Read it, if it is not there."""
        if place not in self.stories and place not in self._stories_read:
            self.prefetch_stories([place])
        return self.stories.get(place)

    def post(self, place: int, article: Weighed, terms: Iterable[int]) -> None:
        """Note what is to be written."""
        terms = list(terms)
        super().post(place, article, terms)
        self._packed_new.add(place)
        self._postings_changed.update(terms)

    def unpost(self, place: int, terms: Iterable[int]) -> None:
        """Note what is to be written."""
        terms = list(terms)
        self._read_postings(set(terms).difference(self.posted))
        super().unpost(place, terms)
        self._postings_changed.update(terms)

    def drop(self, place: int) -> None:
        """Delete it."""
        super().drop(place)
        self._articles_read.add(place)
        self._packed_new.discard(place)
        self._connection.execute(delete(StoryEvidence).where(StoryEvidence.place == place))

    def write(self) -> None:
        """Write evidence and postings; what is found no more goes."""
        evidence = [
            {"place": place, "epoch": int(self.articles[place].at // EPOCH_H), "packed": pack(self.articles[place])}
            for place in sorted(self._packed_new)
        ]
        if evidence:
            self._connection.execute(insert(StoryEvidence), evidence)
        self._write_postings()

    def _write_postings(self) -> None:
        """Through the driver: there are some thirty rows an article."""
        rows = [
            (term, posted[-1] & PLACE if posted else 0, posted.tobytes())
            for term, posted in ((term, self.posted[term]) for term in sorted(self._postings_changed))
        ]
        if not rows:
            return
        if self._connection.dialect.name == "sqlite":
            self._connection.exec_driver_sql(_WRITE.format(rows="VALUES (?, ?, ?)"), rows)
        else:
            arrays = "SELECT * FROM unnest(CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bytea[]))"
            columns = tuple(map(list, zip(*rows, strict=True)))
            self._connection.exec_driver_sql(_WRITE.format(rows=arrays), columns)

    def tidy(self, now: int) -> None:
        """Delete what is found no more."""
        old, least = now - KEPT, self.newest - 1
        gone = delete(StoryEvidence).where(StoryEvidence.epoch < least, StoryEvidence.place <= old)
        self._connection.execute(gone)
        self._connection.execute(
            delete(StoryPosting).where(StoryPosting.term < least << 32, StoryPosting.newest <= old)
        )

    def _read_postings(self, terms: Iterable[int]) -> None:
        """Through the driver, too."""
        wanted, dialect = sorted(terms), self._connection.dialect.name
        given = _as_json(wanted) if dialect == "sqlite" else wanted
        for term, places in self._connection.exec_driver_sql(_READ[dialect], (given,)).all():
            self.posted[term] = array("Q", places)

    def prefetch_stories(self, places: Iterable[int]) -> None:
        """The stories of articles with all their members, and the evidence of those that stand for them."""
        wanted = [place for place in places if place not in self.stories and place not in self._stories_read]
        self._stories_read.update(wanted)
        if not wanted:
            return
        seconds = cast(extract("epoch", StoryArticle.at), BigInteger)  # to read a date takes longer
        own = select(StoryArticle.story_id).where(among(self._connection, StoryArticle.place, wanted))
        query = (
            select(
                StoryArticle.story_id, StoryArticle.place, seconds, StoryArticle.article_id,
                ArticleOrigin.relation, ArticleOrigin.confidence,
            )
            .outerjoin(ArticleOrigin, _MADE_FROM)
            .where(StoryArticle.story_id.in_(own))
            .order_by(StoryArticle.story_id, StoryArticle.at, StoryArticle.place)
        )  # fmt: skip
        read: dict[int, Story] = {}
        for story_id, place, at, article_id, relation, confidence in self._connection.execute(query).all():
            if not (story := read.get(story_id)):
                story = read[story_id] = Story(story_id)
            story.members.append((at / HOUR_S, place))
            self.stories[place] = story
            self.article_ids[place], self.stored[place] = article_id, story_id
            if relation:
                self.origins[place] = Origin(as_type(Relation, relation), confidence)
                self._origins_stored.add(place)
        self.prefetch_articles(place for story in read.values() for place in story.core)

    def prefetch_articles(self, places: Iterable[int]) -> None:
        """The evidence of articles."""
        wanted = [place for place in places if place not in self.articles and place not in self._articles_read]
        if not wanted:
            return
        self._articles_read.update(wanted)
        query = select(StoryEvidence.place, StoryEvidence.packed)
        query = query.where(among(self._connection, StoryEvidence.place, wanted))
        for place, packed in self._connection.execute(query).all():
            self.articles[place] = unpack(packed)


def among(connection: Connection, column: InstrumentedAttribute[int], values: Sequence[int]) -> ColumnElement[bool]:
    """Whether a column has one of many numbers; as one parameter, for ten thousand take time to be written out."""
    if connection.dialect.name == "sqlite":
        listed = func.json_each(bindparam(None, _as_json(values))).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == func.any(cast(bindparam(None, list(values)), ARRAY(BigInteger)))


def _as_json(numbers: Iterable[int]) -> str:
    return f"[{','.join(map(str, numbers))}]"
