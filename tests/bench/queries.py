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
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich import print as show
from rich.table import Table
from sqlalchemy import Connection, Engine, event, text

from newscrawl.store.engine import database_url, open_engine
from newscrawl.store.health.report import read_days, read_health
from newscrawl.store.queries import find_article, list_articles, list_runs, run_summary, trace

README = Path(__file__).parents[2] / "README.md"
BIG = 1000  # rows


def readme_queries() -> list[str]:
    """The statements of the README's SQL blocks."""
    blocks = re.findall(r"^```sql\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [statement.strip() for block in blocks for statement in block.strip().removesuffix(";").split(";\n")]


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
        "outlets health": lambda: read_health(engine, [], 7, now),
        "outlets health SLUG": lambda: read_days(engine, slug, 30, now),
    }


def scans(connection: Connection, statement: str, parameters: Any = None) -> list[str]:
    """The tables that the plan of a statement goes through from end to end, without those that have few rows."""
    if connection.dialect.name == "sqlite":
        return _sqlite_scans(connection, statement, parameters)
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    found = [
        f"{node['Relation Name']}{' covering' if node['Node Type'] == 'Index Only Scan' else ''}"
        for node in _nodes(plan[0]["Plan"])
        if node["Node Type"] == "Seq Scan"
        or (node["Node Type"] == "Index Only Scan" and "Index Cond" not in node and not node["is limited"])
    ]
    return sorted({name for name in found if _is_big(connection, name.split()[0])})


def _nodes(node: dict[str, Any], is_limited: bool = False) -> Iterator[dict[str, Any]]:
    yield node | {"is limited": is_limited}
    sorts = node["Node Type"] in ("Sort", "Aggregate", "WindowAgg", "Hash")
    for child in node.get("Plans", ()):
        yield from _nodes(child, (is_limited or node["Node Type"] == "Limit") and not sorts)


def _sqlite_scans(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """From the byte code: which b-trees are rewound. The query plan names aliases only."""
    schema = connection.exec_driver_sql("SELECT rootpage, name, tbl_name FROM sqlite_master WHERE rootpage > 0")
    trees = {root: (name, table) for root, name, table in schema}
    steps = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()
    limited = any(step.opcode == "DecrJumpZero" for step in steps) and not any(
        step.opcode in ("SorterOpen", "AggStep") for step in steps
    )
    cursors = {step.p1: trees[step.p2] for step in steps if step.opcode == "OpenRead" and step.p3 == 0}
    found = set()
    for step in steps:
        if step.opcode not in ("Rewind", "Last") or step.p1 not in cursors:
            continue
        name, table = cursors[step.p1]
        if not limited or name == table:
            found.add(table if name == table else f"{table} covering")
    return sorted(name for name in found if _is_big(connection, name.split()[0]))


def _is_big(connection: Connection, table: str) -> bool:
    rows = connection.exec_driver_sql(f"SELECT COUNT(*) FROM (SELECT 1 FROM {table} LIMIT {BIG + 1}) AS few").scalar()
    return (rows or 0) > BIG


@contextmanager
def _statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Those that are sent meanwhile."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


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
        bare = re.sub(r"--.*\n", "", statement).replace("%", "%%" if engine.dialect.name == "postgresql" else "%")
        name = " ".join(statement.removeprefix("-- ").split())
        with engine.connect() as connection:
            whole = scans(connection, bare)
        yield name, _timed(lambda sql=bare: read_all(sql), rounds), whole
    for name, work in command_reads(engine).items():
        if only not in name:
            continue
        with _statements(engine) as sent:
            work()
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
