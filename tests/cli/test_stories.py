"""`newscrawl stories cluster --jsonl`."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

from newscrawl.cli.stories import run_filter
from tests.commands import run

TEXT = (
    "Kystruten's ferry Solvarg struck a pier in Osthavn with 187 people on board on Monday, Marit Fossdal said.\n"
    "Twenty-three passengers were hurt. Repairs will cost $4.7 million."
)


def line(number: int, text: str = TEXT, published: str | None = "2026-03-09T08:00:00+01:00") -> str:
    fields = {"id": number, "outlet": "a", "language": "en", "published": published, "title": "Ferry", "text": text}
    return json.dumps(fields)


def answers(*lines: str) -> list[dict[str, object]]:
    target = BytesIO()
    run_filter(BytesIO("\n".join(lines).encode()), target)
    return [json.loads(answer) for answer in target.getvalue().splitlines()]


def test_writes_a_line_for_each_in_order() -> None:
    later = "2026-03-09T12:00:00Z"
    assert answers(line(5, published=later), line(6, "A bakery in Lindow won a prize."), line(7)) == [
        {"id": 5, "story": 7, "independent": 1},
        {"id": 6, "story": None, "independent": 1},
        {"id": 7, "story": 7, "independent": 1},
    ]


def test_goes_on_behind_bad_lines() -> None:
    bad = ("{", '{"id": 1, "text": 2}', '{"id": 2, "published": "yesterday"}')
    found = answers(*bad, line(3), line(4, published=None))
    assert [answer.get("rejection") for answer in found] == ["bad_json", "bad_field", "bad_field", None, None]
    assert found[4] == {"id": 4, "story": None, "independent": 1}  # of no day, so of no story


def test_the_command_reads_its_input(tmp_path: Path) -> None:
    done = run("stories", "cluster", "--jsonl", cwd=tmp_path, stdin=f"{line(1)}\n{line(2)}\n")
    assert [json.loads(answer)["story"] for answer in done.stdout.splitlines()] == [1, 1]
    refused = run("stories", "cluster", cwd=tmp_path)
    assert refused.returncode == 1
    assert "--jsonl" in refused.stderr
