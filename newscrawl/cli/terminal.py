"""What the command prints: text that cannot steer the terminal, tables, JSON, and errors that say what to do next."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from newscrawl.text import clean_text, squeeze

MACHINE_WIDTH = 10_000  # columns where the output is no terminal: nothing is cut in a log or a mail

USAGE, STORE, INTERRUPTED = 1, 2, 130  # exit statuses, DESIGN.md


class CommandError(Exception):
    """The command cannot do what was asked; the text says why and what to do."""

    def __init__(self, message: str, status: int = USAGE) -> None:
        super().__init__(message)
        self.status = status


def console(*, stderr: bool = False) -> Console:
    """A console that takes every string as it is: no markup, no emoji names, no colouring of numbers."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else MACHINE_WIDTH
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, width=width, soft_wrap=width is not None)


def line(text: object) -> str:
    """Text from outside as one line that is safe to print; empty for None."""
    return "" if text is None else squeeze(clean_text(str(text)))


def say(text: str = "", style: str | None = None) -> None:
    """Print a line to the standard output."""
    console().print(Text(clean_text(text), style=style or ""))


def warn(text: str) -> None:
    """Print a line to the standard error."""
    console(stderr=True).print(Text(clean_text(text), style="yellow"))


def fail(text: str) -> None:
    """Print an error."""
    console(stderr=True).print(Text.assemble(("error: ", "bold red"), clean_text(text)))


def moment(at: datetime | None) -> str:
    """A time as a person reads it, in the zone of this machine."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M") if at else ""


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str | None = None) -> None:
    """Print rows under headings, a line each; a heading that begins with `>` is set to the right.

    The last column is cut where the terminal ends.
    """
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns, 1):
        name = line(column.removeprefix(">"))
        shown.add_column(name, justify="right" if column.startswith(">") else "left", no_wrap=number < len(columns))
    for row in rows:
        shown.add_row(*(Text(line(cell), no_wrap=True, overflow="ellipsis") for cell in row))
    out = console()
    if title:
        out.print(Text(title, style="bold"))
    with out.capture() as captured:
        out.print(shown)
    typer.echo("\n".join(row.rstrip() for row in captured.get().splitlines()))


def clip(text: str, columns: int) -> str:
    """The beginning of a text, as one line; a Chinese character takes two columns."""
    shown = Text(line(text))
    shown.truncate(columns, overflow="ellipsis")
    return shown.plain


def print_json(value: object) -> None:
    """Print records as JSON, indented: dataclasses become objects, times ISO 8601."""
    typer.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def json_line(value: Mapping[str, object]) -> bytes:
    """One line of JSON, with its line end."""
    return json.dumps(value, default=_plain, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"not to be written as JSON: {type(value).__name__}")
