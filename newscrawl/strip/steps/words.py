"""Blocks that say themselves what they are: the lexicon's rules, weighed with the block's shape and place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newscrawl.strip.document import CUT, Document, Mark, Marks
from newscrawl.strip.features import Features
from newscrawl.strip.lexicon import Hit, Where, word_list

# How far a rule goes by itself: a formula is enough in a block of its own, a word is not.
_BASE: dict[Where, float] = {
    "heading": 0.95, "line": 0.95, "name": 0.8, "end": 0.9, "start": 0.85, "notice": 0.8, "phrase": 0.45,
}  # fmt: skip
_LONG = 450
_WHOLE_STORY = 1500  # letters; layout tables put a whole article, its copyright notice included, into one cell
_PIECE = 300
_NAMES = 110
_SENTENCE_END = re.compile(r"[.!?。！？]['\")]*\s*$")
_FILLER_WORDS, _FILLER_SHARE = 8, 0.7
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"[^\W\d_]+[.']?|\S")


def mark_words(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark blocks in which the lexicon finds boilerplate."""
    story = doc.story(marks)
    for index, block in enumerate(doc.blocks):
        stop = _trailer_start(block)
        own = [hit for hit in block.hits if hit.rule.where != "trailer" and hit.start < stop]
        verdicts = [(weigh(block, hit, story, index), hit) for hit in own]
        score, hit = max(verdicts, key=lambda verdict: verdict[0], default=(0.0, None))
        if hit and score >= CUT:
            yield Mark(index, hit.rule.kind, hit.rule.name, min(score, 0.99))


def mark_filler(doc: Document, marks: Marks) -> Iterator[Mark]:
    """Mark paragraphs of Latin without meaning, which stand where a paywall hides the story."""
    filler = word_list("filler")
    for index, block in enumerate(doc.blocks):
        words = _WORD.findall(block.flat) if block.script == "Latn" else []
        if len(words) >= _FILLER_WORDS and sum(map(filler.__contains__, words)) > _FILLER_SHARE * len(words):
            yield Mark(index, "paywall", "paywall/filler", 0.95)


def _trailer_start(block: Features) -> int:
    """Where a trailer begins behind a sentence: what is said from there on is not said of the whole block."""
    starts = (hit.start for hit in block.hits if hit.rule.where == "trailer")
    return min((start for start in starts if _SENTENCE_END.search(block.flat[:start])), default=len(block.flat))


def weigh(block: Features, hit: Hit, story: range, index: int) -> float:
    """How sure it is that the block is what the rule says, 0 to 1."""
    where = hit.rule.where
    if where in ("heading", "line"):
        return _BASE[where]
    if where == "name":
        return _BASE[where] + (0.1 if index not in story else 0.0) if _names_follow(block, hit) else 0.0
    score = _BASE[where] + _of_shape(block, hit) - (0.4 if block.weight > _WHOLE_STORY else 0.0)
    if index not in story:
        score += 0.1
    if block.is_quoted(hit):
        score -= 0.3
    found = sum(other.count for other in block.hits if other.rule.kind == hit.rule.kind)
    return round(score + (0.15 if found > 1 else 0.0), 2)


def _of_shape(block: Features, hit: Hit) -> float:
    where = hit.rule.where
    score = 0.1 if block.is_linked else 0.0
    if block.is_label:
        score += 0.1
    if block.is_heading:
        score -= 0.15
    if where == "phrase":
        return score + (0.1 if block.is_short else -0.3 if block.is_paragraph else 0.0)
    if block.is_paragraph:
        score -= 0.1 if where == "end" else 0.2
        late = where == "notice" and hit.start > 0.4 * len(block.flat)
        if late or block.weight > (_LONG if where == "notice" else _PIECE):
            score -= 0.1
        if where == "end" and block.sentences > 2:
            score -= 0.15
    return score


def _names_follow(block: Features, hit: Hit) -> bool:
    """Whether the rest of the block is names of persons, with the words that join them, and nothing else."""
    rest = block.block.text[hit.end :].strip(" :|,/-–—")
    tokens = _TOKEN.findall(rest)
    if not rest or block.weight > _NAMES or len(tokens) > 24:
        return False
    if not rest.isascii() and block.script in ("Hani", "Jpan", "Kore", "Thai"):
        apart = block.block.text[hit.end - 1 : hit.end + 1].strip("\u3000 :：/／|｜=＝・丨")
        return (len(rest) <= 4 or (len(rest) <= 24 and len(apart) < 2)) and not re.search(r"[。！？，]", rest)
    words = [token for token in tokens if token[0].isalpha()]
    capital = [word for word in words if word[0].isupper()]
    joining = word_list("name_joiners")
    first = capital[0].lower().strip(".") if capital else ""
    if not capital or (len(first) > 3 and first in word_list("dates")):
        return False
    return all(word[0].isupper() or word.lower() in joining for word in words)
