"""Numbers as values."""

from __future__ import annotations

import pytest

from newscrawl.dedup.numbers import numbers_of


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("shares worth $1.2 billion", "en", [1.2e9]),
        ("Aktien für 1,2 Mrd. Euro", "de", [1.2e9]),
        ("12億ドル", "ja", [1.2e9]),
        ("12亿美元", "zh-Hans", [1.2e9]),
        ("総資産は6兆2千億円", "ja", [6.2e12]),
        ("2.000 millones de euros", "es", [2e9]),
        ("3 mil millones", "es", [3e9]),
        ("un préjudice de 640 000 euros", "fr", [640_000]),
        ("640.000 Euro", "de", [640_000]),
        ("a crowd of 39,870", "en", [39_870]),
        ("2.6m customers", "en", [2.6e6]),
        ("um 5.40 Uhr", "de", [5.4]),
        ("at 5:40 a.m.", "en", [5.4]),
        ("seventeen people", "en", [17]),
        ("siebzehn Menschen", "de", [17]),
        ("two of 3 ships", "en", []),
        ("the H4 processor", "en", []),
        ("9" * 400, "en", [999_999_999_999_999]),
    ],
)
def test_reads_values(text: str, language: str, values: list[float]) -> None:
    assert list(numbers_of(text, language)) == pytest.approx(values)
