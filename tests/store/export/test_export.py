"""Exports, read back with pandas, DuckDB and the standard library, and compared with the store."""

from __future__ import annotations

import asyncio
import csv
import glob
import gzip
import io
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, text

from newscrawl.store.engine import open_engine
from newscrawl.store.export.names import By, Format, format_of
from newscrawl.store.export.run import Exported, Options, export
from newscrawl.store.filters import Filter
from newscrawl.store.migrate import upgrade
from newscrawl.store.queries import find_article
from newscrawl.store.session import CrawlSession
from newscrawl.store.targets import TargetError
from newscrawl.strip.splice import splice
from tests.records import GAZETTE, HERALD, article
from tests.store.export.filled import HARD, articles, fill, write

NOW = datetime(2026, 11, 22, 13, tzinfo=UTC)
ALL = len(articles())
Run = Callable[[Callable[[CrawlSession], Awaitable[None]]], None]


@pytest.fixture
def filled(engine: Engine, in_session: Run) -> Engine:
    in_session(fill)
    return engine


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A SQLite store for tests that do not change it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('news') / 'news.db'}"
    upgrade(url)

    async def whole() -> None:
        session = await CrawlSession.open(url, command="test")
        await fill(session)
        await session.close("finished", "ok", 0)

    asyncio.run(whole())
    engine = open_engine(url, read_only=True)
    yield engine
    engine.dispose()


def put(engine: Engine, out: Path, by: By | None = None, **options: object) -> Exported:
    format = options.pop("format", None) or format_of(out.name) or "parquet"
    return export(engine, Options(out, format, by, **options), NOW, lambda _: None)  # type: ignore[arg-type]


def records(path: Path) -> list[dict[str, object]]:
    """Rows of a file as the store gives them, whatever its format: lists as lists, times as text."""
    if path.suffix == ".parquet":
        rows = pq.read_table(path).to_pylist()
        return [json.loads(json.dumps(row, default=lambda at: at.isoformat())) for row in rows]
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        if ".jsonl" in path.name:
            return [json.loads(line) for line in file]
        return [{name: plain(name, cell) for name, cell in row.items()} for row in csv.DictReader(file)]


def plain(name: str, cell: str) -> object:
    if name in (
        "authors",
        "tags",
        "tickers",
        "reservations",
        "removed",
        "bounded",
        "id",
        "chars",
        "revision",
        "story_id",
    ):
        return json.loads(cell)
    if name == "language_confidence":
        return float(cell) if cell else None
    return re.sub(r"^'('*[=+\-@\t\r\n＝＋－＠])", r"\1", cell) or None  # as the card says


def test_every_format_has_the_rows_and_values_of_the_store(filled: Engine, tmp_path: Path) -> None:
    found = {}
    for name in ("a.parquet", "a.jsonl", "a.csv", "a.csv.gz", "a.jsonl.gz"):
        done = put(filled, tmp_path / name, with_removed=True, raw_text=True)
        assert (done.articles, done.written, done.files) == (ALL, ALL, 1)
        found[name] = records(tmp_path / name)
    assert len(found["a.parquet"]) == ALL
    for rows in found.values():
        assert rows == found["a.parquet"]
    for row in found["a.jsonl"]:
        stored = find_article(filled, int(str(row["id"])))
        assert stored is not None
        assert (row["headline"], row["text"], row["url"]) == (stored.headline, stored.text, stored.canonical_url)
        assert row["raw_text"] == splice(stored.text, stored.removed)
        assert row["authors"] == list(stored.authors)
        assert row["published_at"] == (stored.published and stored.published.at.astimezone(UTC).isoformat())
        assert [cut["text"] for cut in row["removed"]] == [cut.text for cut in stored.removed]  # type: ignore[attr-defined]
    (rich,) = [row for row in found["a.jsonl"] if row["headline"] == "Story 8"]
    assert (rich["published_at"], rich["published_offset"]) == ("2026-11-20T09:30:00+00:00", "+09:00")
    assert rich["tickers"] == [
        {"symbol": "7203", "mic": "XTKS", "origin": "body"}, {"symbol": "AAPL", "mic": None, "origin": "widget"},
    ]  # fmt: skip


def test_a_table_column_has_the_value_of_its_export(news: Engine, tmp_path: Path) -> None:
    put(news, tmp_path / "a.jsonl")
    own = {"outlet", "outlet_name", "url", "authors", "tags", "tickers", "reservations", "fetched_at", "story_id"}
    with news.connect() as connection:
        stored = {row["id"]: row for row in connection.execute(text("SELECT * FROM articles")).mappings()}
    for row in records(tmp_path / "a.jsonl"):
        for name in row.keys() - own:
            value = row[name]
            if name.endswith("_at") and isinstance(value, str):
                value = value.replace("T", " ").removesuffix("+00:00")
            assert value == stored[row["id"]][name], name


def test_pandas_and_duckdb_read_every_format(news: Engine, tmp_path: Path) -> None:
    texts = {one.url: one.text for one in articles()}
    for name in ("a.parquet", "a.jsonl", "a.csv", "a.jsonl.zst"):
        put(news, tmp_path / name, exact_csv=True)
        path = str(tmp_path / name)
        read = {"parquet": pd.read_parquet, "csv": pd.read_csv}
        frame = read.get(name[2:], lambda path: pd.read_json(path, lines=True))(path) if "zst" not in name else None
        table = duckdb.sql(f"SELECT url, text, published_at, chars FROM '{path}'").fetchall()
        assert {url: body for url, body, *_ in table} == texts
        assert {chars for *_, chars in table} == set(map(len, texts.values()))
        if frame is not None:
            assert dict(zip(frame.url, frame.text, strict=True)) == texts
    frame = pd.read_parquet(tmp_path / "a.parquet")
    assert str(frame.published_at.dtype) == "datetime64[us, UTC]"
    assert (frame.bounded.dtype, frame.chars.dtype) == (bool, "int64")
    types = dict(duckdb.sql(f"DESCRIBE FROM '{tmp_path / 'a.parquet'}'").fetchnumpy().items())
    kinds = dict(zip(types["column_name"], types["column_type"], strict=True))
    assert kinds["published_at"] == "TIMESTAMP WITH TIME ZONE"
    assert kinds["authors"] == "VARCHAR[]"
    assert kinds["tickers"] == "STRUCT(symbol VARCHAR, mic VARCHAR, origin VARCHAR)[]"


def test_no_cell_of_csv_is_a_formula_unless_it_is_asked_for(news: Engine, tmp_path: Path) -> None:
    put(news, tmp_path / "safe.csv")
    put(news, tmp_path / "exact.csv", exact_csv=True)
    safe, exact = (
        list(csv.reader(io.StringIO((tmp_path / name).read_bytes().decode(), newline="")))
        for name in ("safe.csv", "exact.csv")
    )
    assert {cell for row in safe for cell in row if re.match(r"[=+\-@\t\r＝＋－＠]", cell)} == {"+00:00", "+09:00"}
    assert any("=1+1" in row for row in exact)
    assert any("'=1+1" in row for row in safe)
    assert any("'x" in row for row in safe)  # an apostrophe of its own stays alone


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Filter(), ALL),
        (Filter(outlets=("gazette",)), 2),
        (Filter(outlets=("gazette", "herald")), ALL),
        (Filter(languages=("ZH",)), 1),
        (Filter(languages=("zh-hant", "xx")), 1),
        (Filter(since=datetime(2026, 6, 2, tzinfo=UTC), until=datetime(2026, 6, 3, tzinfo=UTC)), 4),
        (Filter(until=datetime(2026, 6, 2, tzinfo=UTC)), 4),
        (Filter(since=datetime(2026, 11, 20, tzinfo=UTC)), 6),  # the undated by when they were seen
        (Filter(wires=("DPA", "kyodo")), 2),
        (Filter(access=("subscriber",)), 1),
        (Filter(completeness=("teaser", "truncated")), 2),
        (Filter(tickers=("aapl",)), 2),
        (Filter(tickers=("XNAS:AAPL",)), 1),
        (Filter(run=1), ALL),
        (Filter(reserved=True), 2),
        (Filter(reserved=False), ALL - 2),
        (Filter(outlets=("herald",), access=("free",), reserved=False, languages=("en",)), 9),
    ],
)
def test_a_filter_picks(wanted: Filter, count: int, news: Engine, tmp_path: Path) -> None:
    assert put(news, tmp_path / "a.jsonl", wanted=wanted).written == count


def test_a_folder_follows_the_store(filled: Engine, in_session: Run, tmp_path: Path) -> None:
    out = tmp_path / "news"
    first = put(filled, out, "day")
    assert (first.files, first.written, first.kept_files) == (3, ALL, 0)
    again = put(filled, out, "day")
    assert (again.files, again.kept, again.kept_files, again.dropped_files) == (0, ALL, 3, 0)

    async def change(session: CrawlSession) -> None:
        await session.claim([(HERALD, []), (GAZETTE, [])])
        await write(session, [article(3, "Another text. " * 30, published=articles()[3].published)], again=True)

    in_session(change)
    with filled.begin() as connection:
        connection.execute(text("DELETE FROM article_revisions WHERE article_id IN (5, 6, 7, 8)"))
        connection.execute(text("UPDATE urls SET article_id = NULL WHERE article_id IN (5, 6, 7, 8)"))
        connection.execute(text("DELETE FROM articles WHERE id IN (5, 6, 7, 8)"))
    third = put(filled, out, "day")
    assert (third.files, third.written, third.kept_files, third.dropped_files) == (1, 4, 1, 1)
    (out / "data" / "day=2026-06-01" / "part-0.parquet").write_bytes(b"torn")
    assert put(filled, out, "day").files == 1
    frame = pd.read_parquet(out / "data")
    assert len(frame) == ALL - 4
    assert sum("Another text." in body for body in frame.text) == 1
    assert sorted(path.name for path in out.iterdir()) == ["README.md", "card.json", "data", "manifest.jsonl"]


@pytest.mark.parametrize(
    ("by", "format", "folders"),
    [
        ("outlet", "parquet", {"by_outlet=gazette", "by_outlet=herald"}),
        ("language", "parquet", {"by_language=en", "by_language=zh-Hant", "by_language=und"}),
        ("language", "csv", {"by_language=en", "by_language=zh-Hant", "by_language=und"}),
    ],
)
def test_a_folder_loads_as_one_table(by: By, format: Format, folders: set[str], news: Engine, tmp_path: Path) -> None:
    put(news, tmp_path / "news", by, format=format)
    assert {path.name for path in (tmp_path / "news" / "data").iterdir()} == folders
    pattern = tmp_path / "news" / "data" / "**" / f"*.{format}"
    assert duckdb.sql(f"SELECT COUNT(*), COUNT(DISTINCT text) FROM '{pattern}'").fetchall() == [(ALL, ALL)]
    if format == "parquet":
        assert len(pd.read_parquet(tmp_path / "news" / "data")) == ALL


def test_what_a_card_says_is_so(news: Engine, tmp_path: Path) -> None:
    put(news, tmp_path / "a.csv")
    card = json.loads((tmp_path / "a.csv.card.json").read_text())
    assert (card["articles"], card["chars"]) == (ALL, sum(len(one.text) for one in articles()))
    assert card["outlets"] == {
        "herald": {"name": "The Herald", "articles": 12}, "gazette": {"name": "Gazette", "articles": 2},
    }  # fmt: skip
    assert card["published"]["unknown"] == 5
    assert card["languages"] == {"en": 12, "unknown": 1, "zh-Hant": 1}
    assert card["reserved_from_training"] == 2
    assert card["reservations"] == {"noarchive": 1, "noai": 1, "noindex": 1, "robots:ai": 1, "tdm": 1, "tdm-policy": 1}
    assert [one["name"] for one in card["columns"]] == list(records(tmp_path / "a.csv")[0])
    assert all(one["meaning"] for one in card["columns"])
    shown = (tmp_path / "a.csv.card.md").read_text()
    assert "| herald (The Herald) | 12 | 85.7% |" in shown
    assert 'pandas.read_csv("a.csv")' in shown


def test_what_a_card_says_of_loading_works(news: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, by, format in (("a.parquet", None, None), ("days", "day", "parquet"), ("lines", "day", "jsonl")):
        put(news, tmp_path / name, by, format=format)
        card = tmp_path / name / "README.md" if by else tmp_path / f"{name}.card.md"
        monkeypatch.chdir(card.parent)
        pandas, database, _hub = re.search(r"```python\n(.*?)```", card.read_text(), re.DOTALL)[1].splitlines()  # type: ignore[index]
        known = {"pandas": pd, "duckdb": duckdb, "glob": glob}
        assert len(eval(pandas, known)) == ALL
        assert len(eval(database, known)) == ALL


def test_a_target_that_holds_something_else_is_left_alone(news: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    put(news, tmp_path / "days", "day")
    for out, by, options in (
        ("a.csv", None, {}), ("full", "day", {}), ("full", None, {}), ("a.csv", "day", {}), ("no/a.csv", None, {}),
        ("days", "day", {"wanted": Filter(languages=("en",))}), ("days", "outlet", {}),
    ):  # fmt: skip
        with pytest.raises(TargetError, match=re.escape(str(tmp_path))):
            put(news, tmp_path / out, by, **options)  # type: ignore[arg-type]
    assert (tmp_path / "a.csv").read_text() == "mine"
    assert put(news, tmp_path / "a.csv", force=True).written == ALL


def test_parquet_says_what_its_columns_mean(news: Engine, tmp_path: Path) -> None:
    put(news, tmp_path / "a.parquet")
    schema = pq.read_schema(tmp_path / "a.parquet")
    assert schema.field("text").metadata == {b"comment": b"Body without boilerplate, one block a line"}
    assert schema.field("first_seen_at").type == pa.timestamp("us", "UTC")


def test_hard_texts_are_as_they_were(news: Engine, tmp_path: Path) -> None:
    for name in ("a.csv", "a.jsonl", "a.parquet"):
        put(news, tmp_path / name)
        assert HARD in [row["text"] for row in records(tmp_path / name)]
