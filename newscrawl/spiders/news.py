"""The `news` spider: every source of the named outlets, every page of theirs that is due, then parts of archives."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

from scrapy import Request
from scrapy.exceptions import CloseSpider

from newscrawl.outlets.registry import Registry, split_slugs
from newscrawl.outlets.schema import OutletConfig
from newscrawl.spiders.base import MAX_IN_FLIGHT, CrawlError, store_guard
from newscrawl.spiders.sharing import Sharing, named_slugs
from newscrawl.spiders.sources import SourcesSpider
from newscrawl.store.claims import hosts_of
from newscrawl.store.filters import FilterError, parse_time
from newscrawl.visits import Lease


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
        named = {slug: registry.outlets[slug] for slug in named_slugs(registry, outlet)}
        super().__init__(registry, delay_s, named, read_since(since, named.values(), is_named=bool(outlet)))
        self.is_named = bool(split_slugs(outlet))
        self.equipment.load(named.values())
        self.configs = {slug: config for slug, config in named.items() if slug not in self.unusable()}
        if not self.configs:
            raise CrawlError("\n".join(self.unusable().values()))
        today, oldest = datetime.now(UTC).date(), self.since.date() if self.since else None
        with_archives = bool(archives or since)
        self.sharing = Sharing({
            slug: (config.outlet(), (*config.items(today), *(config.archives(oldest) if with_archives else ())))
            for slug, config in self.configs.items()
        })  # fmt: skip

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every source, and for every due page as it comes to be known."""
        while not self.stopping:
            self.wake.clear()  # before the look, so that nothing that ends during it is missed
            has_looked = await self.take_outlets()
            await self.tidy()
            for request in self.source_requests():
                yield request
            for lease in (leases := await self.lease()):
                yield self.request(lease)
            has_all = not self.sharing.waiting or (has_looked and self.sharing.is_over())
            if has_all and not (leases or self.flying or self.is_asking() or self.wake.is_set()):
                break
            if not leases:
                await self.pause()
        self.end_sharing()

    async def take_outlets(self) -> bool:
        """Take more outlets, as far as there is room; whether we looked for some."""
        if not self.budget.left():
            self.held_back += sum(len(sources) for _, sources in self.sharing.waiting.values())
            self.sharing.waiting.clear()
        stats, workers = self.crawler.stats, self.crawler.settings.getint("NEWSCRAWL_WORKERS")
        active = len(self.at_work())
        if not (room := self.sharing.room(active, is_busy=stats.get_value("newscrawl/extracting", 0) > workers)):
            return False
        with store_guard(self):
            share = await self.session.share(list(self.sharing.waiting.values()), room)
        self.sharing.take(share)
        for slug, sources in share.sources.items():
            outlet = self.outlets[slug] = self.configs[slug].outlet()
            self.budget.begin(slug)
            self.hosts[slug] = hosts_of((outlet, sources))
            await self.plan(slug, sources)
        return True

    def end_sharing(self) -> None:
        """End a run that was to crawl certain outlets, and got none.

        Raises:
            CloseSpider: Others have them all.
        """
        if self.is_named and self.sharing.left and not self.outlets:
            self.crawler.stats.set_value("newscrawl/problem", str(self.sharing.refusal()))
            raise CloseSpider("locked")

    def notes(self) -> list[str]:
        """What was left to others: outlets, sources, pages."""
        return [*self.sharing.notes(), *self.unasked, *super().notes()]

    def at_work(self) -> list[str]:
        """The outlets that have something to be asked for, or on its way."""
        return [slug for slug in self.outlets if not self.is_finished(slug)]

    def is_finished(self, slug: str) -> bool:
        """Whether nothing is left of an outlet that this run could ask for."""
        if not self.is_read(slug) or self.in_flight[slug] or (slug in self.walks and self.walks[slug].waiting):
            return False
        return slug in self.dry or slug in self.held_up or not self.budget.left(slug)

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
        for slug in self.outlets.keys() - self.dry - self.held_up if left > 0 else ():
            if places := min(self.places(slug), left):
                places = min(places, self.budget.left(slug))
            if places:
                room[slug] = places
                left -= places
        return room


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
