"""`newscrawl outlets schema`: what an outlet file may say, for editors that check and complete YAML."""

from __future__ import annotations

from typing import Annotated

import typer

from newscrawl.cli.terminal import print_json, say, table

EPILOG = "Example: newscrawl outlets schema > outlets/outlet.schema.json"


def schema(
    fields: Annotated[bool, typer.Option("--fields", help="A table of the fields, for people.")] = False,
) -> None:
    """Print the JSON Schema of outlet files.

    Editors with the YAML language server check a file and complete its fields, if it begins with the line:

    # yaml-language-server: $schema=outlet.schema.json
    """
    from newscrawl.outlets.jsonschema import field_rows, json_schema

    if not fields:
        print_json(json_schema())
        return
    table(["field", "meaning"], list(field_rows()))
    say("newscrawl outlets lint names every fault of your files; newscrawl outlets show bbc prints an example.")
