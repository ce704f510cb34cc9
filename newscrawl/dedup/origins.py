"""What an article of a story derives from: a copy or a translation is no source of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from newscrawl.dedup.near import contained
from newscrawl.dedup.pairs import Weighed, features

Relation = Literal["copy", "edited_copy", "translation"]

EDITED = 0.4  # share of the runs of words from which a text is a copy of another
WHOLE = 0.98
FAITHFUL = 0.65  # share of numbers and of sentences that a translation keeps
FAITHFUL_LATER = 0.75  # where the story was told in the language before: a rewrite of that keeps some, too
FAITHFUL_WIRE = 0.5  # where both bear one agency's credit


@dataclass(frozen=True, slots=True)
class Origin:
    """The article that another derives from."""

    source: int  # its place
    relation: Relation
    confidence: float  # 0 to 1


def origin_of(article: Weighed, earlier: Iterable[tuple[int, Weighed]]) -> Origin | None:
    """The article of the same story that this one derives from most surely; None for an outlet's own telling."""
    told = list(earlier)
    is_first = all(other.language != article.language for _, other in told)
    found = (_relation(article, other, place, is_first) for place, other in told)
    return max(filter(None, found), key=lambda origin: origin.confidence, default=None)


def _relation(article: Weighed, other: Weighed, place: int, is_first: bool) -> Origin | None:
    if article.digest == other.digest:
        return Origin(place, "copy", 1.0)
    if article.language == other.language:
        share = contained(article.runs, other.runs)
        return Origin(place, "copy" if share >= WHOLE else "edited_copy", share) if share >= EDITED else None
    shared = features(article, other)
    faithful = (shared["number_share"] + shared["spread"]) / 2
    has_credit = article.wire is not None and article.wire == other.wire
    least = FAITHFUL_WIRE if has_credit else FAITHFUL if is_first else FAITHFUL_LATER
    return Origin(place, "translation", faithful) if faithful >= least else None
