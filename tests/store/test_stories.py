"""Stories in the store: the same from many small steps as from scratch, and whole whatever is deleted."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from newscrawl.dedup import Told
from newscrawl.store.filters import Filter
from newscrawl.store.handle import Handle
from newscrawl.store.locks import lock_key
from newscrawl.store.models import Article
from newscrawl.store.purge import Limits, plan, purge
from newscrawl.store.queries import find_article
from newscrawl.store.stories import tying
from newscrawl.store.stories.reading import list_stories, read_story
from newscrawl.store.stories.tying import Tying, begin_rebuild, waiting
from tests.dedup.test_stories import BAKERY, FERRY, FERRY_DE, RESULTS
from tests.telling import retell, tell

DAY = datetime(2026, 3, 9, 8, tzinfo=UTC)
ALL = Filter()
RETOLD = (
    "A ferry's bad morning\nAccording to the Herald, 187 people were on the Solvarg when it hit a pier in Osthavn. 23 "
    "were hurt, Marit Fossdal of Kystruten said; repairs take eleven weeks and cost $4.7 million."
)
STORIES = "SELECT id, first_article_id, first_at, last_at, articles, outlets, languages, independent FROM stories"
MEMBERS = "SELECT article_id, story_id, place, at FROM story_articles"
ORIGINS = "SELECT article_id, position, relation, source_id, source_name, confidence, evidence FROM article_origins"


def told(outlet: str, body: str, *, hours: float = 0, language: str = "en", wire: str | None = None) -> Told:
    title, _, body = body.partition("\n")
    return Told(0, outlet, language, DAY + timedelta(hours=hours), title, body, wire)


def invented(count: int, seed: int) -> list[Told]:
    """Articles of a few events, in no order: results of companies, and accidents in three tellings."""
    chance = random.Random(seed)
    found: list[Told] = []
    for n in range(count):
        event, hours = chance.randrange(count // 4), chance.random() * 20
        place = chr(ord("A") + event % 26) + "ernhaven" + "aeiou"[event % 5]
        ferry = chance.choice([FERRY, FERRY_DE, FERRY.rpartition("\n")[0], RETOLD])
        ferry = ferry.replace("Osthavn", place).replace("187", str(131 + 7 * event)).replace("4.7", f"{event}.3")
        results = RESULTS.format(name=place.title(), a=event + 0.4, b="1.31", c=event * 3.7, d="3.07")
        body = ferry if event % 3 else results
        language = "de" if "Fähre" in body else "en"
        found.append(told(f"outlet{n % 7}", body, hours=event * 9 + hours, language=language))
    chance.shuffle(found)
    return found


def dump(engine: Engine) -> list[Sequence[object]]:
    with engine.connect() as connection:
        return [connection.execute(text(f"{query} ORDER BY 1, 2")).all() for query in (STORIES, MEMBERS, ORIGINS)]


def transact(engine: Engine) -> Callable[[Callable[[Connection, bool], int]], int]:
    def run(work: Callable[[Connection, bool], int]) -> int:
        with engine.begin() as connection:
            return work(connection, False)

    return run


def tie(engine: Engine) -> int:
    return Tying().run(transact(engine))


def write(engine: Engine, *articles: Told) -> list[int]:
    with engine.begin() as connection:
        return tell(connection, articles)


@pytest.mark.parametrize("seed", [1, 2])
def test_small_steps_and_a_rebuild_come_to_the_same(engine: Engine, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, articles = random.Random(seed), invented(60, seed)
    ids: list[int] = []
    while articles:
        ids += write(engine, *(articles.pop() for _ in range(min(chance.choice([1, 4, 15]), len(articles)))))
        if chance.random() < 0.5:
            with engine.begin() as connection:
                retell(connection, chance.choice(ids), "Ferry", chance.choice([FERRY, BAKERY]))
        monkeypatch.setattr(tying, "BATCH", chance.choice([1, 3, 200]))
        if chance.random() < 0.7:
            tie(engine)
    tie(engine)
    before = dump(engine)
    assert any(row[4] > 3 for row in before[0])
    with engine.begin() as connection:
        assert begin_rebuild(connection)
        assert waiting(connection) >= 60
    monkeypatch.setattr(tying, "BATCH", 7)
    tie(engine)
    assert dump(engine) == before


def test_stories_have_their_counts_and_articles_their_origins(engine: Engine) -> None:
    write(engine, told("herald", FERRY, wire="Kyodo"), told("gazette", FERRY, hours=1, wire="Kyodo"))
    write(engine, told("bote", FERRY_DE, hours=2, language="de"), told("echo", RETOLD, hours=3), told("echo", BAKERY))
    assert tie(engine) == 5
    (line,) = list_stories(engine, ALL)
    assert (line.articles, line.outlets, line.languages, line.independent) == (4, 4, 2, 2)
    assert (line.first_outlet, line.first_at, line.last_at) == ("herald", DAY, DAY + timedelta(hours=3))
    found = read_story(engine, line.id)
    assert found is not None
    origins = [[(one.relation, one.source_id) for one in article.origins] for article in found.articles]
    assert origins == [[], [("wire_copy", 1)], [("translation", 1)], [("rewrite", 1)]]
    assert found.articles[3].origins[0].evidence["words"] == "According to the Herald"
    assert found.articles[1].origins[0].evidence == {"shared_runs": 1.0, "credit": "Kyodo"}
    article = find_article(engine, 4)
    assert article is not None
    assert (article.story_id, article.origins) == (line.id, found.articles[3].origins)
    assert [one.id for one in list_stories(engine, Filter(outlets=("bote",)), min_independent=2)] == [line.id]
    assert list_stories(engine, ALL, min_independent=3) == []
    assert list_stories(engine, Filter(since=DAY + timedelta(hours=4))) == []
    assert len(list_stories(engine, ALL, alone=True)) == 2
    with engine.connect() as connection:
        query = "SELECT headline, outlet_list, language_list, independent FROM story_coverage WHERE articles > 1"
        row = connection.execute(text(query)).one()
    assert tuple(row) == (FERRY.partition("\n")[0], "bote echo gazette herald", "de en", 2)


def test_an_article_with_another_text_is_tied_anew(engine: Engine) -> None:
    write(engine, told("herald", FERRY), told("gazette", FERRY, hours=1))
    tie(engine)
    with engine.begin() as connection:
        retell(connection, 1, "Bakery wins prize", BAKERY)
        assert waiting(connection) == 1
    tie(engine)
    stories, members, origins = dump(engine)
    assert [row[4] for row in stories] == [1, 1]
    assert len({row[1] for row in members}) == 2
    assert [(row[0], row[2], row[3]) for row in origins] == [(2, "wire_copy", 1)]  # it was, and that stays true


def test_what_is_purged_leaves_stories_whole(engine: Engine) -> None:
    write(engine, told("herald", FERRY), told("gazette", FERRY, hours=1), told("gazette", BAKERY), told("echo", BAKERY))
    tie(engine)
    limits = {"herald": Limits(articles=datetime(2027, 1, 1, tzinfo=UTC)), "gazette": Limits()}
    purge(engine, plan(engine, limits), lambda _: None)
    stories, members, origins = dump(engine)
    assert [(row[1], row[4], row[7]) for row in stories] == [(2, 1, 1), (3, 2, 1)]
    assert [row[0] for row in members] == [2, 3, 4]
    assert [(row[0], row[3]) for row in origins] == [(2, None), (4, 3)]
    purge(engine, plan(engine, dict.fromkeys(("gazette", "echo"), limits["herald"])), lambda _: None)
    assert dump(engine) == [[], [], []]
    with engine.connect() as connection:
        for table in ("story_queue", "story_ties", "story_evidence"):
            assert connection.scalar(text(f"SELECT COUNT(*) FROM {table}")) == 0
    assert write(engine, told("herald", FERRY)) == [1]
    assert tie(engine) == 1


def test_a_step_that_is_broken_off_is_done_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    write(engine, told("herald", FERRY), told("gazette", FERRY, hours=1))
    steps = Tying()
    with engine.connect() as connection:
        assert steps.step(connection) == 2
        connection.rollback()
    assert dump(engine) == [[], [], []]
    assert steps.run(transact(engine)) == 2
    assert [row[4] for row in dump(engine)[0]] == [2]


def test_an_article_that_cannot_be_compared_stands_alone(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    real = tying.evidence_of

    def fails(article: Told) -> object:
        if "bakery" in article.text:
            raise ValueError("a fault")
        return real(article)

    monkeypatch.setattr(tying, "evidence_of", fails)
    write(engine, told("herald", BAKERY), told("herald", FERRY), told("gazette", FERRY))
    assert tie(engine) == 3
    assert [row[4] for row in dump(engine)[0]] == [1, 2]


def test_articles_without_a_date_or_a_language_are_tied_by_when_they_came(engine: Engine) -> None:
    write(engine, told("herald", FERRY, hours=1), replace(told("gazette", FERRY, language="en"), published=None))
    with engine.begin() as connection:
        connection.execute(Article.__table__.update().where(Article.id == 2).values(first_seen_at=DAY))
    write(engine, replace(told("echo", "Kurz\nOhne Sprache."), language=None))
    write(engine, replace(told("late", FERRY), published=None))
    with engine.begin() as connection:  # a date that cannot be: it is fetched before it is published
        later = {"published_at": DAY + timedelta(days=900), "first_seen_at": DAY + timedelta(hours=2)}
        connection.execute(Article.__table__.update().where(Article.id == 4).values(later))
    tie(engine)
    assert [tuple(row[4:]) for row in dump(engine)[0]] == [(3, 3, 1, 1), (1, 1, 0, 1)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_one_process_ties_at_a_time(engine: Engine) -> None:
    write(engine, told("herald", FERRY))
    with engine.connect() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(tying.LOCK)})
        assert tie(engine) == 0
        with engine.begin() as connection:
            assert not begin_rebuild(connection)
    assert tie(engine) == 1


def test_what_is_found_no_more_is_deleted(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tying, "TIDY", 10)
    monkeypatch.setattr("newscrawl.dedup.window.KEPT", 5)
    monkeypatch.setattr("newscrawl.store.stories.window.KEPT", 5)
    monkeypatch.setattr(tying, "BATCH", 5)
    write(engine, *(told("herald", FERRY, hours=24 * day) for day in range(60)))
    tie(engine)
    with engine.connect() as connection:
        assert (connection.scalar(text("SELECT COUNT(*) FROM story_evidence")) or 0) <= 25
        terms, lists = connection.execute(text("SELECT COUNT(*), COUNT(DISTINCT newest) FROM story_postings")).one()
    assert terms <= 5 * 40
    assert lists > 1


def test_a_statement_of_tying_that_is_refused_costs_no_run(engine, database_url, caplog):
    taken = f"(1, NULL, '{DAY:%Y-%m-%d %H:%M:%S}', '{DAY:%Y-%m-%d %H:%M:%S}', 1, 1, 1, 1)"
    columns = STORIES.removeprefix("SELECT ").removesuffix(" FROM stories")
    with engine.begin() as connection:
        tell(connection, [told("herald", FERRY)])
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT setval(pg_get_serial_sequence('runs', 'id'), MAX(id)) FROM runs"))
        connection.execute(text(f"INSERT INTO stories ({columns}) VALUES {taken}"))
    handle = Handle.open(database_url, command="test", archive=None, patience_s=5)
    assert handle.end("finished", "ok", 0).run.status == "ok"
    handle.close()
    assert "newscrawl stories update tries again" in caplog.text
    with engine.connect() as connection:
        assert waiting(connection) == 1
