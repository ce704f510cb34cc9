"""Persons of a byline: names out of the many ways they are written, without agencies, desks and job titles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

import yaml

from newscrawl.text import fold, letters_of, script_of, squeeze

MAX_WORDS = 5  # of a name
MAX_GENRE = 100  # characters of a line that names kind and author: `A column by Jane Roe`
MAX_AUTHORS = 12  # of an article; more are a list of something else

_BY = re.compile(
    r"^\W*(?:(?:written|posted|published|reported|created|erstellt|gespeichert|verfasst|geschrieben|artikel|beitrag|publié|escrito|scritto|words|story|text|texte|texto|testo|tekst|article|analysis|review|interview)?"
    r"[\s:]*\b(?:by|von|vom|par|por|di|da|door|av|af|przez|från|fra|autor(?:in/autor|/in|in|es|en|a)?|auteur|author|autore|автор|text"
    r"|tekst|texte|foto|szerző|skribent|dipublikasikan oleh|oleh|bởi|yazan|haber|ile|od)\b\s*:?"
    r"|作者|記者|记者|文|撰文|編譯|编译|執筆|筆者|글|기자|리포터)\s*[:：/／]?\s*",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s+(?:and|und|et|y|e|og|och|en|i|ja|és|és|ve|dan|și|и|та|&|\+)\s+|\s*[;|•·/／、､,，＆&]\s*|\s+[–—-]\s+"
    r"|(?<=[一-鿿]{3})\s+(?=[一-鿿]{2})",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*[(（\[【<].*$|\s+(?:[Ii]n|at|for|aus|à|en|from|reporting|is|on|@)\s+.*$|\s*[@＠].*$|\s+[-–—|].*$"
    r"|\s+(?:기자|특파원|記者|记者|編集委員|氏|논설위원|선임기자|인턴기자|통신원).*$|\d.*$|\s*\.\.\.$",
)
_WORDS = yaml.safe_load(files(__package__).joinpath("names.yaml").read_text("utf-8"))
_JOB = re.compile(rf"\b(?:{'|'.join(_WORDS['jobs'])})\b\.?", re.IGNORECASE)
_NOT_A_PERSON = re.compile(
    rf"\b(?:{'|'.join(_WORDS['not_persons'])})\b|{'|'.join(_WORDS['not_persons_inside'])}", re.IGNORECASE
)
_SURNAMES = frozenset(_WORDS["surnames"])
_ADDRESS = re.compile(r"https?:|www\.|@\w|\.(?:com|de|net|org)\b")
_PHOTO = re.compile(
    r"\W*(?:foto|photo|bild|image|©|credit|picture|video|audio|quelle|source|illustration)\w*\b", re.IGNORECASE
)
_WITHIN = re.compile(
    r"(?:\bBy|\bBY|\bVon|\bPar|\bPor|\bAutore?:?|\bAuteur ?:|(?<=[\d|•·,–-] )(?:by|von|par|por))\s+"
    r"([^\W\d_a-z][\w'’.-]+(?:\s+(?:de|von|van|der|del|da|di|la|al)|\s+[^\W\d_a-z][\w'’.-]*){1,4})"
)
_COMPANY = re.compile(
    r"[,\s]\s?(?:(?:Inc|Ltd|LLC|LLP|GmbH|Corp|Corporation|plc|PLC|Limited|S\.A|AG|SE|N\.V|S\.p\.A)\.?|Co\.)\W*$|, Co$"
)
_GENRE = re.compile(
    rf"\W*(?:[^\W\d]+\s){{0,3}}?[^\W\d]*(?:{'|'.join(_WORDS['genres'])})\s(?:by|von|par|por|di|de|da|av|af|door)\s",
    re.IGNORECASE,
)
_REPORTER = re.compile(
    r"(?:记者|記者)\s?(?P<zh>[一-鿿]{2,3}(?:[\s　、]+[一-鿿]{2,3})*)(?=[^一-鿿]|[一-鿿]{2,3}\d)"
    r"|(?P<ko>[\uac00-\ud7a3]{2,4})\s?기자\b"
)
_NO_NAME = re.compile(r"[\d!?:%]")
_PARTICLES = frozenset(_WORDS["particles"].split())


def names_of(texts: Iterable[str], not_names: Sequence[str] = (), *, stated: bool = True) -> tuple[str, ...]:
    """The persons that bylines name, each once, in order.

    Args:
        texts: Bylines or names: `By JANE ROE, Staff Writer`, `文／王大明`, `Jane Roe and Agencies`.
        not_names: Names of the outlet and its publisher.
        stated: Markup says that these are authors; False for lines that only look like bylines.
    """
    sites = _site_keys(tuple(not_names))
    found: dict[str, str] = {}
    for text in texts:
        if _COMPANY.search(text):
            continue
        for name in _pieces(text, stated):
            key = letters_of(fold(name))
            if key and not _is_site(name, key, sites) and _is_person(name, stated):
                found.setdefault(key, name)
    return tuple(found.values())[:MAX_AUTHORS]


def _pieces(text: str, stated: bool) -> Iterator[str]:
    """What a byline joins; after a whole name, a single word is a place or an agency: `Jane Roe, London`."""
    after_name = False
    for piece in _AND.split(_BY.sub("", squeeze(text))):
        name = "" if _ADDRESS.search(piece) else _name(piece)
        if stated and name.islower() and " " in name:
            name = name.title()
        is_word = " " not in name and script_of(name) == "Latn"
        if not (after_name and is_word):
            yield name
        after_name = after_name or not is_word


@lru_cache(maxsize=64)
def _site_keys(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(key for name in names if len(key := letters_of(fold(name))) > 1)


def _is_site(name: str, key: str, sites: frozenset[str]) -> bool:
    return (
        key in sites
        or any(len(site) > 3 and site in key for site in sites)
        or any(fold(word) in sites for word in name.split())
    )


def named_in(line: str) -> str | None:
    """The byline that a line opens with or holds: `Posted on May 5 by Jane Roe | News`; None without one."""
    if _PHOTO.match(line):
        return None
    if _BY.match(line):
        return line
    if match := _REPORTER.search(line[:120]):
        return match["ko"] or match["zh"]
    if len(line) <= MAX_GENRE and (match := _GENRE.match(line)):
        return line[match.end() :]
    match = _WITHIN.search(line)
    return match[1] if match else None


def _name(piece: str) -> str:
    text = _TAIL.sub("", _BY.sub("", piece.strip(" \"'«»“”:：-–—.*|")))
    words = text.split()
    while len(words) > 2 and _JOB.fullmatch(words[0]):
        words = words[1:]  # `Staff Writer Jane Roe`
    text = " ".join(words)
    if len(words) > 2 and (job := _JOB.search(text)) and job.start() > 0:
        words = text[: job.start()].split()
        if len(words) == 1:
            return ""  # `Harbour Staff Report`
    capital = [word for word in words if word.isupper() and len(letters_of(word)) > 1]
    if len(capital) >= 2 and len(capital) < len(words) and words[: len(capital)] == capital:
        words = capital  # `JANE ROE AP Business Writer`
    words = words[:-1] if len(words) > 2 and words[-1] in ("AP", "AFP", "DPA") else words
    while len(words) > 1 and words[-1] in _PARTICLES:
        words = words[:-1]  # `Jeanne Dupont le`, which a date followed
    if words and all(word.isupper() or not word.isalpha() for word in words) and len(words) > 1:
        words = [word if len(word) == 2 and word[1] == "." else word.title() for word in words]
    return " ".join(words).strip(" ,.;:·-–—")


def _is_person(name: str, stated: bool) -> bool:
    if not 2 <= len(name) <= 60 or _NOT_A_PERSON.search(name) or _NO_NAME.search(name):
        return False
    script, letters = script_of(name), len(name.replace(" ", ""))
    if script in ("Hani", "Jpan", "Kore"):
        return letters <= (8 if script == "Jpan" else 5) and (
            stated or script != "Hani" or name[0] in _SURNAMES or " " in name
        )
    words = name.split()
    if script is None or len(words) > MAX_WORDS or (len(words) < 2 and not stated):
        return False
    if script not in ("Latn", "Cyrl", "Grek", "Armn"):
        return True
    first, *rest = words
    if not first[0].isupper() or (len(words) > 2 and not words[-1][0].isupper()):
        return False
    return stated or all(word[0].isupper() or word.lower() in _PARTICLES for word in rest)
