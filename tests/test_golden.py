"""Hand-made pages and the articles they must give: one failure for each page and field.

A page lies in golden/OUTLET/SLUG as `page.html`, with `meta.toml` (how it was fetched) and `article.json` (what it
gives).
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest

from newscrawl.article import build
from newscrawl.items import Article, Outlet, Page, Rejection

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

GOLDEN = Path(__file__).parent / "golden"
FOLDERS = sorted(path.parent for path in GOLDEN.glob("*/*/page.html"))
CASES = [
    pytest.param(folder, field, id=f"{folder.parent.name}/{folder.name}-{field}")
    for folder in FOLDERS
    for field in json.loads((folder / "article.json").read_text("utf-8"))
]


@cache
def built(folder: Path) -> dict[str, Json]:
    meta = tomllib.loads((folder / "meta.toml").read_text("utf-8"))
    body = (folder / "page.html").read_bytes()
    outlet = Outlet(folder.parent.name, meta["outlet"])
    return facts(build(Page(meta["url"], body, outlet, meta["fetched_at"], meta.get("charset"))))


def facts(result: Article | Rejection) -> dict[str, Json]:
    if isinstance(result, Rejection):
        return {"rejection": result.reason}
    return {
        "headline": result.headline,
        "canonical_url": result.canonical_url,
        "authors": list(result.authors),
        "published": result.published.at.isoformat() if result.published else None,
        "precision": result.published.precision if result.published else None,
        "language": result.language.tag,
        "wire": result.wire,
        "observed": result.access.observed,
        "declared": result.access.declared,
        "completeness": result.access.completeness,
        "tickers": [f"{ticker.origin} {ticker.symbol} {ticker.mic or '-'}" for ticker in result.tickers],
        "text": list(result.text.split("\n")),
        "removed": [removed.kind for removed in result.removed],
    }


def test_there_are_golden_pages() -> None:
    assert len(FOLDERS) >= 6


@pytest.mark.parametrize(("folder", "field"), CASES)
def test_golden(folder: Path, field: str) -> None:
    expected = json.loads((folder / "article.json").read_text("utf-8"))
    assert built(folder).get(field) == expected[field]
