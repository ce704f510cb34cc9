"""The words of boilerplate: data files of patterns by kind and language, and the search for them in a block."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import yaml

from newscrawl.items import RemovedKind
from newscrawl.strip.anchors import Anchors, anchors_of, branches_of, frequency, is_bordered, keys_of

Where = Literal["line", "heading", "start", "end", "name", "notice", "phrase", "trailer"]
"""Where in a block a pattern must stand.

`line`: it is the whole block, but for bullets, arrows and punctuation. `heading`: the same, and the list below it goes
along. `start`: it opens the block. `end`: it closes the block, and the block is all of one piece. `name`: it opens the
block, and names of persons follow. `notice`: anywhere; a formula that tells by itself. `phrase`: anywhere; a word that
tells only in a block of that shape. `trailer`: it closes the block, and is cut off it.
"""

_FLAT = (
    {"\u3000": " ", "\u0130": "i"}
    | {chr(point): chr(point - 0xFEE0) for point in range(0xFF01, 0xFF5F)}
    | dict.fromkeys("‘’‚‛‹›`´′ʼ", "'")
    | dict.fromkeys("“”„‟«»″〝〞「」『』", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("【〔〖", "[")
    | dict.fromkeys("】〕〗", "]")
    | dict.fromkeys("\u00a0\u2002\u2003\u2009\u200a\u202f", " ")
)
_ODD = re.compile("[" + "".join(_FLAT) + "]")
_DECORATION = " -*•·.…:;,!?|/\\>»<«^~_=+#'\"()[]{}▶►▷▸→⇒↓←▼▲△▽■□◆◇●○★☆※◎👉➡️✅📩🔴📌✔▪|。、！？"
_WHOLE: tuple[Where, ...] = ("line", "heading")
_OPENING: tuple[Where, ...] = (*_WHOLE, "start", "name")
_CLOSING: tuple[Where, ...] = ("end", "trailer")
_ALWAYS = ""  # key of the few patterns without a word of their own: tried at the start of every block
REACH = 200
"""Characters from a block's start within which a pattern that opens it must show its words; from its end likewise."""


class LexiconError(Exception):
    """A lexicon file breaks its form."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Patterns of one kind, language and place, with the examples that test them."""

    name: str  # `kind/language.word`
    kind: RemovedKind
    where: Where
    patterns: tuple[str, ...] = field(repr=False)
    match: tuple[str, ...] = field(repr=False)  # the rule finds itself in these
    keep: tuple[str, ...] = field(repr=False)  # these stay where they stand between paragraphs


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule found in a block."""

    rule: Rule
    start: int  # characters; of the earliest
    end: int
    count: int = 1  # of a `notice`: patterns of the rule that are found beside each other


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """One branch of a rule's pattern in the index."""

    order: int
    rule: Rule
    pattern: str
    others: Anchors  # what the text must contain besides the key it is found by


_Index = dict[str, list[_Entry]]


class Lexicon:
    """Rules, indexed by the words that they need."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self._whole: _Index = defaultdict(list)
        self._opening: _Index = defaultdict(list)
        self._closing: _Index = defaultdict(list)
        self._anywhere: _Index = defaultdict(list)
        patterns = [(rule, branch) for rule in rules for pattern in rule.patterns for branch in branches_of(pattern)]
        for order, (rule, pattern) in enumerate(patterns):
            anchors = anchors_of(pattern)
            if not anchors and rule.where not in _OPENING:
                raise LexiconError(f"{rule.name}: {pattern!r} has no word that every match must contain")
            first = min(anchors, key=frequency, default=frozenset((_ALWAYS,)))
            entry = _Entry(order, rule, pattern, tuple(keys for keys in anchors if keys != first))
            for key in first:
                self._index_of(rule.where)[key].append(entry)

    def _index_of(self, where: Where) -> _Index:
        if where in _WHOLE:
            return self._whole
        if where in _OPENING:
            return self._opening
        return self._closing if where in _CLOSING else self._anywhere

    def hits(self, flat: str) -> tuple[Hit, ...]:
        """Rules found in a text that `flatten` made, each once."""
        core = _core(flat)
        keys = keys_of(flat)
        entries = _matching(self._anywhere, keys)
        if len(core) <= REACH:
            entries += _matching(self._whole, keys | {_ALWAYS})
        entries += _matching(self._opening, (keys if len(core) <= REACH else keys_of(core[:REACH])) | {_ALWAYS})
        entries += _matching(self._closing, keys if len(flat) <= REACH else keys_of(flat[-REACH:]))
        found: dict[str, Hit] = {}
        for entry in sorted(entries, key=lambda entry: entry.order):
            known = found.get(entry.rule.name)
            if (known is None or entry.rule.where == "notice") and (hit := _find(entry, flat, core)):
                found[entry.rule.name] = hit if known is None else _joined(known, hit)
        return tuple(found.values())


def _matching(index: _Index, keys: set[str]) -> list[_Entry]:
    found = [entry for key in index.keys() & keys for entry in index[key]]
    return [entry for entry in found if not (entry.others and any(map(keys.isdisjoint, entry.others)))]


def _core(flat: str) -> str:
    """The text without bullets, arrows and punctuation around it; a bracket opened inside it is closed."""
    core = flat.strip(_DECORATION)
    if core.count("(") > core.count(")"):
        start = flat.index(core)
        core += flat[start + len(core) :][: flat[start + len(core) :].find(")") + 1]
    return core


def flatten(text: str) -> str:
    """The text in lower case, with one form of quotes, dashes, brackets and widths; as long as the text is."""
    return text.lower() if text.isascii() else _ODD.sub(lambda match: _FLAT[match[0]], text).lower()


def _joined(known: Hit, hit: Hit) -> Hit:
    apart = hit.end <= known.start or known.end <= hit.start
    return Hit(known.rule, min(known.start, hit.start), max(known.end, hit.end), known.count + apart)


def _find(entry: _Entry, flat: str, core: str) -> Hit | None:
    rule, regex = entry.rule, _compiled(entry.pattern, entry.rule.where)
    if rule.where in _WHOLE:
        match = regex.fullmatch(core)
    elif rule.where in ("start", "name"):
        match = regex.match(core)
    elif rule.where in ("end", "trailer"):
        match = regex.search(flat, max(0, len(flat) - 2 * REACH))
    else:
        match = regex.search(flat)
    if match is None:
        return None
    shift = flat.index(core) if rule.where in _OPENING else 0
    return Hit(rule, match.start() + shift, match.end() + shift)


@cache
def _compiled(pattern: str, where: Where) -> re.Pattern[str]:
    left = r"(?<!\w)" if is_bordered(pattern, left=True) else ""
    right = r"(?!\w)" if is_bordered(pattern, left=False) else ""
    close = r"[\s.。!]*$" if where in _CLOSING else ""
    return re.compile(f"{left}(?:{pattern}){right}{close}")


@cache
def load_lexicon() -> Lexicon:
    """The packaged rules.

    Raises:
        LexiconError: A file breaks its form; the message names file and rule.
    """
    folder = files("newscrawl.strip") / "lexicons"
    rules: list[Rule] = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml") and file.name != WORD_LISTS:
            rules.extend(_parse_rules(file.name.removesuffix(".yaml"), read_yaml(file.name)))
    return Lexicon(tuple(rules))


WORD_LISTS = "words.yaml"


def read_yaml(name: str) -> object:
    """The content of one lexicon file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (files("newscrawl.strip") / "lexicons" / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=loader)  # noqa: S506  # a safe loader, compiled where there is one


@cache
def word_list(name: str) -> frozenset[str]:
    """A list of `words.yaml`, in flat form.

    Raises:
        LexiconError: There is no such list.
    """
    lists = read_yaml(WORD_LISTS)
    if not isinstance(lists, dict) or name not in lists:
        raise LexiconError(f"{WORD_LISTS}: no list {name!r}")
    return frozenset(flatten(entry) for line in lists[name] for entry in str(line).split(" | "))


def _parse_rules(kind: str, content: object) -> list[Rule]:
    kinds = {name: name for name in get_args(RemovedKind)}
    if kind not in kinds or not isinstance(content, dict):
        raise LexiconError(f"{kind}.yaml: expected rules of a kind of {sorted(kinds)}")
    rules = []
    for name, entry in content.items():
        faults = _faults(entry)
        if faults:
            raise LexiconError(f"{kind}.yaml: {name}: {faults}")
        texts = {key: tuple(map(str, entry[key])) for key in ("patterns", "match", "keep")}
        rules.append(Rule(f"{kind}/{name}", kinds[kind], entry["where"], **texts))
    return rules


def _faults(entry: object) -> str:
    if not isinstance(entry, dict) or set(entry) != {"where", "patterns", "match", "keep"}:
        return "expected where, patterns, match and keep"
    if entry["where"] not in get_args(Where):
        return f"where: expected one of {get_args(Where)}, got {entry['where']!r}"
    empty = [key for key in ("patterns", "match", "keep") if not isinstance(entry[key], list) or not entry[key]]
    return f"{empty[0]}: expected a list with at least one entry" if empty else ""
