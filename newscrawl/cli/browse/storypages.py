"""Stories as the pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from newscrawl.cli.browse.shown import Time, in_utc
from newscrawl.cli.facts import language_tag
from newscrawl.cli.storylist import counts_text, origin_texts
from newscrawl.store.stories.reading import StoryLine, StoryRecord


@dataclass(frozen=True, slots=True)
class ShownStory:
    """A story in words."""

    id: int
    headline: str | None
    counts: str
    outlet: str | None  # that told it first
    first: Time
    last: Time


@dataclass(frozen=True, slots=True)
class ShownTelling:
    """An article of a story."""

    id: int
    headline: str | None
    outlet: str
    time: Time
    language: str | None
    wire: str | None
    origins: tuple[str, ...]


def show_story(line: StoryLine) -> ShownStory:
    """A story of a list."""
    first, last = in_utc(line.first_at), in_utc(line.last_at)
    return ShownStory(line.id, line.headline, counts_text(line), line.first_outlet, first, last)


def show_tellings(found: StoryRecord) -> list[ShownTelling]:
    """The articles of a story, the first one first."""
    return [
        ShownTelling(
            one.id, one.headline, one.outlet, in_utc(one.at), language_tag(one.language), one.wire,
            tuple(origin_texts(one.origins)),
        )
        for one in found.articles
    ]  # fmt: skip
