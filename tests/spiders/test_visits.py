import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from newscrawl.answers import charset_of, rejection_of_answer
from newscrawl.guards import HeadersTooLargeError, refused_addresses
from newscrawl.items import Outlet
from newscrawl.middlewares import RobotsForbidden, RobotsUnreachable
from newscrawl.spiders.visits import rejection_of_error

URL = "https://www.herald.example/2026/pier"
OUTLET = Outlet("herald", "The Herald", domains=("herald.example",))


@pytest.mark.parametrize(
    ("error", "reason", "final"),
    [
        (RobotsForbidden("forbidden by robots.txt"), "robots", True),
        (RobotsUnreachable("status 503"), "robots_unreachable", False),
        (IgnoreRequest("max redirections reached"), "redirect_loop", False),
        (CannotResolveHostError("no such host"), "dns", False),
        (DownloadTimeoutError(""), "timeout", False),
        (DownloadCancelledError("too long"), "too_large", True),
        (ResponseDataLossError(""), "cut_off", False),
        (HeadersTooLargeError(""), "headers_too_large", True),
        (OSError("connection reset"), "network", False),
    ],
)
def test_every_error_has_a_reason_and_says_whether_it_may_pass(error, reason, final):
    rejection = rejection_of_error(URL, error)
    assert (rejection.reason, rejection.final) == (reason, final)
    assert rejection.detail


def test_a_host_whose_address_the_guard_refused_is_not_asked_again():
    refused_addresses["inside.example"] = "10.0.0.1"
    rejection = rejection_of_error("https://inside.example/", CannotResolveHostError("no such host"))
    assert (rejection.reason, rejection.final, rejection.detail) == (
        "refused_address", True, "10.0.0.1 is not a public address",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "status", "kind", "reason", "final"),
    [
        (URL, 404, "text/html", "http_404", True),
        (URL, 410, "text/html", "http_410", True),
        (URL, 403, "text/html", "http_403", True),
        (URL, 429, "text/html", "http_429", False),
        (URL, 408, "text/html", "http_408", False),
        (URL, 500, "text/html", "http_500", False),
        (URL, 304, "text/html", "http_304", False),
        (URL, 200, "application/pdf", "not_html", True),
        (URL, 200, "image/jpeg", "not_html", True),
        ("https://consent.other.example/", 200, "text/html", "off_outlet", True),
    ],
)
def test_an_answer_that_is_no_page_has_a_reason(url, status, kind, reason, final):
    rejection = rejection_of_answer(url, status, {"content-type": kind}, OUTLET)
    assert rejection is not None
    assert (rejection.reason, rejection.final) == (reason, final)


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "TEXT/HTML", "application/xhtml+xml", ""])
def test_a_page_has_none(kind):
    assert rejection_of_answer(URL, 200, {"content-type": kind}, OUTLET) is None


@pytest.mark.parametrize(
    ("kind", "charset"),
    [
        ("text/html; charset=UTF-8", "UTF-8"),
        ('text/html;charset="windows-1251"', "windows-1251"),
        ("text/html; boundary=x; Charset = big5 ", "big5"),
        ("text/html; charset=", None),
        ("text/html", None),
    ],
)
def test_reads_the_charset_of_a_content_type(kind, charset):
    assert charset_of({"content-type": kind}) == charset
