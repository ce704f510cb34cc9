"""Training: what is learnt from labelled pages, and what is refused."""

from __future__ import annotations

import pytest

from newscrawl.items import Block, Place
from newscrawl.strip.model import dump_model
from newscrawl.strip.train import LabelledPage, TrainingError, cross_validate, fit, read_rows

TOWNS = "Northport Harrow Tilbury Ashford Dunmore Ellery Marlow Selby Thorpe Wicklow Yarm Zennor"


def page(number: int) -> LabelledPage:
    """A story of six sentences, with two notes in a box that no rule knows."""
    town = TOWNS.split()[number % 12] + "bridge" * (number // 12)
    story = [
        Block(
            f"The council of {town} voted on motion {line} after a debate of {line + 2} hours, and then it rose.",
            place=Place(0.1 * line, 5, 1, 8, ("own:<p>", "over:article")),
        )
        for line in range(6)
    ]
    notes = [
        Block(text, place=Place(0.8, 7, 2, 1, ("own:<p>", "in:gadget")))
        for text in ("Gadget of the week for you", f"Try our gadget, {town}")
    ]
    at = 1 + number % 4
    blocks = (*story[:at], *notes, *story[at:])
    labels = tuple(block in notes for block in blocks)
    return LabelledPage(town.lower(), "en", blocks, labels, tuple("other" if label else None for label in labels))


PAGES = [page(number) for number in range(36)]


def test_what_outlets_share_is_found_at_one_that_was_not_seen() -> None:
    scores, plain = cross_validate(read_rows(PAGES))
    labels = [label for page in PAGES for label in page.labels]
    for found in (scores, plain):
        cut = [score for score, label in zip(found, labels, strict=True) if label]
        kept = [score for score, label in zip(found, labels, strict=True) if not label]
        assert min(cut) > 0.7 > 0.3 > max(kept)


def test_the_same_pages_give_the_same_weights() -> None:
    model = fit(read_rows(PAGES))
    assert dump_model(model) == dump_model(fit(read_rows(PAGES)))
    assert model.names["in:gadget"] > 0 > model.words["the"]
    assert "northport" not in model.words  # one outlet's word is no evidence


@pytest.mark.parametrize(
    "pages", [[], PAGES[:5], [LabelledPage(p.outlet, None, p.blocks, (False,) * 8, (None,) * 8) for p in PAGES]]
)
def test_too_little_to_learn_from_is_said(pages: list[LabelledPage]) -> None:
    with pytest.raises(TrainingError, match="more than 5 outlets, with blocks of both sorts"):
        fit(read_rows(pages))
