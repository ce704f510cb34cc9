"""Whose copy an article is: the agency or release distributor that opens, signs or owns it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newscrawl.describe.agencies import MARKS, agency_in, is_agency, signed_by
from newscrawl.text import squeeze

# What opens a first sentence: `TOKYO (Reuters) -`, `（中央社記者…電）`, `OSLO--(BUSINESS WIRE)--`.
_OPENINGS = (
    re.compile(r"[\s　]*(新华社|新華社|中新社|中新网|中央社|共同社|法新社|路透社|美联社)[^，。,]{0,30}?[电電讯訊]"),
    re.compile(r"[^!?。]{0,70}?[(（\[【/]([^()（）\[\]【】/]{2,40})[)）\]】/]"),
    re.compile(r"[^.!?。]{0,60}?,\s(Kyodo|Xinhua|Bernama|Antara)\s+[-–—]"),
    re.compile(
        r"(?:[A-ZÀ-Þ][\w .'’-]{1,30},?\s(?:\w+\.?\s\d{1,2},?\s)?)?"
        r"(Reuters|AFP|EFE|ANSA|dpa|TASS|Xinhua|PTI|ANI|IANS|AP)\s[-–—.:]\s"
    ),
)
_JOINT = re.compile(r"[=＝/,，記记]")  # `부산=연합뉴스`, `中央社記者…`
# What an owner or a signature looks like, at the end or beside the headline.
_OWNED = re.compile(
    r"(?:©|\(c\)|ⓒ|copyright|&copy;|==|\(END\)|(?:source|quelle|fuente|fonte|bron|door|kilde|来源|來源|配信元|提供|出典|出所"
    r"|источник|kaynak|zdroj|forrás|källa)\s*[:：])\s*(?P<who>.{2,60})",
    re.IGNORECASE,
)
_YEAR = re.compile(r"^(?:\d{4}(?:[-–]\d{2,4})?|by|the|GmbH|all rights)[\s,]*", re.IGNORECASE)
_BYLINE_PARTS = re.compile(r"\s*(?:\||•|·|,|;|/|、|–|—|\s-\s)\s*|\s+(?:and|und|et|y|e)\s+")
_MATERIAL = re.compile(
    r"with (?:material|files|inputs?|reporting)|mit material|avec|con información|con (?:agencia|la collabora)"
    r"|contributed|綜合",
    re.IGNORECASE,
)
MAX_LABEL = 60  # characters of a line beside the headline that is a source's name


@dataclass(frozen=True, slots=True)
class WireEvidence:
    """Where an agency may show."""

    bylines: Sequence[str] = ()  # raw names and bylines of markup and page
    around: Sequence[str] = ()  # lines around the headline
    headline_mark: str | None = None
    first_blocks: Sequence[str] = ()  # the first paragraphs, in order
    trailers: Sequence[str] = ()  # blocks and tails that were removed, in order


def identify_wire(evidence: WireEvidence) -> str | None:
    """Name the agency whose copy the article is, by the name that AGENCIES has for it; None for an outlet's own.

    A sentence that quotes an agency, and material of agencies in an outlet's own story, do not make it theirs.
    """
    return (
        MARKS.get(evidence.headline_mark or "")
        or next(_of_openings(evidence.first_blocks), None)
        or next(_of_codes(evidence.trailers), None)
        or next(_of_owners(evidence.trailers), None)
        or next(_of_bylines((*evidence.bylines, *evidence.around)), None)
    )


def _of_openings(blocks: Sequence[str]) -> Iterator[str]:
    for text in blocks[:3]:
        for match in filter(None, (form.match(text) for form in _OPENINGS)):
            sign, parts = match[1], _JOINT.split(match[1])
            if not _MATERIAL.search(sign):
                yield from filter(None, map(is_agency, (sign, parts[-1], parts[0])))


def _of_codes(trailers: Sequence[str]) -> Iterator[str]:
    return filter(None, map(signed_by, trailers))


def _of_owners(trailers: Sequence[str]) -> Iterator[str]:
    for text in trailers:
        if found := is_agency(text):
            yield found
        for match in _OWNED.finditer(text[:400]):
            who = match["who"]
            while (shorter := _YEAR.sub("", who)) != who:
                who = shorter
            if found := _leading(who):
                yield found


def _of_bylines(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        text = squeeze(line)
        if len(text) > 4 * MAX_LABEL or _MATERIAL.search(text):
            continue
        if (match := _OWNED.search(text)) and not text.startswith("©") and (found := _leading(match["who"])):
            yield found
        elif len(text) <= MAX_LABEL:
            first, *_ = [part for part in _BYLINE_PARTS.split(text) if part] or [text]
            if found := is_agency(text) or is_agency(
                re.sub(r"^(?:by|von|par|por|di|from)\s+", "", first, flags=re.IGNORECASE)
            ):
                yield found
        if found := _with_job(text):
            yield found


def _with_job(text: str) -> str | None:
    """The agency that a byline names beside the author: `JANE ROE AP Business Writer`."""
    match = re.search(
        r"\b(AP|AFP|Reuters|Associated Press|Bloomberg)\s+(?:\w+\s){0,2}(?:Writer|Reporter|Correspondent|Editor)\b",
        text,
    )
    return agency_in(match[1]) if match else None


def _leading(text: str) -> str | None:
    """The agency whose name a text begins with."""
    found = agency_in(text[:60])
    return found if found and (agency_in(text[:45]) == found) and _starts_with_name(text) else None


def _starts_with_name(text: str) -> bool:
    words = text.split()
    return any(agency_in(" ".join(words[:count])) for count in range(1, min(4, len(words)) + 1))
