"""The JSON Schema of outlet files, with the meaning of each field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from newscrawl.outlets.schema import OutletConfig

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ATTRIBUTE = re.compile(r"^    (\w+): (.+?)(?=^    \w+: |\Z)", re.MULTILINE | re.DOTALL)


def json_schema() -> dict[str, Any]:
    """The schema, as pydantic derives it from the models; what their docstrings say of a field is its description."""
    found = OutletConfig.model_json_schema()
    parts = [found, *found.get("$defs", {}).values()]
    for part in parts:
        text, _, attributes = part.get("description", "").partition("Attributes:\n")
        part["description"] = " ".join(text.split())
        for name, meaning in _ATTRIBUTE.findall(attributes):
            part["properties"][name]["description"] = " ".join(meaning.split())
    return {"$schema": DIALECT, **found, "title": "Outlet file of newscrawl"}


def field_rows() -> Iterator[tuple[str, str]]:
    """Each field, those of parts with a dot, and what it means."""
    schema = json_schema()
    for name, facts in schema["properties"].items():
        yield name, facts.get("description", "")
        part = schema["$defs"].get(_part_of(facts), {})
        yield from ((f"{name}.{inner}", of.get("description", "")) for inner, of in part.get("properties", {}).items())


def _part_of(facts: dict[str, Any]) -> str:
    reference: str = facts.get("$ref") or facts.get("items", {}).get("$ref") or ""
    return reference.rpartition("/")[2]
