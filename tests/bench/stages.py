"""CPU milliseconds a page of each stage from bytes to article, beside trafilatura with langdetect in the same run.

    python tests/bench/stages.py PAGES.jsonl[.xz] [--limit N] [--rounds N]

Each line of the file has `url`, `html` (the bytes as latin-1 text) and `charset`. The baseline is
`bare_extraction(html, with_metadata=True)` and `detect` on the text. Imports and models are loaded before.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from langdetect import detect
from langdetect.lang_detect_exception import LangDetectException
from pages import read_pages
from trafilatura import bare_extraction

from newscrawl.article import Reading, build
from newscrawl.describe import Aside, identify_language
from newscrawl.extract import Document, Metadata, Whole, extract_body, extract_metadata, parse_document
from newscrawl.extract.document import decode, preclean
from newscrawl.extract.guarded import GUARDED, PLAIN, use_expressions
from newscrawl.items import Page, Stripped

WARM_UP = 50  # pages


@dataclass
class Work:
    """A page, and what the stages have made of it so far."""

    page: Page
    source: str = ""
    document: Document | None = None
    metadata: Metadata | None = None
    reading: Reading | None = None
    stripped: Stripped | None = None


def baseline(work: Work) -> None:
    use_expressions(PLAIN)
    found = bare_extraction(work.page.body, url=work.page.url, with_metadata=True)
    use_expressions(GUARDED)
    try:
        detect(getattr(found, "text", None) or "")
    except LangDetectException:
        return


def clean(work: Work) -> None:
    preclean(decode(work.page.body, work.page.charset)[1])


def parse(work: Work) -> None:
    document = parse_document(work.page)
    work.document = document if isinstance(document, Document) else None


def read_metadata(work: Work) -> None:
    if work.document:
        work.metadata = extract_metadata(work.document, work.page)


def read_body(work: Work) -> None:
    if work.document and work.metadata:
        work.reading = Reading.of(Whole(extract_body(work.document, work.metadata)), work.metadata, work.page)


def strip(work: Work) -> None:
    if work.reading:
        work.stripped = work.reading.strip()


def describe(work: Work) -> None:
    if work.stripped and work.document and work.metadata:
        Aside.of(work.stripped, (line.text for line in work.document.text.lines), work.document.text.rows())
        identify_language(work.stripped.text, work.metadata.language)


def whole(work: Work) -> None:
    build(work.page)


STAGES: dict[str, Callable[[Work], None]] = {
    "trafilatura with metadata + langdetect": baseline,
    "newscrawl, bytes to article": whole,
    "  pre-clean": clean,
    "  parse, pre-clean and lines included": parse,
    "  metadata": read_metadata,
    "  body": read_body,
    "  strip": strip,
    "  describe (language, notices)": describe,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3, help="of each page the fastest counts")
    options = parser.parse_args()
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    work = [Work(page) for page in islice(read_pages(options.pages), options.limit)]
    best = {name: [float("inf")] * len(work) for name in STAGES}
    for one in work[:WARM_UP]:  # imports, models, profiles, patterns
        baseline(one)
        whole(one)
    for _ in range(options.rounds):
        for number, one in enumerate(work):  # page by page: a machine that others use changes its speed in seconds
            for name, stage in STAGES.items():
                start = time.process_time()
                stage(one)
                best[name][number] = min(best[name][number], time.process_time() - start)
    means = {name: sum(seconds) / len(work) * 1000 for name, seconds in best.items()}
    base = next(iter(means.values()))
    for name, milliseconds in means.items():
        print(f"{name:<42}{milliseconds:8.2f} ms   {milliseconds / base:5.2f}")


if __name__ == "__main__":
    main()
