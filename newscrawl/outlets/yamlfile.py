"""YAML as outlet files use it: no surprises from YAML 1.1, and faults with line and column."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable

import yaml

_BOOL = re.compile(r"true|false", re.IGNORECASE)


class YamlError(ValueError):
    """A text that is no YAML, or says one thing twice."""


class _Loader(yaml.SafeLoader):
    """Reads `no` as Norway and `2026-11-21` as text, and refuses a key that is given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.MarkedYAMLError(problem=f"{name!r} is given twice", problem_mark=key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0].rsplit(":", 1)[-1] in ("null", "int", "float")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOL, list("tTfF"))


def parse_yaml(text: bytes) -> object:
    """The data of one document.

    Raises:
        YamlError: With line and column where they are known.
    """
    try:
        data: object = yaml.load(text, Loader=_Loader)  # noqa: S506 (it is a SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise YamlError(f"{place}{error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise YamlError(" ".join(str(error).split()) or type(error).__name__) from None
    return data


def dump_yaml(data: dict[str, object]) -> str:
    """Block style, in the order given; lists of words stand in one line."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return text


class _Dumper(yaml.SafeDumper):
    """Indents list items, and writes lists of plain strings as `[a, b]`."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def represent_sequence(
        self, tag: str, sequence: Iterable[object], flow_style: bool | None = None
    ) -> yaml.SequenceNode:
        items = list(sequence)
        words = all(isinstance(item, str) and len(item) < 20 for item in items)
        return super().represent_sequence(tag, items, flow_style=words)
