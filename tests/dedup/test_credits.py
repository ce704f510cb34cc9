"""Whom articles credit, and what they derive from by that."""

from __future__ import annotations

import pytest

from newscrawl.dedup.credits import credits_of


@pytest.mark.parametrize(
    ("text", "language", "name", "words"),
    [
        ("According to the Wall Street Journal, the firm …", "en", "The Wall Street Journal", None),
        ("The merger was first reported by Bloomberg News on Monday", "en", "Bloomberg", "reported by"),
        ("Shares fell, Reuters reported, citing two people", "en", "Reuters", "Reuters reported"),
        ("The minister will step down, citing the Financial Times", "en", "Financial Times", None),
        ("Laut „Handelsblatt“ plant der Konzern", "de", "Handelsblatt", "Laut"),
        ("nach Informationen der Süddeutschen Zeitung", "de", "Süddeutsche Zeitung", None),
        ("Selon Le Monde, le groupe prépare", "fr", "Le Monde", None),
        ("Según El País, el banco", "es", "El País", None),
        ("据《华尔街日报》周四报道，公司", "zh", "The Wall Street Journal", "据《华尔街日报"),
        ("據路透社報導，", "zh", "Reuters", None),
        ("ウォール・ストリート・ジャーナルによると、同社は", "ja", "The Wall Street Journal", None),
    ],
)
def test_reads_who_is_credited(text: str, language: str, name: str, words: str | None) -> None:
    found = [credit for credit in credits_of(text, language) if credit.is_known]
    assert [credit.name for credit in found] == [name]
    assert (words or "") in found[0].words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("According to the police, nobody was hurt. According to Marit Fossdal, it was fog.", "en"),
        ("The Times Square attack was reported to the police.", "en"),
        ("The company reported earnings of $3.", "en"),
        ("Laut Polizei wurde niemand verletzt.", "de"),
        ("According to the Wall Street Journal", "tlh"),
    ],
)
def test_persons_and_offices_are_no_publications(text: str, language: str) -> None:
    assert [credit.name for credit in credits_of(text, language) if credit.is_known] == []


def test_an_outlet_that_is_not_known_is_credited_where_its_own_article_is_there() -> None:
    (credit,) = credits_of("According to The Fjordposten, the ferry ran aground.", "en")
    assert credit.fits("fjordpostenenglish", None)
    assert not credit.fits("kuestenbote", None)
    assert not credit.is_known
