"""Milliseconds a page of the strip rules and of the model, beside the parse of the page in the same run.

    python tests/bench/strip.py PAGES.jsonl[.xz] [--limit N]

Each line of the file has `url`, `html` (the bytes as latin-1 text) and `charset`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TypeVar

from pages import read_pages

from newscrawl.article import Reading, read_page
from newscrawl.extract import parse_document
from newscrawl.items import Rejection
from newscrawl.strip.chain import read_marks
from newscrawl.strip.document import Document, Mark
from newscrawl.strip.model import load_model

T = TypeVar("T")
U = TypeVar("U")


def timed(name: str, rounds: int, step: Callable[[T], U], given: list[T], base: float | None = None) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for one in given:
            step(one)
        best = min(best, (time.process_time() - start) / len(given) * 1000)
    print(f"{name:8} {best:6.2f} ms a page" + (f"  {best / base:.2f} of the parse" if base else ""))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3, help="the fastest round counts")
    options = parser.parse_args()
    pages = list(islice(read_pages(options.pages), options.limit))
    readings = [reading for page in pages if not isinstance(reading := read_page(page), Rejection)]

    def rules(reading: Reading) -> object:
        return read_marks(reading.blocks, headline=reading.metadata.headline, site_name=reading.site_name)

    model = load_model()
    documents = [
        read_marks(reading.blocks, headline=reading.metadata.headline, site_name=reading.site_name)
        for reading in readings
    ]

    def weigh(document: tuple[Document, dict[int, Mark]]) -> object:
        return list(map(model.forest(document[0]).score, model.inputs(*document)))

    base = timed("parse", options.rounds, parse_document, pages)
    timed("rules", options.rounds, rules, readings, base)
    timed("model", options.rounds, weigh, documents, base)


if __name__ == "__main__":
    main()
