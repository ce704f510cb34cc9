"""Which articles tell one story: each joins the story it resembles as a whole, founds one, or makes two one.

An article is compared with those of the window that share two or more of its rarest words, names, numbers and sounds.
It joins a story by the mean likeness to its members, not by the likeness to one, so that stories do not grow into
chains. One that resembles two stories that do not resemble each other is a round-up and joins none.

What comes out depends on the articles and the order in which they come alone, not on what is held in memory: so the
store gets the same stories from many small steps as from one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from newscrawl.dedup.evidence import Evidence
from newscrawl.dedup.frequencies import salt_of
from newscrawl.dedup.origins import DERIVED, Origin, origin_of, retold
from newscrawl.dedup.pairs import Weighed, weigh
from newscrawl.dedup.window import EPOCH_H, HOUR_S, KEPT, PLACE, WINDOW_H, Story, Window

JOIN = 0.55  # mean likeness to the members of a story from which an article is one of them
TOUCH = 0.2  # from which it tells of a story at all
HALF = 0.5  # share of the likeness to the first story from which a second makes a round-up
ASKED = (12, 8, 8, 6)  # rarest words, names, numbers and sounds under which others are looked for
COMPARED = 8  # articles that share most
FIRST, UNLIKE = 2, 0.1  # pairs after which two stories are given up, and the sum of their likeness; or that of one
TIDY = 500  # articles at least, and an eighth of those known, after which what is found no more is let go

Score = Callable[[Weighed, Weighed], float]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article that comes."""

    place: int
    article: Weighed
    terms: Mapping[int, float]  # the rarest, and how much each says
    newest: int  # epoch of the latest article so far

    @property
    def own_terms(self) -> list[int]:
        """The terms under which it is posted."""
        base = int(self.article.at // EPOCH_H) << 32
        return [base | term for term in self.terms]

    @property
    def asked_terms(self) -> list[tuple[int, float]]:
        """The terms under which others are looked for, and how much each says."""
        first, last = (int((self.article.at + way) // EPOCH_H) for way in (-WINDOW_H, WINDOW_H))
        epochs = range(first, min(last, self.newest) + 1)
        return [(epoch << 32 | term, weight) for epoch in epochs for term, weight in self.terms.items()]


class Stories:
    """Ties articles as they come."""

    def __init__(self, score: Score, window: Window | None = None) -> None:
        self._score = score
        self.window = window or Window()
        self._places = 0
        self._tidied_next = TIDY - 1
        self._now: Arrival | None = None

    def add(self, evidence: Evidence) -> int:
        """Take an article in; return its place, under which the window has its story."""
        place = self._places
        self._places += 1
        arrival = self.weigh(place, evidence)
        self.settle(arrival, self.alike(arrival, self.find(arrival)))
        if place == self._tidied_next:
            self._tidied_next += max(TIDY, self.window.forget(place) // 8)
        return place

    def independent(self, story: Story) -> int:
        """Its articles that derive from no other one: a wire's copies count once."""
        origins = self.window.origins
        derived = sum(member in origins and origins[member].relation in DERIVED for _, member in story.members)
        return len(story.members) - derived

    def weigh(self, place: int, evidence: Evidence) -> Arrival:
        """The article by what is frequent now; those of a step may all be weighed before the first is found."""
        window = self.window
        window.frequencies.add(evidence)
        window.newest = max(window.newest, int(evidence.at // EPOCH_H))
        article = weigh(evidence, window.frequencies)
        return Arrival(place, article, terms_of(article), window.newest)

    def find(self, arrival: Arrival) -> list[int]:
        """The articles that share most, by what is posted so far; and let others find this one.

        Those of a step may all be found before the first is settled.
        """
        first: dict[int, float] = {}
        shared: dict[int, float] = {}  # of those with a second term: one is shared by chance
        posted, sum_of = self.window.posted.get, shared.get
        for term, weight in arrival.asked_terms:
            for entry in posted(term, ()):
                if entry in first:
                    shared[entry] = sum_of(entry, first[entry]) + weight
                else:
                    first[entry] = weight
        self.window.post(arrival.place, arrival.article, arrival.own_terms)
        earliest, latest = (round((arrival.article.at + way) * HOUR_S) for way in (-WINDOW_H, WINDOW_H))
        first_place = arrival.place - KEPT  # as Window.is_known says, of what is held nowhere yet
        first_time = max(earliest, int((arrival.newest - 1) * EPOCH_H * HOUR_S))
        found: list[int] = []
        for _, entry in sorted(zip(shared.values(), shared, strict=True), reverse=True):
            at, place = entry >> 32, entry & PLACE
            if earliest <= at <= latest and (place > first_place or at >= first_time):
                found.append(place)
                if len(found) == COMPARED:
                    break
        return found

    def alike(self, arrival: Arrival, found: Sequence[int]) -> dict[int, float]:
        """Of the articles found those whose stories are looked at, and the likeness of each."""
        held = ((place, self.window.article(place)) for place in found)
        scores = {place: self._score(arrival.article, article) for place, article in held if article}
        return {place: score for place, score in scores.items() if score >= UNLIKE}

    def settle(self, arrival: Arrival, known: Mapping[int, float]) -> None:
        """Join the story that is most alike, and make those one that the article shows to be.

        Args:
            arrival: The article.
            known: What `alike` gave for it.
        """
        self._now = arrival
        place, window = arrival.place, self.window
        touched = {story.id: story for story in map(window.story, known) if story}
        likely = [(self._likeness(arrival.article, story, known), story.id) for story in touched.values()]
        alike = sorted([one for one in likely if one[0] >= TOUCH], reverse=True)
        own = window.stories[place] = Story(place, [(arrival.article.at, place)])
        if not alike or alike[0][0] < JOIN:
            return
        best = touched[alike[0][1]]
        others = [(likeness, touched[number]) for likeness, number in alike[1:]]
        rivals = [other for likeness, other in others if likeness > alike[0][0] * HALF and len(other.members) > 1]
        if not all(self._are_alike(best, other, TOUCH) for other in rivals):
            return
        self._unite(best, own)
        for _, other in others:
            if self._are_alike(best, other, JOIN):
                self._unite(best, other)

    def withdraw(self, place: int) -> None:
        """Let an article be found no more: it comes again with another text."""
        if article := self.window.article(place):
            self.window.unpost(place, Arrival(place, article, terms_of(article), 0).own_terms)

    def leave(self, place: int) -> None:
        """Take an article that was withdrawn out of its story."""
        window = self.window
        story = window.story(place)
        assert story is not None
        story.members = [member for member in story.members if member[1] != place]
        window.drop(place)
        window.origins.pop(place, None)
        del window.stories[place]

    def _unite(self, story: Story, other: Story) -> None:
        """Put the articles of another story into a story, each pointing to an earlier one that it derives from."""
        pairs = ((other.core, story.core), (story.core, other.core))
        origins = [(place, self._origin(place, among)) for places, among in pairs for place in places]
        self.window.origins.update({place: origin for place, origin in origins if origin})
        for at, member in other.members:
            self.window.stories[member] = story
            story.add(at, member)

    def _origin(self, place: int, others: Sequence[int]) -> Origin | None:
        known = self.window.origin(place)
        article = None if known and known.relation in DERIVED else self._held(place)
        if article is None:
            return None
        told = [(other, held) for other in others if (held := self._held(other))]
        earlier = [(other, held) for other, held in told if (held.at, other) < (article.at, place)]
        found = origin_of(article, earlier)
        for other, held in earlier:
            # Who says whose story it tells, in that one's language, has not translated another telling of it.
            is_guess = found and found.relation == "translation" and held.language == article.language
            if (is_guess or not (found or known)) and (credit := retold(article, held, other)):
                return credit
        return found

    def _held(self, place: int) -> Weighed | None:
        now = self._now
        assert now is not None
        article = self.window.article(place)
        return article if article and self.window.is_known(place, article.at, now.place, now.newest) else None

    def _likeness(self, article: Weighed, story: Story, known: Mapping[int, float]) -> float:
        """The mean over all that stand for a story; 0 as soon as the first ones are nothing alike."""
        total, count = 0.0, 0
        for place in story.core:
            if (other := self._held(place)) and abs(article.at - other.at) <= WINDOW_H:
                total += known[place] if place in known else self._score(article, other)
                count += 1
                if count == FIRST and total < UNLIKE:
                    return 0.0
        return total / count if count else 0.0

    def _are_alike(self, story: Story, other: Story, least: float) -> bool:
        """Whether the mean over all pairs of two stories reaches a likeness; no more of them than that takes."""
        ours, theirs = ([held for place in one.core if (held := self._held(place))] for one in (story, other))
        pairs = [(a, b) for a in ours for b in theirs if abs(a.at - b.at) <= WINDOW_H]
        total, needed = 0.0, least * len(pairs)
        for count, (a, b) in enumerate(pairs, 1):
            total += self._score(a, b)
            if total >= needed and count >= FIRST:
                return True
            if total + len(pairs) - count < needed or (count == FIRST and total < UNLIKE):
                return False
        return bool(pairs) and total >= needed


def terms_of(article: Weighed) -> dict[int, float]:
    """The rarest words, names, numbers and sounds, and how much each says."""
    salts = (salt_of(f"{article.language}:"), 0, 0, salt_of("~"))
    weights = (article.words, article.names, article.numbers, article.sounds)
    return {
        word ^ salt: weight
        for asked, salt, found in zip(ASKED, salts, weights, strict=True)
        for word, weight in sorted(found.items(), key=itemgetter(1, 0), reverse=True)[:asked]
    }
