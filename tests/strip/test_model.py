"""The trained part: what it reads, what it makes of it, and its file."""

from __future__ import annotations

import json
from dataclasses import replace
from math import isclose, log
from pathlib import Path

import pytest

from newscrawl.items import Block, Place
from newscrawl.strip import rules_version, strip_blocks
from newscrawl.strip.chain import read_marks
from newscrawl.strip.model import INPUTS, Forest, Model, WeightsError, dump_model, load_model, parse_model
from newscrawl.strip.signals import NEAR, OWN, near, read_signals, words_of

STORY = [
    Block(f"The bridge over the Elm was closed for day {day} on Monday, and the council asked drivers to be patient.")
    for day in range(1, 6)
]
AT = {name: at for at, name in enumerate(INPUTS)}


def test_numbers_stand_under_their_names() -> None:
    heading = Block("Read Also", "h3", 1.0, Place(0.9, 7, 3, 2, ("own:<h3>", "in:related")))
    doc, marks = read_marks([*STORY, heading], headline="The bridge over the Elm", site_name=None)
    *_, last = read_signals(doc, marks)
    numbers = dict(zip(OWN, last.numbers, strict=True))
    assert (numbers["rules"], numbers["link_share"], numbers["heading"], numbers["inside_story"]) == (
        0.95,
        1.0,
        1.0,
        0.0,
    )
    assert (numbers["siblings"], numbers["steps"], numbers["depth"], numbers["page_before"]) == (2.0, 3.0, 7.0, 0.9)
    assert (numbers["capitals"], numbers["blocks"], numbers["text_after"]) == (0.25, 6.0, 0.0)
    assert last.names == ("own:<h3>", "in:related")
    first = dict(zip(OWN, read_signals(doc, marks)[0].numbers, strict=True))
    assert first["headline_share"] == 1.0
    assert (first["steps"], first["page_before"]) == (-1.0, -1.0)


def test_words_are_read_in_pairs_with_digits_masked() -> None:
    assert set(words_of("read 12 more")) == {"read", "00", "more", "read 00", "00 more", "^read", "^read 00", "more$"}
    assert set(words_of("推荐新闻")) == {"推荐", "荐新", "新闻"}
    assert words_of("") == ()


def test_neighbours_beyond_the_ends_are_nowhere() -> None:
    first, second, third = near([1.0, 2.0, 4.0])
    assert dict(zip(NEAR, first, strict=True)) == {
        "two_before": -9, "before": -9, "after": 2, "two_after": 4, "all_after": 3, "all_before": -9,
    }  # fmt: skip
    assert (second[1], second[2], third[4]) == (1, 4, -9)


def test_a_forest_adds_up_what_its_trees_say_and_says_what_did_it() -> None:
    link, words = AT["link_share"], AT["words"]
    forest = Forest(-1.0, ((link, 0.5, -0.5, (words, 2.0, 0.25, 2.0)), (words, 1.0, 0.0, 1.0)))
    row = [0.0] * len(INPUTS)
    assert forest.shares(row) == {"link_share": -0.5, "words": 0.0}
    row[link], row[words] = 0.9, 3.0
    assert forest.shares(row) == {"link_share": 1.0, "words": 2.0}
    score = forest.score(row)
    assert isclose(log(score / (1 - score)), -1.0 + 2.0 + 1.0)


def test_the_packaged_weights_say_where_they_come_from() -> None:
    model = load_model()
    assert model.provenance["outlets"] > 100
    assert set(model.provenance["recall_on_unseen_outlets"]) == {"markup", "text"}
    again = parse_model(dump_model(model))
    assert again == model


def test_pages_and_text_have_trees_of_their_own() -> None:
    model = load_model()
    doc, _ = read_marks(STORY, headline=None, site_name=None)
    assert model.forest(doc) is model.plain
    placed = [replace(block, place=Place(0.1, 5, 1, 5)) for block in STORY]
    doc, _ = read_marks(placed, headline=None, site_name=None)
    assert model.forest(doc) is model.marked


def test_cuts_what_no_rule_knows_by_all_that_speaks_against_it() -> None:
    placed = [replace(block, place=Place(0.1 + 0.1 * at, 5, 1, 5)) for at, block in enumerate(STORY)]
    names = ("own:<a>", "in:<li>", "in:<ul>", "in:<div>", "in:related", "in:recommended", "in:<aside>")
    strangers = [
        Block(f"Otters return to {town} after thirty years", "h3", 0.5, Place(0.8 + 0.02 * at, 11, 6, 1, names))
        for at, town in enumerate(("Northport", "Harrow", "Tilbury"))
    ]
    stripped = strip_blocks([*placed, *strangers])
    assert {cut.text for cut in stripped.removed} == {block.text for block in strangers}
    assert {(cut.rule, cut.kind) for cut in stripped.removed} == {("model/trees", "related")}
    assert all(0.7 <= cut.score < 0.9 for cut in stripped.removed)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"inputs": ["letters"]}, "made by another version of newscrawl"),
        ({"marked": [0.0, [[999, 0.5, 0.0, 1.0]]]}, "expected an input from 0 to"),
        ({"plain": [0.0, ["x"]]}, "could not convert"),
        ({"plain": [0.0, [float("inf")]]}, "expected a number, got inf"),
        ({"words": None}, None),
    ],
)
def test_a_file_of_weights_that_cannot_be_used_says_why(change: dict[str, object], message: str | None) -> None:
    content = json.loads(dump_model(Model({}, {}, Forest(0.0, ()), Forest(0.0, ()))))
    if message is None:
        del content["words"]
        message = "words"
    raw = json.dumps(content | change if message != "words" else content).encode()
    with pytest.raises(WeightsError, match=message):
        parse_model(raw)
    with pytest.raises(WeightsError, match="no file of weights"):
        parse_model(b"[1, 2")


def test_weights_that_are_named_take_the_place_of_the_packaged_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.json"
    packaged = rules_version()
    path.write_bytes(dump_model(Model({}, {"^own": 1.5}, Forest(-9.0, ()), Forest(-9.0, ()))))
    monkeypatch.setenv("NEWSCRAWL_WEIGHTS", str(path))
    load_model.cache_clear()
    try:
        assert load_model().words == {"^own": 1.5}
        assert rules_version() != packaged  # so that reclean reads articles again
        monkeypatch.setenv("NEWSCRAWL_WEIGHTS", str(tmp_path / "none.json"))
        load_model.cache_clear()
        with pytest.raises(WeightsError, match=r"none\.json: cannot be read"):
            load_model()
    finally:
        load_model.cache_clear()
