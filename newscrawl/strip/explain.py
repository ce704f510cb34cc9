"""Why a block was cut, or stays: its cuts, and what speaks for and against them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from newscrawl.items import Block, BlockTag, PageRules, Removed, RemovedKind, Repeated
from newscrawl.strip.chain import Found, find_cuts
from newscrawl.strip.document import NO_RULES, Document, Mark, is_foreign, read_document
from newscrawl.strip.features import Features
from newscrawl.strip.model import Forest
from newscrawl.strip.steps.words import weigh

Evidence = tuple[tuple[str, float], ...]

_WEIGHTIEST = 5  # inputs of the model that are told
_MIN_SHARE = 0.2  # of its odds, that they change
_QUOTE = 60  # characters of the words a rule found


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided on one block, whole or in part."""

    text: str
    tag: BlockTag = "p"
    cuts: tuple[Mark, ...] = ()  # in the order of their `start`; none: the block stays. One at 0 takes it whole
    score: float = 0.0  # how sure it is that something of it is boilerplate, 0 to 1
    evidence: Evidence = ()  # named contributions; positive: for a cut

    @property
    def start(self) -> int | None:
        """Where the cut begins within the text; None: there is none."""
        return self.cuts[0].start if self.cuts else None

    @property
    def kind(self) -> RemovedKind | None:
        """Of the first cut."""
        return self.cuts[0].kind if self.cuts else None

    @property
    def rule(self) -> str | None:
        """Of the first cut."""
        return self.cuts[0].rule if self.cuts else None


def explain_blocks(
    blocks: Sequence[Block],
    *,
    headline: str | None,
    site_name: str | None,
    repeated: Collection[Repeated] = (),
    rules: PageRules = NO_RULES,
) -> tuple[Verdict, ...]:
    """The verdict on each block: the cuts are those of `strip_blocks`.

    The evidence is the rules of the lexicon that are found, each with the words it found and how far it goes by itself,
    facts of shape and place, each with its degree (0 to 1) and the side it speaks for, and what weighs most in the
    model, in logarithms of odds.

    Args:
        blocks: One article's blocks, in reading order; may be empty.
        headline: As for `strip_blocks`.
        site_name: As for `strip_blocks`.
        repeated: As for `strip_blocks`.
        rules: As for `strip_blocks`.
    """
    found = find_cuts(blocks, headline=headline, site_name=site_name, repeated=repeated, rules=rules)
    doc = read_document(found.blocks, None, None)
    story = doc.story({index: marks[0] for index, marks in found.cuts.items() if marks[0].start == 0})
    return tuple(_verdict(index, doc, story, found) for index in range(len(doc.blocks)))


def _verdict(index: int, doc: Document, story: range, found: Found) -> Verdict:
    block = doc.blocks[index]
    cuts = tuple(replace(mark, index=index) for mark in found.cuts.get(index, ()))  # a round counts what is left
    withheld = found.withheld.get(index)
    marks = cuts if withheld is None else (*cuts, withheld)
    rules = tuple(_of_rules(block, marks, story, index))
    inputs = found.inputs[index]
    score = max((mark.score for mark in marks), default=found.forest.score(inputs))
    place = [("inside_story", -1.0) if index in story else ("outside_story", 1.0)]
    place += [("foreign_script", 1.0)] if is_foreign(block.script, doc.script) else []
    place += [("withheld", -1.0)] if withheld else []
    evidence = (*rules, *_of_shape(block), *place, *_of_model(found.forest, inputs))
    return Verdict(block.block.text, block.block.tag, cuts, min(max(score, 0.0), 1.0), evidence)


def _of_rules(block: Features, marks: Sequence[Mark], story: range, index: int) -> Iterator[tuple[str, float]]:
    """Rules that are found in the block's words, and those that knew it by its shape or its neighbours."""
    deciding = {mark.rule: mark.score for mark in marks}
    for hit in block.hits:
        words = block.block.text[hit.start : hit.end]
        quote = words if len(words) <= _QUOTE else f"{words[:_QUOTE]}…"
        decided = deciding.pop(hit.rule.name, 0.0)
        value = decided if hit.rule.where == "trailer" else weigh(block, hit, story, index)
        if value:
            yield f"{hit.rule.name} ({hit.rule.where}): {quote}", value
    yield from deciding.items()


def _of_model(forest: Forest, inputs: Sequence[float]) -> Iterator[tuple[str, float]]:
    """What weighs most in the model, for a cut and against it."""
    shares = sorted(forest.shares(inputs).items(), key=lambda share: -abs(share[1]))
    yield from ((f"model: {name}", round(value, 2)) for name, value in shares[:_WEIGHTIEST] if abs(value) >= _MIN_SHARE)


def _of_shape(block: Features) -> Iterator[tuple[str, float]]:
    if block.block.link_share:
        yield "link_share", block.block.link_share
    if block.digit_share:
        yield "digit_share", round(block.digit_share, 2)
    if block.is_label:
        yield "label", 1.0
    elif block.is_short:
        yield "short", 1.0
    if block.is_paragraph:
        yield "paragraph", -1.0
    elif block.is_sentence:
        yield "sentence", -1.0
    if block.is_heading:
        yield "heading", -1.0


def recall_verdicts(text: str, removed: Sequence[Removed]) -> tuple[Verdict, ...]:
    """The verdicts on a text that was stripped before, without their evidence and the blocks' tags.

    Args:
        text: The kept blocks, one a line.
        removed: In the order in which they were removed.
    """
    verdicts: list[Verdict] = []
    cuts = list(removed)
    end = 0
    for line in text.split("\n") if text else ():
        while cuts and cuts[0].cut_at <= end:
            verdicts.append(_recalled("", [cuts.pop(0)], len(verdicts)))
        end += len(line) + 1
        tails = []
        while cuts and cuts[0].cut_at < end:
            tails.append(cuts.pop(0))
        verdicts.append(_recalled(line, tails, len(verdicts)))
    for cut in cuts:
        verdicts.append(_recalled("", [cut], len(verdicts)))
    return tuple(verdicts)


def _recalled(kept: str, cuts: Sequence[Removed], index: int) -> Verdict:
    text, marks = kept, []
    for cut in cuts:
        marks.append(Mark(index, cut.kind, cut.rule, cut.score, len(text)))
        text += cut.text
    return Verdict(text, cuts=tuple(marks), score=max((cut.score for cut in cuts), default=0.0))
