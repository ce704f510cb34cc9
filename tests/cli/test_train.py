"""`newscrawl rules train`: from labelled pages to weights that are used."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from newscrawl.cli.training import read_labels
from newscrawl.strip.train import LabelledPage
from tests.commands import run

NOTE = "Gadgets of the week, picked for you"


def line(number: int) -> str:
    sentences = [
        f"The council of town {number} voted on motion {motion} after a debate of {motion + 2} hours, and then it rose."
        for motion in range(6)
    ]
    inner = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    box = f"<div class='gadget'><p>{NOTE}</p></div>"
    html = f"<html><body><article><h1>Votes {number}</h1>{inner}{box}</article></body></html>"
    blocks = [{"text": sentence, "label": "body"} for sentence in sentences]
    blocks.append({"text": NOTE, "label": "boilerplate", "kind": "related"})
    encoded = base64.b64encode(html.encode()).decode()
    url = f"https://town{number}.example/votes"
    return json.dumps({"url": url, "outlet": f"town{number}", "language": "en", "html_b64": encoded, "blocks": blocks})


def test_weights_are_trained_and_take_the_place_of_the_packaged_ones(tmp_path: Path) -> None:
    (tmp_path / "labels.jsonl").write_text("\n".join(map(line, range(30))) + "\n{}\n")
    done = run("rules", "train", "labels.jsonl", "--out", "mine.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "30 pages of 30 outlets: 30 blocks of boilerplate, 180 of body" in done.stdout
    assert "labels.jsonl:31: expected an object with a list of blocks" in done.stderr
    told = json.loads(run("rules", "train", "labels.jsonl", "--json", cwd=tmp_path).stdout)
    assert told["recall_on_unseen_outlets"]["markup"]["99.5% of the body kept"] == 1.0
    assert (tmp_path / "weights.json").read_bytes() == (tmp_path / "mine.json").read_bytes()

    page = json.loads(line(40))
    (tmp_path / "page.html").write_bytes(base64.b64decode(page["html_b64"]))
    mine = run("extract", "page.html", "--format", "json", cwd=tmp_path, NEWSCRAWL_WEIGHTS="mine.json")
    assert [cut["rule"] for cut in json.loads(mine.stdout)["removed"] if cut["text"] == NOTE] == ["model/trees"]


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    bad = [
        "nonsense",
        '{"blocks": [{"text": "a", "label": "maybe"}]}',
        '{"blocks": [{"text": "", "label": "body"}]}',
        '{"html_b64": "?", "blocks": []}',
    ]
    (tmp_path / "labels.jsonl").write_text("\n".join(bad))
    found = [str(fault) for fault in read_labels(tmp_path / "labels.jsonl")]
    for number, (fault, text) in enumerate(
        zip(found, ["JSON", "blocks[0].label", "blocks[0].text", "base64"], strict=True)
    ):
        assert f"labels.jsonl:{number + 1}: " in fault
        assert text in fault
    done = run("rules", "train", "labels.jsonl", cwd=tmp_path)
    assert (done.returncode, "too little to learn from" in done.stderr) == (1, True)
    assert "none.jsonl: cannot be read" in run("rules", "train", "none.jsonl", cwd=tmp_path).stderr
    broken = run("extract", "labels.jsonl", cwd=tmp_path, NEWSCRAWL_WEIGHTS="labels.jsonl")
    assert broken.returncode != 0
    assert "no file of weights" in broken.stderr


def test_labels_match_blocks_by_text_or_by_a_part_of_it(tmp_path: Path) -> None:
    texts = [
        {"text": "The council  voted.", "label": "body"},
        {"text": "Read more", "label": "boilerplate", "kind": "related"},
    ]
    (tmp_path / "labels.jsonl").write_text(json.dumps({"outlet": "a", "title": "Votes", "blocks": texts}))
    (page,) = read_labels(tmp_path / "labels.jsonl")
    assert isinstance(page, LabelledPage)
    assert [block.text for block in page.blocks] == ["The council voted.", "Read more"]
    assert (page.labels, page.kinds, page.headline) == ((False, True), (None, "related"), "Votes")
