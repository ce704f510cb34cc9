"""Outcomes and reasons in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.cli.terminal import moment

if TYPE_CHECKING:
    from newscrawl.store.queries import UrlTrace

OUTCOMES = {
    "stored": "It was stored as a new article.",
    "updated": "The text had changed: it was stored as a new revision.",
    "unchanged": "The text was the same as before: nothing was stored.",
    "duplicate": "It leads to an article that is stored already.",
}
UNCHANGED = {
    "not_modified": "The server says that the page has not changed: nothing was stored.",
    "missing": "The page was not there; it is asked for once more before it counts as gone.",
    "gone": "The page is gone. The article and its text stay.",
}
CAUSES = {
    "first": "first",
    "publisher_edit": "edited by the outlet",
    "reclean": "cleaned again",
}
REASONS = {
    "robots": "the outlet's robots.txt forbids it",
    "robots_unreachable": "robots.txt could not be read, and without it nothing is fetched",
    "http_404": "the page does not exist",
    "http_410": "the page was taken down",
    "http_401": "the server asks for a login",
    "http_402": "the server asks for payment",
    "http_403": "the server refuses us",
    "http_429": "the server asks us to slow down",
    "off_outlet": "it led to a host that is not the outlet's",
    "not_html": "it is no HTML page",
    "not_article": "the page is no article but a list, a profile or the like",
    "front_page": "it is the outlet's front page",
    "consent_page": "the page asks for consent or checks for robots, and shows no article",
    "soft_404": "the page says that it does not exist, though the server does not",
    "javascript": "the page shows its text only when its scripts run",
    "no_body": "no article text was found on the page",
    "empty": "there is nothing on the page",
    "extract_error": "a fault of ours: its extraction failed",
    "not_fetched": "the fetch was ended before the answer came",
    "bad_cuts": "what was cut from it does not fit its text",
    "too_short": "too little text for an article",
    "redirect_loop": "it led from page to page without an end",
    "refused_address": "its host has an address that is not public",
    "dns": "its host has no address",
    "timeout": "the server was too slow",
    "too_large": "the page is larger than we take",
    "headers_too_large": "the answer's headers are larger than we take",
    "cut_off": "the connection ended in the middle of the page",
    "network": "the connection failed",
    "deadline": "its extraction took too long",
    "memory": "its extraction needed too much memory",
    "crashed": "its extraction crashed",
    "stopped": "the run ended before its turn",
    "store_error": "the database refused it",
}
NOT_ASKED = ("robots", "robots_unreachable", "refused_address")


def reason_text(reason: str | None, detail: str = "") -> str:
    """A reason as words, with what is known beyond it."""
    words = REASONS.get(reason or "", "")
    if not words and reason and reason.startswith("http_"):
        words = f"the server answered {reason.removeprefix('http_')}"
    said = " ".join(part for part in (f"{reason}:" if reason else "", words) if part) or "no reason given"
    return f"{said.removesuffix(':')}{f' ({detail})' if detail else ''}"


def explained(outcome: str | None, reason: str | None, detail: str) -> str:
    """What one fetch came to, as a sentence."""
    if outcome is None:
        return "The run ended before it was done."
    if outcome in OUTCOMES:
        return UNCHANGED.get(reason or "", OUTCOMES[outcome])
    verb = "It was rejected" if outcome == "rejected" else "It failed, and may be tried again"
    return f"{verb}: {reason_text(reason, detail)}."


def state_text(found: UrlTrace) -> str:
    """Where a URL stands now."""
    match found.state:
        case "pending":
            tried = f" It was tried {found.attempts} times." if found.attempts else ""
            run = f"walk of archives (newscrawl crawl {found.outlet} --since DAY)" if found.from_archive else "run"
            return f"It is waiting: the next {run} after {moment(found.due_at)} takes it.{tried}"
        case "leased":
            return "A run has taken it and is not done with it; if that run has died, the next one takes it again."
        case "failed":
            return f"It failed {found.attempts} times and is not tried again; newscrawl crawl --again --url URL does."
        case _ if found.reason == "purged":
            return "Its article was purged, and is not fetched again; newscrawl crawl --again --url URL does."
        case _ if found.gone_at:
            return f"It is gone since {moment(found.gone_at)}, and is not asked for again."
        case _ if found.revisit_at:
            return f"It is done; the next run after {moment(found.revisit_at)} asks whether it has changed."
        case _:
            return "It is done, and is not fetched again."
