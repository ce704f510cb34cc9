"""What a reader sees otherwise after another reading of an article."""

from __future__ import annotations

from newscrawl.items import Removed
from newscrawl.strip.changes import changes_of
from newscrawl.strip.edits import Text

LINE = "The harbour board said on Tuesday that it would rebuild the northern pier."
MORE = "Ferries to the islands will leave from the fish market while the work lasts."


def told(before: Text, after: Text) -> list[tuple[str, str, str, bool]]:
    return [(change.deed, change.rule, change.text, change.is_prose) for change in changes_of(before, after)]


def cut(text: str, at: int, rule: str = "share/en") -> Removed:
    return Removed("share", text, rule, 1.0, at)


def test_cuts_and_what_comes_back() -> None:
    whole = Text(f"{LINE}\nShare this\n{MORE}", ())
    shared = Text(f"{LINE}\n{MORE}", (cut("Share this", len(LINE) + 1),))
    tail = Text(f"{LINE}\nShare this", (cut(MORE, len(LINE) + 12, "model"),))
    assert told(whole, shared) == [("cut", "share/en", "Share this", False)]
    assert told(shared, whole) == [("put back", "share/en", "Share this", False)]
    assert told(whole, tail) == [("cut", "model", MORE, True)]
    assert told(shared, tail) == [("cut", "model", MORE, True), ("put back", "share/en", "Share this", False)]
    assert told(whole, whole) == []


def test_the_tail_of_a_line() -> None:
    whole, trimmed = Text(f"{LINE} (Reuters)", ()), Text(LINE, (cut(" (Reuters)", len(LINE)),))
    assert told(whole, trimmed) == [("cut", "share/en", " (Reuters)", False)]
    assert told(trimmed, whole) == [("put back", "share/en", " (Reuters)", False)]


def test_another_name_of_the_same_cut_is_no_change() -> None:
    texts = [Text(LINE, (cut("Share this", len(LINE) + 1, rule),)) for rule in ("share/en", "model")]
    assert told(*texts) == []


def test_what_extraction_finds_and_loses() -> None:
    assert told(Text(LINE, ()), Text(f"{LINE}\n{MORE}", ())) == [("found", "extract", MORE, True)]
    assert told(Text(f"{LINE}\n{MORE}", ()), Text(LINE, ())) == [("lost", "extract", MORE, True)]
    found_and_cut = Text(LINE, (cut("Share this", len(LINE) + 1),))
    assert told(Text(LINE, ()), found_and_cut) == []  # no reader has seen it
