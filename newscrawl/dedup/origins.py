"""What an article of a story derives from, with the evidence: a copy or a translation is no source of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from newscrawl.dedup.near import contained
from newscrawl.dedup.pairs import Weighed, features
from newscrawl.items import Relation

DERIVED: tuple[Relation, ...] = ("wire_copy", "edited_copy", "translation")
"""Relations of an article that is no source of its own."""

EDITED = 0.4  # share of the runs of words from which a text is a copy of another
WHOLE = 0.98
FAITHFUL = 0.65  # share of numbers and of sentences that a translation keeps
FAITHFUL_LATER = 0.75  # where the story was told in the language before: a rewrite of that keeps some, too
FAITHFUL_WIRE = 0.5  # where both bear one agency's credit
CREDITED = 0.9  # confidence in a credit that the article itself prints
RELEASES = frozenset(
    {"Business Wire", "GlobeNewswire", "PR Newswire", "ACCESS Newswire", "Newsfile", "EQS", "news aktuell"}
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What an article derives from."""

    relation: Relation
    confidence: float  # 0 to 1
    source: int | None = None  # its place; None: no article that is known
    name: str | None = None  # of who is credited
    evidence: dict[str, object] = field(default_factory=dict)  # for people


def origin_of(article: Weighed, earlier: Iterable[tuple[int, Weighed]]) -> Origin | None:
    """The article of the same story that this one derives from most surely; None for an outlet's own telling."""
    told = list(earlier)
    is_first = all(other.language != article.language for _, other in told)
    found = (_relation(article, other, place, is_first) for place, other in told)
    return max(filter(None, found), key=lambda origin: origin.confidence, default=None)


def credited(article: Weighed) -> list[Origin]:
    """Whom an article names as its source, whether or not that is known."""
    found = [
        Origin("cites", CREDITED, name=credit.name, evidence={"words": credit.words})
        for credit in article.credits
        if credit.is_known and credit.name != article.wire
    ]
    if article.translated:
        found.insert(0, Origin("translation", CREDITED, evidence={"notice": article.translated}))
    if article.wire in RELEASES:
        found.insert(0, Origin("press_release", CREDITED, name=article.wire, evidence={"credit": article.wire}))
    return found


def retold(article: Weighed, other: Weighed, place: int) -> Origin | None:
    """An article told in its own words after another of its story that it credits."""
    for credit in article.credits:
        if credit.fits(other.outlet, other.wire) and article.outlet != other.outlet:
            shared = features(article, other)
            evidence = {"words": credit.words, **_shared(shared)}
            return Origin("rewrite", CREDITED, place, credit.name, evidence)
    return None


def _relation(article: Weighed, other: Weighed, place: int, is_first: bool) -> Origin | None:
    credit = {"credit": article.wire} if article.wire is not None and article.wire == other.wire else {}
    if article.digest == other.digest:
        return Origin("wire_copy", 1.0, place, article.wire, {"shared_runs": 1.0, **credit})
    if article.language == other.language:
        share = contained(article.runs, other.runs)
        if share < EDITED:
            return None
        relation: Relation = "wire_copy" if share >= WHOLE else "edited_copy"
        return Origin(relation, share, place, article.wire, {"shared_runs": round(share, 3), **credit})
    shared = features(article, other)
    faithful = (shared["number_share"] + shared["spread"]) / 2
    least = FAITHFUL_WIRE if credit or article.translated else FAITHFUL if is_first else FAITHFUL_LATER
    if faithful < least:
        return None
    evidence = {"languages": [other.language, article.language], **_shared(shared), **credit}
    if article.translated:
        evidence["notice"] = article.translated
    return Origin("translation", min(faithful, 1.0), place, article.wire, evidence)


def _shared(found: dict[str, float]) -> dict[str, float]:
    """How much of the figures, and of the sentences with names or figures, two articles share."""
    return {"shared_numbers": round(found["number_share"], 3), "shared_sentences": round(found["spread"], 3)}
