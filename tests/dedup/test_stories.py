"""Stories, as articles come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.dedup import Stories, Told, evidence_of, packaged_model
from newscrawl.dedup.packed import PackedWindow
from newscrawl.dedup.packing import pack, unpack
from newscrawl.dedup.window import Window

DAY = datetime(2026, 3, 9, 8, tzinfo=UTC)
FERRY = (
    "Ferry with 187 aboard strikes pier in Osthavn\n"
    "A ferry with 187 people on board struck a pier in Osthavn on Monday, and 23 passengers were hurt, police said.\n"
    "The Solvarg, operated by Kystruten, was docking at 6:45 a.m. when its engines failed, Marit Fossdal said.\n"
    "Repairs will cost $4.7 million and take eleven weeks, Kystruten said."
)
FERRY_DE = (
    "Fähre mit 187 Menschen rammt Pier in Osthavn\n"
    "Eine Fähre mit 187 Menschen an Bord hat am Montag in Osthavn einen Pier gerammt, 23 Passagiere wurden verletzt.\n"
    "Die „Solvarg“ der Reederei Kystruten legte um 6.45 Uhr an, als die Maschinen ausfielen, so Marit Fossdal.\n"
    "Die Reparatur kostet 4,7 Millionen Dollar und dauert elf Wochen, teilte Kystruten mit."
)
RESULTS = (
    "{name} Q3 Profit Rises\n"
    "{name} Inc. reported earnings for its third quarter that increased from last year and beat analysts' estimates.\n"
    "The company's earnings totaled ${a} million, or ${b} per share. Revenue for the quarter rose {c}% to ${d} billion."
)
BAKERY = "Bakery wins prize\nA bakery in Lindow won a prize for its rye bread. Its owner thanked her two sons."


def told(number: int, text: str, *, hours: float = 0, language: str = "en") -> Told:
    title, _, body = text.partition("\n")
    return Told(number, f"outlet-{number}", language, DAY + timedelta(hours=hours), title, body)


def stories_of(*articles: Told, window: Window | None = None) -> tuple[list[int], Stories]:
    """For each article its story's number, and the stories."""
    stories = Stories(packaged_model().score, window)
    places = [stories.add(evidence_of(article)) for article in articles]
    return [stories.window.stories[place].id for place in places], stories


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(FERRY, id="copy"),
        pytest.param(FERRY.replace("\n", "\n\n").upper(), id="capitals"),
        pytest.param("Ferry accident\n" + FERRY.partition("\n")[2].rpartition("\n")[0], id="last paragraph cut"),
    ],
)
def test_a_copy_is_tied_and_no_source_of_its_own(text: str) -> None:
    tied, stories = stories_of(told(1, FERRY), told(2, BAKERY, hours=1), told(3, text, hours=2))
    assert tied == [0, 1, 0]
    assert stories.independent(stories.window.stories[0]) == 1


def test_a_translation_is_tied_and_no_source_of_its_own() -> None:
    tied, stories = stories_of(told(1, FERRY), told(2, BAKERY), told(3, FERRY_DE, hours=3, language="de"))
    assert tied == [0, 1, 0]
    assert stories.window.origins[2].relation == "translation"
    assert stories.independent(stories.window.stories[0]) == 1


def test_results_of_two_companies_are_two_stories() -> None:
    one = RESULTS.format(name="Brandel Foods", a="212.4", b="1.31", c="4.8", d="3.07")
    other = RESULTS.format(name="Corvane Foods", a="148.7", b="0.92", c="6.1", d="1.74")
    tied, _ = stories_of(told(1, one), told(2, other, hours=0.1), told(3, one, hours=1), told(4, other, hours=1.1))
    assert tied == [0, 1, 0, 1]


def test_the_same_text_of_another_week_is_another_story() -> None:
    tied, _ = stories_of(told(1, FERRY), told(2, FERRY, hours=24 * 7))
    assert tied == [0, 1]


@pytest.mark.parametrize("made", [Window, PackedWindow])
def test_what_left_the_window_is_forgotten(monkeypatch: pytest.MonkeyPatch, made: type[Window]) -> None:
    monkeypatch.setattr("newscrawl.dedup.window.KEPT", 5)
    monkeypatch.setattr("newscrawl.dedup.stories.TIDY", 10)
    stories = Stories(packaged_model().score, window := made())
    for day in range(60):
        stories.add(evidence_of(told(day, FERRY, hours=24 * day)))
    assert len(window.articles) <= 12
    assert max(map(len, window.posted.values())) <= 12
    assert window.article(0) is None
    assert window.article(59) is not None


def test_a_window_of_bytes_comes_to_the_same_stories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newscrawl.dedup.packed.HELD", 1)
    texts = [(FERRY, "en"), (BAKERY, "en"), (FERRY_DE, "de"), (RESULTS, "en"), (FERRY.upper(), "en")]
    articles = [
        told(number, text, hours=number, language=language) for number, (text, language) in enumerate(3 * texts)
    ]
    tied, stories = stories_of(*articles)
    window = PackedWindow()
    assert stories_of(*articles, window=window)[0] == tied == [0, 1, 0, 3, 0] * 3
    assert window.origins == stories.window.origins
    assert len(window.articles) < len(stories.window.articles) == 15
    window.drop(14)
    assert window.article(14) is None


def test_an_earlier_article_that_comes_late_is_the_origin() -> None:
    tied, stories = stories_of(told(1, FERRY, hours=5), told(2, BAKERY), told(3, FERRY, hours=1))
    assert tied == [0, 1, 0]
    assert [(place, origin.source) for place, origin in stories.window.origins.items()] == [(0, 2)]


def test_an_article_that_comes_again_leaves_its_story() -> None:
    _, stories = stories_of(told(1, FERRY), told(2, FERRY, hours=1))
    stories.withdraw(1)
    stories.leave(1)
    assert stories.window.stories[0].members == [(told(1, FERRY).published.timestamp() / 3600, 0)]
    assert stories.window.origins == {}
    assert stories.add(evidence_of(told(3, FERRY, hours=2))) == 2
    assert [place for _, place in stories.window.stories[2].members] == [0, 2]


def test_evidence_is_the_same_when_it_was_packed() -> None:
    _, stories = stories_of(told(1, FERRY), told(2, FERRY_DE, language="de"), told(3, "", language="zh"))
    for article in stories.window.articles.values():
        assert unpack(pack(article)) == article
