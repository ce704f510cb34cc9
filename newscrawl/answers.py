"""What the head of an HTTP answer comes to, whether it was fetched or read from an archive."""

from __future__ import annotations

from collections.abc import Mapping

from newscrawl.items import Outlet, Rejection
from newscrawl.urls import within

RETRY_STATUSES = frozenset({408, 425, 429})  # of the 4xx; all 5xx are worth another try too
HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml"})


def rejection_of_answer(url: str, status: int, headers: Mapping[str, str], outlet: Outlet) -> Rejection | None:
    """Why an answer is no page to be read; None if it is one.

    Args:
        url: Final URL.
        status: HTTP status.
        headers: With lower-case names.
        outlet: Whose page was asked for.
    """
    if status != 200:
        final = 400 <= status < 500 and status not in RETRY_STATUSES
        return Rejection(url, f"http_{status}", final=final)
    if outlet.domains and not within(url, outlet.domains):
        return Rejection(url, "off_outlet", f"led away from {', '.join(outlet.domains)}")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in HTML_TYPES:
        return Rejection(url, "not_html", f"Content-Type {kind}")
    return None


def charset_of(headers: Mapping[str, str]) -> str | None:
    """The charset that a Content-Type declares."""
    for part in headers.get("content-type", "").split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset" and value.strip():
            return value.strip().strip("\"'")
    return None
