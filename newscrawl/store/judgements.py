"""A person's word on the blocks of an article: a wrong cut put back, a missed one made; and both as training data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine

from newscrawl.items import RemovedKind
from newscrawl.store.engine import StoreError
from newscrawl.store.labels import drop_labels, labelled_articles, read_labels, write_labels
from newscrawl.store.reclean import rewrite
from newscrawl.store.stored import Stored, read_stored
from newscrawl.strip import rules_version
from newscrawl.strip.labels import Label, apply_labels, tail_start
from newscrawl.strip.splice import Line, read_lines
from newscrawl.text import block_key, squeeze


@dataclass(frozen=True, slots=True)
class LabelledBlock:
    """A block, or a part of one, as training data."""

    text: str
    label: Literal["body", "boilerplate", "unsure"]  # unsure: nobody judged it
    kind: RemovedKind | None


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article with labels, as training data."""

    id: int
    url: str
    outlet: str  # slug
    language: str | None
    title: str | None
    html: bytes | None  # None: its page is not archived
    charset: str | None  # as the server declared it
    blocks: tuple[LabelledBlock, ...]  # in reading order


def restore(engine: Engine, article_id: int, number: int | None, now: datetime) -> list[str]:
    """Put cuts back into an article's text, for good.

    Args:
        engine: The store.
        article_id: The article.
        number: Of the block, from 1 in reading order, kept and cut ones counted; None: every block with a cut.
        now: When it is said.

    Returns:
        The blocks that are whole again.

    Raises:
        StoreError: There is no such article or block, or nothing was cut there.
    """
    with engine.begin() as connection:
        stored, lines = _read(connection, article_id)
        chosen = lines if number is None else [_line(lines, article_id, number)]
        wrong = [line for line in chosen if line.cuts and squeeze(line.whole)]
        if not wrong:
            place = f"article {article_id}" if number is None else f"block {number}"
            raise StoreError(f"{place}: nothing was cut there; newscrawl show {article_id} --removed shows the cuts")
        drop_labels(connection, article_id, [cut.text for line in wrong for cut in line.cuts])
        write_labels(connection, article_id, [Label(squeeze(line.whole), "body") for line in wrong], now)
        rewrite(connection, stored, stored.article, rules_version())
    return [line.whole for line in wrong]


def mark(engine: Engine, article_id: int, missed: str | int, kind: RemovedKind, now: datetime) -> list[str]:
    """Cut a piece of boilerplate that the rules missed, for good.

    Args:
        engine: The store.
        article_id: The article.
        missed: Text of a block, or of the tail of one; or the block's number, as for `restore`.
        kind: What it is.
        now: When it is said.

    Returns:
        What was cut: every block with this text.

    Raises:
        StoreError: There is no such article or block, it is cut already, or nothing would be left of the text.
    """
    with engine.begin() as connection:
        stored, lines = _read(connection, article_id)
        label = Label(_missed(lines, article_id, missed), "boilerplate", kind)
        text, removed = apply_labels(stored.row.text, stored.row.removed, [label])
        if not text:
            raise StoreError(f"article {article_id}: nothing would be left of its text")
        write_labels(connection, article_id, [label], now)
        rewrite(connection, stored, stored.article, rules_version())
    pairs = zip(lines, read_lines(text, removed), strict=True)
    return [squeeze(new.cuts[0].text) for old, new in pairs if len(new.kept) < len(old.kept)]


def labelled_records(engine: Engine, archive: Path) -> Iterator[LabelledArticle]:
    """Every article with labels, by number."""
    with engine.begin() as connection:
        ids = labelled_articles(connection)
    for article_id in ids:
        with engine.begin() as connection:
            stored, lines = _read(connection, article_id)
            labels = {block_key(label.text): label for label in read_labels(connection, article_id)}
        page = stored.page(archive, frozenset())
        yield LabelledArticle(
            id=article_id,
            url=stored.url,
            outlet=stored.row.outlet,
            language=stored.row.language.tag,
            title=stored.row.headline,
            html=page.body if page and not page.more else None,  # a line of labels has one page
            charset=stored.charset,
            blocks=tuple(block for line in lines for block in _blocks(line, labels)),
        )


def _blocks(line: Line, labels: dict[str, Label]) -> Iterator[LabelledBlock]:
    for text in (line.kept, *(cut.text for cut in line.cuts)):
        label = labels.get(block_key(text))
        if label is not None:
            yield LabelledBlock(squeeze(text), label.verdict, label.kind)
        elif text:
            yield LabelledBlock(squeeze(text), "unsure", None)


def _read(connection: Connection, article_id: int) -> tuple[Stored, Sequence[Line]]:
    stored = read_stored(connection, article_id)
    if stored is None:
        raise StoreError(f"article {article_id}: not in this database")
    try:
        return stored, read_lines(stored.row.text, stored.row.removed)
    except ValueError as error:
        advice = f"newscrawl reclean --article {article_id} reads its page again"
        raise StoreError(f"article {article_id}: its cuts do not fit its text ({error}); {advice}") from error


def _line(lines: Sequence[Line], article_id: int, number: int) -> Line:
    if not 1 <= number <= len(lines):
        advice = f"newscrawl show {article_id} --removed numbers them"
        raise StoreError(f"block {number}: the article has blocks 1 to {len(lines)}; {advice}")
    return lines[number - 1]


def _missed(lines: Sequence[Line], article_id: int, missed: str | int) -> str:
    """The text of a label: the whole block where one is meant, else the tail."""
    advice = f"newscrawl show {article_id} --removed shows the blocks"
    if isinstance(missed, int):
        line = _line(lines, article_id, missed)
        if not line.kept:
            raise StoreError(f"block {missed}: is cut already; {advice}")
        return squeeze(line.whole)
    key = block_key(missed)
    for line in lines:
        if line.kept and key in (block_key(line.kept), block_key(line.whole)):
            return squeeze(line.whole)
    if any(tail_start(line.kept, missed) for line in lines):
        return squeeze(missed)
    raise StoreError(f"{missed!r}: no block of article {article_id} is this or ends so, or it is cut already; {advice}")
