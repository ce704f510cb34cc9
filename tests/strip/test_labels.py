"""What persons said goes before what rules say, and nothing is lost by it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.items import Block, Removed
from newscrawl.strip import splice, strip_blocks
from newscrawl.strip.labels import Label, apply_labels

TEXT = "The harbour opens on Monday.\nListen to this story\nThe mayor spoke. (AP)"
CUTS = (
    Removed("share", "Share", "share/en.line", 0.9, 0),
    Removed("wire_trailer", " (END)", "wire_trailer/en.end", 0.9, len(TEXT)),
    Removed("copyright", " © AP", "copyright/any.end", 0.9, len(TEXT)),
)


@pytest.mark.parametrize(
    ("label", "text", "cuts"),
    [
        (Label("Share", "body"), f"Share\n{TEXT}", [" (END)", " © AP"]),
        (Label("SHARE", "body"), f"Share\n{TEXT}", [" (END)", " © AP"]),
        (Label("The mayor spoke. (AP) (END) © AP", "body"), f"{TEXT} (END) © AP", ["Share"]),
        (
            Label("Listen to this story", "boilerplate", "app_promo"),
            "The harbour opens on Monday.\nThe mayor spoke. (AP)",
            ["Share", "Listen to this story", " (END)", " © AP"],
        ),
        (Label("(AP)", "boilerplate", "wire_trailer"), TEXT[:-5], ["Share", " (AP)", " (END)", " © AP"]),
        (
            Label("The mayor spoke. (AP) (END) © AP", "boilerplate", "other"),
            "The harbour opens on Monday.\nListen to this story",
            ["Share", "The mayor spoke. (AP) (END) © AP"],
        ),
        (Label("to this story", "boilerplate", "other"), TEXT.replace(" to this story", ""), None),
        (Label("day.", "boilerplate", "other"), TEXT, None),  # no word is cut in two
        (Label("Not there", "boilerplate", "other"), TEXT, None),
    ],
)
def test_a_label_goes_before_a_rule(label: Label, text: str, cuts: list[str] | None) -> None:
    found, removed = apply_labels(TEXT, CUTS, [label])
    assert found == text
    assert cuts is None or [cut.text for cut in removed] == cuts
    assert splice(found, removed) == splice(TEXT, CUTS)


LINES = ["A sentence that tells the story, and tells it well.", "Share this article", "© 2026 X", "Read more:", "(AP)"]
LABELS = st.builds(Label, st.sampled_from([*LINES, "and tells it well."]), st.sampled_from(["body", "boilerplate"]))


@settings(deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=8), st.lists(LABELS, max_size=4, unique_by=lambda label: label.text))
def test_labels_lose_nothing_and_doing_it_twice_changes_nothing(lines: list[str], labels: list[Label]) -> None:
    stripped = strip_blocks([Block(text) for text in lines])
    once = apply_labels(stripped.text, stripped.removed, labels)
    assert splice(*once) == "\n".join(lines)
    assert apply_labels(*once, labels) == once
