"""The README's steps for Spark and datatrove, run as they stand, beside `extract` over the same pages.

    python -m tests.engines            # both; or: spark, datatrove

Makes WARC files of invented pages in a temporary folder. Needs the packages pyspark, which needs Java, or datatrove and
orjson, none of them an extra of newscrawl. Exit status 1 where an engine's articles are not newscrawl's.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from newscrawl import Article, extract
from newscrawl.warcs import Record, read_records
from tests.warcs import mixed, write

README = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")


def records(folder: Path) -> list[Record]:
    found = []
    for path in sorted(folder.glob("newscrawl-archive/*.warc.gz")):
        with path.open("rb") as stream:
            read = read_records(stream, str(path))
            found += [one for one in read if isinstance(one, Record) and one.status == 200]
    return found


def expected(folder: Path) -> list[tuple[str, str]]:
    results = (extract(record.body, record.url) for record in records(folder))
    return sorted((one.canonical_url, one.text) for one in results if isinstance(one, Article))


def spark(folder: Path) -> list[tuple[str, str]]:
    rows = [{"url": record.url, "html": record.body} for record in records(folder)]
    pq.write_table(pa.Table.from_pylist(rows), folder / "pages.parquet")
    run("spark", folder)
    rows = pq.read_table(folder / "spark-articles").to_pylist()
    assert len(rows) == len(records(folder))  # each page is an article, or has its reason
    return sorted((row["url"], row["text"]) for row in rows if row["rejection"] is None)


def datatrove(folder: Path) -> list[tuple[str, str]]:
    run("datatrove", folder)
    lines = (line for path in folder.glob("datatrove-articles/*.jsonl") for line in path.read_text().splitlines())
    return sorted((row["id"], row["text"]) for row in map(json.loads, lines))


def run(engine: str, folder: Path) -> None:
    (code,) = re.findall(rf"^```python {engine}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    (folder / f"{engine}_step.py").write_text(code, encoding="utf-8")
    command = [sys.executable, f"{engine}_step.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise SystemExit(f"{engine}: {done.stderr[-3000:]}")


ENGINES: dict[str, Callable[[Path], list[tuple[str, str]]]] = {"spark": spark, "datatrove": datatrove}


def main(names: list[str]) -> int:
    with tempfile.TemporaryDirectory() as given:
        folder = Path(given)
        (folder / "newscrawl-archive").mkdir()
        for n in range(2):
            write(folder / "newscrawl-archive" / f"news-{n}.warc.gz", mixed(20 * n, 20))
        wanted, status = expected(folder), 0
        for name in names or ENGINES:
            start = time.perf_counter()
            is_same = ENGINES[name](folder) == wanted
            status |= not is_same
            seconds = time.perf_counter() - start
            told = "the same" if is_same else "OTHER"
            print(f"{name}: {told} {len(wanted)} articles as newscrawl, {seconds:.1f} s")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
