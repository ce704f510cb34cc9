"""Stripping an article of which only the text and the cuts are left."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from newscrawl.items import Block, PageRules, Removed, Repeated, Stripped
from newscrawl.strip.chain import strip_blocks
from newscrawl.strip.document import NO_RULES
from newscrawl.strip.labels import RULE as BY_LABEL
from newscrawl.strip.splice import Line, join_lines, read_lines
from newscrawl.strip.steps.repeated import RULE as BY_REPETITION

_JUDGED_ANEW = frozenset({BY_LABEL, BY_REPETITION})


def strip_again(
    text: str,
    removed: Sequence[Removed],
    *,
    headline: str | None,
    site_name: str,
    repeated: Collection[Repeated],
    rules: PageRules = NO_RULES,
) -> Stripped:
    """Strip an article with today's rules, without its page. Doing it twice changes nothing.

    What was cut stays cut, unless it was cut as repeated or by a label: tags and links, for which it may have been cut,
    are not known any more.

    Args:
        text: Kept blocks, one a line.
        removed: In order.
        headline: As of `strip_blocks`.
        site_name: As of `strip_blocks`.
        repeated: As of `strip_blocks`.
        rules: As of `strip_blocks`; its selectors find nothing in a text.
    """
    old = read_lines(text, removed)
    blocks = [Block(line.whole) for line in old]
    stripped = strip_blocks(blocks, headline=headline, site_name=site_name, repeated=repeated, rules=rules)
    new = read_lines(stripped.text, stripped.removed)
    lines = old
    if [line.whole for line in new] == [line.whole for line in old]:  # else a block holds line ends
        lines = tuple(map(_shorter, old, new))
    text, removed = join_lines(lines)
    return Stripped(tuple(map(Block, text.split("\n"))) if text else (), tuple(removed), stripped.bounded)


def _shorter(old: Line, new: Line) -> Line:
    if any(cut.rule in _JUDGED_ANEW for cut in old.cuts) or len(new.kept) < len(old.kept):
        return new
    return old
