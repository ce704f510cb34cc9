"""YAML as outlet files use it: no surprises from YAML 1.1, and faults with line and column."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress

import yaml

_BOOL = re.compile(r"true|false", re.IGNORECASE)


_ADVICE = {
    "'\\t'": "indent with spaces",
    "mapping values are not allowed": "put a text with a colon between quotes",
    "'@'": "put the text between quotes",
    "'%'": "put the text between quotes",
    "'`'": "put the text between quotes",
}
"""What to do, by a part of what the reader says."""


class YamlError(ValueError):
    """A text that is no YAML, or says one thing twice."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line  # from 1; None: not known


class _Strict(yaml.constructor.SafeConstructor):
    """Refuses a key that is given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.MarkedYAMLError(problem=f"{name!r} is given twice", problem_mark=key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


class _Loader(_Strict, yaml.SafeLoader):
    """Reads `no` as Norway and `2026-11-21` as text; its faults say more than libyaml's."""


class _FastLoader(_Strict, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by libyaml, in a tenth of the time."""


for _loader in (_Loader, _FastLoader):
    _loader.yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0].rsplit(":", 1)[-1] in ("null", "int", "float")]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    _loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOL, list("tTfF"))


def parse_yaml(text: bytes) -> object:
    """The data of one document.

    Raises:
        YamlError: With the line where it is known.
    """
    with suppress(yaml.YAMLError, ValueError, RecursionError):
        fast: object = yaml.load(text, Loader=_FastLoader)  # noqa: S506 (it is a SafeLoader)
        return fast
    try:
        data: object = yaml.load(text, Loader=_Loader)  # noqa: S506 (it is a SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context)
        advice = next((f"; {what}" for part, what in _ADVICE.items() if part in problem), "")
        place = f"column {mark.column + 1}: " if mark else ""
        raise YamlError(f"{place}{problem}{advice}", mark.line + 1 if mark else None) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise YamlError(" ".join(str(error).split()) or type(error).__name__) from None
    return data


def compose_yaml(text: bytes) -> yaml.Node | None:
    """The nodes of a document that can be read, with where each of them stands."""
    node: yaml.Node | None
    try:
        node = yaml.compose(text, Loader=_FastLoader)
    except yaml.YAMLError:
        node = yaml.compose(text, Loader=_Loader)
    return node


def line_of(text: bytes, path: Sequence[str | int]) -> int | None:
    """The line, from 1, on which what a path of keys and indexes leads to begins; as far as it leads.

    Args:
        text: A document that can be read.
        path: Such as `("sources", 1, "url")`.
    """
    node = compose_yaml(text)
    line = None
    for part in path:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def dump_yaml(data: dict[str, object]) -> str:
    """Block style, in the order given; lists of words stand in one line."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return text


def dump_line(value: object, *, flow: bool = True) -> str:
    """A value in one line, as it may stand behind a key or a dash, and, with `flow`, between braces or brackets."""
    whole = [value] if flow else {"key": value}
    text: str = yaml.safe_dump(whole, default_flow_style=flow, sort_keys=False, allow_unicode=True, width=10**6)
    return text.rstrip()[1:-1] if flow else text.removeprefix("key: ").rstrip()


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
