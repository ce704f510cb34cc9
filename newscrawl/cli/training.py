"""Files of labelled pages, and what a model trained on them is worth."""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newscrawl.article import read_page
from newscrawl.cli.jsonl import page_of
from newscrawl.items import Block, Rejection
from newscrawl.strip.train import LabelledPage

BODY_FLOORS = (0.998, 0.997, 0.995, 0.99)
"""Shares of body blocks kept at which recall is told."""

_LABELS = {"body": False, "boilerplate": True, "unsure": None}
_LOOSE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_BULLET = re.compile(r"^\s*(?:[-*•·]|#{1,6})\s+")
_MIN_PART = 12  # letters of a label that may be a part of a block, or hold one


class LabelError(Exception):
    """A line of a file of labels cannot be used; the message names the field, the rule and the value."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said of a block."""

    text: str
    verdict: bool | None  # True: boilerplate; None: unsure
    kind: str | None


def read_labels(path: Path) -> Iterator[LabelledPage | str]:
    """The pages of a file, a JSON line each; a line that cannot be used gives a text that says why.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            try:
                yield read_line(raw)
            except LabelError as error:
                yield f"{path}:{number}: {error}"


def read_line(raw: bytes) -> LabelledPage:
    """One labelled page: `{url, outlet, language, title, html_b64, charset, blocks: [{text, label, kind}]}`.

    Without `html_b64` the labelled blocks are the page.

    Raises:
        LabelError: It is none.
    """
    try:
        fields = json.loads(raw)
    except ValueError as error:
        raise LabelError(f"expected JSON: {error}") from None
    if not isinstance(fields, dict) or not isinstance(fields.get("blocks"), list):
        raise LabelError("expected an object with a list of blocks")
    labels = [_label(entry, index) for index, entry in enumerate(fields["blocks"])]
    headline, site_name = fields.get("title"), None
    blocks = tuple(Block(" ".join(label.text.split())) for label in labels)
    if fields.get("html_b64"):
        blocks, headline, site_name = _blocks_of(fields)
    found = _matched(blocks, labels)
    outlet = fields.get("outlet") or fields.get("url") or "unknown"
    verdicts = tuple(label.verdict if label else None for label in found)
    kinds = tuple(label.kind if label else None for label in found)
    return LabelledPage(str(outlet), fields.get("language"), blocks, verdicts, kinds, headline, site_name)


def _label(entry: object, index: int) -> Label:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str) or not entry["text"].strip():
        raise LabelError(f"blocks[{index}].text: expected text")
    if entry.get("label") not in _LABELS:
        raise LabelError(f"blocks[{index}].label: expected one of {', '.join(_LABELS)}, got {entry.get('label')!r}")
    return Label(entry["text"], _LABELS[entry["label"]], entry.get("kind"))


def _blocks_of(fields: Mapping[str, Any]) -> tuple[tuple[Block, ...], str | None, str | None]:
    try:
        body = base64.b64decode(fields["html_b64"], validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise LabelError(f"html_b64: expected base64: {error}") from None
    reading = read_page(page_of(body, str(fields.get("url") or ""), fields.get("charset"), {}))
    if isinstance(reading, Rejection):
        raise LabelError(f"html_b64: no page: {reading.reason}")
    return reading.blocks, reading.metadata.headline, reading.site_name


def _matched(blocks: Sequence[Block], labels: Sequence[Label]) -> list[Label | None]:
    """The label of each block: of the same text, else of a longer or shorter one that shares it."""
    waiting: defaultdict[str, list[Label]] = defaultdict(list)
    for label in labels:
        waiting[_loose(label.text)].append(label)
    found: list[Label | None] = []
    for key in (_loose(block.text) for block in blocks):
        if same := waiting.get(key):
            found.append(same.pop(0) if len(same) > 1 else same[0])
        else:
            parts = (
                own for text, own in waiting.items() if min(len(key), len(text)) > _MIN_PART and _overlap(key, text)
            )
            found.append(next(parts, [None])[0])
    return found


def _overlap(first: str, second: str) -> bool:
    return first in second or second in first


def _loose(text: str) -> str:
    return _LOOSE.sub("", _BULLET.sub("", unicodedata.normalize("NFKC", text))).casefold()


@dataclass(frozen=True, slots=True)
class Figures:
    """How well scores tell boilerplate from body."""

    boilerplate: int  # blocks
    body: int  # blocks
    recall_at: dict[float, float]  # body kept -> boilerplate found
    by_kind: dict[str, tuple[int, int]]  # found at .997 of the body kept, of all
    by_language: dict[str, tuple[int, int]]


def figures_of(pages: Sequence[LabelledPage], scores: Sequence[float]) -> Figures:
    """Figures from the scores of all blocks, in the pages' order."""
    rows = [
        (score, label, kind or "other", page.language or "?")
        for page, start in zip(pages, _starts(pages), strict=True)
        for score, label, kind in zip(scores[start : start + len(page.blocks)], page.labels, page.kinds, strict=True)
        if label is not None
    ]
    body = sorted((score for score, label, *_ in rows if not label), reverse=True)
    cut = [row for row in rows if row[1]]
    limits = {floor: body[min(int((1 - floor) * len(body)), len(body) - 1)] for floor in BODY_FLOORS}
    recall = {floor: sum(row[0] > limit for row in cut) / len(cut) for floor, limit in limits.items()}
    return Figures(
        len(cut), len(body), recall, _counts(cut, 2, limits[BODY_FLOORS[1]]), _counts(cut, 3, limits[BODY_FLOORS[1]])
    )


def _starts(pages: Sequence[LabelledPage]) -> Iterator[int]:
    start = 0
    for page in pages:
        yield start
        start += len(page.blocks)


def _counts(rows: Sequence[tuple[Any, ...]], column: int, limit: float) -> dict[str, tuple[int, int]]:
    found = Counter(row[column] for row in rows if row[0] > limit)
    return {key: (found[key], count) for key, count in Counter(row[column] for row in rows).most_common()}
