"""Who may read, and how much is there: three facts, each by its own evidence."""

from __future__ import annotations

import pytest

from newscrawl.describe.access import AccessEvidence, identify_access

STORY = "\n".join(
    f"The harbour board met on day {n} and agreed to deepen the channel for larger ships again." for n in range(50)
)
SHORT = "\n".join(STORY.split("\n")[:5])
CUT = (
    SHORT
    + "\nThe work is to start in the spring and to take two winters, in which the ships will have to wait until the"
)


@pytest.mark.parametrize(
    "notice",
    [
        "To continue reading, subscribe now",
        "To carry on reading you need a Herald subscription.",
        "La suite est réservée aux abonnés.",
        "Il vous reste 61.4% de cet article à lire.",
        "Jetzt weiterlesen mit Plus",
        "続きをお読みいただくには会員登録が必要です。",
        "残り 860文字",
        "Para seguir leyendo, suscríbete",
    ],
)
def test_a_barrier_after_a_short_text_makes_it_a_teaser(notice: str) -> None:
    access = identify_access(AccessEvidence(SHORT, (notice,)))
    assert (access.observed, access.completeness) == ("subscriber", "teaser")
    assert access.reason


@pytest.mark.parametrize(
    ("notice", "observed"),
    [
        ("This article is for subscribers only", "subscriber"),
        ("Dieser Artikel ist Teil Ihres Abonnements.", "subscriber"),
        ("Article réservé aux abonnés", "subscriber"),
        ("You have 2 free articles left this month", "metered"),
        ("你需要登入查看該內容", "login"),
        ("Sign in to read this story", "login"),
    ],
)
def test_a_wall_before_a_long_text_hides_nothing(notice: str, observed: str) -> None:
    access = identify_access(AccessEvidence(STORY, (notice,)))
    assert (access.observed, access.completeness) == (observed, "full")


@pytest.mark.parametrize(
    "notice",
    [
        "Log in to comment",
        "Save this article for later by registering",
        "Create a free account to see our model portfolio",
        "Connectez-vous pour commenter",
        "Subscribe to our newsletter",
        "Read more about the port",
        "The company said on Tuesday that subscribers to its app had doubled.",
        "Register for alerts on this stock",
    ],
)
def test_other_accounts_are_no_wall(notice: str) -> None:
    assert identify_access(AccessEvidence(STORY, (notice,))).observed == "free"


def test_a_text_that_stops_before_a_wall_is_truncated() -> None:
    access = identify_access(AccessEvidence(CUT, ("你需要登入查看該內容",)))
    assert (access.observed, access.completeness) == ("login", "truncated")


def test_a_wire_trailer_says_that_nothing_is_missing() -> None:
    access = identify_access(AccessEvidence(SHORT, ("你需要登入查看該內容",), is_signed=True))
    assert (access.observed, access.completeness) == ("login", "full")


@pytest.mark.parametrize(
    ("is_free", "tier", "declared"),
    [
        (None, None, None),
        (True, None, "free"),
        (False, None, "subscriber"),
        (False, "metered", "metered"),
        (None, "locked", "subscriber"),
        (False, "free", "subscriber"),
        (True, "registration", "login"),
        (None, "whatever", None),
    ],
)
def test_what_is_declared_is_kept_apart(is_free: bool | None, tier: str | None, declared: str | None) -> None:
    access = identify_access(AccessEvidence(STORY, (), is_free, tier))
    assert access.declared == declared
    assert (access.observed, access.completeness) == ("free", "full")  # the whole text is there to see


def test_a_declared_length_that_the_text_does_not_reach_is_missing_text() -> None:
    assert identify_access(AccessEvidence(SHORT, word_count=900)).completeness == "truncated"
    assert identify_access(AccessEvidence(SHORT, article_body=STORY)).completeness == "truncated"
    assert identify_access(AccessEvidence(STORY, article_body=STORY)).completeness == "full"


def test_no_body_is_a_headline() -> None:
    assert identify_access(AccessEvidence("")).completeness == "headline"
