"""The `news` spider: every source of the named outlets, every page of theirs that is due, then parts of archives."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from scrapy import Request

from newscrawl.items import Lease, Outlet, Source
from newscrawl.outlets.registry import Registry
from newscrawl.outlets.schema import OutletConfig
from newscrawl.spiders.base import MAX_IN_FLIGHT, CrawlError, split_slugs, store_guard
from newscrawl.spiders.sources import SourcesSpider
from newscrawl.store.filters import FilterError, parse_time
from newscrawl.store.session import CrawlSession


class NewsSpider(SourcesSpider):
    """Crawls configured outlets.

    Args:
        outlet: Slugs, separated by commas; empty for all outlets.
        archives: Not empty: walk back through their archives of old articles, too.
        since: A day or an age, as far back as archives are walked; nothing older is taken.
    """

    name = "news"

    def __init__(
        self, registry: Registry, delay_s: float | None = None, outlet: str = "", archives: str = "", since: str = ""
    ) -> None:
        configs = {slug: registry.outlets[slug] for slug in named_slugs(registry, outlet)}
        super().__init__(registry, delay_s, configs, read_since(since, configs.values(), is_named=bool(outlet)))
        self.archives = bool(archives or since)
        self.equip(configs.values())
        self.configs = {slug: config for slug, config in configs.items() if slug not in self.unusable}
        if not self.configs:
            raise CrawlError("\n".join(self.unusable.values()))
        self.sources: dict[str, Sequence[Source]] = {}

    def claims(self) -> Sequence[tuple[Outlet, Sequence[Source]]]:
        """All outlets of the run."""
        today, since = datetime.now(UTC).date(), self.since.date() if self.since else None
        return [
            (config.outlet(), (*config.items(today), *(config.archives(since) if self.archives else ())))
            for config in self.configs.values()
        ]

    def use(self, session: CrawlSession, sources: Mapping[str, Sequence[Source]]) -> None:
        """Take the handle on the store and the sources' validators."""
        super().use(session, sources)
        self.sources = dict(sources)
        self.outlets = {slug: config.outlet() for slug, config in self.configs.items()}

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every source, and for every due page as it comes to be known."""
        for slug, sources in self.sources.items():
            await self.plan(slug, sources)
        while not self.stopping:
            self.wake.clear()  # before the look, so that nothing that ends during it is missed
            for request in self.source_requests():
                yield request
            for lease in (leases := await self.lease()):
                yield self.request(lease)
            if not (leases or self.flying or self.is_asking() or self.wake.is_set()):
                break
            if not leases:
                await self.pause()

    async def lease(self) -> list[Lease]:
        """As many due pages as there are places for. An outlet that has none is not looked at again until it has."""
        room = self.room()
        if not room:
            return []
        revisit = {slug for slug in room if self.is_read(slug)}  # after what its sources bring: new articles go first
        with store_guard(self):
            leases = await self.session.lease(room, revisit)
        given = Counter(lease.outlet for lease in leases)
        none_left = (slug for slug, places in room.items() if given[slug] < places)
        dried = {slug for slug in none_left if slug in revisit or not self.is_read(slug)}
        self.dry |= dried
        if any(self.walks[slug].waiting for slug in dried & self.walks.keys()):
            self.wake.set()  # it is the turn of their next parts
        for slug, pages in given.items():
            self.budget.take(slug, pages)
        return leases

    def room(self) -> dict[str, int]:
        """How many more leases each outlet may hold."""
        room: dict[str, int] = {}
        left = min(self.budget.left(), MAX_IN_FLIGHT - self.flying)
        for slug in self.configs.keys() - self.dry if left > 0 else ():
            if places := min(self.places(slug), left):
                places = min(places, self.budget.left(slug))
            if places:
                room[slug] = places
                left -= places
        return room


def named_slugs(registry: Registry, outlet: str) -> list[str]:
    """The slugs of a comma-separated list; all that are known for an empty one.

    Raises:
        CrawlError: One is unknown, or its file has faults.
    """
    slugs = split_slugs(outlet) or sorted(registry.outlets)
    problems = registry.problems(slugs)
    if problems:
        raise CrawlError("\n".join(problems))
    if not slugs:
        raise CrawlError("no outlet is configured: add one with `newscrawl outlets add URL`")
    return slugs


def read_since(text: str, configs: Iterable[OutletConfig], *, is_named: bool) -> datetime | None:
    """How far back the archives of outlets are to be walked; None for an empty string.

    Raises:
        CrawlError: It is no time; or an outlet that was named has no archive, or none of all.
    """
    try:
        since = parse_time(text) if text else None
    except FilterError as error:
        raise CrawlError(f"--since: {error}") from error
    if since is None:
        return None
    given = list(configs)
    without = [config for config in given if not config.archives(since.date())]
    if without and (is_named or without == given):
        raise CrawlError("\n".join(map(_no_archive, without if is_named else without[:1])))
    return since


def _no_archive(config: OutletConfig) -> str:
    sources = ", ".join(f"{source.kind} {source.url}" for source in config.sources) or "none"
    return (
        f"{config.slug}: no archive to walk back through; its sources: {sources}. Give {config.path or 'its file'} a "
        "sitemap of old articles with `archive: true`, or a source with {yyyy}, {mm} and {dd} in its URL"
    )
