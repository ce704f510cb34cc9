"""Bytes to tree: the page's encoding, a text that libxml2 and trafilatura take whole, and one parse of it."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import cast

from lxml.etree import ElementDefaultClassLookup, HTMLParser, ParserError, XMLSyntaxError, strip_elements
from lxml.html import HtmlElement, document_fromstring
from trafilatura.utils import detect_encoding
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

from newscrawl.extract.chosen import NOTHING, Chosen, choose, texts_in
from newscrawl.extract.joints import space_glued_sentences
from newscrawl.extract.lines import PageText, read_lines
from newscrawl.items import Page, Rejection
from newscrawl.text import clean_text

MAX_BYTES = 9_500_000
"""Bytes of a page. Source: libxml2 cuts a document short at its first text node of 10,000,000 bytes."""

MIN_STATE = 1000
"""Characters of a script from which it may carry a story."""

_ASSIGNED = ('={"', '= {"', "JSON.parse(")

# A reference to a control character makes lxml refuse the string, and trafilatura give up the whole page.
_CONTROL_REFERENCE = re.compile(
    rb"&#(?:0*(?:[1-8]|1[124-9]|2\d|3[01]|127|6553[45])"
    rb"|[xX]0*(?:[1-8]|[bBcCeEfF]|1[0-9a-fA-F]|7[fF]|[fF]{3}[eEfF]))(?:;|(?![0-9a-fA-F]))"
)
_CONTROL = bytes({*range(32), 127} - {9, 10, 13})
# libxml2 drops what follows an early end of the document; browsers go on.
_EARLY_END = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
_SELF_CLOSED = re.compile(rb"<(?=(?:html|body)\b)([^<>]*)/>", re.IGNORECASE)
_URL_AS_TAG = re.compile(
    rb"<(?=/?https?:)", re.IGNORECASE
)  # `<http://…>`: a tag name that no copy of the tree survives
_TAG = re.compile(
    r"<(?:!doctype|html|head|body|div|p|table|article|meta|title|span|a|h1|br|center|font)\b", re.IGNORECASE
)
_XML = re.compile(r"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]")
_MAGIC = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"{\\rtf",
)

# trafilatura deletes joiners, which Persian and Hindi words need, as not printable. Two signs of Linear A, which no
# outlet writes, take their place until the text has left it.
_HELD = ("\U00010600", "\U00010601")
_JOINERS = ("\u200c", "\u200d")
_JOINER_REFERENCE = re.compile(rb"&(?:#0?820([45])|#[xX]200([cdCD])|zw(n?j));")
_NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")  # U+FFFE, U+FFFF
_RESTORED = {ord(sign): joiner for sign, joiner in zip(_HELD, _JOINERS, strict=True)}


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed page. The tree is read by all steps and changed by none."""

    tree: HtmlElement
    encoding: str
    text: PageText
    states: tuple[str, ...] = field(default=(), repr=False)  # scripts that carry data, JSON-LD aside
    chosen: Chosen = NOTHING  # by the outlet's own selectors


def parse_document(page: Page) -> Document | Rejection:
    """Decode and parse a page, once for all steps.

    Returns:
        The document, or why the bytes are none: `empty`, `too_large`, `not_html`.
    """
    parsed = _tree_of(page)
    if isinstance(parsed, Rejection):
        return parsed
    encoding, tree = parsed
    chosen = choose(tree, page)
    states = _take_scripts(tree)
    _unfold_layout_tables(tree)
    space_glued_sentences(tree)
    return Document(tree, encoding, read_lines(tree), states, chosen)


def parse_tree(page: Page) -> HtmlElement | None:
    """A page's tree alone, as selectors see it; None where there is none."""
    parsed = _tree_of(page)
    return None if isinstance(parsed, Rejection) else parsed[1]


def _tree_of(page: Page) -> tuple[str, HtmlElement] | Rejection:
    """The encoding and the tree, as it was parsed."""
    if not page.body.strip():
        return Rejection(page.url, "empty")
    if len(page.body) > MAX_BYTES:
        return Rejection(page.url, "too_large", f"{len(page.body)} bytes")
    if page.body.lstrip()[:8].startswith(_MAGIC):
        return Rejection(page.url, "not_html")
    encoding, source = decode(page.body, page.charset)
    if not _TAG.search(source) or _XML.search(source[:1000]):
        return Rejection(page.url, "not_html")
    try:
        return encoding, _parse(preclean(source))
    except (ParserError, XMLSyntaxError) as error:
        return Rejection(page.url, "empty", str(error))


def has_gate(document: Document) -> bool:
    """Whether a page shows text in what its outlet's file knows for a wall."""
    return any(True for _ in texts_in(document.text, document.chosen.gates))


def decode(body: bytes, charset: str | None) -> tuple[str, str]:
    """The encoding of the bytes, and their text; bytes that do not fit become U+FFFD.

    Args:
        body: As the server sent it.
        charset: As its Content-Type header declares it.

    Source:
        Labels mean what browsers take them for (`gb2312` is GB 18030, `iso-8859-1` is Windows-1252): WHATWG Encoding
        Standard. Valid UTF-8 comes first: over 424 files in 51 encodings it was UTF-8 whatever else was declared.
    """
    encoding = (
        _valid_utf8(body)
        or read_bom(body)[0]
        or _fitting(body, charset and resolve_encoding(charset), html_body_declared_encoding(body))
        or _detected(body)
    )
    return encoding, to_unicode(body, encoding).removeprefix("\ufeff")


def _valid_utf8(body: bytes) -> str | None:
    if b"\x1b$" in body or b"\x00" in body[:1024]:  # ISO-2022-JP and UTF-16 without a mark are valid UTF-8, too
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)  # a character cut at the end is none of its errors
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _fitting(body: bytes, *declared: str | None) -> str | None:
    """The first declared encoding that fits the bytes, else the first declared."""
    known = [encoding for encoding in dict.fromkeys(declared) if encoding and _is_of_text(encoding)]
    if len(known) > 1:
        for encoding in known:
            try:
                body.decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
    return known[0] if known else None


def _is_of_text(encoding: str) -> bool:
    """Whether a codec makes text of bytes: Python has others, as `uu`, and a page may declare them."""
    try:
        b"a".decode(encoding, "replace")
    except (LookupError, ValueError):
        return False
    return True


def _detected(body: bytes) -> str:
    """A guess by the bytes alone."""
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") < 0.05 * sum(not char.isascii() for char in text):
        return "utf-8"  # a few broken bytes, from an advertisement or a cut
    for guess in detect_encoding(body):
        if (encoding := resolve_encoding(guess)) is not None:
            return encoding
    return "cp1252"


def preclean(source: str) -> bytes:
    """The page as UTF-8, without what makes libxml2 or trafilatura lose all or part of it."""
    raw = source.encode("utf-8", "replace").translate(None, _CONTROL)  # a lone surrogate becomes a question mark
    if b"&#" in raw:
        raw = _CONTROL_REFERENCE.sub(b"", raw)
    lower = raw.lower()
    ends = [at for at in map(lower.find, (b"</body", b"</html")) if at >= 0]
    if ends:  # seldom more than one of each, the last words of the page
        raw = raw[: min(ends)] + _EARLY_END.sub(b"", raw[min(ends) :])
    if any(_is_self_closed(lower, tag) for tag in (b"<html", b"<body")):
        raw = _SELF_CLOSED.sub(rb"<\1>", raw)
    if b"<http" in lower or b"</http" in lower:
        raw = _URL_AS_TAG.sub(b"&lt;", raw)
    for joiner, held in zip(_JOINERS, _HELD, strict=True):
        raw = raw.replace(joiner.encode(), held.encode())
    raw = _JOINER_REFERENCE.sub(_hold_joiner, raw)
    return _NO_CHARACTER.sub(b"", raw) if b"\xef\xbf" in raw else raw


def _is_self_closed(lower: bytes, tag: bytes) -> bool:
    at = lower.find(tag)
    end = lower.find(b">", at)
    return at >= 0 and lower[end - 1 : end] == b"/"


def _hold_joiner(match: re.Match[bytes]) -> bytes:
    decimal, hexadecimal, name = match.groups()
    is_non_joiner = decimal == b"4" or hexadecimal in (b"c", b"C") or name == b"nj"
    return _HELD[0 if is_non_joiner else 1].encode()


def restore(text: str) -> str:
    """Clean text out of a tree: joiners back in their place, nothing that a store or terminal would choke on."""
    return clean_text(text if text.isascii() else text.translate(_RESTORED))


def _parse(source: bytes) -> HtmlElement:
    parser = HTMLParser(
        huge_tree=True,
        encoding="utf-8",
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
    )
    # lxml.html's own parser asks a function of Python for the class of each element, in each of trafilatura's copies
    parser.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))
    return cast("HtmlElement", document_fromstring(source, parser=parser))


def _take_scripts(tree: HtmlElement) -> tuple[str, ...]:
    """Empty all scripts but JSON-LD, and drop the styles, before trafilatura copies the tree six times.

    Returns:
        The scripts that carry data: JSON, or an assignment of it.
    """
    states: list[str] = []
    for script in list(tree.iter("script")):
        kind = script.get("type") or ""
        if "ld+json" in kind.lower():
            continue
        text = script.text
        if text and len(text) >= MIN_STATE and ("json" in kind or any(mark in text for mark in _ASSIGNED)):
            states.append(text)
        script.text = None
    strip_elements(tree, "style", with_tail=False)
    return tuple(states)


MAX_CELL = 300
"""Letters of a table cell; one with more, in several paragraphs, is a column of a page and not a value."""


def _unfold_layout_tables(tree: HtmlElement) -> None:
    """Make blocks of the tables that old pages are laid out with: as tables, a whole article is one cell of one row."""
    for table in list(tree.iter("table")):
        cells = [cell for cell in table.iter("td", "th") if next(cell.iterancestors("table"), None) is table]
        if any(map(_is_column, cells)):
            for part in table.iter("tbody", "thead", "tfoot", "tr", "td", "th", "caption"):
                if next(part.iterancestors("table"), None) is table:
                    part.tag = "div"
            table.tag = "div"


def _is_column(cell: HtmlElement) -> bool:
    if next(cell.iter("table"), None) is not None:
        return True
    breaks = sum(1 for _ in cell.iter("p", "br", "h1", "h2", "h3"))
    return breaks >= 3 and sum(map(str.isalpha, cell.text_content())) > MAX_CELL
