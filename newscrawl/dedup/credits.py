"""Whom an article credits in its opening: `According to the Wall Street Journal`, `据路透社报道`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from newscrawl.describe.agencies import agency_in
from newscrawl.text import squeeze

MAX_NAME = 40  # characters after a phrase in which a name begins
MAX_CREDITS = 3
LEAST_NAME = 5  # letters of an outlet's name that its longer name may begin with

# What stands before a name, or after it. One of the hints stands in each, in small letters.
_HINTS = re.compile(
    "accord|report|citing|cited|laut |bericht|selon|après|rapport|según|inform|secondo|riporta|segundo|acordo|acuerdo"
    "|[据據]|[报報][道導导]|によると|報じ|에 따르면|보도"
)
_BEFORE = re.compile(
    r"(?:\baccording to(?: a report (?:by|in|from))?|\b(?:first )?reported (?:by|in)|\bciting|\bcited by"
    r"|\blaut|\bnach (?:Angaben|Informationen|einem Bericht) (?:von|der|des)|\bberichtete?n?|\bwie"
    r"|\bselon|\bd['’]après|\brapport[ée]e? par|\bsegún|\bde acuerdo con|\binformó|\bsecondo|\briportato da"
    r"|\bsegundo|\bde acordo com)\s+(?:einem Bericht\s+)?"
    r"(?:(?:the|a|der|die|das|des|dem|le|la|les|el|los|il|lo|o|l['’])[\s]*)?"
    rf"(?P<name>[„“\"«»'‘]?[A-ZÀ-ÞА-Я][^\n]{{1,{MAX_NAME}}})"
    rf"|[据據](?P<quoted>《[^》\n]{{2,20}}》)[^\n。，,]{{0,20}}[报報][道導导]"
    rf"|[据據](?P<han>[^\n。，,《》]{{2,16}})[报報][道導导]",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?P<name>\b(?:[A-Z][\w.&'’-]{1,20}\s){1,4})(?:first )?reported\b"
    r"|(?P<ja>[^\n。、，,「」]{2,16})(?:によると|[がは][^\n。]{0,40}報じ)"
    r"|(?P<ko>[^\n,.]{2,16})(?:에 따르면)"
)
_CAPITALISED = re.compile(r"[A-ZÀ-ÞА-Я][\w.&-]*(?:['’][A-Z]\w*)?(?:\s(?:of\s|de\s|della\s)?[A-ZÀ-ÞА-Я][\w.&-]*)*")


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is credited."""

    name: str
    words: str  # the phrase
    wire: str | None  # the agency whose credit its copy bears
    is_known: bool  # as one who publishes; else it may be a person or an office

    def fits(self, outlet: str, wire: str | None) -> bool:
        """Whether an article of an outlet, by its plain name, or of an agency is by whom is credited."""
        if self.wire is not None and self.wire == wire:
            return True
        name = plain_name(self.name)
        return bool(name) and (name == outlet or (len(name) >= LEAST_NAME and outlet.startswith(name)))


def credits_of(text: str) -> tuple[Credit, ...]:
    """Whom the opening of a text credits, each once, in order; agencies and publications that are known, and names."""
    if not _HINTS.search(text.lower()):
        return ()
    found: dict[str, Credit] = {}
    for given, words in _phrases(text):
        if credit := _credit(given, squeeze(words)):
            found.setdefault(credit.name, credit)
    return tuple(found.values())[:MAX_CREDITS]


@lru_cache(5_000)
def plain_name(name: str) -> str:
    """A name as it is compared with others: its letters, without an article."""
    letters = re.sub(r"[\W_]+", " ", name.casefold()).split()
    return "".join(letters[1:] if letters[:1] in (["the"], ["der"], ["die"], ["das"]) and letters[1:] else letters)


def _phrases(text: str) -> Iterator[tuple[str, str]]:
    """What may be a name, and the phrase with it."""
    for pattern in (_BEFORE, _AFTER):
        for match in pattern.finditer(text):
            given = next(filter(None, match.groups()))
            yield given, match[0]


def _credit(given: str, words: str) -> Credit | None:
    opening = given.lstrip("„“\"«»'‘《 ")
    match = _publications()[0].match(opening)
    if match:
        name, wire = _publications()[1][match.lastgroup or ""]
        return Credit(name, _phrase(words, match[0]), wire, is_known=True)
    if (agency := agency_in(opening)) and agency_in(opening[: len(opening) // 2 + 4]) == agency:
        return Credit(agency, words[:80], agency, is_known=True)
    if capitalised := _CAPITALISED.match(opening):
        return Credit(capitalised[0], _phrase(words, capitalised[0]), None, is_known=False)
    return None


def _phrase(words: str, name: str) -> str:
    """The phrase as far as the name goes, for people."""
    end = words.find(name)
    return words[: end + len(name)] if end >= 0 else words[:80]


@cache
def _publications() -> tuple[re.Pattern[str], dict[str, tuple[str, str | None]]]:
    """One pattern with a group for each, and by group the name and the agency."""
    data: dict[str, dict[str, object]] = yaml.safe_load(
        files(__package__).joinpath("publications.yaml").read_text("utf-8")
    )
    branches, named = [], {}
    for number, (name, facts) in enumerate(data.items()):
        signs = facts["names"]
        assert isinstance(signs, list)
        branches.append(f"(?P<name{number}>{'|'.join(map(_branch, signs))})")
        named[f"name{number}"] = (name, str(facts["wire"]) if "wire" in facts else None)
    return re.compile("|".join(branches)), named


def _branch(sign: str) -> str:
    return rf"{sign}(?![^\W_])" if sign[0].isascii() and sign[0] not in "[(" else sign
