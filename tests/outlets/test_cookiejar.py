"""Own cookies: which request gets which, and what is told of a file that cannot be used."""

from pathlib import Path

import pytest

from newscrawl.outlets.cookiejar import CookieError, load_cookies
from newscrawl.outlets.registry import load_file

HEADER = "# Netscape HTTP Cookie File\n"
NEVER, LONG_AGO = "4102444800", "946684800"
SECRET = "s3cr3t"
OUTLET = """\
slug: herald
name: Herald
homepage: https://www.herald.example/
domains: [herald.example]
cookies: herald.txt
"""


def line(domain: str, path: str = "/", *, secure: bool = False, expires: str = NEVER, name: str = "login") -> str:
    wide = "TRUE" if domain.startswith(".") else "FALSE"
    return "\t".join([domain, wide, path, str(secure).upper(), expires, name, SECRET]) + "\n"


def write(folder: Path, text: str | bytes) -> Path:
    (folder / "herald.yaml").write_text(OUTLET, encoding="utf-8")
    (folder / "herald.txt").write_bytes(text.encode() if isinstance(text, str) else text)
    return folder / "herald.yaml"


@pytest.mark.parametrize(
    ("cookie", "url", "is_sent"),
    [
        (line(".herald.example"), "https://www.herald.example/2026/pier", True),
        (line(".herald.example"), "https://herald.example.evil.example/", False),
        (line("www.herald.example"), "https://m.herald.example/", False),
        (line("#HttpOnly_www.herald.example"), "https://www.herald.example/", True),
        (line("www.herald.example", secure=True), "http://www.herald.example/", False),
        (line("www.herald.example", secure=True), "https://www.herald.example/", True),
        (line("www.herald.example", "/account"), "https://www.herald.example/2026", False),
        (line("www.herald.example", "/account"), "https://www.herald.example/account/x", True),
        (line("www.herald.example", expires=""), "https://www.herald.example/", True),
        (line("www.herald.example", expires="0"), "https://www.herald.example/", True),
        (line("m.herald.example", expires=LONG_AGO) + line(".herald.example"), "https://m.herald.example/", True),
        (line(".herald.example") + line(".other.example", name="b"), "https://www.other.example/", False),
    ],
)  # fmt: skip
def test_a_cookie_goes_where_it_says_and_to_the_outlet_alone(
    cookie: str, url: str, is_sent: bool, tmp_path: Path
) -> None:
    own = load_cookies(load_file(write(tmp_path, HEADER + "\n# a comment\n" + cookie)))
    assert own is not None
    assert own.header(url) == (f"login={SECRET}" if is_sent else None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: expected `# Netscape HTTP Cookie File`"),
        (line(".herald.example"), "line 1: expected"),
        (HEADER + line(".herald.example") + SECRET, "line 3: expected seven fields"),
        (HEADER + line(".herald.example", expires=SECRET), "line 2: expected seven fields"),
        (HEADER + line(".other.example"), "no cookie for herald.example"),
        (HEADER + "\n" + line(".herald.example", expires=LONG_AGO), "line 3: expired"),
        (b"\xff\xfe#\x00", "not a text file in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_not_shown(text: str | bytes, said: str, tmp_path: Path) -> None:
    config = load_file(write(tmp_path, text))
    with pytest.raises(CookieError) as caught:
        load_cookies(config)
    assert str(caught.value).startswith(f"{tmp_path / 'herald.txt'}: {said}")
    assert SECRET not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    config = load_file(write(tmp_path, ""))
    (tmp_path / "herald.txt").unlink()
    with pytest.raises(CookieError, match=r"herald\.txt: cannot be read: No such file"):
        load_cookies(config)
