"""Changes to the text of an outlet file that leave every other byte of it as it is: comments, order, quotes, spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from newscrawl.outlets.yamlfile import YamlError, compose_yaml, dump_line, parse_yaml

Path = tuple[str | int, ...]
Span = tuple[int, int]  # characters of the text

_COMMA_AFTER = re.compile(r"\s*,[ \t]*")
_COMMA_BEFORE = re.compile(r"\s*,\s*$")


@dataclass(frozen=True, slots=True)
class Edit:
    """One value that is to be another: at a path of keys and indexes, such as `("sources", 1, "url")`."""

    path: Path
    value: object = None  # None: the entry goes; at an index one past the last, it is added


def edit_yaml(text: str, edits: Sequence[Edit]) -> str:
    """The text with its edits, made in their order: indexes count what the earlier ones have left.

    Raises:
        YamlError: The text is no YAML, or one of the edits cannot be made in it, as in what an alias stands for.
    """
    for edit in edits:
        data = parse_yaml(text.encode())
        changed = _edited(text, edit)
        if parse_yaml(changed.encode()) != _expected(data, edit):
            raise YamlError(f"{written_path(edit.path)} cannot be changed in the way in which the file is written")
        text = changed
    return text


def written_path(path: Path) -> str:
    """A path as faults name it: `sources[1].url`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _expected(data: object, edit: Edit) -> object:
    """What the data are after an edit."""
    data = _copied(data)
    holder, last = data, edit.path[-1]
    for part in edit.path[:-1]:
        holder = holder[part]  # type: ignore[index]
    if edit.value is None:
        del holder[last]  # type: ignore[attr-defined]
        return data
    value = parse_yaml(dump_line(edit.value).encode())  # a day is read as text
    if isinstance(holder, list) and last == len(holder):
        holder.append(value)
    else:
        holder[last] = value  # type: ignore[index]
    return data


def _copied(data: object) -> object:
    """A copy in which nothing stands twice, as what an anchor names does."""
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(value) for value in data] if isinstance(data, list) else data


def _edited(text: str, edit: Edit) -> str:
    *way, last = edit.path
    holder = compose_yaml(text.encode())
    for part in way:
        holder = _child(holder, part)
    if not isinstance(holder, yaml.CollectionNode):
        raise YamlError(f"{written_path(edit.path)} is not there")
    index = _index(holder, last)
    if edit.value is None:
        return _cut(text, *_dropped(text, holder, index))
    new = dump_line(edit.value, flow=bool(holder.flow_style) or not isinstance(edit.value, str))
    if index < len(holder.value):
        node = _value(holder, index)
        return _cut(text, node.start_mark.index, _end(text, node), new)
    return _added(text, holder, f"{last}: {new}" if isinstance(holder, yaml.MappingNode) else new)


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node:
    if isinstance(node, yaml.CollectionNode) and (index := _index(node, part)) < len(node.value):
        return _value(node, index)
    raise YamlError(f"{part} is not there")


def _index(node: yaml.CollectionNode, part: str | int) -> int:
    """The place of a key or an index; one past the last where it is not there."""
    if isinstance(node, yaml.MappingNode):
        return next((n for n, (key, _) in enumerate(node.value) if key.value == part), len(node.value))
    return min(int(part), len(node.value))


def _value(node: yaml.CollectionNode, index: int) -> yaml.Node:
    value: yaml.Node = node.value[index][1] if isinstance(node, yaml.MappingNode) else node.value[index]
    return value


def _start(text: str, node: yaml.CollectionNode, index: int) -> int:
    """Where an entry begins: its key, or its dash."""
    if isinstance(node, yaml.MappingNode):
        return int(node.value[index][0].start_mark.index)
    start: int = node.value[index].start_mark.index
    return start if node.flow_style else text.rindex("-", 0, start)


def _end(text: str, node: yaml.Node) -> int:
    """Where a value ends; a block's mark stands behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        return _end(text, _value(node, len(node.value) - 1))
    return len(text[: node.end_mark.index].rstrip())


def _dropped(text: str, holder: yaml.CollectionNode, index: int) -> Span:
    """What goes with an entry: its line and the comment on it, or the comma beside it."""
    if index >= len(holder.value):
        raise YamlError("what is to be dropped is not there")
    start, end = _start(text, holder, index), _end(text, _value(holder, index))
    if holder.flow_style:
        if after := _COMMA_AFTER.match(text, end):
            return start, after.end()
        before = _COMMA_BEFORE.search(text, 0, start)
        return (before.start() if before else start), end
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].strip():  # the first key of an item stands behind its dash
        return start, _start(text, holder, index + 1) if index + 1 < len(holder.value) else end
    return line, _line_end(text, end)


def _added(text: str, holder: yaml.CollectionNode, new: str) -> str:
    """The text with an entry behind the last one."""
    if not holder.value:
        raise YamlError("nothing can be added to an empty list")
    last = len(holder.value) - 1
    end = _end(text, _value(holder, last))
    if holder.flow_style:
        return _cut(text, end, end, f", {new}")
    start, at = _start(text, holder, last), _line_end(text, end)
    line = text.rfind("\n", 0, start) + 1
    indent = " " * (start - line)
    newline = "\r\n" if "\r\n" in text else "\n"
    before = "" if text[:at].endswith("\n") else newline
    dash = "- " if isinstance(holder, yaml.SequenceNode) else ""
    return _cut(text, at, at, f"{before}{indent}{dash}{new}{newline}")


def _line_end(text: str, at: int) -> int:
    """Behind the end of the line."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _cut(text: str, start: int, end: int, new: str = "") -> str:
    return text[:start] + new + text[end:]
