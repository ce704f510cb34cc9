"""From what a site shows to the draft of its outlet file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from newscrawl.discover.found import read_language
from newscrawl.discover.patterns import UrlPattern, learn_pattern
from newscrawl.items import Article, Page, Rejection, Source
from newscrawl.outlets.schema import OutletConfig
from newscrawl.spiders.origin import Evidence, Signs, find_origin
from newscrawl.spiders.probe import Site
from newscrawl.urls import host_of, registered_domain, within

NO_SOURCES = (
    "no feed, sitemap or list of articles found; give the page that lists its articles, or write the file by hand "
    "(a model: `newscrawl outlets show bbc`)"
)
WALLED = frozenset({"metered", "login", "subscriber"})
MIN_FRONT_LINKS = 3  # fewer links that look like articles make no section page
SITEMAP_PAGES = 300  # a run takes of an outlet whose sitemaps alone say what there is, which is all there ever was
MIN_DOMAIN_SHARE = 0.2  # of the articles, from which their domain is one of the outlet's


@dataclass(frozen=True, slots=True)
class Sample:
    """An article's page, and what a crawl would store of it."""

    url: str
    page: Page | None  # None: it was not fetched
    result: Article | Rejection


@dataclass(frozen=True, slots=True)
class SiteDraft:
    """An outlet file in the making."""

    url: str
    config: OutletConfig | None
    notes: tuple[str, ...] = ()
    problem: str | None = None  # why there is no config, and what to do
    evidence: tuple[Evidence, ...] = ()  # what the fields that were not simply read rest on
    pattern: UrlPattern | None = None  # of its articles' URLs
    samples: tuple[Sample, ...] = ()


def draft_of(site: Site, articles: Sequence[Article] = ()) -> SiteDraft:
    """The outlet file for a site that was probed.

    Feeds and news sitemaps come first, then sitemap indexes that lead to no news sitemap; a site with none of these is
    followed through its front page.

    Args:
        site: What was found.
        articles: What some of its pages came to.
    """
    if site.problem or site.facts is None:
        return SiteDraft(site.url, None, problem=site.problem or f"{site.url}: no answer")
    sources, notes = choose_sources(site)
    if not sources:
        return SiteDraft(site.url, None, problem=f"{site.url}: {NO_SOURCES}")
    host = host_of(site.url).removeprefix("www.")
    evidence = find_origin(Signs(host, declared_by(site, articles), articles))
    language, country, timezone = (found.value if found.sure != "unsure" else None for found in evidence)
    domains, more = domains_of(site, host)
    pattern, written = find_pattern(site, domains)
    data = {
        "slug": host.strip("[]").replace(":", "-"),
        "name": site.facts.name or host,
        "homepage": site.url,
        "domains": domains,
        "languages": [language] if language else list(site.facts.languages),
        "country": country,
        "timezone": timezone,
        "sources": [_entry(source, pattern if written else None) for source in sources],
        "allow": list(pattern.patterns) if pattern and written and sources[0].kind != "section" else [],
        "budget": {"pages_per_run": SITEMAP_PAGES} if {one.kind for one in sources} == {"sitemap"} else None,
        "checked": f"{datetime.now(UTC):%Y-%m-%d}, drafted from the site itself",
    }
    if data["budget"]:
        notes.append(
            f"budget: {SITEMAP_PAGES} pages a run, the newest first, for a sitemap lists all that there ever was"
        )
    notes += [*more, *map(str, evidence), _pattern_note(pattern, written), *_findings(articles)]
    try:
        config = OutletConfig.model_validate({name: value for name, value in data.items() if value})
    except ValidationError as error:
        return SiteDraft(site.url, None, tuple(notes), f"{site.url}: {error}", evidence, pattern)
    return SiteDraft(site.url, config, tuple(notes), None, evidence, pattern)


def declared_by(site: Site, articles: Sequence[Article]) -> dict[str, str]:
    """Where a site declares its language, and which; of feeds and articles what most of them say."""
    declared = dict(site.facts.declared) if site.facts else {}
    feeds = (link.language for link in site.links.values())
    pages = (read_language(article.language.declared or "") for article in articles)
    for where, stated in (("feeds", feeds), ("articles' pages", pages)):
        if told := Counter(tag for tag in stated if tag):
            declared[where] = told.most_common(1)[0][0]
    return declared


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


def domains_of(site: Site, host: str) -> tuple[list[str], list[str]]:
    """The hosts whose pages are the outlet's, and what to tell of those that are not the home page's."""
    elsewhere = Counter(registered_domain(url) or host_of(url) for url in site.links if not within(url, [host]))
    many = [domain for domain, count in elsewhere.items() if count >= MIN_DOMAIN_SHARE * len(site.links)]
    own = [host] if not any(within(f"http://{host}/", [domain]) for domain in many) else []
    notes = [f"domains: {domain}, for {elsewhere[domain]} of {len(site.links)} articles lie there" for domain in many]
    if rest := sum(elsewhere.values()) - sum(elsewhere[domain] for domain in many):
        notes.append(f"left out: {rest} links to other sites")
    return [*own, *many], notes


def find_pattern(site: Site, domains: Sequence[str]) -> tuple[UrlPattern | None, bool]:
    """What the URLs of articles have in common, and whether that is sure enough to be written into the file."""
    urls = [url for url in (site.links or site.front_links) if within(url, domains)]
    known = set(site.links)
    pattern = learn_pattern(urls, [url for url in site.others if url not in known])
    return pattern, pattern is not None and pattern.sure != "unsure"


def _entry(source: Source, pattern: UrlPattern | None) -> dict[str, str]:
    entry = {"kind": source.kind, "url": source.url}
    if source.kind == "section" and pattern is not None:
        entry["link_pattern"] = "|".join(pattern.patterns)
    return entry


def _pattern_note(pattern: UrlPattern | None, written: bool) -> str:
    if pattern is None:
        return "pattern: the articles' URLs have none in common; every link of the sources is taken"
    shown = "  ".join(pattern.patterns)
    return f"pattern: {shown} ({pattern}{'' if written else '; too few to write it into the file'})"


def _findings(articles: Sequence[Article]) -> list[str]:
    """Walls and wires that showed on the samples."""
    notes = []
    walled = [one.access for one in articles if {one.access.observed, one.access.declared} & WALLED]
    if walled:
        kinds = ", ".join(sorted({access.declared or access.observed for access in walled}))
        cut = sum(access.completeness in ("truncated", "teaser", "headline") for access in walled)
        notes.append(f"paywall: {kinds} on {len(walled)} of {len(articles)} articles, {cut} of them cut short")
    if wires := sorted({one.wire for one in articles if one.wire}):
        notes.append(f"wires: {', '.join(wires)}")
    return notes
