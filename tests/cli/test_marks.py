from __future__ import annotations

from newscrawl.cli.marks import marked
from newscrawl.items import Removed

TEXT = "First paragraph.\nSecond one"
CUTS = (
    Removed("byline", "By A. Writer", "r1", 1.0, 0),
    Removed("related", "Read more", "r2", 1.0, 17),
    Removed("wire_trailer", " (AB)", "r3", 1.0, 27),
    Removed("copyright", "© X", "r4", 1.0, 28),
)


def test_cuts_stand_where_they_were_and_blocks_are_numbered() -> None:
    assert str(marked(TEXT, CUTS, colour=False)) == (
        "1  [-byline: By A. Writer-]\n"
        "2  First paragraph.\n"
        "3  [-related: Read more-]\n"
        "4  Second one [-wire_trailer: (AB)-]\n"
        "5  [-copyright: © X-]\n"
    )


def test_an_article_that_was_cut_whole_shows_its_cuts() -> None:
    assert str(marked("", (Removed("share", "Share this", "r", 1.0, 0),), colour=False)) == "1  [-share: Share this-]\n"


def test_a_cut_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in str(marked("", (Removed("share", "\x1b[2Jx", "r", 1.0, 0),), colour=False))
