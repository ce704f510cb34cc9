"""News agencies and release distributors, by the names they sign with (agencies.yaml)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import yaml

MARKS = {  # of headlines: `… -- WSJ`
    "WSJ": "Dow Jones Newswires", "MW": "Dow Jones Newswires", "MarketWatch": "Dow Jones Newswires",
    "Barrons.com": "Dow Jones Newswires", "Barron's": "Dow Jones Newswires", "IBD": "Dow Jones Newswires",
    "Market Talk": "Dow Jones Newswires",
}  # fmt: skip
MIN_FREE_CASE = 5  # letters of a sign from which its case does not matter: `ats` and `AP` are words in another case

_AROUND = re.compile(r"^[\s\W_]+|[\s\W_]+$")


def agency_in(text: str) -> str | None:
    """The agency whose name stands first in a text."""
    match = _signs()[0].search(text)
    return _signs()[1][match.lastgroup or ""] if match else None


def is_agency(text: str) -> str | None:
    """The agency that a text is the name of, and nothing else but punctuation."""
    match = _signs()[0].fullmatch(_AROUND.sub("", text))
    return _signs()[1][match.lastgroup or ""] if match else None


def signed_by(text: str) -> str | None:
    """The agency that closes its copy with such a code or formula: `AXC0031 2026-03-09/08:15`."""
    return next((name for name, pattern in _codes().items() if pattern.search(text)), None)


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = yaml.safe_load(
        files(__package__).joinpath("agencies.yaml").read_text("utf-8")
    )
    return data


@cache
def _codes() -> dict[str, re.Pattern[str]]:
    return {name: re.compile("|".join(codes), re.IGNORECASE) for name, codes in _data()["codes"].items()}


@cache
def _signs() -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern with a group for each agency, and the agencies' names by group."""
    names = _data()["names"]
    branches = (f"(?P<agency{n}>{'|'.join(map(_branch, signs))})" for n, signs in enumerate(names.values()))
    return re.compile("|".join(branches)), {f"agency{number}": name for number, name in enumerate(names)}


def _branch(sign: str) -> str:
    if not sign.isascii():
        return sign
    alone = rf"(?<![^\W_]){sign}(?![^\W_])"
    is_free = sum(map(str.isalpha, sign)) >= MIN_FREE_CASE and sign[0] != "["
    return f"(?i:{alone})" if is_free else alone
