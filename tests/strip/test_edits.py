from dataclasses import replace

import pytest

from newscrawl.items import Removed
from newscrawl.strip.edits import Text, change_ratio, correction, is_edited, notices_of

STORY = (
    "The harbour board said on Tuesday that it would rebuild the northern pier before the winter storms.\n"
    "Engineers found last month that a third of the wooden piles had rotted below the water line.\n"
    "Ferries to the islands will leave from the fish market while the work lasts."
)
NOTICES = [
    "Correction: An earlier version of this article misstated the number of piles. It is a third, not a half.",
    "Correction (May 12, 2026, 4:10 p.m. ET): A previous version of this story misspelled the name.",
    "Corrections, May 12, 2026: The name of the pier was wrong.",
    "Clarification: This story has been updated to make clear that the board met on Tuesday.",
    "Editor's note: A previous version misstated the name of the harbour.",
    "• This article was amended on 12 May 2026. The pier had not been closed.",
    "An earlier version of this article misstated the length of the pier.",
    "Berichtigung: In einer früheren Version dieses Artikels hieß es, die Mole sei 300 Meter lang.",
    "Korrektur: Der Hafen war nicht geschlossen.",
    "Fe de errores: una versión anterior indicaba que el muelle medía 300 metros.",
    "Rectificatif : la jetée mesure 200 mètres.",
    "Cet article a été modifié le 12 mai 2026 : la jetée mesure 200 mètres.",
    "Rettifica: la lunghezza era errata.",
    "Errata: uma versão anterior deste artigo informava 300 metros.",
    "Rectificatie: in een eerdere versie van dit artikel stond dat de pier 300 meter lang is.",
    "Исправление: длина причала — 200 метров.",
    "【訂正】桟橋の長さに誤りがありました。",
    "訂正：記事の初出時、桟橋の長さを300メートルとしていました。",
    "更正：本文早前版本误将码头长度写为300米。",
    "[정정] 본 기사는 부두 길이를 고쳤습니다.",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_that_was_not_there_is_the_correction(notice: str) -> None:
    with_it = f"{STORY}\n{notice}"
    assert correction(STORY, with_it) == notice
    assert correction(with_it, with_it.replace("northern", "southern")) is None
    assert correction(with_it, STORY) is None


@pytest.mark.parametrize(
    "line",
    [
        "Correction of the course was needed, the captain said.",
        "Clarification is what the town wants, the mayor said.",
        "Prices saw a correction: shares fell three per cent.",
        "An earlier version of this bill failed in May.",
        "Updated 12 May 2026, 14:10",
        "Correction: " + "a paragraph of the story. " * 40,
        "",
    ],
)
def test_a_line_of_the_story_is_no_notice(line: str) -> None:
    assert notices_of(f"{STORY}\n{line}") == []


def test_a_heading_takes_the_line_below_it_along() -> None:
    text = f"{STORY}\nCorrection\nThe pier is 200 metres long."
    assert correction(STORY, text) == "Correction The pier is 200 metres long."


def test_two_notices_are_two_lines_and_a_known_one_is_left_out() -> None:
    old, new = f"{STORY}\n{NOTICES[0]}", "\n".join((STORY, *NOTICES[:3]))
    assert correction(old, new) == "\n".join(NOTICES[1:3])


@pytest.mark.parametrize(
    ("old", "new", "low", "high"),
    [
        (STORY, STORY, 0, 0),
        (STORY, STORY.replace("third", "half"), 0.01, 0.03),
        (STORY, STORY + "\n" + STORY.split("\n")[0].upper(), 0.2, 0.3),
        (STORY, "\n".join(reversed(STORY.split("\n"))), 0.3, 0.7),
        (STORY, "Share prices rose in Tokyo, led by makers of chips.", 0.9, 1),
        ("港口委员会周二表示，将重建码头。", "港口委员会周三表示，将重建码头。", 0.05, 0.1),
        (STORY, "", 1, 1),
    ],
)
def test_the_ratio_is_the_share_of_words_that_differ(old: str, new: str, low: float, high: float) -> None:
    assert low <= change_ratio(old, new) <= high
    assert change_ratio(old, new) == change_ratio(new, old)


def test_a_text_of_any_length_is_compared_by_its_lines() -> None:
    long = "\n".join(f"Line {number} of a very long list." for number in range(40_000))
    assert 0 < change_ratio(long, long + "\nOne line more.") < 0.001
    assert change_ratio("a b " * 2_000_000, "b a " * 2_000_000) == 1
    assert change_ratio("a " * 10_000, "a b " * 5_000) == 0.5


SHARE, AGENCY = "Share this article", " (Reuters)"
SHARED = Removed("share", SHARE, "share.words", 0.9, len(STORY) + 1)
SIGNED = Removed("wire_trailer", AGENCY, "wire.words", 0.9, len(STORY))


@pytest.mark.parametrize(
    ("old", "new", "edited"),
    [
        (Text(f"{STORY}\n{SHARE}", ()), Text(STORY, (SHARED,)), False),
        (Text(STORY + AGENCY, ()), Text(STORY, (SIGNED,)), False),
        (Text(STORY + AGENCY, ()), Text(STORY, ()), True),
        (Text(f"{STORY}\n{SHARE}", ()), Text(STORY, ()), True),
        (Text(STORY, (SHARED,)), Text(STORY, (replace(SHARED, text="Read on"),)), False),
        (Text(STORY, ()), Text(f"{STORY} More of it.", ()), True),
        (Text(STORY, (SHARED,)), Text(STORY.replace("third", "half"), (SHARED,)), True),
        (Text(f"{STORY}\n{SHARE}", ()), Text(STORY.replace("third", "half"), (SHARED,)), True),
        (Text(STORY, ()), Text(STORY, (replace(SHARED, cut_at=3),)), True),
    ],
)
def test_another_cut_is_no_edit(old: Text, new: Text, edited: bool) -> None:
    assert is_edited(old, new) is is_edited(new, old) is edited
