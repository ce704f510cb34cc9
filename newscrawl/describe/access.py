"""Who may read an article, and how much of it the page holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from newscrawl.describe.garbled import PLACEHOLDER, garbled
from newscrawl.items import Access, AccessKind, Completeness

Notice = Literal["barrier", "subscriber", "metered", "login"]

TEASER_LETTERS = 2500
"""Letters of a body below which a barrier after it is believed to hide the rest. Source: of 108 real pages that declare
a wall, 95 held the whole text; the teasers among the others were shorter than this."""

MIN_BODY_SHARE = 0.6
"""Share of a declared length that a whole body reaches; captions and credits are declared, too."""

_END = re.compile(
    r"[.!?…。！？؟।॥։៕။»”\"'’」』）)\]】›※:：;；*%~/|]\s*$"
    r"|[\w.+-]+@[\w.-]+$|://\S+$"
)
_MORE = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*(?:read more|continue reading|weiterlesen|lire la suite|leer más)?\s*$",
    re.IGNORECASE,
)
_TIERS: dict[str, AccessKind] = {
    "free": "free", "open": "free", "public": "free", "metered": "metered", "limited": "metered",
    "locked": "subscriber", "premium": "subscriber", "paid": "subscriber", "subscriber": "subscriber",
    "registration": "login", "register": "login", "login": "login",
}  # fmt: skip
MAX_NOTICE = 400  # characters: a longer line is a paragraph of a story about subscriptions


@dataclass(frozen=True, slots=True)
class AccessEvidence:
    """What tells of a wall, and of its hiding something."""

    body: str  # kept text
    notices: Sequence[str] = ()  # blocks removed, and lines of the page that are none of the body
    is_free: bool | None = None  # schema.org
    content_tier: str | None = None
    word_count: int | None = None  # declared
    article_body: str = ""  # of JSON-LD
    is_signed: bool = False  # a wire trailer closes the text: nothing is missing
    has_placeholder: bool = False  # Latin without meaning stood at its end
    is_gated: bool = False  # the page shows what its outlet's file knows for a wall


def identify_access(evidence: AccessEvidence) -> Access:
    """Tell access as observed, as declared, and how much of the story there is, each by its own evidence."""
    notices = _notices(evidence.notices)
    if evidence.is_gated:
        notices.add("barrier")
    declared = _declared(evidence)
    completeness, reason = _completeness(evidence, notices, declared)
    return Access(_observed(notices, declared, completeness), declared, completeness, reason)


@cache
def _lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = yaml.safe_load(files(__package__).joinpath("notices.yaml").read_text("utf-8"))
    return lists


@cache
def _words(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(_lists()[kind]), re.IGNORECASE)


def _notices(lines: Sequence[str]) -> set[Notice]:
    """What lines say of walls. Plain search first: a pattern over every line of a page took most of the time."""
    page = "\n".join(lines).lower()
    hints = [hint for hint in _lists()["hints"] if hint in page]
    if not hints:
        return set()
    hinted = re.compile("|".join(map(re.escape, hints)))
    read = (line for line in lines if 4 < len(line) <= MAX_NOTICE and hinted.search(line.lower()))
    return {notice for line in read if (notice := _notice(line)) is not None}


def _notice(line: str) -> Notice | None:
    """What a line says of a wall, None for almost all lines."""
    if _words("metered").search(line):
        return "metered"
    if _words("not_walls").search(line) and not _words("reserved").search(line):
        return None
    if _words("reserved").search(line):
        return "barrier" if _words("barrier").search(line) else "subscriber"
    if _words("login").search(line):
        return "login"
    return "barrier" if _words("barrier").search(line) and (_words("paying").search(line) or len(line) < 80) else None


def _declared(evidence: AccessEvidence) -> AccessKind | None:
    tier = _TIERS.get(evidence.content_tier or "")
    if tier is not None and (tier != "free" or evidence.is_free is not False):
        return tier
    if evidence.is_free is None:
        return None
    return "free" if evidence.is_free else "subscriber"


def _observed(notices: set[Notice], declared: AccessKind | None, completeness: Completeness) -> AccessKind:
    if "metered" in notices:
        return "metered"
    if "login" in notices and "barrier" not in notices and "subscriber" not in notices:
        return "login"
    if "subscriber" in notices or "barrier" in notices:
        return "subscriber"
    if declared in ("subscriber", "metered") and completeness in ("teaser", "truncated"):
        return declared
    return "free" if completeness == "full" else "unknown"


def _completeness(
    evidence: AccessEvidence, notices: set[Notice], declared: AccessKind | None
) -> tuple[Completeness, str | None]:
    letters = sum(map(str.isalpha, evidence.body))
    if not letters:
        return "headline", "no body"
    if (stand_in := garbled(evidence.body)) is not None:
        return "truncated", stand_in
    if evidence.has_placeholder:
        return "truncated", PLACEHOLDER
    if (share := _share(evidence, letters)) is not None and share < MIN_BODY_SHARE:
        return "truncated", f"{share:.0%} of the declared length"
    last = evidence.body.rsplit("\n", 1)[-1]
    if evidence.is_signed and not _MORE.search(last):
        return "full", "signed by its agency"
    is_walled = bool(notices - {"metered"}) or declared in ("subscriber", "login")
    if is_walled and (_MORE.search(last) or not _END.search(last)) and len(last) > 60:
        return "truncated", "stops in mid-sentence before a wall"
    if "barrier" in notices and letters < TEASER_LETTERS and share is None:
        return "teaser", "a short text before a wall"
    if _MORE.search(last) and letters < TEASER_LETTERS:
        return "truncated", "ends in dots"
    if is_walled and share is None and letters < TEASER_LETTERS / 5:
        return "teaser", "a short text on a page with a wall"
    return "full", "whole by its declared length" if share is not None else None


def _share(evidence: AccessEvidence, letters: int) -> float | None:
    """The body's length as a share of the declared one; None where nothing that can be true is declared."""
    declared = sum(map(str.isalpha, evidence.article_body))
    if declared > 400:
        return letters / declared
    words = len(evidence.body.split())
    if evidence.word_count and evidence.word_count > 100 and words > letters / 20:
        return words / evidence.word_count
    return None
