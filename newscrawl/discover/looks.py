"""Whether a link looks like an article: by its URL, its words and its place, in any language.

No single sign does. Weights and threshold were set on the links of 885 pages of 713 sites, where menus,
topic pages and imprints are many; what decides is that two signs agree.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from newscrawl.text import script_of

MIN_SCORE = 3.0
"""Score of a link from which it counts as an article."""

_WORD = re.compile(r"[^\W_]+")
_ID = re.compile(r"(?<!\d)\d{5,}(?!\d)|(?=[a-z]*\d)[0-9a-f]{8,}(?![a-z])|\d{4,}[a-z]\d+")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d[/_-]?(?:0?[1-9]|1[0-2])(?:[/_-]?(?:0?[1-9]|[12]\d|3[01]))?(?!\d)")
_PAGE = re.compile(r"\.(?:s?html?|php\d?|aspx?|jsp|cms|ece|story|do|article|art)$")
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|docx?|xlsx?|pptx?|zip|gz|mp[34]|m4a|mov|webm|m3u8?|xml|rss|atom|json|js|css"
    r"|txt|epub|ics|apk|exe)$"
)
_QUERY_ID = re.compile(r"(?:^|&)(?!(?:page|year|date|start|offset|ts|time|t|w|h|v)=)[^=&]+=[a-z_-]{0,3}\d{4,}(?=&|$)")
_NEVER = frozenset(
    """
    tag tags label labels category categories kategorie kategorien categoria categorias categorie author authors
    autor autoren autores auteur auteurs autore profile profiles profil user users member members account konto
    login logout signin signup register registration registrierung subscribe subscription subscriptions abo abos
    abonnement newsletter newsletters search suche recherche buscar impressum imprint datenschutz privacy terms agb
    kontakt contact faq cookie cookies feed feeds rss cart wp-admin wp-content wp-json cgi-bin cdn-cgi
    """.split()  # noqa: SIM905
)
_RARELY = frozenset(
    """
    topic topics thema themen tema temas theme themes sujet sujets about help hilfe comment comments reply print
    share shop job jobs stellenmarkt advertise page seite pagina
    """.split()  # noqa: SIM905
)


def score_url(url: str) -> float:
    """What the URL says, -10 (a file, a tag, a login) to about 8 (a long slug with a date and a number)."""
    parts = urlsplit(url)
    segments = [segment for segment in unquote(parts.path).lower().split("/") if segment]
    if not segments and not parts.query:
        return -10
    if any(segment in _NEVER for segment in segments) or (segments and _FILE.search(segments[-1])):
        return -10
    rarely = any(segment in _RARELY for segment in segments)
    return _score_path(segments) + (2 if _QUERY_ID.search(parts.query) else 0) - (2.5 if rarely else 0)


def _score_path(segments: list[str]) -> float:
    tail = [_PAGE.sub("", segment) for segment in segments[-2:]]
    score = max((_score_slug(segment) for segment in tail), default=0.0)
    if any(_ID.search(segment) for segment in tail):
        score += 2
    elif tail and any(char.isdigit() for char in tail[-1]):
        score += 0.5
    score += 2 if _DATE.search("/".join(segments)) else 0
    page = bool(segments) and bool(_PAGE.search(segments[-1])) and tail[-1] not in ("index", "default", "home", "main")
    return score + page


def _score_slug(segment: str) -> float:
    words = count_words(re.sub(r"\d+", " ", segment))
    return 3.0 if words >= 5 else (0.0, 0.0, 0.5, 1.5, 2.25)[words]


def score_text(text: str) -> float:
    """What the words of the link say, -1 (a label) to 2.5 (a headline)."""
    words = count_words(text)
    if not words:
        return 0
    return 2.5 if words >= 6 else 1.5 if words >= 4 else 0.5 if words == 3 else -1


def count_words(text: str) -> int:
    """Words; in scripts that put no spaces between them, two letters count as one."""
    words = _WORD.findall(text[:500])
    if script_of(text[:500]) in ("Hani", "Jpan", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"):
        return max(sum(map(len, words)) // 2, len(words))
    return len(words)
