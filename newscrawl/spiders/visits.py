"""What a response, or the lack of one, comes to as a Visit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from newscrawl.answers import charset_of, rejection_of_answer
from newscrawl.guards import HeadersTooLargeError, refused_addresses
from newscrawl.items import Outlet, Page, Rejection, Source
from newscrawl.middlewares import RESERVED, RobotsForbidden, RobotsUnreachable, retry_after_s
from newscrawl.rendering import RenderError
from newscrawl.reservations import reserved_by_headers
from newscrawl.store.hosts import HostHeldError
from newscrawl.visits import Lease, Visit

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure

ERRORS: tuple[tuple[type[Exception], str, bool], ...] = (  # exception, reason, whether another try is useless
    (RobotsForbidden, "robots", True),
    (RobotsUnreachable, "robots_unreachable", False),
    (IgnoreRequest, "ignored", True),
    (HostHeldError, "host_held", False),
    (CannotResolveHostError, "dns", False),
    (DownloadTimeoutError, "timeout", False),
    (DownloadCancelledError, "too_large", True),
    (ResponseDataLossError, "cut_off", False),
    (HeadersTooLargeError, "headers_too_large", True),
    (RenderError, "not_rendered", False),
)


def visit_of_response(response: Response, lease: Lease, outlet: Outlet) -> Visit:
    """The visit of an answered request: with a page to be extracted, or its rejection, or neither: it is unmodified."""
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    now = datetime.now(UTC)
    is_unmodified = response.status == 304 and bool(lease.etag or lease.last_modified)
    rejection = None if is_unmodified else rejection_of_answer(response.url, response.status, headers, outlet)
    page = None
    if rejection is None and not is_unmodified:
        charset = charset_of(headers)
        page = Page(
            response.url, response.body, outlet, now, charset=charset, tickers=lease.tickers,
            reservations=reservations_of(response),
        )  # fmt: skip
    latency = response.meta.get("download_latency")
    return Visit(
        lease,
        fetched_at=now,
        final_url=response.url,
        status=response.status,
        headers=headers,
        elapsed_ms=None if latency is None else round(latency * 1000),
        page=page,
        result=rejection,
        retry_after_s=retry_after_s(response) if rejection is not None and not rejection.final else None,
    )


def conditions(asked: Lease | Source) -> dict[str, str]:
    """The headers that ask for a page or a source only if it has changed; none where no validators are known."""
    headers = {"If-None-Match": asked.etag, "If-Modified-Since": asked.last_modified}
    return {name: value for name, value in headers.items() if value}


def reservations_of(response: Response) -> tuple[str, ...]:
    """What the headers of a page and its host's robots.txt reserve."""
    headers = ((name.decode("latin-1"), values) for name, values in response.headers.items())
    lines = ((name, value.decode("latin-1")) for name, values in headers for value in values)
    return (*reserved_by_headers(lines, response.url), *response.meta.get(RESERVED, ()))


def header(response: Response, name: str) -> str | None:
    """A response header as text."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def visit_of_failure(failure: Failure, lease: Lease) -> Visit:
    """The visit of a request that got no answer we could take."""
    url = failure.request.url  # type: ignore[attr-defined]
    return Visit(lease, datetime.now(UTC), url, result=rejection_of_error(url, failure.value))


def rejection_of_error(url: str, error: BaseException | None) -> Rejection:
    """The reason in one word for an exception of the download."""
    detail = (str(error) or type(error).__name__)[:300]
    if address := _refused_address(url, error):
        return Rejection(url, "refused_address", f"{address} is not a public address")
    if type(error) is IgnoreRequest and "max redirections" in detail:
        return Rejection(url, "redirect_loop", detail, final=False)
    if type(error) is IgnoreRequest and "DOWNLOAD_MAXSIZE" in detail:  # once it was unpacked
        return Rejection(url, "too_large", detail)
    # Twisted keeps the reasons why a response failed in a list.
    failures = getattr(error.__cause__, "reasons", ()) if error else ()
    causes = (error, *(failure.value for failure in failures))
    for kind, reason, final in ERRORS:
        if any(isinstance(cause, kind) for cause in causes):
            return Rejection(url, reason, detail, final=final)
    return Rejection(url, "network", f"{type(error).__name__}: {detail}"[:300], final=False)


def _refused_address(url: str, error: BaseException | None) -> str | None:
    """The address that the guard refused, where that is what is behind an error.

    A page is not asked for where the robots.txt of its host met the refusal first. One that leads to another host,
    which is refused, is a robots.txt out of reach.
    """
    cause = error.__cause__ if isinstance(error, RobotsUnreachable) else error
    if not isinstance(cause, CannotResolveHostError):
        return None
    return refused_addresses.get(urlsplit(url).hostname or "")
