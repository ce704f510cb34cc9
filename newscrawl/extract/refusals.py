"""Pages that are no article: front pages, consent and script walls, error pages that say 200."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from newscrawl.extract.document import Document
from newscrawl.extract.metadata import Metadata
from newscrawl.items import Block, Page, Rejection

MIN_PAGE = 200
"""Letters that a page shows without running its scripts, if it shows a story at all."""

SHORT = 800
"""Letters of a body above which a page is an article whatever its title says."""

MIN_FRONT_LINKS = 0.55
"""Share of a front page's letters that are links; a firm's or a blog's root may tell a story itself."""


MIN_PROSE = 3
"""Paragraphs without links that a story at a site's root has, and the teasers of a front page have not."""

PARAGRAPH = 120
"""Letters of a paragraph; a Han, kana or Hangul character counts as two."""


def _any(*forms: str) -> re.Pattern[str]:
    return re.compile("|".join(forms), re.IGNORECASE)


_SOFT_404 = _any(
    r"^(?:error )?404\b", r"\b404$", r"page (?:not found|can(?:not|['’]t) be found|doesn['’]t exist|unavailable)",
    r"not found$", r"nicht gefunden", r"page (?:introuvable|non trouvée)", r"página no encontrada",
    r"pagina non trovata",
    r"página não encontrada", r"pagina niet gevonden", r"strona nie (?:została )?znalezion", r"страница не найдена",
    r"ページが(?:見つかり|存在し)", r"页面不存在", r"找不到(?:页面|頁面|網頁)", r"페이지를 찾을 수",
)  # fmt: skip
_CONSENT = _any(
    r"^before you continue", r"^bevor sie fortfahren", r"^cookie (?:consent|settings|wall)", r"^privacy settings",
    r"^consent\b", r"^datenschutz-?einstellungen", r"^we value your privacy", r"^wir benötigen ihre zustimmung",
    r"^zustimmung erforderlich", r"^privacy gate", r"^your privacy choices", r"^just a moment", r"^attention required",
    r"^access denied", r"^are you a robot", r"^checking your browser", r"^security check", r"^please verify you are",
)  # fmt: skip
_GONE = _any(
    r"page (?:that )?you(?:['’]re| are| were|['’]ve| have)? (?:requested|looking|trying|tried|followed)",
    r"page (?:could not|cannot|can['’]t) be found", r"seite (?:wurde nicht|konnte nicht|existiert nicht)",
    r"page (?:que vous|demandée)", r"página (?:que (?:busca|intenta|procura)|solicitada)",
    r"pagina (?:che (?:stai )?cerca|richiesta)", r"запрашиваемая страница",
    r"お探しのページ", r"您访问的页面", r"요청하신 페이지",
)  # fmt: skip
_NOTICE = tuple(re.compile(form, re.IGNORECASE) for form in (
    r"cookie|クッキー",
    r"\d+ (?:partners?\b|partner\w*|partenaires|socios|parceiros|leveranciers)|third[- ]party vendors",
    r"(?:store|access|speichern|stocker|almacenar|memorizzare)\b.{0,40}(?:informati?[oc]|device|gerät|terminal|dispositiv)",
    r"personal data|personenbezogene|données (?:personnelles|à caractère)|dat[io]s? personal|dados pessoais",
    r"(?:manage|change|set|reject|accept)\b.{0,25}(?:choices|preferences|settings|consent|cookies)",
    r"(?:your|ihre|votre|su|il tuo|sua) (?:consent|einwilligung|zustimmung|consentement|consentimiento|consenso)",
    r"privacy (?:policy|settings|notice)|datenschutz\w*|politique de confidentialité|política de privaci",
))  # fmt: skip
MIN_TURNS = 3
"""Turns of a consent notice, each different, that a short page must have to be nothing else."""

_SCRIPT_WALL = _any(
    r"enable javascript", r"javascript (?:is|to be) (?:disabled|required|enabled)", r"activez? javascript",
    r"javascript (?:aktivieren|ist deaktiviert)", r"active javascript", r"javascriptを有効", r"启用\s?javascript",
)  # fmt: skip
_FRONT = frozenset({"", "index.html", "index.php", "index.htm", "home", "default.aspx", "en", "de", "fr", "es", "it"})
_LISTS = frozenset({"collectionpage", "searchresultspage", "itemlist", "profilepage", "aboutpage", "contactpage"})
_ARTICLES = re.compile(r"article|posting|report")


def refusal_of(document: Document, metadata: Metadata, blocks: Sequence[Block], page: Page) -> Rejection | None:
    """Why a parsed page is no article, None where it is or may be one.

    Doubt is in the page's favour: a body of more than SHORT letters is an article, unless it stands at the site's root.
    """
    text = " ".join(block.text for block in blocks)
    letters = sum(map(str.isalpha, text))
    is_article = any(map(_ARTICLES.search, metadata.kinds))
    titles = [text for text in (metadata.headline, document.tree.findtext(".//title")) if text]
    if _is_front(page.url) and not is_article and _is_of_links(document) and sum(map(_is_prose, blocks)) < MIN_PROSE:
        return Rejection(page.url, "front_page")
    if letters <= SHORT and not is_article:
        if any(map(_SOFT_404.search, titles)):
            return Rejection(page.url, "soft_404", titles[0][:80])
        if letters < MIN_PAGE and (found := _GONE.search(text)):
            return Rejection(page.url, "soft_404", found[0])
        if any(map(_CONSENT.search, titles)) or _is_notice(text):
            return Rejection(page.url, "consent_page", (titles or [text])[0][:80])
        if not _LISTS.isdisjoint(metadata.kinds):
            return Rejection(page.url, "not_article", ", ".join(metadata.kinds))
        if _is_list(blocks) or (letters < MIN_PAGE and _is_of_links(document) and not any(map(_is_prose, blocks))):
            return Rejection(page.url, "not_article", "links alone")
    is_wall = letters < MIN_PAGE and (_SCRIPT_WALL.search(text) or _SCRIPT_WALL.search(document.tree.text_content()))
    if blocks and not (is_wall and not is_article):
        return None
    if is_wall or (len(document.text.letters) < MIN_PAGE and document.tree.find(".//script") is not None):
        return Rejection(page.url, "javascript")
    return Rejection(page.url, "no_body" if document.text.letters else "empty")


def _is_notice(text: str) -> bool:
    return sum(form.search(text) is not None for form in _NOTICE) >= MIN_TURNS


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path.strip("/").lower() in _FRONT and not parts.query


def _is_of_links(document: Document) -> bool:
    return document.text.link_share(0, len(document.text.letters)) > MIN_FRONT_LINKS


def _is_prose(block: Block) -> bool:
    letters = sum(2 if character > "\u3040" else 1 for character in block.text if character.isalpha())
    return block.link_share < 0.2 and letters >= PARAGRAPH


def _is_list(blocks: Sequence[Block]) -> bool:
    return len(blocks) >= 5 and sum(block.link_share > 0.8 for block in blocks) >= 0.9 * len(blocks)
