"""What is kept of an article as bytes, and back: some 1,500 for an article."""

from __future__ import annotations

import json
import struct
from array import array
from itertools import islice

from newscrawl.dedup.credits import Credit
from newscrawl.dedup.pairs import Weighed

_HEAD = struct.Struct("<B d f B 6H")
_FORM = 1  # of the bytes


def pack(article: Weighed) -> bytes:
    """The bytes."""
    credits = [(one.name, one.words, one.wire, one.is_known) for one in article.credits]
    said = json.dumps(
        [article.language, article.digest, article.wire, article.translated, article.outlet, credits]
    ).encode()
    weights = (article.words, article.names, article.numbers, article.sounds)
    sizes = (len(said), len(article.runs) // 4, *map(len, weights))
    head = _HEAD.pack(_FORM, article.at, article.length, article.sentences, *sizes)
    keys, values = array("I"), array("f")
    for one in weights:
        keys.extend(one)
        values.extend(one.values())
    bits = array("Q", [article.where[key] for one in (article.names, article.numbers) for key in one])
    return b"".join((head, said, article.runs, keys.tobytes(), values.tobytes(), bits.tobytes()))


def unpack(data: bytes) -> Weighed:
    """The article of the bytes.

    Raises:
        ValueError: They are of another form.
    """
    form, at, length, sentences, said, runs, *sizes = _HEAD.unpack_from(data)
    if form != _FORM:
        raise ValueError(f"expected evidence of form {_FORM}, got {form}")
    after, start = _HEAD.size + said, _HEAD.size + said + 4 * runs
    language, digest, wire, translated, outlet, credits = json.loads(data[_HEAD.size : after])
    count = sum(sizes)
    keys, values, bits = array("I"), array("f"), array("Q")
    keys.frombytes(data[start : start + 4 * count])
    values.frombytes(data[start + 4 * count : start + 8 * count])
    bits.frombytes(data[start + 8 * count :])
    weights = zip(keys, values, strict=True)
    words, names, numbers, sounds = (dict(islice(weights, size)) for size in sizes)
    return Weighed(
        language=language,
        at=at,
        digest=digest,
        runs=data[after:start],
        words=words,
        length=length,
        names=names,
        names_total=sum(names.values()),
        numbers=numbers,
        numbers_total=sum(numbers.values()),
        sounds=sounds,
        where=dict(zip((*names, *numbers), bits, strict=True)),
        sentences=sentences,
        wire=wire,
        translated=translated,
        outlet=outlet,
        credits=tuple(Credit(*one) for one in credits),
    )
