"""Which title is the headline. First rows: made up while working on it; later ones say what they came from."""

from __future__ import annotations

import pytest

from newscrawl.extract.headline import Titles, choose_headline
from newscrawl.extract.metadata import without_mark

HEADLINE = "Port to be deepened after nine years"


def titles(
    *h1: str | tuple[str, ...],
    og: str | None = None,
    jsonld: str | None = None,
    title: str | None = None,
    sites: tuple[str, ...] = ("Harbour Post", "harbourpost.example", "harbourpost"),
    lines: tuple[str, ...] = (),
    subheads: tuple[str, ...] = (),
) -> Titles:
    headings = [(text,) if isinstance(text, str) else text for text in h1]
    return Titles(headings, og, jsonld, None, title, sites, [(text,) for text in subheads], lines)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (titles(HEADLINE, og=f"{HEADLINE} - Harbour Post", title=f"{HEADLINE} | Harbour Post"), HEADLINE),
        (titles(HEADLINE, og="Dredging starts in spring", title="Dredging | Harbour Post"), HEADLINE),  # as shown
        (titles("Harbour Post", og=HEADLINE, title=f"{HEADLINE} | Harbour Post"), HEADLINE),  # the masthead is a h1
        (titles(og=f"{HEADLINE} | Harbour Post"), HEADLINE),
        (titles(title=f"{HEADLINE} - Shipping - Harbour Post"), f"{HEADLINE} - Shipping"),
        (titles(title=f"{HEADLINE} - Shipping - Harbour Post", lines=("Shipping", HEADLINE)), HEADLINE),
        (titles(title=f"Harbour Post: {HEADLINE}", lines=(HEADLINE, "x")), HEADLINE),
        (titles(title="潮位上升九公分--港灣報", sites=(), lines=("潮位上升九公分",)), "潮位上升九公分"),
        (titles(("Shipping", HEADLINE), og=HEADLINE), HEADLINE),  # a kicker in the h1
        (titles(("Shipping", ":", HEADLINE), og=f"Shipping: {HEADLINE}"), f"Shipping: {HEADLINE}"),
        (titles("Latest", "Most read", HEADLINE, og=HEADLINE), HEADLINE),
        (titles("Latest", "Most read", og=HEADLINE, jsonld="Dredging", title=HEADLINE), HEADLINE),  # two agree
        (titles(og="Left - right - Harbour Post", sites=("Harbour Post",)), "Left - right"),
        (titles("Latest news", og=HEADLINE, subheads=("Weather", HEADLINE)), HEADLINE),  # the only h1 is a section
        (titles("Shipping", title=f"{HEADLINE} - Shipping - Ports", subheads=(HEADLINE,)), HEADLINE),
        (titles("Shipping", og=HEADLINE, title="Shipping", subheads=("Dredging for ships",)), "Shipping"),
        (titles("Skip navigation", HEADLINE, title=f"harbour: Speeches / {HEADLINE}"), HEADLINE),
        (titles(("More depth", "-", HEADLINE), og=f"Harbour: {HEADLINE}"), HEADLINE),  # each has a kicker of its own
        (titles(f"{HEADLINE}, says minister", og=HEADLINE), f"{HEADLINE}, says minister"),  # as shown
        (titles(title="潮位上升九公分，船舶改道-港灣網", sites=()), "潮位上升九公分，船舶改道"),
        (
            titles(
                "More from Leeds", "Why dredging comes late to the quay", og="Late dredging: the tide keeps ships out"
            ),
            "Why dredging comes late to the quay",  # of several in other words than its metadata
        ),
        (titles("Harbour Post"), "Harbour Post"),  # nothing better
        (titles(), None),
    ],
)
def test_the_headline_is(found: Titles, expected: str | None) -> None:
    assert choose_headline(found) == expected


def test_a_title_of_separators_alone_takes_no_time() -> None:
    assert choose_headline(titles(title="a -" * 50_000)) is not None


@pytest.mark.parametrize(
    ("headline", "clean", "mark"),
    [
        ("Ships wait longer -- WSJ", "Ships wait longer", "WSJ"),
        ("A dredger's fortune. -- Barrons.com", "A dredger's fortune.", "Barrons.com"),
        ("MW Ships wait longer", "Ships wait longer", "MW"),
        ("MWV buys a dredger", "MWV buys a dredger", None),
        ("Left -- and right -- of the channel", "Left -- and right -- of the channel", None),
        (None, None, None),
    ],
)
def test_an_agencys_mark_is_no_part_of_the_headline(headline: str | None, clean: str | None, mark: str | None) -> None:
    assert without_mark(headline) == (clean, mark)
