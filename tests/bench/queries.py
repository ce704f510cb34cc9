"""The README's queries and the commands' own reads on a large database: how long they take, and what they read whole.

    python -m tests.bench.queries URL [--rounds 3] [--only WORD]

`reads whole` names the tables of more than 1,000 rows that the plan goes through row by row, in the table or in an
index (`covering`). A query that counts or sums over everything has to; one that looks for something must not. What
comes in the order of an index is taken until there is enough (`LIMIT`), and is not named.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich import print as show
from rich.table import Table
from sqlalchemy import Connection, Engine, event, text

from newscrawl.store.engine import database_url, open_engine
from newscrawl.store.filters import Filter
from newscrawl.store.health.report import read_days, read_health
from newscrawl.store.queries import find_article, list_articles, list_runs, run_summary, trace
from newscrawl.store.stories.reading import list_stories, read_story

README = Path(__file__).parents[2] / "README.md"
BIG = 1000  # rows


def readme_queries() -> list[str]:
    """The statements of the README's SQL blocks, asked for what `fill` invents."""
    blocks = re.findall(r"^```sql\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    blocks = [block.replace("elbtal", "outlet7").replace("Jana Roth", "Author 7") for block in blocks]
    return [statement.strip() for block in blocks for statement in block.strip().removesuffix(";").split(";\n")]


def driver_sql(engine: Engine, statement: str) -> str:
    """A statement as the driver takes it: without its comment, and with % for no parameter."""
    return re.sub(r"--.*\n", "", statement).replace("%", "%%" if engine.dialect.name == "postgresql" else "%")


def command_reads(engine: Engine) -> dict[str, Callable[[], object]]:
    """What the commands read, by their names."""
    with engine.connect() as connection:
        number, url = connection.execute(text("SELECT id, canonical_url FROM articles ORDER BY id DESC LIMIT 1")).one()
        run, outlet = connection.execute(text("SELECT run_id, outlet_id FROM run_outlets ORDER BY 1 DESC")).first()
        slug = connection.scalar(text(f"SELECT slug FROM outlets WHERE id = {outlet:d}"))
    now = datetime.now(UTC)
    return {
        "show ID": lambda: find_article(engine, number),
        "show URL": lambda: find_article(engine, url),
        "why URL": lambda: trace(engine, url),
        "show": lambda: list_articles(engine),
        "show --outlet": lambda: list_articles(engine, outlet=slug),
        "show --language": lambda: list_articles(engine, language="fr"),
        "show --run": lambda: list_articles(engine, run_id=run),
        "runs list": lambda: list_runs(engine),
        "runs show": lambda: run_summary(engine, run),
        "stories": lambda: list_stories(engine, Filter()),
        "stories --outlet": lambda: list_stories(engine, Filter(outlets=(slug,), since=now)),
        "stories --ticker": lambda: list_stories(engine, Filter(tickers=("AAPL",)), min_independent=3),
        "stories show": lambda: read_story(engine, number),
        "outlets health": lambda: read_health(engine, [], 7, now),
        "outlets health SLUG": lambda: read_days(engine, slug, 30, now),
    }


def scans(connection: Connection, statement: str, parameters: Any = None, *, big: int = BIG) -> list[str]:
    """The tables of more rows than `big` that the plan of a statement goes through from end to end."""
    plan_of = _sqlite_scans if connection.dialect.name == "sqlite" else _postgresql_scans
    found = plan_of(connection, statement, parameters)
    return sorted(name for name in found if _has_more(connection, name.split()[0], big))


def _postgresql_scans(connection: Connection, statement: str, parameters: Any) -> set[str]:
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    return {
        f"{node['Relation Name']}{' covering' if node['Node Type'] == 'Index Only Scan' else ''}"
        for node in _nodes(plan[0]["Plan"])
        if node["Node Type"] == "Seq Scan"
        or (node["Node Type"] == "Index Only Scan" and "Index Cond" not in node and not node["is limited"])
    }


def _nodes(node: dict[str, Any], is_limited: bool = False) -> Iterator[dict[str, Any]]:
    yield node | {"is limited": is_limited}
    sorts = node["Node Type"] in ("Sort", "Aggregate", "WindowAgg", "Hash")
    for child in node.get("Plans", ()):
        yield from _nodes(child, (is_limited or node["Node Type"] == "Limit") and not sorts)


def _sqlite_scans(connection: Connection, statement: str, parameters: Any) -> set[str]:
    """From the byte code: which b-trees are rewound. The query plan names aliases only."""
    schema = connection.exec_driver_sql("SELECT rootpage, name, tbl_name, sql FROM sqlite_master WHERE rootpage > 0")
    trees = {
        root: (name, table) for root, name, table, sql in schema if " WHERE " not in (sql or "")
    }  # few of its rows
    steps = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()
    opcodes = {step.opcode for step in steps}
    limited = "DecrJumpZero" in opcodes and "SorterOpen" not in opcodes
    cursors = {step.p1: trees[step.p2] for step in steps if step.opcode == "OpenRead" and step.p2 in trees}
    found = set()
    for step in steps:
        if step.opcode not in ("Rewind", "Last") or step.p1 not in cursors:
            continue
        name, table = cursors[step.p1]
        if not (limited and (name != table or step.opcode == "Last")):
            found.add(table if name == table else f"{table} covering")
    return found


def _has_more(connection: Connection, table: str, rows: int) -> bool:
    query = f"SELECT COUNT(*) FROM (SELECT 1 FROM {table} LIMIT {rows + 1}) AS few"
    return bool(connection.exec_driver_sql(query).scalar_one() > rows)


def statements_of(engine: Engine, work: Callable[[], object]) -> list[tuple[str, Any]]:
    """The queries that are sent meanwhile, with their parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent


def _timed(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds of the fastest; a slow one is not repeated."""
    times: list[float] = []
    while len(times) < rounds and sum(times) < 10_000:
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def measure(engine: Engine, rounds: int, only: str) -> Iterator[tuple[str, float, list[str]]]:
    """What was asked, its milliseconds, and what was read whole."""

    def read_all(statement: str) -> int:
        with engine.connect() as connection:
            return len(connection.exec_driver_sql(statement).fetchmany(100_000))

    for statement in readme_queries():
        if only not in statement:
            continue
        bare = driver_sql(engine, statement)
        name = " ".join(statement.removeprefix("-- ").split())
        with engine.connect() as connection:
            whole = scans(connection, bare)
        yield name, _timed(lambda sql=bare: read_all(sql), rounds), whole
    for name, work in command_reads(engine).items():
        if only not in name:
            continue
        sent = statements_of(engine, work)
        with engine.connect() as connection:
            whole = sorted({table for statement in sent for table in scans(connection, *statement)})
        yield f"newscrawl {name}", _timed(work, rounds), whole


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("url")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", default="")
    given = options.parse_args()
    engine = open_engine(database_url(given.url), read_only=True)
    table = Table("query", "reads whole")
    table.add_column("ms", justify="right")
    for name, elapsed, whole in measure(engine, given.rounds, given.only):
        table.add_row(name[:100], ", ".join(whole), f"{elapsed:,.1f}")
    show(table)
    engine.dispose()


if __name__ == "__main__":
    main()
