"""From what a site shows to the draft of its outlet file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from newscrawl.items import Source
from newscrawl.outlets.schema import OutletConfig
from newscrawl.spiders.probe import Site
from newscrawl.urls import host_of

MIN_FRONT_LINKS = 3  # fewer links that look like articles make no section page
# National domains that say nothing of the country.
SOLD_WORLDWIDE = frozenset({"ai", "cc", "co", "eu", "fm", "gg", "io", "ly", "me", "sh", "to", "tv", "ws"})


@dataclass(frozen=True, slots=True)
class SiteDraft:
    """An outlet file in the making."""

    url: str
    config: OutletConfig | None
    notes: tuple[str, ...] = ()
    problem: str | None = None  # why there is no config, and what to do


def draft_of(site: Site) -> SiteDraft:
    """The outlet file for a site that was probed.

    Feeds and news sitemaps come first, then sitemap indexes that lead to no news sitemap; a site with none of these is
    followed through its front page.
    """
    if site.problem or site.facts is None:
        return SiteDraft(site.url, None, problem=site.problem or f"{site.url}: no answer")
    sources, notes = choose_sources(site)
    if not sources:
        advice = (
            "give the page that lists its articles, or write the file by hand (a model: `newscrawl outlets show bbc`)"
        )
        return SiteDraft(site.url, None, problem=f"{site.url}: no feed, sitemap or list of articles found; {advice}")
    host = host_of(site.url).removeprefix("www.")
    country = country_of(host)
    data = {
        "slug": host.strip("[]").replace(":", "-"),
        "name": site.facts.name or host,
        "homepage": site.url,
        "domains": [host],
        "languages": list(site.facts.languages),
        "country": country,
        "sources": [{"kind": source.kind, "url": source.url} for source in sources],
        "checked": f"{datetime.now(UTC):%Y-%m-%d}, drafted from the site itself",
    }
    if not site.facts.languages:
        notes.append("languages: the page declares none; add them if you know them")
    notes.append(f"country: {country}, from the domain" if country else "country: not known; add it if you know it")
    try:
        config = OutletConfig.model_validate({name: value for name, value in data.items() if value})
    except ValidationError as error:
        return SiteDraft(site.url, None, tuple(notes), f"{site.url}: {error}")
    return SiteDraft(site.url, config, tuple(notes))


def choose_sources(site: Site) -> tuple[list[Source], list[str]]:
    """The sources worth asking on every run, and what to tell the user of the choice."""
    sources = list(site.sources.values())
    notes = [f"{source.kind}: {source.url}" for source in sources]
    if not any(source.kind == "news_sitemap" for source in sources):
        sources += site.indexes.values()
        notes += [f"sitemap index: {url}" for url in site.indexes]
    elif site.indexes:
        notes.append(f"left out for its news sitemap: {', '.join(site.indexes)}")
    if not sources and len(site.front_links) >= MIN_FRONT_LINKS:
        sources.append(Source("section", site.url))
        notes.append(
            f"no feed or sitemap: the front page is followed, {len(site.front_links)} links look like articles"
        )
    return sources, notes


def country_of(host: str) -> str | None:
    """The country of a national top-level domain."""
    suffix = host.rsplit(".", 1)[-1]
    if len(suffix) != 2 or suffix in SOLD_WORLDWIDE:
        return None
    return "gb" if suffix == "uk" else suffix
