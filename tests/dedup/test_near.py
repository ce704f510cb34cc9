"""Copies, exact and near."""

from __future__ import annotations

import random
from zlib import crc32

from newscrawl.dedup.exact import text_digest
from newscrawl.dedup.near import SAMPLE, contained, runs_of


def test_form_alone_does_not_change_the_digest() -> None:
    assert text_digest("He said: “No.”\n\nShe  left.") == text_digest('he said: "no."\nshe left.')
    assert text_digest("one") != text_digest("two")


def test_a_shortened_copy_is_contained() -> None:
    words = [crc32(b"%d" % number) for number in range(120)]
    assert contained(runs_of(words), runs_of(words[:60])) == 1.0
    assert contained(runs_of(words), runs_of([*reversed(words)])) == 0.0
    assert contained(runs_of(words), runs_of([])) == 0.0


def test_a_sample_tells_the_share_of_long_texts() -> None:
    source = random.Random(1)
    words = [source.getrandbits(32) for _ in range(40 * SAMPLE)]
    other = words[: 20 * SAMPLE] + [source.getrandbits(32) for _ in range(20 * SAMPLE)]
    assert abs(contained(runs_of(words), runs_of(other)) - 0.5) < 0.15
