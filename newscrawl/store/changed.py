"""What a reclean changes in all, by rule, with examples to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from newscrawl.strip.changes import Change, Deed

MAX_EXAMPLES = 3  # of a rule
MAX_EXAMPLE = 300  # characters


@dataclass(frozen=True, slots=True)
class Example:
    """One changed block."""

    article_id: int
    text: str
    is_prose: bool


@dataclass(slots=True)
class RuleChanges:
    """What a rule cuts more than before, or less; or what was read otherwise."""

    deed: Deed
    rule: str
    kind: str | None
    blocks: int = 0
    prose: int = 0  # of the blocks, those that are sentences
    articles: int = 0
    outlets: list[str] = field(default_factory=list)  # slugs
    examples: list[Example] = field(default_factory=list)  # prose first

    def add(self, article_id: int, change: Change) -> None:
        """Count one block."""
        self.blocks += 1
        self.prose += change.is_prose
        if len(self.examples) == MAX_EXAMPLES and change.is_prose:
            for place, known in enumerate(self.examples):
                if not known.is_prose:
                    del self.examples[place]
                    break
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(Example(article_id, change.text[:MAX_EXAMPLE], change.is_prose))
            self.examples.sort(key=lambda one: not one.is_prose)


class Changed:
    """The sums so far; they take no more room for more articles."""

    def __init__(self) -> None:
        self._rules: dict[tuple[Deed, str, str | None], RuleChanges] = {}

    def add(self, article_id: int, outlet: str, changes: Iterable[Change]) -> None:
        """Count the changes of one article."""
        seen = set()
        for change in changes:
            key = (change.deed, change.rule, change.kind)
            rule = self._rules.setdefault(key, RuleChanges(*key))
            rule.add(article_id, change)
            rule.outlets += [outlet] if outlet not in rule.outlets else []
            rule.articles += key not in seen
            seen.add(key)

    def by_rule(self) -> list[RuleChanges]:
        """The most blocks first."""
        return sorted(self._rules.values(), key=lambda rule: (-rule.blocks, rule.deed, rule.rule))
