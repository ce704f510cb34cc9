"""Pages a second of `newscrawl extract --jsonl`, beside a plain loop over trafilatura and langdetect in the same run.

    python tests/bench/extract.py PAGES.jsonl[.xz] [--limit N]

Each line of the file has `url`, `html` (the bytes as latin-1 text) and `charset`. The plain loop is one process:
`bare_extraction(html, with_metadata=True)` and `detect` on the text. Start-up counts on both sides.
"""

from __future__ import annotations

import argparse
import base64
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from pages import read_pages

LOOP = """
import base64, json, sys
from langdetect import detect
from trafilatura import bare_extraction
for line in sys.stdin:
    page = json.loads(line)
    document = bare_extraction(base64.b64decode(page["html_b64"]), url=page["url"], with_metadata=True)
    try:
        language = detect(document.text) if document and document.text else None
    except Exception:
        language = None
    print(json.dumps({"id": page["id"], "text": document and document.text, "language": language}))
"""


def lines_of(path: Path) -> Iterator[str]:
    for number, page in enumerate(read_pages(path)):
        html = base64.b64encode(page.body).decode()
        yield json.dumps({"id": number, "url": page.url, "html_b64": html, "charset": page.charset}) + "\n"


def timed(command: list[str], asked: Path) -> float:
    start = time.perf_counter()
    with asked.open("rb") as stdin:
        subprocess.run(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def timed_twice(command: list[str], asked: Path) -> float:
    """What the machine gives two processes that have nothing to do with each other."""
    with ThreadPoolExecutor(2) as pool:
        return max(pool.map(lambda _: timed(command, asked), range(2)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--rounds", type=int, default=3, help="the fastest round counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.jsonl"
        with asked.open("w", encoding="utf-8") as out:
            out.writelines(islice(lines_of(options.pages), options.limit))
        count = sum(1 for _ in asked.open("rb"))
        newscrawl = str(Path(sys.executable).with_name("newscrawl"))
        runs: dict[str, Callable[[], float]] = {
            "trafilatura + langdetect, plain loop": lambda: timed([sys.executable, "-c", LOOP], asked),
            "two such loops at once, each all pages": lambda: timed_twice([sys.executable, "-c", LOOP], asked) / 2,
            "newscrawl extract --jsonl --workers 1": lambda: timed(
                [newscrawl, "extract", "--jsonl", "--workers", "1"], asked
            ),
            "newscrawl extract --jsonl --workers 2": lambda: timed(
                [newscrawl, "extract", "--jsonl", "--workers", "2"], asked
            ),
        }
        best = dict.fromkeys(runs, float("inf"))
        for _ in range(options.rounds):
            for name, run in runs.items():
                best[name] = min(best[name], run())
    base = best["trafilatura + langdetect, plain loop"]
    for name, seconds in best.items():
        print(f"{name:<40}{count / seconds:7.1f} pages/s   {base / seconds:5.2f} of the plain loop")


if __name__ == "__main__":
    main()
