"""Whom an article credits in its opening: `According to the Wall Street Journal`, `据路透社报道`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from newscrawl.describe.agencies import agency_in
from newscrawl.text import squeeze

MAX_NAME = 40  # characters after a phrase in which a name begins
MAX_CREDITS = 3
LEAST_NAME = 5  # letters of an outlet's name that its longer name may begin with

_NAME = rf"(?P<name>[„“\"«»'‘]?[A-ZÀ-ÞА-Я][^\n]{{1,{MAX_NAME}}})"


def _form(hints: str, before: str, article: str, after: str = "") -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Words of which one stands in every phrase, in small letters; and the phrases."""
    pattern = rf"(?:{before})\s+(?:(?:{article})\s*)?{_NAME}{after}"
    return tuple(hints.split("|")), re.compile(pattern)


_FORMS = {
    "en": _form(
        "according to|reported|citing|cited by",
        r"\b[Aa]ccording to(?: (?:a|the) report (?:by|in|from))?|\breported (?:by|in)|\b[Cc]iting|\bcited by",
        r"[Tt]he\s",
        r"|(?P<teller>\b(?:[A-Z][\w.&'’-]{1,20}\s){1,4})(?:first )?reported\b",
    ),
    "de": _form(
        "laut |nach angaben|nach informationen|nach einem bericht|berichtet",
        r"\b[Ll]aut(?: einem Bericht)?|\b[Nn]ach (?:Angaben|Informationen|einem Bericht)(?: von)?|\bberichtete?n?"
        r"|\b[Ww]ie",
        r"d(?:er|ie|as|es|em)\s",
    ),
    "fr": _form("selon|après|rapport", r"\b[Ss]elon|\b[Dd]['’]après|\brapportée? par|\brapporte", r"les?\s|la\s|l['’]"),
    "es": _form("según|de acuerdo con|informó", r"\b[Ss]egún|\b[Dd]e acuerdo con|\binformó", r"el\s|la\s|los\s"),
    "it": _form("secondo|riporta", r"\b[Ss]econdo|\briporta(?:to da)?", r"il\s|la\s|lo\s|l['’]"),
    "pt": _form("segundo|de acordo com", r"\b[Ss]egundo|\b[Dd]e acordo com", r"o\s|a\s"),
    "zh": (
        ("据", "據"),
        re.compile(r"[据據](?P<quoted>《[^》\n]{2,20}》)[^\n。，,]{0,20}[报報][道導]|[据據](?P<name>[^\n。，,《》]{2,16})[报報][道導]"),
    ),
    "ja": (
        ("によると", "報じ"),
        re.compile(r"(?P<name>[^\n。、，,「」]{2,16}?)(?:によると|[がは][^\n。]{0,40}報じ)"),
    ),
    "ko": (("에 따르면",), re.compile(r"(?P<name>[^\n,.]{2,16})에 따르면")),
}  # fmt: skip
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


def credits_of(text: str, language: str) -> tuple[Credit, ...]:
    """Whom the opening of a text credits, each once, in order; agencies and publications that are known, and names.

    Args:
        text: With its headline.
        language: ISO 639-1; of others than those of _FORMS nothing is known.
    """
    hints, phrases = _FORMS.get(language, ((), None))
    lowered = text.lower()
    if phrases is None or not any(hint in lowered for hint in hints):
        return ()
    found: dict[str, Credit] = {}
    for match in phrases.finditer(text):
        if credit := _credit(next(filter(None, match.groups())), squeeze(match[0])):
            found.setdefault(credit.name, credit)
    return tuple(found.values())[:MAX_CREDITS]


@lru_cache(5_000)
def plain_name(name: str) -> str:
    """A name as it is compared with others: its letters, without an article."""
    letters = re.sub(r"[\W_]+", " ", name.casefold()).split()
    return "".join(letters[1:] if letters[:1] in (["the"], ["der"], ["die"], ["das"]) and letters[1:] else letters)


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
    branches: list[str] = []
    named: dict[str, tuple[str, str | None]] = {}
    for number, (name, facts) in enumerate(data.items()):
        signs = facts["names"]
        assert isinstance(signs, list)
        branches.append(f"(?P<name{number}>{'|'.join(map(_branch, signs))})")
        named[f"name{number}"] = (name, str(facts["wire"]) if "wire" in facts else None)
    return re.compile("|".join(branches)), named


def _branch(sign: str) -> str:
    return rf"{sign}(?![^\W_])" if sign[0].isascii() and sign[0] not in "[(" else sign
