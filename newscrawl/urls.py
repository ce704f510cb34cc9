"""What may be fetched, and when two URLs are one: safe URLs, canonical URLs, their keys and their domains."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

if TYPE_CHECKING:
    from tldextract import TLDExtract

MAX_URL = 2083
"""Characters of a URL. Source: sitemaps.org allows 2,048; the longest that browsers of old took is 2,083."""

MAX_SEGMENTS = 20
"""Path segments. Source: Heritrix, TooManyPathSegmentsDecideRule."""

MAX_REPEATS = 3
"""Times one segment may stand in a path. Source: StormCrawler, maxPathRepetition."""

_JUNK = "".join(map(chr, range(33)))  # what a URL loses at its ends, by WHATWG
_TAB_OR_LINE_END = re.compile(r"[\t\r\n]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_DONE = re.compile(
    r"https?://(?:[a-z0-9][a-z0-9-]{0,62}\.)*[a-z0-9]{1,63}/(?:[\w~!$&'()*+,;=:@/-]|%[0-9a-fA-F]{2}|\.(?!\.?(?:[/?]|$)))*"
    r"(?:\?(?:[\w~!$&()*+,;=:@/?.-]|%[0-9a-fA-F]{2})*)?",
    re.ASCII,
)  # what `safe_url` would not change: nine of ten URLs, in a tenth of the time
_DEFAULT_PORT = {"http": 80, "https": 443}

# Parameters that tell where a reader came from, or who reads, and never which page it is.
_TRACKING = re.compile(
    r"(?:utm|itm|pk|mtm|piwik|matomo|hsa|vero|oly|ns|gaa|wt|at|cx)_\w+|wt\.\w+|_(?:ga|gl|gac|hsenc|hsmi|branch_\w+)"
    r"|(?:fb|g|y|ys|ym|tw|tt|ms|d|gc|sc|srsl|ir|rb_|ob)cl(?:ick)?id|msclkid|gclsrc|gad_source|[gw]braid|li_fat_id|igshi?d?|mc_[ce]id"
    r"|mkt_tok|hsctatracking|guce_referrer(?:_sig)?|guccounter|soc_(?:src|trk)|\.?tsrc|xtor|trk(?:info)?|ftag|ito"
    r"|s_?cid|ncid|icid|ocid|cmp(?:id)?|(?:int|ext)_?(?:cid|cmp)|tracking_?id|campaign(?:_?id)?|traffic_source"
    r"|ref(?:_?src|_?url|errer|erer|link)?|smid|smtyp|sref|srnd|leadsource|taid|mbid|mod|spm|scm|wprov|recirc|usqp"
    r"|share(?:d|by|id|type|_?token|_from|_source|_medium)?|__twitter_impression|__s|amp|outputtype|feedtype"
)
_CHANNEL = re.compile(
    r"(?:from|source|src|via|origin|medium|channel)=(?:rss\w*|atom|feed\w*|newsletter|e?mail|twitter|x|facebook|fb"
    r"|linkedin|reddit|whatsapp|telegram|weibo|wechat|line|share\w*|social|push|google\w*|home(?:page)?|app)"
)
_SESSION = re.compile(r"(?:php|j|asp|aspx|cf)?_?sess(?:ion)?_?id\w*|aspsessionid\w*|cftoken|cfid")
_SESSION_VALUE = re.compile(r"[0-9a-f]{26,64}")  # what `sid` must be to be no number of a story
_SESSION_IN_PATH = re.compile(r";(?:(?:jsessionid|phpsessid|sid)=[^/;]*)?(?=[/;]|$)", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|shtml|xhtml|php\d?|aspx?|jspx?|cfm)$", re.IGNORECASE)
_AMP = re.compile(r"(?<=[^/])(?:/amp/?|\.amp)$|(?<=.)\.amp(?=\.html?$)", re.IGNORECASE)
_AMP_FOLDER = re.compile(r"^/amp(?=/[^/]+/)", re.IGNORECASE)
_PRINT = re.compile(r"(?<=/)([^/]*[\d-][^/]*)/print/?$", re.IGNORECASE)  # below a slug or a number, not below a section
_FORM = re.compile(
    r"(?:view|format|mode|output|display|layout|style|template|tmpl|m)=(?:amp|print\w*|mobile|m)"
    r"|(?:is_?)?(?:print(?:able|er|er-?friendly|version|_?view|page)?|mobile)=(?:1|true|yes|y|on)|print"
)  # the same page for another device, or for paper
_MIRROR = re.compile(r"(?:www\d?|amp|m|mobile)\.(?=[^./]+\.)")


def safe_url(url: str, base: str = "") -> str | None:
    """The absolute URL to be fetched, or None where there is none that may be.

    Accepts what browsers accept in a page (`\\`, line ends, spaces, other alphabets) and gives the one form a server is
    asked for: host lower case and ASCII, path and query escaped, dot segments resolved, no fragment. Parameters stay:
    a server may need them. None for other schemes than http and https, credentials, a host that is none, or more than
    `MAX_URL` characters. Never raises.

    Args:
        url: As written in a page or feed; may be relative.
        base: URL of the page it stands in; empty where `url` must be absolute.
    """
    if len(url) <= MAX_URL and _DONE.fullmatch(url):
        return url
    if len(url) > 2 * MAX_URL:
        return None
    try:
        parts = urlsplit(urljoin(_straighten(base), _straighten(url)))
        origin = _origin(parts)
        if origin is None:
            return None
        whole = urlunsplit((parts.scheme, origin, _resolve_dots(parts.path), parts.query, ""))
        safe: str = safe_url_string(whole, encoding="utf-8")
    except ValueError:  # UnicodeError too: names that IDNA refuses, ports that are no numbers, broken brackets
        return None
    return safe if len(safe) <= MAX_URL else None


def _straighten(url: str) -> str:
    """What browsers do to a URL before they read it."""
    url = _TAB_OR_LINE_END.sub("", url.strip(_JUNK))
    at = min((i for i in (url.find("?"), url.find("#")) if i >= 0), default=len(url))
    return url[:at].replace("\\", "/") + url[at:]


def _origin(parts: SplitResult) -> str | None:
    """Host and port as a server is addressed, None where they may not be."""
    if parts.scheme not in _DEFAULT_PORT or "@" in parts.netloc or not parts.hostname:
        return None
    host = parts.hostname
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = host.encode("idna").decode("ascii").lower()
    host = host.rstrip(".")
    if not _HOST.fullmatch(host) or ".." in host or max(map(len, host.split("."))) > 63:
        return None
    port = parts.port
    return host if port in (None, _DEFAULT_PORT[parts.scheme]) else f"{host}:{port}"


def _resolve_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in (".", ".."):
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept) or "/"


def canonical_url(url: str) -> str:
    """The URL without what says nothing about the page: the form that is shown and compared.

    Off go tracking parameters, session ids, default port, a trailing `index.html`, what asks for an AMP or a print
    version, and the fragment; the other parameters are sorted. `?id=5` stays. A string that is no URL comes back as it
    is. Never raises.
    """
    safe = safe_url(url)
    if safe is None:
        return url.strip(_JUNK)
    try:
        parts = urlsplit(canonicalize_url(safe))  # first: it decodes `%75tm_source`
    except ValueError:
        return safe
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _says_nothing(pair))
    return urlunsplit((parts.scheme, parts.netloc, _shorten(parts.path), query, ""))


def _shorten(path: str) -> str:
    page = _PRINT.sub(r"\1", _AMP_FOLDER.sub("", _AMP.sub("", _SESSION_IN_PATH.sub("", path))))
    shorter = _resolve_dots(_INDEX.sub("/", page))
    return shorter if shorter == path else _shorten(shorter)


def _says_nothing(pair: str) -> bool:
    name, _, value = pair.lower().partition("=")
    if name == "sid":
        return bool(_SESSION_VALUE.fullmatch(value))
    forms = (_CHANNEL, _FORM)
    return bool(_TRACKING.fullmatch(name) or _SESSION.fullmatch(name)) or any(f.fullmatch(pair.lower()) for f in forms)


def url_key(url: str) -> str:
    """32 hex digits, equal for all URLs of one page.

    They are of `canonical_url` without scheme, trailing slash, and `www.`, `m.`, `mobile.` or `amp.` before the host:
    such mirrors serve the same paths.
    """
    canonical = canonical_url(url)
    scheme, separator, rest = canonical.partition("://")
    identity = _MIRROR.sub("", rest, count=1) if separator and scheme in _DEFAULT_PORT else canonical
    path, mark, query = identity.partition("?")
    return blake2b((path.rstrip("/") + mark + query).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def is_version(url: str) -> bool:
    """Whether a URL says that its page is the AMP, print or mobile version of another one, whose key it has."""
    parts = urlsplit(safe_url(url) or "")
    mirror = _MIRROR.match(parts.netloc)
    pairs = parts.query.lower().split("&")
    return (
        (mirror is not None and not mirror[0].startswith("www"))
        or any(form.search(parts.path) for form in (_AMP, _AMP_FOLDER, _PRINT))
        or any(_FORM.fullmatch(pair) or pair.startswith(("amp=", "outputtype=amp")) for pair in pairs)
    )


def host_of(url: str) -> str:
    """The host name, lower case and ASCII, without port; empty where the string is no URL."""
    safe = safe_url(url)
    return (urlsplit(safe).hostname or "") if safe else ""


def registered_domain(url_or_host: str) -> str | None:
    """The domain that somebody registered: `bbc.co.uk` of `https://www.bbc.co.uk/news`, `x.blogspot.com` of itself.

    None for IP addresses, bare names and public suffixes.

    Source:
        The Public Suffix List as bundled with tldextract; it is never fetched. By its rules, a name that it does not
        know (`.example`) is a suffix.
    """
    host = host_of(url_or_host) or host_of(f"http://{url_or_host}")
    parts = _extract()(host)
    if parts.suffix or parts.ipv4 or parts.ipv6:
        return parts.top_domain_under_public_suffix or None
    labels = host.split(".")[-2:]
    return ".".join(labels) if len(labels) == 2 and not labels[-1].isdigit() else None


@cache
def _extract() -> TLDExtract:
    from tldextract import TLDExtract  # loads `requests`, which most commands can do without

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def within(url: str, domains: Sequence[str]) -> bool:
    """Whether the URL's host is one of the domains or below one."""
    host = host_of(url)
    return any(host == domain or host.endswith("." + domain) for domain in domains if host)


def is_trap(url: str) -> bool:
    """Whether the path is one that only a machine makes: too deep, or going in circles."""
    try:
        segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    except ValueError:
        return True
    return len(segments) > MAX_SEGMENTS or max(Counter(segments).values(), default=0) > MAX_REPEATS
