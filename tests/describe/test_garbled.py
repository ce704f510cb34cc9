"""Text that stands in for a story's."""

from __future__ import annotations

import random

import pytest

from newscrawl.describe.access import AccessEvidence, identify_access
from newscrawl.describe.garbled import garbled

LEAD = "The harbour board met on Monday and agreed to deepen the channel for larger ships."
STORY = (
    "The ships have had to wait for the tide since the last dredging, which was eleven years ago, and the board said "
    "that this was no longer good enough for a port that has more than two hundred calls in a year and their owners."
)
GERMAN = (
    "Die Schiffe mussten seit der letzten Ausbaggerung auf die Flut warten, und das ist für einen Hafen mit mehr als "
    "zweihundert Anläufen im Jahr nicht gut genug, sagte der Vorsitzende nach der Sitzung des Rates am Montag."
)
FINNISH = (
    "Laivat ovat joutuneet odottamaan nousuvettä edellisestä ruoppauksesta lähtien, ja hallituksen mukaan se ei riitä "
    "satamalle, jossa käy vuosittain yli kaksisataa alusta, koska varustamot siirtyvät muualle ellei väylää syvennetä "
    "ennen ensi talvea, sanoi puheenjohtaja maanantaina kokouksen jälkeen."
)
LINEUP = " ".join(f"{name} {number}," for number, name in enumerate(["Garrow", "Pell", "Ellery", "Oxbow"] * 8))


def shifted(text: str, step: int = 1) -> str:
    return "".join(chr(ord(char) + step) if char.isalpha() and char.isascii() else char for char in text)


def shuffled(text: str) -> str:
    draw = random.Random(0)
    return " ".join("".join(draw.sample(word, len(word))) for word in text.split())


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (shifted(STORY), "scrambled letters"),
        (shifted(GERMAN), "scrambled letters"),
        (shuffled(STORY), "scrambled letters"),
        (shuffled(GERMAN), "scrambled letters"),
        ("Dolor sit amet consectetur elit, sed tempor et dolore. " * 5, "a placeholder in place of the text"),
        ("".join(chr(0xE000 + ord(char) % 90) for char in STORY), "characters that only the page's font shows"),
        (STORY, None),
        (GERMAN, None),
        (FINNISH, None),
        (LINEUP, None),
        ("The word is \ue001, and no other.", None),
        ("港務局週一開會四小時後決定加深航道，讓較大的船隻進港。" * 6, None),
        ("", None),
    ],
)
def test_the_end_of_a_body_tells_whether_it_can_be_read(last: str, reason: str | None) -> None:
    assert garbled(f"{LEAD}\n{last}\nMore soon") == reason


def test_a_body_that_nobody_can_read_on_is_truncated_with_its_reason() -> None:
    access = identify_access(AccessEvidence(f"{LEAD}\n{shifted(STORY)}", is_free=False))
    assert (access.observed, access.completeness, access.reason) == ("subscriber", "truncated", "scrambled letters")
