"""Whole documents, made by hand: what stays, what goes, and as what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
import yaml

from newscrawl.items import Block, BlockTag
from newscrawl.strip import splice, strip_blocks

HERE = Path(__file__)
GOLDEN = sorted((HERE.parents[1] / "golden" / "strip").glob("*.yaml"))
SEEDS = HERE.parents[2].parent / "shared" / "seeds"

# Several kinds fit one line as well: a distributor's line, an agency's stub.
ALIKE = [{"contact", "wire_trailer"}, {"wire_trailer", "dateline"}]


@dataclass(frozen=True)
class Golden:
    headline: str | None
    blocks: list[Block]
    verdicts: list[str]


def read(path: Path) -> Golden:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    blocks, verdicts = [], []
    for entry in content["blocks"]:
        verdict, text = next(iter(entry.items()))
        verdicts.append(verdict)
        blocks.append(Block(text, cast("BlockTag", entry.get("tag", "p")), entry.get("links", 0.0)))
    return Golden(content.get("headline"), blocks, verdicts)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_keeps_the_story_and_nothing_else(path: Path) -> None:
    golden = read(path)
    kept = strip_blocks(golden.blocks, headline=golden.headline).kept
    assert [b.text for b in kept] == [
        b.text for b, verdict in zip(golden.blocks, golden.verdicts, strict=True) if verdict == "keep"
    ]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_names_the_kind_of_every_cut(path: Path) -> None:
    golden = read(path)
    wanted = [(b.text, v) for b, v in zip(golden.blocks, golden.verdicts, strict=True) if v != "keep"]
    found = [(r.text, r.kind) for r in strip_blocks(golden.blocks, headline=golden.headline).removed]
    assert [text for text, _ in found] == [text for text, _ in wanted]
    for (text, kind), (_, expected) in zip(found, wanted, strict=True):
        assert kind == expected or {kind, expected} in ALIKE, text


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_gives_the_document_back(path: Path) -> None:
    golden = read(path)
    stripped = strip_blocks(golden.blocks, headline=golden.headline)
    assert splice(stripped.text, stripped.removed) == "\n".join(block.text for block in golden.blocks)
    assert not strip_blocks(stripped.kept, headline=golden.headline).removed


@pytest.mark.parametrize(
    ("name", "count", "removed"),
    [("004_69ee8b7d91d7689b", 7, 20), ("000_bfe4baf882ac3340", 9, 1)],
)
def test_cleans_the_two_documents_that_the_project_starts_from(name: str, count: int, removed: int) -> None:
    path = SEEDS / f"{name}.txt"
    if not path.exists():
        pytest.skip(f"the seed documents do not lie beside the repository: no {path}")
    parts = re.split(r"\n(?:[^\S\n]*\n)+", path.read_text(encoding="utf-8"))
    blocks = [Block(" ".join(part.split())) for part in parts if part.strip()]
    stripped = strip_blocks(blocks)
    assert (len(stripped.kept), len(stripped.removed)) == (count, removed)
    assert all(len(block.text) > 120 for block in stripped.kept)
    assert splice(stripped.text, stripped.removed) == "\n".join(block.text for block in blocks)
