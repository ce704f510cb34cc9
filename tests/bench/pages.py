"""The pages that the benchmarks read."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path

from newscrawl.cli.jsonl import page_of
from newscrawl.items import Page


def read_pages(path: Path) -> Iterator[Page]:
    """The pages of a file with a JSON object a line: `url`, `html` (the bytes as latin-1 text) and `charset`."""
    with (lzma.open if path.suffix == ".xz" else open)(path, "rt", encoding="utf-8") as lines:
        for fields in map(json.loads, lines):
            yield page_of(fields["html"].encode("latin-1"), fields["url"], fields.get("charset"), {})
