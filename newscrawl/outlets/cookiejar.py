"""Cookies of a reader who has subscribed to an outlet: a cookies.txt that a browser exported, for that outlet alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http.cookiejar import LoadError, MozillaCookieJar
from pathlib import Path
from urllib.request import Request

from newscrawl.outlets.schema import OutletConfig
from newscrawl.urls import within

_COOKIE = re.compile(
    r"(?:#HttpOnly_)?[^#\t][^\t]*\t(?:TRUE|FALSE)\t/[^\t]*\t(?:TRUE|FALSE)\t\d*(?:\.\d+)?\t[^\t]*\t[^\t]*"
)
_HEADER = re.compile(r"#( Netscape)? HTTP Cookie File")


class CookieError(Exception):
    """A cookie file cannot be used; the text names file and line, and never what stands there."""


class OwnCookies:
    """The cookies of one outlet.

    Args:
        jar: All cookies of the file.
        domains: The outlet's; no other host gets one, whatever the file says.
    """

    def __init__(self, jar: MozillaCookieJar, domains: Sequence[str]) -> None:
        self._jar = jar
        self._domains = domains

    def header(self, url: str) -> str | None:
        """The `Cookie` header of a request, by the domain, path, security and expiry of each cookie."""
        if not within(url, self._domains):
            return None
        request = Request(url)  # noqa: S310 (never sent: the jar wants one)
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie")


def load_cookies(config: OutletConfig) -> OwnCookies | None:
    """The cookies that an outlet file names; None where it names none.

    Raises:
        CookieError: There is no such file, it is none, or no cookie for the outlet is left in it.
    """
    if config.cookies is None:
        return None
    path = (config.path.parent if config.path else Path()) / Path(config.cookies).expanduser()
    numbers = _check(path)
    jar = MozillaCookieJar(path)
    try:
        jar.load(ignore_discard=True, ignore_expires=True)
    except LoadError:  # whose text shows the line
        raise CookieError(f"{path}: not a cookies.txt in Netscape's format") from None
    ours = [cookie for cookie in jar if within(f"http://{cookie.domain.lstrip('.')}/", config.domains)]
    if not ours:
        raise CookieError(f"{path}: no cookie for {', '.join(config.domains)}; export them while you are logged in")
    for cookie in ours:
        if cookie.expires == 0:  # how curl writes one that ends with the browser
            cookie.expires, cookie.discard = None, True
    if all(cookie.is_expired() for cookie in ours):
        line = numbers.get((ours[0].domain, ours[0].name), 0)
        raise CookieError(f"{path}: line {line}: expired, as all cookies for the outlet; log in, and export them again")
    return OwnCookies(jar, config.domains)


def _check(path: Path) -> dict[tuple[str, str], int]:
    """Where in a file each cookie stands, by domain and name."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CookieError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CookieError(f"{path}: not a text file in UTF-8") from None
    if not lines or not _HEADER.match(lines[0]):
        raise CookieError(f"{path}: line 1: expected `# Netscape HTTP Cookie File`: export it as a cookies.txt")
    numbers: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or (line.startswith(("#", "$")) and not line.startswith("#HttpOnly_")):
            continue
        if not _COOKIE.fullmatch(line):
            raise CookieError(f"{path}: line {number}: expected seven fields with tabs between")
        fields = line.removeprefix("#HttpOnly_").split("\t")
        numbers[fields[0], fields[5]] = number
    return numbers
