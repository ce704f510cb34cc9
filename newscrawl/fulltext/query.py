"""What a person asks for: words, "phrases", -exclusions, prefix*, OR; and the same in the language of each database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newscrawl.fulltext.words import Word, is_paired, placed_words

MAX_WORDS = 100
"""Words of a query; pairs count, too. Beyond it a database takes seconds, or refuses."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂「」『』", '"') | {"＊": "*", "－": "-", "−": "-"})
_PART = re.compile(r'(-?)"([^"]*)"|([^\s"]+)')
_GROUP = re.compile(r"[()（）]")


class QueryError(ValueError):
    """The query cannot be understood; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow on each other; one word is a term, too."""

    words: tuple[str, ...]
    is_prefix: bool = False  # the last word may go on


@dataclass(frozen=True, slots=True)
class Branch:
    """What a text must have, all of it, and what it must not have."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A text must fit one branch."""

    branches: tuple[Branch, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """Everything that may be found in a text."""
        return tuple(dict.fromkeys(term for branch in self.branches for term in branch.wanted))


def parse_query(text: str) -> Query:
    """Read a query. `OR` binds weaker than the space between words, which means "and".

    Raises:
        QueryError: There is nothing to look for, or a mark makes no sense where it stands.
    """
    plain = text.translate(_QUOTES)
    if plain.count('"') % 2:
        raise QueryError('a quotation mark is left open; close it: "two words"')
    sides: list[list[tuple[bool, Term]]] = [[]]
    is_not = has_operator = False
    for minus, phrase, bare in _PART.findall(plain):
        if bare in ("OR", "|"):
            sides.append([])
            has_operator = True
        elif bare == "NOT":
            is_not = True
        elif bare != "AND" and (term := _term(phrase or bare.removeprefix("-"))):
            sides[-1].append((is_not or bool(minus) or bare.startswith("-"), term))
            is_not = False
    if has_operator and _GROUP.search(plain):
        raise QueryError("brackets are not understood; write (a OR b) c as: a c OR b c")
    if has_operator and not all(sides):
        raise QueryError("OR needs a word on either side; for the word itself write it small: or")
    query = Query(tuple(map(_branch, sides)))
    _check_length(query)
    return query


def _branch(parts: Sequence[tuple[bool, Term]]) -> Branch:
    wanted = tuple(term for is_not, term in parts if not is_not)
    unwanted = tuple(term for is_not, term in parts if is_not)
    if not wanted and unwanted:
        raise QueryError("a word with - before it is left out of what others find; add a word to look for")
    if not wanted:
        raise QueryError("no word to look for: letters or digits are needed")
    return Branch(wanted, unwanted)


def _check_length(query: Query) -> None:
    count = sum(len(term.words) for branch in query.branches for term in (*branch.wanted, *branch.unwanted))
    if count > MAX_WORDS:
        raise QueryError(f"the query has {count} words (of Chinese: characters), {MAX_WORDS} at most; shorten it")


def _term(text: str) -> Term | None:
    """The words of a phrase; also of a single word that is several, as `AI芯片`, `COVID-19` or `l'Europe`."""
    found = list(placed_words(text))
    if not found:
        return None
    is_prefix = text.rstrip().endswith("*")
    if _ends_a_pair(found):
        return Term(tuple(word.word for word in found[:-1]), is_prefix=False)
    last = found[-1].word
    return Term(tuple(word.word for word in found), is_prefix or (len(last) == 1 and is_paired(last)))


def _ends_a_pair(found: Sequence[Word]) -> bool:
    """Whether the last word is the second half of the one before: the text that is sought may go on behind it."""
    return len(found) > 1 and len(found[-1].word) == 1 and found[-1].start < found[-2].end


def fts5_match(query: Query) -> str:
    """The query for `MATCH` of SQLite's FTS5. Words hold letters, digits and marks alone: none is its syntax."""
    return " OR ".join(f"({_fts5_branch(branch)})" for branch in query.branches)


def _fts5_branch(branch: Branch) -> str:
    wanted = " AND ".join(map(_fts5_term, branch.wanted))
    return f"({wanted}) NOT ({' OR '.join(map(_fts5_term, branch.unwanted))})" if branch.unwanted else wanted


def _fts5_term(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}'


def tsquery(query: Query, *, is_strict: bool = True) -> str:
    """The query as PostgreSQL's `tsquery`.

    Args:
        query: The query.
        is_strict: Phrases are phrases; else all their words are enough, wherever they stand. Then a phrase that must
            not be there is not looked for.
    """
    return " | ".join(f"({_ts_branch(branch, is_strict)})" for branch in query.branches)


def _ts_branch(branch: Branch, is_strict: bool) -> str:
    unwanted = [term for term in branch.unwanted if is_strict or len(term.words) == 1]
    wanted = [_ts_term(term, is_strict) for term in branch.wanted]
    return " & ".join(wanted + [f"!{_ts_term(term, is_strict)}" for term in unwanted])


def _ts_term(term: Term, is_strict: bool) -> str:
    words = [f"'{word}'" for word in term.words]
    words[-1] += ":*" if term.is_prefix else ""
    return f"({(' <-> ' if is_strict else ' & ').join(words)})"
