"""The formats of an export: each takes rows, batch by batch, and writes bytes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, BinaryIO, Protocol

from newscrawl import __version__
from newscrawl.store.engine import StoreError
from newscrawl.store.export.columns import Column, Kind
from newscrawl.store.export.names import Format
from newscrawl.store.records import ArticleRow

if TYPE_CHECKING:
    import pyarrow as pa
    from _typeshed import ReadableBuffer as Buffer

ROW_GROUP_BYTES = 16_000_000
"""Bytes in a row group of Parquet: what a reader, and the writer, hold in memory at a time."""

# What spreadsheets take for a formula at the start of a cell (OWASP, "CSV Injection"), with the full-width forms that
# some take too; after apostrophes, too, so that taking one off gives the cell back. A UTC offset is none.
_FORMULA = re.compile(r"(?![+-]\d\d:\d\d\Z)'*[=+\-@\t\r\n＝＋－＠]")


class Sink(Protocol):
    """Where rows go."""

    def write(self, rows: Sequence[ArticleRow]) -> None:
        """Take rows."""

    def close(self) -> None:
        """Write what is left; the file stays open."""


def open_sink(format: Format, file: BinaryIO, columns: Sequence[Column], *, exact_csv: bool = False) -> Sink:
    """A sink of a format.

    Args:
        format: Of these formats.
        file: Where the bytes go.
        columns: What is written of each row.
        exact_csv: Whether CSV holds texts as they are, those too that a spreadsheet would take for a formula.

    Raises:
        StoreError: It needs a package that is not installed.
    """
    if format == "parquet":
        return _Parquet(file, columns)
    kind, _, coding = format.partition(".")
    stream = _compressed(file, coding)
    return _Lines(stream, columns) if kind == "jsonl" else _Csv(stream, columns, exact=exact_csv)


class _Stream(Protocol):
    def write(self, data: bytes, /) -> object: ...

    def close(self) -> object: ...


class _Open(io.RawIOBase):
    """A file that stays open when the stream ends. What follows a write that failed is dropped, not tried again."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self._is_broken = False

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer, /) -> int:
        if self._is_broken or self._file.closed:  # writers that are thrown away want to write their ends, too
            return len(memoryview(data))
        try:
            return self._file.write(data)
        except OSError:
            self._is_broken = True
            raise


def _compressed(file: BinaryIO, coding: str) -> _Stream:
    if coding == "gz":
        return gzip.GzipFile("", "wb", 6, _Open(file), mtime=0)
    if coding == "zst":
        stream: _Stream = _arrow("zst").CompressedOutputStream(_Open(file), "zstd")
        return stream
    return _Open(file)


def _arrow(what: str) -> ModuleType:
    try:
        import_module("pyarrow.parquet")
        return import_module("pyarrow")
    except ModuleNotFoundError as error:
        advice = "pip install 'newscrawl[parquet]', or name a file .jsonl.gz or .csv"
        raise StoreError(f"{what} needs pyarrow: {advice}") from error


class _Lines:
    """An object a line."""

    def __init__(self, stream: _Stream, columns: Sequence[Column]):
        self._stream, self._columns = stream, columns

    def write(self, rows: Sequence[ArticleRow]) -> None:
        for row in rows:
            values = {column.name: column.value(row) for column in self._columns}
            self._stream.write(_json(values).encode() + b"\n")

    def close(self) -> None:
        self._stream.close()


class _Csv:
    """A heading, and a record a row, quoted as RFC 4180 says; lists are JSON, and what is not known is empty."""

    def __init__(self, stream: _Stream, columns: Sequence[Column], *, exact: bool):
        self._stream, self._columns, self._exact = stream, columns, exact
        self._put([[column.name for column in columns]])

    def write(self, rows: Sequence[ArticleRow]) -> None:
        self._put([[self._cell(column.value(row)) for column in self._columns] for row in rows])

    def close(self) -> None:
        self._stream.close()

    def _put(self, records: Sequence[Sequence[object]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(records)
        self._stream.write(text.getvalue().encode())

    def _cell(self, value: object) -> object:
        if isinstance(value, str):
            return f"'{value}" if not self._exact and _FORMULA.match(value) else value
        if isinstance(value, datetime | bool | tuple | list):
            return _json(value).strip('"')
        return value


class _Parquet:
    """Batches, gathered to row groups of a size that is good to read."""

    def __init__(self, file: BinaryIO, columns: Sequence[Column]):
        self._arrow, self._columns = _arrow("Parquet"), columns
        self._schema = _schema(self._arrow, columns)
        self._writer = self._arrow.parquet.ParquetWriter(_Open(file), self._schema, compression="zstd")
        self._batches: list[pa.RecordBatch] = []
        self._bytes = 0

    def write(self, rows: Sequence[ArticleRow]) -> None:
        arrays = [
            self._arrow.array([column.value(row) for row in rows], field.type)
            for column, field in zip(self._columns, self._schema, strict=True)
        ]
        self._batches.append(self._arrow.record_batch(arrays, schema=self._schema))
        self._bytes += self._batches[-1].nbytes
        if self._bytes >= ROW_GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._batches:
            table = self._arrow.Table.from_batches(self._batches)
            self._writer.write_table(table, row_group_size=table.num_rows)
        self._batches, self._bytes = [], 0


def _schema(arrow: ModuleType, columns: Sequence[Column]) -> pa.Schema:
    text, number, whole = arrow.string(), arrow.float64(), arrow.int64()
    ticker = arrow.struct({"symbol": text, "mic": text, "origin": text})
    cut = arrow.struct({"kind": text, "text": text, "rule": text, "score": number, "cut_at": whole})
    types: dict[Kind, pa.DataType] = {
        "text": text, "whole": whole, "share": number, "flag": arrow.bool_(), "time": arrow.timestamp("us", "UTC"),
        "texts": arrow.list_(text), "tickers": arrow.list_(ticker), "cuts": arrow.list_(cut),
    }  # fmt: skip
    fields = [arrow.field(one.name, types[one.kind], metadata={"comment": one.meaning}) for one in columns]
    return arrow.schema(fields, metadata={"newscrawl": __version__})


def _json(value: object) -> str:
    return json.dumps(value, default=_time, ensure_ascii=False)


def _time(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()
