"""What is in an export, counted by the database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from newscrawl.reservations import TRAINING
from newscrawl.store.filters import Filter, conditions
from newscrawl.store.known import CURRENT
from newscrawl.store.models import Article, Outlet, Revision

UNKNOWN = "unknown"


@dataclass(slots=True)
class Figures:
    """Counts of the articles that a filter picks."""

    articles: int = 0
    chars: int = 0
    published_first: datetime | None = None
    published_last: datetime | None = None
    undated: int = 0  # without a time of publication
    outlets: Counter[str] = field(default_factory=Counter)  # by slug
    outlet_names: dict[str, str] = field(default_factory=dict)
    languages: Counter[str] = field(default_factory=Counter)
    access: Counter[str] = field(default_factory=Counter)
    completeness: Counter[str] = field(default_factory=Counter)
    wires: Counter[str] = field(default_factory=Counter)
    reservations: Counter[str] = field(default_factory=Counter)  # a policy's URL left out
    reserved: int = 0  # from training models
    made_with: Counter[str] = field(default_factory=Counter)  # version of newscrawl and rules


def read_figures(connection: Connection, wanted: Filter) -> Figures:
    """Count the articles."""
    figures = Figures()
    published = Article.published_at
    groups = (
        Outlet.slug, Outlet.name, Article.language, Article.access, Article.completeness, Article.wire,
        Article.reservations,
    )  # fmt: skip
    counts = (func.count(), func.sum(Article.chars), func.min(published), func.max(published), func.count(published))
    query = select(*groups, *counts).join(Outlet, Outlet.id == Article.outlet_id).where(*conditions(wanted))
    for slug, name, language, access, completeness, wire, reservations, *sums in connection.execute(
        query.group_by(*groups)
    ):
        count, chars, first, last, dated = sums
        figures.articles += count
        figures.chars += int(chars)
        figures.undated += count - dated
        figures.published_first = min(filter(None, (figures.published_first, first)), default=None)
        figures.published_last = max(filter(None, (figures.published_last, last)), default=None)
        figures.outlet_names[slug] = name
        figures.outlets[slug] += count
        figures.languages[language or UNKNOWN] += count
        figures.access[access] += count
        figures.completeness[completeness] += count
        if wire:
            figures.wires[wire] += count
        words = {word.partition(":http")[0] for word in (reservations or "").split()}
        figures.reservations.update(dict.fromkeys(words, count))
        figures.reserved += count * bool(words.intersection(TRAINING))
    versions = select(Revision.code_version, Revision.rules_version, func.count()).select_from(Article)
    made = versions.join(Revision, CURRENT).where(*conditions(wanted))
    for code, rules, count in connection.execute(made.group_by(Revision.code_version, Revision.rules_version)):
        figures.made_with[f"newscrawl {code}, rules {rules}"] += count
    return figures
