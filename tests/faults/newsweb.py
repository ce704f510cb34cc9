"""An outlet on a loopback address that publishes story after story, and whose server has bad days."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from tests.pages import article_page, rss
from tests.web import Answer, Web

NO_ARTICLE_EVERY = 10  # page that is gone, or no story


class NewsWeb:
    """One outlet. Every story has its own headline and text, and none changes."""

    def __init__(self, web: Web, slug: str, random: Random) -> None:
        self.web = web
        self.slug = slug
        self.is_faulty = True
        self.stories = 0
        self._random = random
        web.answers["/feed"] = self._feed

    def publish(self, count: int) -> None:
        for n in range(self.stories, self.stories + count):
            self.web.answers[self._path(n)] = lambda n=n: self._story(n)
        self.stories += count

    def urls(self) -> list[str]:
        """Of all pages that hold a story."""
        return [self.web.url(self._path(n)) for n in range(self.stories) if n % NO_ARTICLE_EVERY]

    def smallest_gap_s(self, since: int) -> float | None:
        """Between two requests, of those after the first `since`."""
        times = [asked.at for asked in self.web.asked[since:]]
        return min((later - earlier for earlier, later in pairwise(times)), default=None)

    def _path(self, n: int) -> str:
        return f"/2026/{self.slug}-{n}"

    def _feed(self) -> Answer:
        return self._with_faults(rss([self.web.url(self._path(n)) for n in range(self.stories)]))

    def _story(self, n: int) -> Answer:
        if n % NO_ARTICLE_EVERY == 0:
            return Answer("<h1>Gone</h1>", 410)
        return self._with_faults(article_page(f"{self.slug} story {n}", place=f"{self.slug} {n}"))

    def _with_faults(self, body: str) -> Answer:
        dice = self._random.random() if self.is_faulty else 1.0
        if dice < 0.05:
            return Answer("<h1>Come back later</h1>", 503)
        if dice < 0.09:
            return Answer(reset=True)
        if dice < 0.13:
            return Answer(body, drip_s=0.5)
        if dice < 0.16:
            return Answer(body, headers={"Content-Length": str(2 * len(body.encode()))})
        return Answer(body)
