"""Rows a second, peak memory and size of each format of an export, each in a process of its own.

    python tests/bench/export.py DATABASE [--by day] [--with-removed]

The database is a file of SQLite or a URL, with as many articles as you want to know of.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from newscrawl.store.export.names import Format
from newscrawl.store.export.run import Options, export
from newscrawl.store.queries import open_reader

FORMATS: list[Format] = ["parquet", "jsonl", "jsonl.gz", "jsonl.zst", "csv", "csv.gz"]


def measure(database: str, options: Options) -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    engine = open_reader(database)
    began = time.perf_counter()
    done = export(engine, options, datetime.now(UTC), lambda _: None)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"rows": done.written, "seconds": seconds, "before": before, "peak": peak, "bytes": done.bytes}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("--by", choices=["day", "outlet", "language"])
    parser.add_argument("--with-removed", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        options = Options(given.out, given.one, given.by, with_removed=given.with_removed)
        print(json.dumps(measure(given.database, options)))
        return
    print("format        rows    rows/s   peak RSS      size")
    for name in FORMATS:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, *sys.argv[1:], "--one", name, "--out", f"{folder}/out"]
            found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        speed = found["rows"] / found["seconds"]
        print(
            f"{name:10}{found['rows']:8,}{speed:10,.0f}{found['peak'] / 1024:8.0f} MB{found['bytes'] / 1e6:8.1f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()
