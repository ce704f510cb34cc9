"""What an editor changed between two texts of a story: how much of it, and the notice that owns up to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from newscrawl.items import Removed
from newscrawl.strip.lexicon import flatten, word_list
from newscrawl.strip.splice import splice

MAX_WORDS, MAX_CHARS = 10_000, 200_000
"""Words and characters of a text that is compared in its order, in 0.1 s; longer ones are by the lines they share."""

MAX_NOTICE = 600
"""Characters of a line that is a notice; a longer one is a paragraph of the story."""

# A word, or one character where the script puts no space between words.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W\u3041-\u9fff]+"
)
# Of flat text, in which all brackets and dashes of a kind are one.
_AROUND = ' [(*_-•>|《"'
_HEAD_END = re.compile(r"\s*[:(\]|》\"]|\s-\s|,(?=.{0,20}\d)")


def change_ratio(old: str, new: str) -> float:
    """Share of the longer text's words that the other has not, or not in this order: 0 (the same) to 1."""
    if old == new:
        return 0.0
    if max(len(old), len(new)) <= MAX_CHARS:
        before, after = _WORD.findall(old), _WORD.findall(new)
        if max(len(before), len(after)) <= MAX_WORDS:
            return LCSseq.normalized_distance(before, after)
    return _changed_lines(old.split("\n"), new.split("\n"))


def _changed_lines(old: list[str], new: list[str]) -> float:
    same = sum((len(line) + 1) * count for line, count in (Counter(old) & Counter(new)).items())
    return 1 - same / max(sum(map(len, lines)) + len(lines) for lines in (old, new))


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a page, and what was cut from it."""

    kept: str
    removed: Sequence[Removed]


def is_edited(old: Text, new: Text) -> bool:
    """Whether the story was changed, and not only what is cut from it: by other rules, or by more that was learnt.

    It was not where all that either text keeps stood on the other page, too, if perhaps as the beginning of a line.
    """
    return not (_stands_in(old.kept, new) and _stands_in(new.kept, old))


def _stands_in(kept: str, page: Text) -> bool:
    try:
        lines = splice(page.kept, page.removed).split("\n")
    except ValueError:  # cuts that do not fit their text: an old fault of ours
        return False
    missing = set(kept.split("\n")) - set(lines)
    return all(any(line.startswith(part) for line in lines) for part in missing)


def correction(old: str, new: str) -> str | None:
    """The correction notices of a text that another had not, one a line; None: there are none."""
    known = set(notices_of(old))
    return "\n".join(notice for notice in notices_of(new) if notice not in known) or None


def notices_of(text: str) -> list[str]:
    """Lines that say that the story was corrected; one that is a mere heading, with the line below it."""
    lines = text.split("\n")
    found = []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if len(line) > MAX_NOTICE:
            continue
        flat = flatten(line)
        core = flat.strip(_AROUND)
        head = _HEAD_END.split(core, maxsplit=1)[0]
        if head in word_list("corrections"):
            is_heading = len(core.rstrip(' :])》"')) == len(head)
            found.append(f"{line} {below[:MAX_NOTICE]}" if is_heading else line)
        elif any(phrase in flat for phrase in word_list("amended")):
            found.append(line)
    return found
