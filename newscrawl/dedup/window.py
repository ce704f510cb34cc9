"""What is known of the articles that a new one may tell the story of: in memory, or a part of what the store has."""

from __future__ import annotations

from array import array
from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from newscrawl.dedup.frequencies import Frequencies
from newscrawl.dedup.origins import Origin
from newscrawl.dedup.pairs import Weighed

HOUR_S = 3600
WINDOW_H = 72.0  # before an article and after it
EPOCH_H = 2 * WINDOW_H  # of which the lists of one are kept together
POSTED = 16  # articles under a word in an epoch, the latest to come
KEPT = 5_000  # latest articles that are known however old they are: archives come late
MEMBERS = 6  # members of a story that stand for all
PLACE = 0xFFFFFFFF  # bits of an entry that are the place


@dataclass(slots=True, eq=False)
class Story:
    """Articles by their time and their place in the order of arrival."""

    id: int
    members: list[tuple[float, int]] = field(default_factory=list)  # in order

    @property
    def core(self) -> Sequence[int]:
        """Those that an article is compared with: the first ones and the latest."""
        chosen = self.members
        if len(chosen) > MEMBERS:
            chosen = chosen[: MEMBERS // 2] + chosen[-MEMBERS // 2 :]
        return [place for _, place in chosen]

    def add(self, at: float, place: int) -> None:
        """Take an article in."""
        insort(self.members, (at, place))


class Window:
    """Articles by place, their lists of terms, their stories.

    An article or a story that is asked for need not be in memory: the store's window looks it up.
    """

    def __init__(self, frequencies: Frequencies | None = None) -> None:
        self.frequencies = frequencies or Frequencies()
        self.newest = 0  # epoch
        self.articles: dict[int, Weighed] = {}
        self.posted: dict[int, array[int]] = {}  # term of an epoch -> articles as `entry_of` has them
        self.stories: dict[int, Story] = {}  # by place of a member
        self.origins: dict[int, Origin] = {}  # by place

    def article(self, place: int) -> Weighed | None:
        """What is known of an article."""
        return self.articles.get(place)

    def story(self, place: int) -> Story | None:
        """The story of an article; None: the article was deleted."""
        return self.stories.get(place)

    def origin(self, place: int) -> Origin | None:
        """What an article of a story derives from."""
        return self.origins.get(place)

    def post(self, place: int, article: Weighed, terms: Iterable[int]) -> None:
        """Let an article be found."""
        self.articles[place] = article
        own = entry_of(place, article.at)
        for term in terms:
            if posted := self.posted.get(term):
                posted.append(own)
                if len(posted) > POSTED:
                    del posted[0]
            else:
                self.posted[term] = array("Q", (own,))

    def unpost(self, place: int, terms: Iterable[int]) -> None:
        """Let an article be found no more."""
        for term in terms:
            self.posted[term] = array("Q", [entry for entry in self.posted.get(term, ()) if entry & PLACE != place])

    def drop(self, place: int) -> None:
        """Forget what is known of an article."""
        self.articles.pop(place, None)

    def used(self, count: int) -> dict[int, Weighed]:
        """The articles that came or were looked up last."""
        return dict(list(self.articles.items())[-count:])

    def is_known(self, place: int, at: float, now: int, newest: int) -> bool:
        """Whether an article may still be found when one comes to the place `now`."""
        return place > now - KEPT or at // EPOCH_H >= newest - 1

    def forget(self, now: int) -> int:
        """Let go of the articles that are found no more; how many are left."""
        gone = [
            place for place, article in self.articles.items() if not self.is_known(place, article.at, now, self.newest)
        ]
        for place in gone:
            del self.articles[place]
        least = self.newest - 1
        for term in [term for term, posted in self.posted.items() if term >> 32 < least]:
            if self.posted[term][-1] & PLACE <= now - KEPT:
                del self.posted[term]
        return len(self.articles)


def entry_of(place: int, at: float) -> int:
    """An article in the list of a term: its place, and above that its time in seconds."""
    return round(at * HOUR_S) << 32 | place
