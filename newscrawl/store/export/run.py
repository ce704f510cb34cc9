"""Articles of the store into a file or a folder, as one moment shows them, in memory that does not grow with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from newscrawl.store.engine import StoreError, disk_full, masked
from newscrawl.store.export.card import Card, filter_record
from newscrawl.store.export.columns import Column, columns_of
from newscrawl.store.export.figures import Figures, read_figures
from newscrawl.store.export.formats import open_sink
from newscrawl.store.export.manifest import DATA, Manifest
from newscrawl.store.export.names import By, Format
from newscrawl.store.export.plan import Part, plan
from newscrawl.store.filters import Filter, check, why_none
from newscrawl.store.frontier import chunks
from newscrawl.store.reading import read_articles
from newscrawl.store.records import ArticleRow
from newscrawl.store.targets import TargetError, part_beside
from newscrawl.store.warcfiles import sync_folder

BATCH = 250
"""Articles that are in memory at a time, as rows."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is exported, and how."""

    out: Path  # a file, or with `by` a folder
    format: Format
    by: By | None = None
    wanted: Filter = field(default_factory=Filter)
    with_removed: bool = False
    raw_text: bool = False
    exact_csv: bool = False  # no apostrophe before what a spreadsheet would take for a formula
    force: bool = False  # replace a file that is there

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is written of each article."""
        return columns_of(with_removed=self.with_removed, raw_text=self.raw_text)

    @property
    def terms(self) -> dict[str, object]:
        """What must be the same when a folder is written on."""
        return {
            "format": self.format,
            "by": self.by,
            "filter": filter_record(self.wanted),
            "columns": [column.name for column in self.columns],
            "exact_csv": self.exact_csv,
        }


@dataclass(slots=True)
class Exported:
    """How far an export is, and at its end what was done."""

    out: str
    articles: int = 0  # that the filter picks
    written: int = 0  # of these, those written now
    kept: int = 0  # those in files that were right already
    files: int = 0  # written now
    kept_files: int = 0
    dropped_files: int = 0  # whose articles are gone from the store
    bytes: int = 0  # of the files written now
    card: str | None = None
    notes: list[str] = field(default_factory=list)  # why there is nothing


Tell = Callable[[Exported], None]


def export(engine: Engine, options: Options, now: datetime, on_progress: Tell) -> Exported:
    """Write what the filter picks. A file appears when it is whole; of a folder, only what is not right is written.

    Raises:
        TargetError: The target must not be written.
        StoreError: The filter asks for what there is not, or there is no room.
    """
    _check_target(options)
    done = Exported(str(options.out))
    with snapshot(engine) as connection, _failures_told(options.out):
        check(connection, options.wanted)
        write = _write_folder if options.by else _write_file
        write(connection, options, done, on_progress)
        figures = read_figures(connection, options.wanted)
        done.notes = [] if done.articles else why_none(connection, options.wanted)
        _write_card(engine, options, figures, now)
        done.card = str(_card_path(options))
    return done


def export_to(engine: Engine, options: Options, stream: BinaryIO, on_progress: Tell) -> Exported:
    """Write what the filter picks to a stream, without a card."""
    done = Exported("-")
    with snapshot(engine) as connection:
        check(connection, options.wanted)
        for part in plan(connection, options.wanted, None):
            done.articles = len(part.ids)
            _write_part(connection, part, stream, options, lambda count: _count(done, count, on_progress))
        done.notes = [] if done.articles else why_none(connection, options.wanted)
    return done


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the store as it is at its first query, whatever is written meanwhile."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def rows_of(
    connection: Connection, ids: Sequence[int], *, cuts: bool = True, history: bool = True
) -> Iterator[list[ArticleRow]]:
    """Articles by their numbers, in batches; what is read of each as of `read_articles`."""
    for some in chunks(ids, BATCH):
        with Session(connection) as session:
            yield list(read_articles(session, some, cuts=cuts, history=history))


def _check_target(options: Options) -> None:
    out = options.out
    if not out.absolute().parent.is_dir():
        raise TargetError(f"{out.parent}: no such folder for the export")
    if options.by is None and out.is_dir():
        raise TargetError(f"{out}: is a folder; name a file in it, or --by day, outlet or language")
    if options.by is not None and out.exists() and not out.is_dir():
        raise TargetError(f"{out}: is a file; with --by, name a folder")
    if options.by is None and out.exists() and not options.force:
        raise TargetError(f"{out}: is there already; name another file, or --force replaces it")


def _write_file(connection: Connection, options: Options, done: Exported, on_progress: Tell) -> None:
    (part,) = plan(connection, options.wanted, None)
    done.articles = len(part.ids)
    with part_beside(options.out, "export", 0o666) as beside:
        _put(connection, part, beside, options, done, on_progress)
        beside.replace(options.out)
        sync_folder(options.out.absolute().parent)


def _write_folder(connection: Connection, options: Options, done: Exported, on_progress: Tell) -> None:
    options.out.mkdir(exist_ok=True)
    with part_beside(options.out / DATA, "export", 0o666) as beside:
        manifest = Manifest.open(options.out, options.terms)
        parts = plan(connection, options.wanted, options.by)
        done.articles = sum(len(part.ids) for part in parts)
        for part in parts:
            if manifest.has(part):
                done.kept += len(part.ids)
                done.kept_files += 1
                continue
            _put(connection, part, beside, options, done, on_progress)
            target = manifest.path(part.name)
            target.parent.mkdir(exist_ok=True)
            beside.replace(target)
            sync_folder(target.parent)
            manifest.note(part)
        for name in manifest.entries.keys() - {part.name for part in parts}:
            manifest.drop(name)
            done.dropped_files += 1
        manifest.save()


def _put(connection: Connection, part: Part, beside: Path, options: Options, done: Exported, on_progress: Tell) -> None:
    """Write the file of a part, and see it onto the disk."""
    with beside.open("wb") as file:
        _write_part(connection, part, file, options, lambda count: _count(done, count, on_progress))
        file.flush()
        os.fsync(file.fileno())
    done.files += 1
    done.bytes += beside.stat().st_size


def _write_part(
    connection: Connection, part: Part, file: BinaryIO, options: Options, on_written: Callable[[int], None]
) -> None:
    sink = open_sink(options.format, file, options.columns, exact_csv=options.exact_csv)
    cuts = options.with_removed or options.raw_text
    for rows in rows_of(connection, part.ids, cuts=cuts, history=False):
        sink.write(rows)
        on_written(len(rows))
    sink.close()


def _count(done: Exported, count: int, on_progress: Tell) -> None:
    done.written += count
    on_progress(done)


def _card_path(options: Options) -> Path:
    return options.out / "README.md" if options.by else options.out.with_name(f"{options.out.name}.card.md")


def _write_card(engine: Engine, options: Options, figures: Figures, now: datetime) -> None:
    """Both forms, beside the file or in the folder."""
    files = f"{DATA}/**/*.{options.format}" if options.by else options.out.name
    card = Card(
        made_at=now,
        database=masked(engine.url.render_as_string(hide_password=True)),
        format=options.format,
        files=files,
        wanted=options.wanted,
        columns=options.columns,
        figures=figures,
        by=options.by,
        exact_csv=options.exact_csv,
    )
    markdown = _card_path(options)
    json = markdown.with_name("card.json") if options.by else markdown.with_suffix(".json")
    for path, text in ((markdown, card.markdown()), (json, card.json())):
        with part_beside(path, "export", 0o666) as beside:
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)


@contextmanager
def _failures_told(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise disk_full(str(out.absolute())) from error
        raise StoreError(f"{out}: cannot be written ({error.strerror or error}); name another place") from error
