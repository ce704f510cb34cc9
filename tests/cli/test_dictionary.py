from __future__ import annotations

import json
from pathlib import Path

from tests.commands import run


def test_a_view_is_described_in_three_forms_without_a_database(tmp_path: Path) -> None:
    shown = run("db", "describe", "rule_hits", "article_revisions", cwd=tmp_path)
    assert "rule_hits (view): How much each rule cut" in shown.stdout, shown.stderr
    assert "one of first publisher_edit reclean" in shown.stdout
    (view,) = json.loads(run("db", "describe", "rule_hits", "--format", "json", cwd=tmp_path).stdout)
    assert [column["name"] for column in view["columns"]][:3] == ["outlet", "kind", "rule"]
    assert "| `min_score` | number |" in run("db", "describe", "rule_hits", "--format", "markdown", cwd=tmp_path).stdout
    assert list(tmp_path.iterdir()) == []
