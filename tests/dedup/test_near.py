"""Copies, exact and near."""

from __future__ import annotations

import random
from zlib import crc32

from newscrawl.dedup.exact import text_digest
from newscrawl.dedup.near import SAMPLE, contained, runs_of
from newscrawl.fulltext.words import words


def test_form_alone_does_not_change_the_digest() -> None:
    assert text_digest(words("He said: “No.”\n\nShe  left.")) == text_digest(words('he said: "no."\nshe left.'))
    assert text_digest(words("one")) != text_digest(words("two"))
    assert text_digest(words("one"), "and more") != text_digest(words("one"))


def test_a_shortened_copy_is_contained() -> None:
    keys = [crc32(b"%d" % number) for number in range(120)]
    assert contained(runs_of(keys), runs_of(keys[:60])) == 1.0
    assert contained(runs_of(keys), runs_of([*reversed(keys)])) == 0.0
    assert contained(runs_of(keys), runs_of([])) == 0.0


def test_a_sample_tells_the_share_of_long_texts() -> None:
    source = random.Random(1)
    keys = [source.getrandbits(32) for _ in range(40 * SAMPLE)]
    other = keys[: 20 * SAMPLE] + [source.getrandbits(32) for _ in range(20 * SAMPLE)]
    assert abs(contained(runs_of(keys), runs_of(other)) - 0.5) < 0.15
