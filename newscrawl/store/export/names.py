"""Words that name what an export is to be."""

from __future__ import annotations

from typing import Literal, get_args

Format = Literal["parquet", "jsonl", "jsonl.gz", "jsonl.zst", "csv", "csv.gz", "csv.zst"]
By = Literal["day", "outlet", "language"]


def format_of(name: str) -> Format | None:
    """The format that a file's name tells; None: none."""
    formats: tuple[Format, ...] = get_args(Format)
    return next((format for format in formats if name.lower().endswith(f".{format}")), None)
