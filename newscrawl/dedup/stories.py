"""Which articles tell one story: each joins the story it resembles as a whole, founds one, or makes two one.

An article is compared with those of the window that share its rarest words, names or numbers. It joins a story by the
mean likeness to its members, not by the likeness to one, so that stories do not grow into chains. One that resembles
two stories that do not resemble each other is a round-up and joins none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest

from newscrawl.dedup.evidence import Evidence
from newscrawl.dedup.origins import Origin, origin_of
from newscrawl.dedup.pairs import Frequencies, Weighed, weigh

WINDOW_H = 72.0
JOIN = 0.55  # mean likeness to the members of a story from which an article is one of them
TOUCH = 0.2  # from which it tells of a story at all
HALF = 0.5  # share of the likeness to the first story from which a second makes a round-up
ASKED = (12, 8, 8, 6)  # rarest words, names, numbers and sounds under which others are looked for
POSTED = 32  # articles under a word, the latest
COMPARED = 8  # articles that share most
FIRST, UNLIKE = 2, 0.1  # pairs after which two stories are given up, and the sum of their likeness
MEMBERS = 6  # members of a story that stand for all

Score = Callable[[Weighed, Weighed], float]


@dataclass(slots=True)
class Story:
    """Articles by their place in the order of arrival."""

    id: int
    members: list[int] = field(default_factory=list)

    @property
    def core(self) -> Sequence[int]:
        """Those that an article is compared with: the first ones and the latest."""
        if len(self.members) <= MEMBERS:
            return self.members
        return self.members[: MEMBERS // 2] + self.members[-MEMBERS // 2 :]


class Stories:
    """The stories of a window that moves on with the articles."""

    def __init__(self, score: Score) -> None:
        self._score = score
        self._frequencies = Frequencies()
        self._articles: dict[int, Weighed] = {}
        self._terms: dict[int, tuple[str, ...]] = {}
        self._arrivals = 0
        self._posted: defaultdict[str, list[int]] = defaultdict(list)
        self.story_of: dict[int, Story] = {}
        self.origins: dict[int, Origin] = {}

    def add(self, evidence: Evidence) -> int:
        """Take an article in, the earliest published first; return its place, under which `story_of` has its story."""
        place = self._arrivals
        self._arrivals += 1
        self._forget(evidence.at - WINDOW_H)
        self._frequencies.add(evidence)
        article = self._articles[place] = weigh(evidence, self._frequencies)
        terms = _terms_of(article)
        near = self._candidates(terms)
        self._terms[place] = tuple(terms)
        for term in terms:
            posted = self._posted[term]
            posted.append(place)
            if len(posted) > POSTED:
                del posted[0]
        self._settle(place, near)
        return place

    @property
    def held(self) -> int:
        """Articles of the window."""
        return len(self._articles)

    def independent(self, story: Story) -> int:
        """Its articles that derive from no other one: a wire's copies count once."""
        return sum(member not in self.origins for member in story.members)

    def _settle(self, place: int, near: Iterable[int]) -> None:
        """Join the story that is most alike, and make those one that the article shows to be."""
        touched = {self.story_of[other].id: self.story_of[other] for other in near}
        alike = sorted(((self._likeness([place], story.core), story.id) for story in touched.values()), reverse=True)
        alike = [(likeness, number) for likeness, number in alike if likeness >= TOUCH]
        own = self.story_of[place] = Story(place, [place])
        if not alike or alike[0][0] < JOIN:
            return
        best = touched[alike[0][1]]
        others = [(likeness, touched[number]) for likeness, number in alike[1:]]
        bonds = [self._likeness(best.core, other.core) for _, other in others]
        if any(
            bond < TOUCH and likeness > alike[0][0] * HALF and len(other.members) > 1
            for bond, (likeness, other) in zip(bonds, others, strict=True)
        ):
            return
        self._unite(best, own)
        for _, other in others:
            if self._likeness(best.core, other.core) >= JOIN:
                self._unite(best, other)

    def _unite(self, story: Story, other: Story) -> None:
        for member in other.members:
            self.story_of[member] = story
            if member not in self.origins and (origin := self._origin(member, story)):
                self.origins[member] = origin
        story.members = sorted(story.members + other.members)

    def _origin(self, place: int, story: Story) -> Origin | None:
        if not (article := self._articles.get(place)):
            return None
        earlier = ((other, self._articles[other]) for other in story.core if other < place and other in self._articles)
        return origin_of(article, earlier)

    def _likeness(self, some: Sequence[int], others: Sequence[int]) -> float:
        """The mean over all pairs; 0 as soon as the first ones are nothing alike."""
        total, count = 0.0, 0
        for a in some:
            for b in others:
                if a in self._articles and b in self._articles:
                    total += self._score(self._articles[a], self._articles[b])
                    count += 1
                    if count == FIRST and total < UNLIKE:
                        return 0.0
        return total / count if count else 0.0

    def _candidates(self, terms: Mapping[str, float]) -> list[int]:
        """Those that share most."""
        shared: defaultdict[int, float] = defaultdict(float)
        for term, weight in terms.items():
            for place in self._posted.get(term, ()):
                shared[place] += weight
        return nlargest(COMPARED, shared, key=shared.__getitem__)

    def _forget(self, before: float) -> None:
        """Let go of the articles from before a time, which stand first."""
        self._frequencies.forget(before)
        while self._articles and self._articles[place := next(iter(self._articles))].at < before:
            del self._articles[place]
            for term in self._terms.pop(place):
                if (posted := self._posted.get(term)) and posted[0] == place:
                    del posted[0]
                    if not posted:
                        del self._posted[term]


def _terms_of(article: Weighed) -> dict[str, float]:
    """The rarest words, names, numbers and sounds, and how much each says."""
    language = article.language
    kinds = ((f"{language}:", article.words), ("", article.names), ("", article.numbers), ("~", article.sounds))
    return {
        mark + word: weight
        for asked, (mark, weights) in zip(ASKED, kinds, strict=True)
        for weight, word in nlargest(asked, ((weight, word) for word, weight in weights.items()))
    }
