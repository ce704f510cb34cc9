from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.cli.marks import marked, pieces
from newscrawl.items import Block, Removed
from newscrawl.strip import splice, strip_blocks

TEXT = "First paragraph.\nSecond one"
CUTS = (
    Removed("byline", "By A. Writer", "r1", 1.0, 0),
    Removed("related", "Read more", "r2", 1.0, 17),
    Removed("wire_trailer", " (AB)", "r3", 1.0, 27),
    Removed("copyright", "© X", "r4", 1.0, 28),
)


def test_cuts_stand_where_they_were() -> None:
    assert str(marked(TEXT, CUTS, colour=False)) == (
        "[-byline: By A. Writer-]\n"
        "First paragraph.\n"
        "[-related: Read more-]\n"
        "Second one [-wire_trailer: (AB)-]\n"
        "[-copyright: © X-]\n"
    )


def test_an_article_that_was_cut_whole_shows_its_cuts() -> None:
    assert str(marked("", (Removed("share", "Share this", "r", 1.0, 0),), colour=False)) == "[-share: Share this-]\n"


def test_a_cut_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in str(marked("", (Removed("share", "\x1b[2Jx", "r", 1.0, 0),), colour=False))


LINES = st.sampled_from(
    ["A sentence that tells the story, and tells it well.", "Share this article", "© 2026 X", "Read more:", "1", "(AP)"]
)


@settings(deadline=None)  # the first call reads the lexicons
@given(st.lists(LINES, max_size=8))
def test_the_pieces_are_the_original_text(lines: list[str]) -> None:
    stripped = strip_blocks([Block(text) for text in lines])
    together = "".join(piece.text for piece in pieces(stripped.text, stripped.removed)).removesuffix("\n")
    assert together == splice(stripped.text, stripped.removed)
