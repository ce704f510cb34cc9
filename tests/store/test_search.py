"""What is stored is found, on both databases alike."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, event, text

from newscrawl.fulltext.query import MAX_WORDS, fts5_match, parse_query, tsquery
from newscrawl.fulltext.snippets import find_marks
from newscrawl.fulltext.vectors import tsvector
from newscrawl.fulltext.words import words
from newscrawl.items import Access, Article, Language, Moment, Page, Rejection
from newscrawl.store import migrate, search
from newscrawl.store.filters import Filter, FilterError
from newscrawl.store.judgements import mark, restore
from newscrawl.store.purge import Limits, plan, purge
from newscrawl.store.reclean import Options, reclean
from newscrawl.store.repetition import decide, list_suggestions
from newscrawl.store.search import Hit, QueryError
from newscrawl.store.session import CrawlSession
from newscrawl.store.wordindex import Indexed, index_articles
from tests.records import FEED, HERALD, NOW, article, link, visit

InSession = Callable[[Callable[[CrawlSession], Awaitable[None]]], None]
HOUR = timedelta(hours=1)

# Headline, text, language, and the queries that find the article and no other.
STORIES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "en": (
        "City council backs flood defences",
        "Members voted nine to four on Friday, the council's clerk said.\nThe COVID-19 levy stays.",
        ("council", "COUNCIL vote*", '"nine to four"', "covid-19", '"flood defences" clerk', "council's"),
    ),
    "de": (
        "Bundesverfassungsgericht prüft Haushalt",
        "Die Richter in Karlsruhe äußerten Zweifel. Es geht um größere Straßenbauprojekte.",
        ("bundesverfassung*", "prüft", "PRUFT", "großere", "strassenbau*", '"äußerten Zweifel"'),
    ),
    "fr": (
        "L’économie française résiste",
        "La croissance a été révisée à la hausse, selon l'Insee. Un nouveau cœur industriel.",
        ("economie", "l'économie", "revisee", '"révisée à la hausse"', "coeur", "Insee -crise"),
    ),
    "ru": (
        "Центробанк сохранил ставку",
        "Ещё один чёрный день для рубля. Решение приняли единогласно.",
        ("центробанк", "ЕЩЕ", "черный", "ставк*", '"один чёрный день"'),
    ),
    "ar": (
        "البنك المركزي يرفع سعر الفائدة",
        "قال محافظُ البنك إن الأوضاع الاقتصادية تتحسن في القاهرة.",
        ("المركزي", "محافظ", "الاوضاع", '"سعر الفائدة"'),
    ),
    "hi": (
        "रिज़र्व बैंक ने ब्याज दर घटाई",
        "मौद्रिक नीति समिति ने ज़मीन के दामों पर चर्चा की।",
        ("रिजर्व", "रिज़र्व", "मौद्रिक", '"ब्याज दर"', "जमीन"),
    ),
    "zh-Hans": (
        "中国人民银行下调存款准备金率",
        "市场人士认为，AI芯片公司将受益。A股周四收涨，分析师看好稀土。",
        ("银行", "准备金", "芯片", "AI芯片", "芯片公司", "股", "土", "A股", "周四 稀土", '"下调存款"', "稀土 -黄金"),
    ),
    "ja": (
        "日銀、政策金利を据え置き",
        "植田総裁は東京で記者会見し、ガソリン価格について述べた。",
        ("日銀", "金利", "据え置き", "東京", "ガソリン", "ｶﾞｿﾘﾝ", "総裁 会見", "述"),
    ),
    "ko": (
        "한국은행, 기준금리 동결",
        "금융통화위원회는 서울에서 회의를 열고 물가를 우려했다.",
        ("은행", "한국은행", "기준금리", "서울", "물가", "회의", "위원회"),
    ),
    "th": (
        "น้ำท่วมกรุงเทพฯ",
        "รัฐบาลประกาศช่วยเหลือผู้ประสบภัยในหลายจังหวัด",
        ("น้ำท่วม", "กรุงเทพ", "รัฐบาล", "จังหวัด"),
    ),
}


def story(number: int, headline: str | None, body: str, **more: object) -> Article:
    return article(number, body, headline=headline, removed=(), **more)


def write(in_session: InSession, *articles: Article, hours: int = 0) -> None:
    """Articles, each from its own URL, in one run."""

    async def crawl(session: CrawlSession) -> None:
        await session.claim([(HERALD, [FEED])])
        leases, _ = await session.take("herald", [link(int(one.url.rsplit("/")[-1])) for one in articles], again=True)
        for lease, one in zip(leases, articles, strict=True):
            await session.write(visit(lease, one, fetched_at=NOW + hours * HOUR))

    in_session(crawl)


def ids(engine: Engine, query: str, **wanted: object) -> list[int]:
    return [hit.id for hit in search.search(engine, query, Filter(**wanted))]


def indexed(engine: Engine) -> list[int]:
    """Articles whose words are in the index."""
    key = "rowid" if engine.dialect.name == "sqlite" else "article_id"
    with engine.connect() as connection:
        return list(connection.scalars(text(f"SELECT {key} FROM article_words ORDER BY 1")))


def test_every_language_is_found_by_its_words(in_session: InSession, engine: Engine) -> None:
    told = [
        story(number, headline, body, language=Language(tag, 0.9, "script", None))
        for number, (tag, (headline, body, _)) in enumerate(STORIES.items(), 1)
    ]
    write(in_session, *told)
    found = {(tag, query): ids(engine, query) for tag, (*_, queries) in STORIES.items() for query in queries}
    numbers = {hit.language: hit.id for tag in STORIES for hit in search.search(engine, STORIES[tag][2][0])}
    assert sorted(numbers) == sorted(STORIES)
    assert found == {(tag, query): [numbers[tag]] for tag, query in found}
    for query in ("council -friday", '"four to nine"', "银率", "counci", "芯片 -公司", "존재", '"flood clerk"'):
        assert ids(engine, query) == []
    assert sorted(ids(engine, "日銀 OR 서울 OR karlsruhe -zweifel")) == sorted([numbers["ja"], numbers["ko"]])


def test_a_hit_shows_where_the_words_stand(in_session: InSession, engine: Engine) -> None:
    zh = STORIES["zh-Hans"]
    published = Moment(NOW - HOUR, "minute", "meta", "then")
    write(in_session, story(1, zh[0], zh[1], published=published, wire="Reuters"))
    [hit] = search.search(engine, "人民银行 芯片")
    assert [zh[0][start:end] for start, end in hit.headline_marks] == ["人民银行"]
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["芯片"]
    assert hit.snippet == zh[1]
    assert (hit.outlet, hit.wire, hit.published_at, hit.first_seen_at) == ("herald", "Reuters", NOW - HOUR, NOW)
    assert isinstance(hit, Hit)
    assert hit.score is not None
    assert hit.score > 0


def test_the_headline_weighs_more_than_the_text_and_dates_order_too(in_session: InSession, engine: Engine) -> None:
    body = "A long report on other matters that mentions the harbour once, and nothing else of note. " * 3
    times = [Moment(NOW - days * 24 * HOUR, "minute", "meta", "") for days in (1, 3, 2)]
    write(
        in_session,
        story(1, "Other matters", body + " One.", published=times[0]),
        story(2, "Harbour opens", body + " Two.", published=times[1]),
        story(3, None, body + " Three. The harbour, the harbour, the harbour of the harbour.", published=times[2]),
    )
    assert ids(engine, "harbour") == [2, 3, 1]
    newest = search.search(engine, "harbour", order="date")
    assert [hit.id for hit in newest] == [1, 3, 2]
    assert [hit.score for hit in newest] == [None] * 3
    assert [hit.id for hit in search.search(engine, "harbour", limit=1)] == [2]


def test_filters_narrow_what_is_found(in_session: InSession, engine: Engine) -> None:
    at = Moment(datetime(2026, 11, 10, tzinfo=UTC), "day", "meta", "10 November")
    hant = Language("zh-Hant", 0.9, "script", None)
    gated = Access("subscriber", None, "full", None)
    write(
        in_session,
        story(1, "Rain", "Rain and more rain in the north today.", published=at, wire="Reuters"),
        story(2, "Rain", "Rain 雨水 in the south for once.", language=hant, access=gated),
    )
    assert sorted(ids(engine, "rain")) == [1, 2]
    assert ids(engine, "rain", languages=("ZH",)) == [2]
    assert ids(engine, "rain", languages=("z",)) == []
    assert ids(engine, "rain", access=("subscriber",)) == [2]
    assert ids(engine, "rain", wires=("reuters",)) == [1]
    assert ids(engine, "rain", since=at.at + HOUR) == [2]
    assert ids(engine, "rain", since=at.at, until=at.at + HOUR) == [1]
    assert sorted(ids(engine, "rain", outlets=("herald",))) == [1, 2]
    with pytest.raises(FilterError, match="gazette: no outlet of this database; it has herald"):
        ids(engine, "rain", outlets=("gazette",))


def test_an_edit_and_a_new_headline_change_what_is_found(in_session: InSession, engine: Engine) -> None:
    body = "The minister said on Monday that the bridge would open in spring after years of work. " * 3
    write(in_session, story(1, "Bridge", body))
    write(in_session, story(1, "Bridge", body.replace("spring", "autumn")), hours=1)
    assert (ids(engine, "spring"), ids(engine, "autumn")) == ([], [1])
    write(in_session, story(1, "Viaduct", body.replace("spring", "autumn")), hours=2)
    assert (ids(engine, "viaduct"), indexed(engine)) == ([1], [1])
    write(in_session, story(1, "Bridge", body.replace("spring", "winter")), hours=-1)  # an old archive
    assert (ids(engine, "winter"), ids(engine, "viaduct")) == ([], [1])


def test_cleaning_again_and_a_persons_word_change_what_is_found(
    in_session: InSession, engine: Engine, tmp_path: Path
) -> None:
    follow = "Follow the Herald on Zwitter"
    bodies = [f"{'x' * n} is told here.\nThe bridge opened.\n{follow}\nThe end of {'x' * n}." for n in range(1, 4)]
    write(in_session, *(story(n, "Bridge", body) for n, body in enumerate(bodies, 1)))
    mark(engine, 1, follow, "share", NOW)
    assert sorted(ids(engine, "zwitter")) == [2, 3]
    restore(engine, 1, None, NOW)
    assert sorted(ids(engine, "zwitter")) == [1, 2, 3]

    def submit(_page: Page) -> Future[Article | Rejection]:
        raise AssertionError("no page is archived")

    options = Options(tmp_path, articles=(2, 3), again=True)
    reclean(engine, options, submit, lambda _: None)
    [found] = [row for row in list_suggestions(engine) if row.text == follow]
    with engine.begin() as connection:
        decide(connection, [found.id], "accepted")
    reclean(engine, replace(options, dry_run=True), submit, lambda _: None)
    assert sorted(ids(engine, "zwitter")) == [1, 2, 3]
    reclean(engine, options, submit, lambda _: None)
    assert ids(engine, "zwitter") == [1]


def test_words_go_with_their_article_and_its_number_may_come_back(in_session: InSession, engine: Engine) -> None:
    old = Moment(NOW - 900 * 24 * HOUR, "minute", "meta", "")
    write(in_session, story(1, "Old bridge", "Opened long ago.", published=old), story(2, "New bridge", "Opens now."))
    purge(engine, plan(engine, {"herald": Limits(NOW - 90 * 24 * HOUR)}), lambda _: None)
    assert (indexed(engine), ids(engine, "bridge")) == ([2], [2])
    with engine.begin() as connection:
        connection.execute(text("UPDATE urls SET article_id = NULL"))
        connection.execute(text("DELETE FROM articles"))  # by hand
    assert indexed(engine) == []
    write(in_session, story(3, "Tunnel", "Opens soon."))
    assert (ids(engine, "bridge"), len(ids(engine, "tunnel"))) == ([], 1)


def test_the_migration_indexes_what_is_there(in_session: InSession, engine: Engine, database_url: str) -> None:
    write(in_session, story(1, "Bridge", "東京の橋。"), story(2, None, "x\x00"))
    before = words_of(engine)
    migrate.downgrade(database_url, "0008")
    told: list[str] = []
    migrate.upgrade(database_url, on_progress=told.append)
    assert told == ["words of 2 of 2 articles"]
    assert words_of(engine) == before
    assert (ids(engine, "東京"), ids(engine, "bridge")) == ([1], [1])
    assert migrate.check(database_url) == []


def words_of(engine: Engine) -> list[tuple[object, ...]]:
    key = "rowid, headline, text" if engine.dialect.name == "sqlite" else "article_id, words, is_whole"
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT {key} FROM article_words ORDER BY 1"))]


def test_a_long_article_is_found_by_its_last_words(in_session: InSession, engine: Engine) -> None:
    long = " ".join(f"word{n}" for n in range(20_000)) + " the" * 400 + " last words of the 長篇小說"
    write(in_session, story(1, "Long", long), story(2, "Short", "The words that last 小說長篇."))
    for query in ("word19999", "長篇", "小說", "長篇小說", '"last words of the"'):
        assert 1 in ids(engine, query), query
    assert ids(engine, '"last words" -word3') == []
    assert ids(engine, '"words that last"') == [2]


LETTERS = "中央銀行利率カタひらー한국은행금리น้ำทว々〇𠮷ｶ"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.text(st.sampled_from(f"{LETTERS}，。 A5"), min_size=2, max_size=30), data=st.data())
def test_any_two_neighbours_are_found(engine: Engine, postgres: Connection, body: str, data: st.DataObject) -> None:
    runs = [run for run in re.findall(f"[{LETTERS}]+", body) if len(run) > 1 and run[0].isalnum()]
    assume(runs)
    run = data.draw(st.sampled_from(runs))
    start = data.draw(st.integers(0, len(run) - 2))
    sought = run[start : data.draw(st.integers(start + 2, len(run)))]
    assume(words(sought))
    query = parse_query(sought)
    vector = {"vector": tsvector([], words(body))[0], "query": tsquery(query)}
    assert postgres.scalar(text("SELECT CAST(:vector AS tsvector) @@ CAST(:query AS tsquery)"), vector)
    with engine.begin() as connection:
        index_articles(connection, [Indexed(1, None, body)])
        found = text("SELECT rowid FROM article_words WHERE article_words MATCH :query")
        assert connection.scalar(found, {"query": fts5_match(query)}) == 1
    assert find_marks(query, body)


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Connection]:
    """A connection to the server, without our tables."""
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


HOSTILE = [
    "", "'", '"', '"a', "* *", "NEAR(a b, 5)", "a NEAR b", "col:a", "{a b}:c", "^a", "a AND", "NOT", "AND OR NOT",
    "-", "- -", "a\x00b", "\x00", "'; DROP TABLE articles; --", "a & b | !c <-> (d", ":*", "a:*", "\\", "\\'", "%s",
    "%(x)s", "x" * 10_000, "x " * 10_000, "中" * 10_000, "(" * 5_000, "-a " * 90 + "b", "a OR " * 90 + "b", "a* " * 90,
    "\ud800a", "的" * MAX_WORDS, "👩‍👩‍👧", "\u202e abc", "́a", "¼ ㈱ ﷺ",
]  # fmt: skip


def test_no_query_breaks_the_search(in_session: InSession, engine: Engine) -> None:
    write(in_session, story(1, "a b c", "a b c x 的的 d"))
    told = []
    for query in HOSTILE:
        try:
            search.search(engine, query)
            search.search(engine, query, order="date")
        except QueryError as error:
            told.append(str(error))
    assert max(map(len, told)) < 200
    assert ids(engine, "a -zzz") == [1]


def test_the_index_is_asked_first(in_session: InSession, engine: Engine) -> None:
    write(in_session, *(story(n, "Rain", f"Rain in the north, as on {n} other days.") for n in range(20)))
    is_sqlite = engine.dialect.name == "sqlite"
    plans = []
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))  # tells of few articles: reading those first looks best
    engine.dispose()

    @event.listens_for(engine, "before_cursor_execute")
    def ask(_connection: object, cursor: Any, statement: str, values: Any, _context: object, _many: bool) -> None:
        if "article_words" in statement:
            if not is_sqlite:  # one row is read sooner without an index
                cursor.execute("SET enable_seqscan = off; SET enable_indexscan = off")
            cursor.execute(f"EXPLAIN {'QUERY PLAN' if is_sqlite else ''} {statement}", values)
            plans.append([str(row[-1]) for row in cursor.fetchall()])

    filters = Filter(("herald",), ("en",), NOW - HOUR, NOW + HOUR, ("Reuters",), ("free",)) if is_sqlite else Filter()
    search.search(engine, "rain", filters)
    search.search(engine, "rain", filters, order="date")
    assert len(plans) == 2
    for rows in plans:
        if is_sqlite:
            first, then = (row for row in rows if row.startswith(("SCAN article", "SEARCH article")))
            assert first.startswith("SCAN article_words VIRTUAL TABLE INDEX")
            assert then == "SEARCH articles USING INTEGER PRIMARY KEY (rowid=?)"
        else:
            assert any("Bitmap Index Scan on ix_article_words_words" in row for row in rows), rows
