"""`newscrawl db describe`: what every table, view and column holds."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.options import AsJson
from newscrawl.cli.terminal import CommandError, print_json, say, table

if TYPE_CHECKING:
    from newscrawl.store.dictionary import ColumnRow, RelationRow

EPILOG = "Example: newscrawl db describe clean_articles article_tickers"


class Format(StrEnum):
    """How to print it."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def describe(
    names: Annotated[list[str] | None, typer.Argument(metavar="[TABLE|VIEW...]", help="Without, all of them.")] = None,
    form: Annotated[Format, typer.Option("--format", help="text, markdown or json.")] = Format.TEXT,
    json: AsJson = False,
) -> None:
    """Describe tables and views and their columns: type, keys, allowed values, and what they mean.

    It describes the schema of this version, and needs no database. Without a name, the columns of tables are left out.
    """
    from newscrawl.store.dictionary import describe as read
    from newscrawl.store.engine import StoreError

    try:
        found = read(names or ())
    except StoreError as error:
        raise CommandError(str(error)) from error
    if json or form is Format.JSON:
        print_json(found)
    elif form is Format.MARKDOWN:
        typer.echo(markdown(found, whole=bool(names)))
    else:
        _print(found, whole=bool(names))


def markdown(relations: Sequence[RelationRow], *, whole: bool) -> str:
    """The dictionary as Markdown tables: of views with their columns, of tables too where the whole is asked for."""
    parts = []
    listed = [relation for relation in relations if relation.kind == "table" and not whole]
    for relation in relations:
        if relation in listed:
            continue
        rows: list[tuple[str, ...]] = [(f"`{one.name}`", _type(one), _meaning(one)) for one in relation.columns]
        parts.append(f"**`{relation.name}`**: {relation.comment}.\n\n{_grid(('column', 'type', 'meaning'), rows)}")
    if listed:
        named = [(f"`{relation.name}`", relation.comment) for relation in listed]
        parts.append(_grid(("table", "a row is"), named))
    return "\n\n".join(parts)


def _print(relations: Sequence[RelationRow], *, whole: bool) -> None:
    if not whole:
        listed = [(relation.name, relation.kind, len(relation.columns), relation.comment) for relation in relations]
        table(["name", "is a", ">columns", "a row is"], listed)
        say("newscrawl db describe NAME shows its columns.")
        return
    for number, relation in enumerate(relations):
        if number:
            say()
        rows = [(column.name, _type(column), _meaning(column)) for column in relation.columns]
        table(["column", "type", "meaning"], rows, title=f"{relation.name} ({relation.kind}): {relation.comment}")


def _type(column: ColumnRow) -> str:
    return f"{column.type} or NULL" if column.nullable else column.type


def _meaning(column: ColumnRow) -> str:
    """The comment, and what else binds the column."""
    facts = [
        f"key: {', '.join(column.keys)}" if column.keys else "",
        f"refers to {column.references}" if column.references else "",
        f"one of {' '.join(column.words)}" if column.words else "",
    ]
    return "; ".join([column.comment, *filter(None, facts)])


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
