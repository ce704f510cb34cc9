"""The data card of an export: what is in it, what its columns mean, and how to load it; as JSON and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newscrawl import __version__
from newscrawl.store.export.columns import Column
from newscrawl.store.export.figures import Figures
from newscrawl.store.export.loading import loading
from newscrawl.store.export.names import Format
from newscrawl.store.filters import Filter
from newscrawl.text import clean_text, squeeze

SHOWN = 50  # outlets, languages or agencies in a table of the Markdown; the JSON has all

_RIGHTS = """\
The texts belong to the outlets that published them. newscrawl knows of no licence under which they may be passed on;
whether you may use them for your purpose is for you to find out.
"""
_HEAD = """\
---
license: other
configs:
- config_name: default
  data_files: {files}
---
"""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card is made of."""

    made_at: datetime
    database: str  # without its password
    format: Format
    files: str  # as a pattern, from the folder of the card
    wanted: Filter
    columns: Sequence[Column]
    figures: Figures
    by: str | None = None
    exact_csv: bool = False

    def record(self) -> dict[str, Any]:
        """The card as JSON has it."""
        figures = self.figures
        return {
            "newscrawl": __version__,
            "made_at": self.made_at,
            "database": self.database,
            "format": self.format,
            "files": self.files,
            "by": self.by,
            "filter": filter_record(self.wanted),
            "articles": figures.articles,
            "chars": figures.chars,
            "published": {
                "first": figures.published_first, "last": figures.published_last, "unknown": figures.undated,
            },
            "outlets": {
                slug: {"name": figures.outlet_names[slug], "articles": count} for slug, count in _most(figures.outlets)
            },
            "languages": dict(_most(figures.languages)),
            "access": dict(_most(figures.access)),
            "completeness": dict(_most(figures.completeness)),
            "wires": dict(_most(figures.wires)),
            "reservations": dict(_most(figures.reservations)),
            "reserved_from_training": figures.reserved,
            "made_with": dict(_most(figures.made_with)),
            "columns": [{"name": one.name, "kind": one.kind, "meaning": one.meaning} for one in self.columns],
        }  # fmt: skip

    def json(self) -> str:
        """The card for programs."""
        return json.dumps(self.record(), default=_time, ensure_ascii=False, indent=2) + "\n"

    def markdown(self) -> str:
        """The card for people; where it is the README of a folder, Hugging Face reads its head."""
        figures = self.figures
        total = figures.articles
        outlets = {f"{slug} ({figures.outlet_names[slug]})": count for slug, count in figures.outlets.items()}
        dated = [at.date().isoformat() for at in (figures.published_first, figures.published_last) if at]
        facts = [
            ("Articles", f"{figures.articles:,}"),
            ("Characters", f"{figures.chars:,}"),
            ("Published", f"{' to '.join(dated) or 'unknown'} (UTC); {figures.undated:,} without a date"),
            ("Filter", _filter_text(self.wanted)),
            ("Files", f"`{self.files}`"),
            ("Made", f"{self.made_at:%Y-%m-%d %H:%M} UTC by newscrawl {__version__}"),
        ]
        parts = [
            self._head(),
            "# News articles, exported by newscrawl\n",
            "\n".join(f"- {name}: {_cell(value)}" for name, value in facts) + "\n",
            f"## Rights\n\n{_RIGHTS}\n{self._reserved()}",
            _table("Outlets", outlets, total),
            _table("Languages", figures.languages, total),
            _table("Access, as observed", figures.access, total),
            _table("Completeness", figures.completeness, total),
            _table("Agencies whose copy it is", figures.wires, total),
            _table("Cut and cleaned by", figures.made_with, total),
            self._columns(),
            loading(self.format, self.files, exact_csv=self.exact_csv),
        ]
        return "\n".join(part for part in parts if part)

    def _head(self) -> str:
        """What the Hub of Hugging Face reads of a folder's README."""
        return _HEAD.format(files=json.dumps(self.files)) if self.by else ""

    def _reserved(self) -> str:
        figures = self.figures
        part = f"{figures.reserved:,} of the {figures.articles:,} articles"
        words = ", ".join(f"{word} {count:,}" for word, count in _most(figures.reservations))
        said = f"Their publishers reserve {part} from the training of models."
        return f"{said}{f' All that is reserved, by articles: {words}.' if words else ''}\n"

    def _columns(self) -> str:
        lines = [f"| `{one.name}` | {one.kind} | {_cell(one.meaning)} |" for one in self.columns]
        return "\n".join(["## Columns\n", "| column | kind | meaning |", "|---|---|---|", *lines, ""])


def filter_record(wanted: Filter) -> dict[str, object]:
    """What a filter names, as JSON has it."""
    named = {name: getattr(wanted, name) for name in Filter.__dataclass_fields__}
    return {
        name: value.isoformat() if isinstance(value, datetime) else list(value) if isinstance(value, tuple) else value
        for name, value in named.items()
        if value not in (None, ())
    }


def _filter_text(wanted: Filter) -> str:
    named = filter_record(wanted).items()
    shown = (f"{name} {', '.join(map(str, value)) if isinstance(value, list) else value}" for name, value in named)
    return "; ".join(shown) or "none, all articles"


def _table(title: str, counts: Mapping[str, int], total: int) -> str:
    if not counts:
        return ""
    most = _most(counts)
    lines = [f"| {_cell(name)} | {count:,} | {count / total:.1%} |" for name, count in most[:SHOWN]]
    rest = [f"| {len(most) - SHOWN} others | {sum(count for _, count in most[SHOWN:]):,} | |"] if most[SHOWN:] else []
    return "\n".join([f"## {title}\n", "| | articles | share |", "|---|---:|---:|", *lines, *rest, ""])


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _cell(text: str) -> str:
    """Text from outside as one that Markdown and HTML leave as it is."""
    text = squeeze(clean_text(text))
    for mark, safe in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|")):
        text = text.replace(mark, safe)
    return text


def _time(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()
