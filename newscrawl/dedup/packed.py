"""A window whose articles are held as bytes: a tenth of the memory, for files of articles that no store holds."""

from __future__ import annotations

from collections.abc import Iterable

from newscrawl.dedup.packing import pack, unpack
from newscrawl.dedup.pairs import Weighed
from newscrawl.dedup.window import Window

HELD = 2_000  # articles, those used last, that are held as they are, too, or twice as many


class PackedWindow(Window):
    """The same as Window."""

    def __init__(self) -> None:
        super().__init__()
        self._packed: dict[int, tuple[float, bytes]] = {}  # by place, with the time

    def article(self, place: int) -> Weighed | None:
        """Unpack it, if it is not there as it is."""
        article = self.articles.get(place)
        if article is None and place in self._packed:
            article = self.articles[place] = unpack(self._packed[place][1])
        return article

    def post(self, place: int, article: Weighed, terms: Iterable[int]) -> None:
        """Let an article be found."""
        super().post(place, article, terms)
        self._packed[place] = article.at, pack(article)
        if len(self.articles) > 2 * HELD:
            self.articles = self.used(HELD)

    def drop(self, place: int) -> None:
        """Forget what is known of an article."""
        super().drop(place)
        self._packed.pop(place, None)

    def forget(self, now: int) -> int:
        """Let go of the articles that are found no more; how many are left."""
        super().forget(now)
        gone = [place for place, (at, _) in self._packed.items() if not self.is_known(place, at, now, self.newest)]
        for place in gone:
            del self._packed[place]
        return len(self._packed)
