"""The chain of strip steps, and the bound on what they may take."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files

from newscrawl.items import Block, PageRules, Repeated, Stripped
from newscrawl.strip.document import NO_RULES, SURE, Document, Mark, Marks, Step, read_document
from newscrawl.strip.features import Features, measure
from newscrawl.strip.kinds import kind_of
from newscrawl.strip.lexicon import load_lexicon, word_list
from newscrawl.strip.model import Forest, load_model, weights_file
from newscrawl.strip.splice import assemble
from newscrawl.strip.steps.heads import mark_agencies, mark_headline, mark_names, mark_stamps
from newscrawl.strip.steps.lists import mark_addresses, mark_numbers, mark_prices
from newscrawl.strip.steps.outlet import is_kept, mark_unwanted
from newscrawl.strip.steps.repeated import RULE as BY_REPETITION
from newscrawl.strip.steps.repeated import mark_repeated
from newscrawl.strip.steps.runs import mark_between, mark_captions, mark_comments, mark_runs
from newscrawl.strip.steps.tail import mark_foreign, mark_formulas, mark_link_lists, mark_links, mark_tail
from newscrawl.strip.steps.trims import mark_trailers
from newscrawl.strip.steps.words import mark_filler, mark_words
from newscrawl.text import fold

STEPS: tuple[Step, ...] = (
    mark_unwanted,
    mark_words,
    mark_filler,
    mark_numbers,
    mark_stamps,
    mark_agencies,
    mark_addresses,
    mark_prices,
    mark_foreign,
    mark_runs,
    mark_comments,
    mark_captions,
    mark_links,
    mark_link_lists,
    mark_repeated,
    mark_between,
    mark_names,
    mark_headline,
    mark_formulas,
    mark_tail,
    mark_trailers,
)
DOUBT = 0.3
"""The model's score below which a block stays that a rule only guesses at."""
CONVINCED = 0.8
"""The model's score from which it cuts what no rule knows: at unseen outlets 99.6 % of the body stays."""
MODEL_RULE = "model/trees"
MAX_UNSURE_SHARE = 0.4
"""Of the letters that sure cuts leave, what unsure ones may take; beyond, none of them is made."""
_ROUNDS = 10  # two or three are enough for a page; the bound is for pages made to take long
LONG_WEIGHT = 350
"""Letters from which a block counts as prose, whatever its tag."""


def strip_blocks(
    blocks: Sequence[Block],
    *,
    headline: str | None = None,
    site_name: str | None = None,
    repeated: Collection[Repeated] = (),
    rules: PageRules = NO_RULES,
) -> Stripped:
    """Take boilerplate off an article.

    Rules that are sure of a block cut it. Of the others, those that the model does not doubt do; and the model cuts
    what it is sure of by itself. The rules' steps then run again on what is left, until nothing more is cut.

    Args:
        blocks: One article's blocks, in reading order; may be empty.
        headline: The story's title, if known; a block that repeats it is cut.
        site_name: The outlet's name, if known; a block that is nothing else is cut.
        repeated: Blocks that the outlet repeats from article to article.
        rules: What the outlet's file wants cut, or kept.

    Returns:
        Kept and removed; together, the input in its order (`splice` puts them together).
    """
    found = find_cuts(blocks, headline=headline, site_name=site_name, repeated=repeated, rules=rules)
    return replace(assemble(blocks, found.cuts), bounded=bool(found.withheld))


@dataclass(frozen=True, slots=True)
class Found:
    """What the chain decides, and what it decides by."""

    blocks: tuple[Features, ...]  # as they came
    cuts: Mapping[int, Sequence[Mark]]  # of each block that is cut, in the order of their `start`
    withheld: Mapping[int, Mark]  # found, but not cut: too much of the text would go
    forest: Forest
    inputs: Sequence[Sequence[float]]  # of each block, for the forest


def find_cuts(
    blocks: Sequence[Block],
    *,
    headline: str | None,
    site_name: str | None,
    repeated: Collection[Repeated] = (),
    rules: PageRules = NO_RULES,
) -> Found:
    """The cuts that `strip_blocks` makes; arguments as there."""
    lexicon = load_lexicon()
    whole = tuple(measure(block, lexicon) for block in blocks)
    measured = list(whole)
    cuts: dict[int, list[Mark]] = {}
    withheld: dict[int, Mark] = {}
    left = list(range(len(blocks)))
    known = {block.key: block.is_accepted for block in repeated}
    model = load_model()
    forest = model.plain
    inputs: list[tuple[float, ...]] = []
    scores: list[float] = []
    for _ in range(_ROUNDS):
        doc = read_document([measured[index] for index in left], _folded(headline), _folded(site_name))
        marks, tails = _marks(replace(doc, repeated=known, rules=rules))
        if not scores:  # the model was trained on whole documents
            forest, inputs = model.forest(doc), model.inputs(doc, marks)
            scores = list(map(forest.score, inputs))
            found_by_model = _found_by_model(doc, marks, scores)
            marks |= {at: mark for at, mark in found_by_model.items() if not is_kept(mark, rules)}
        marks = {at: mark for at, mark in marks.items() if _is_beyond_doubt(mark) or scores[left[at]] >= DOUBT}
        found, refused = _round(doc, marks, tails)
        withheld = {left[position]: mark for position, mark in refused.items()}
        if not found:
            break
        for position, own in found.items():
            index = left[position]
            cuts[index] = own if own[0].start == 0 else [*own, *cuts.get(index, ())]
            if own[0].start:
                measured[index] = measure(replace(blocks[index], text=blocks[index].text[: own[0].start]), lexicon)
        left = [index for index in left if index not in cuts or cuts[index][0].start]
    return Found(whole, cuts, withheld, forest, inputs)


def _marks(doc: Document) -> tuple[dict[int, Mark], dict[int, list[Mark]]]:
    """What the steps say of whole blocks, and of their tails."""
    whole: dict[int, Mark] = {}
    tails: dict[int, list[Mark]] = {}
    for step in STEPS:
        for mark in list(step(doc, whole)):
            if is_kept(mark, doc.rules):
                continue
            if mark.start:
                tails.setdefault(mark.index, []).append(mark)
            elif mark.index not in whole or whole[mark.index].score < mark.score:
                whole[mark.index] = mark
    return whole, tails


def _found_by_model(doc: Document, marks: Marks, scores: Sequence[float]) -> dict[int, Mark]:
    """What the model cuts, and no rule: never as sure as a rule is."""
    unnamed = (index for index, score in enumerate(scores) if score >= CONVINCED and index not in marks)
    found = (index for index in unnamed if _may_be_cut(doc.blocks[index]))
    highest = SURE - 0.01
    return {at: Mark(at, kind_of(doc, marks, at), MODEL_RULE, min(round(scores[at], 2), highest)) for at in found}


def _may_be_cut(block: Features) -> bool:
    """Whether the model may cut a block by itself: no row of a table, no ornament, no correction of the story."""
    first = block.flat.strip(" [(*_-").partition(":")[0].partition(",")[0]
    return block.block.tag != "row" and block.weight > 0 and first not in word_list("corrections")


def read_marks(
    blocks: Sequence[Block], *, headline: str | None, site_name: str | None
) -> tuple[Document, dict[int, Mark]]:
    """A document before anything is cut, and what the rules say of its blocks; arguments as of `strip_blocks`."""
    lexicon = load_lexicon()
    measured = [measure(block, lexicon) for block in blocks]
    doc = read_document(measured, _folded(headline), _folded(site_name))
    return doc, _marks(doc)[0]


def _is_beyond_doubt(mark: Mark) -> bool:
    """Whether a mark needs no model: that a block comes again on other pages is more than one page can tell."""
    return mark.score >= SURE or mark.rule == BY_REPETITION


def _round(
    doc: Document, whole: Marks, tails: Mapping[int, list[Mark]]
) -> tuple[dict[int, list[Mark]], dict[int, Mark]]:
    """The marks that are cut, by block, and those that are withheld."""
    allowed = bounded(doc, whole)
    withheld = {index: mark for index, mark in whole.items() if index not in allowed}
    cuts = {index: marks for index, marks in tails.items() if index not in allowed}
    return cuts | {index: [mark] for index, mark in allowed.items()}, withheld


def bounded(doc: Document, marks: Marks) -> dict[int, Mark]:
    """The marks that may be cut: unsure ones only while they take a small share, and never every paragraph."""
    sure = {index: mark for index, mark in marks.items() if mark.score >= SURE}
    rest = sum(block.weight for index, block in enumerate(doc.blocks) if index not in sure)
    unsure = sum(doc.blocks[index].weight for index in marks.keys() - sure.keys())
    allowed: Mapping[int, Mark] = marks if unsure <= MAX_UNSURE_SHARE * rest else sure
    paragraphs = [index for index, block in enumerate(doc.blocks) if block.is_paragraph or block.weight >= LONG_WEIGHT]
    if paragraphs and all(index in allowed for index in paragraphs):
        return {index: mark for index, mark in allowed.items() if index not in paragraphs}
    return dict(allowed)


def _folded(text: str | None) -> str | None:
    return (fold(text) if text else None) or None


def rules_version() -> str:
    """16 hex digits that change when a rule, the weights in use, or code that decides, does."""
    digest = sha256()
    folder = files("newscrawl.strip")
    sources = [file for part in (folder, folder / "steps", folder / "lexicons") for file in part.iterdir()]
    for file in sorted(sources, key=lambda file: file.name):
        if file.name.endswith((".py", ".yaml")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    with suppress(OSError):  # that they are not there is for `load_model` to say
        digest.update(weights_file().read_bytes())
    return digest.hexdigest()[:16]
