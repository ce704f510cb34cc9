from __future__ import annotations

import pytest

from newscrawl.cli.words import explained, reason_text


@pytest.mark.parametrize(
    ("reason", "detail", "text"),
    [
        ("robots", "", "robots: the outlet's robots.txt forbids it"),
        ("http_404", "", "http_404: the page does not exist"),
        ("http_418", "", "http_418: the server answered 418"),
        ("odd", "seen once", "odd (seen once)"),
        (None, "", "no reason given"),
    ],
)
def test_a_reason_in_words(reason: str | None, detail: str, text: str) -> None:
    assert reason_text(reason, detail) == text


def test_an_outcome_as_a_sentence() -> None:
    assert explained("stored", None, "") == "It was stored as a new article."
    assert explained("rejected", "too_short", "") == "It was rejected: too_short: too little text for an article."
    assert explained("failed", "timeout", "30 s").startswith("It failed, and may be tried again: timeout: ")
    assert explained(None, None, "") == "The run ended before it was done."
