"""What to change in an outlet's file, of what its sources answered and what its site announces now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from urllib.parse import urlsplit

from newscrawl.discover.patterns import UrlPattern, learn_pattern
from newscrawl.items import Source
from newscrawl.outlets.fields import is_dated
from newscrawl.outlets.schema import OutletConfig
from newscrawl.outlets.yamledit import Edit
from newscrawl.spiders.checkup import SourceCheck
from newscrawl.spiders.diagnosis import STALE, Complaint, Fault, newest
from newscrawl.spiders.draft import choose_sources
from newscrawl.spiders.probe import Site
from newscrawl.urls import host_of, registered_domain, url_key, within

LOST: tuple[Fault, ...] = ("dead", "empty", "robots", "stale")
"""Faults of a source in whose place another is looked for."""

ON_SITE: tuple[Fault, ...] = (*LOST, "none", "outside", "allow", "pattern")
"""Faults for which the site has to be looked at."""

FEED_KINDS = frozenset({"rss", "atom", "jsonfeed", "news_sitemap"})

NONE: tuple[tuple[str, Fault], ...] = (("sources", "none"),)

LIKE = 0.6
"""Likeness of two paths from which a source of the same kind is taken for the other's successor."""

MIN_NEW = 0.2
"""Share of a source's links that no other source of the file has, from which it is worth asking."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change of a file, and why."""

    edit: Edit
    why: str
    mends: tuple[tuple[str, Fault], ...] = ()  # `where` and `fault` of complaints


@dataclass(frozen=True, slots=True)
class _Case:
    """All that is known of a sick outlet."""

    config: OutletConfig
    checks: Sequence[SourceCheck]
    faults: frozenset[tuple[str, Fault]]  # URL of the source, and what is wrong with it
    site: Site

    def of(self, index: int) -> SourceCheck | None:
        """The check of a source of the file; None for one that is another every day, or an archive."""
        source = self.config.sources[index]
        if source.archive or is_dated(source.url):
            return None
        return next((check for check in self.checks if check.source.url == source.url), None)

    def has(self, check: SourceCheck | None, *faults: Fault) -> bool:
        """Whether one of these is wrong with a source."""
        return check is not None and any((check.source.url, fault) in self.faults for fault in faults)


def find_remedies(
    config: OutletConfig, checks: Sequence[SourceCheck], complaints: Sequence[Complaint], site: Site | None
) -> list[Remedy]:
    """The changes that mend what can be mended, in an order in which they can be made.

    A source that does not answer for now stays, and so does every source where the front page does not answer: it may
    be our network. An outlet with sources that are well keeps to them; of one without, all that its site announces is
    taken, as by `outlets add`.

    Args:
        config: The file as it is.
        checks: What its sources answered.
        complaints: What is wrong with them.
        site: What was found at its home page; None: it was not looked at.
    """
    # Where another source has news, one without may be a section that seldom has some.
    faults = frozenset((one.where, one.fault) for one in complaints if one.fault != "stale" or one.level == "wrong")
    case = _Case(config, checks, faults, site or Site(config.homepage))
    found = _moved(case)
    if site is None or site.problem:
        return found
    if domains := _domains(case):
        found += domains
        case = replace(case, config=config.model_copy(update={"domains": domains[0].edit.value}))
    return [*found, *_patterns(case), *_sources(case)]


def _moved(case: _Case) -> list[Remedy]:
    """New addresses of sources that redirect for good."""
    found = []
    known = {url_key(source.url) for source in case.config.sources}
    for index in range(len(case.config.sources)):
        check = case.of(index)
        if check is None or not case.has(check, "moved") or url_key(check.final_url) in known:
            continue
        known.add(url_key(check.final_url))
        why = f"{check.source.url} redirects there for good; {_links(len(check.links))}"
        edit = Edit(("sources", index, "url"), check.final_url)
        found.append(Remedy(edit, why, ((check.source.url, "moved"),)))
    return found


def _domains(case: _Case) -> list[Remedy]:
    """The domain that the outlet has moved to, where its home page and most of its links are."""
    home, config = case.site.home, case.config
    domain = registered_domain(home) or host_of(home)
    outside = [check for check in case.checks if case.has(check, "outside")]
    urls = {url for check in outside for url in check.links} or set(case.site.links) or set(case.site.front_links)
    there = sum(within(url, [domain]) for url in urls)
    if within(home, config.domains) or not there or there < len(urls) / 2:
        return []
    why = f"{config.homepage} answers at {home}, and {there} of {_links(len(urls))} lie there"
    mends: list[tuple[str, Fault]] = [(check.source.url, "outside") for check in outside]
    return [Remedy(Edit(("domains",), [*config.domains, domain]), why, tuple(mends))]


def _patterns(case: _Case) -> list[Remedy]:
    """`allow` and patterns of section pages that match what the site announces now."""
    config, found = case.config, []
    refused = [check.source.url for check in case.checks if case.has(check, "allow")]
    urls = _announced(case)
    if config.allow and urls and not any(map(config.admits, urls)):  # one that matches few may be meant so
        why = f"matches none of {_links(len(urls))} that the site announces"
        found += _relearnt(case, ("allow",), urls, why, refused)
    for index, source in enumerate(config.sources):
        if case.has(case.of(index), "pattern"):
            why = "matches no link of the page"
            found += _relearnt(case, ("sources", index, "link_pattern"), urls, why, [source.url])
    return found


def _relearnt(case: _Case, path: tuple[str | int, ...], urls: list[str], why: str, sick: list[str]) -> list[Remedy]:
    """A pattern learnt from URLs; where they are too few, none, which takes every link."""
    others = [url for url in case.site.others if url not in set(urls)]
    pattern: UrlPattern | None = learn_pattern(urls, others)
    value: object = None
    if pattern is not None and pattern.sure != "unsure":
        value = list(pattern.patterns) if path == ("allow",) else "|".join(pattern.patterns)
        why = f"{why}; the new one is {pattern}"
    elif path == ("allow",) and any(check.source.kind not in FEED_KINDS for check in case.checks):
        return []  # sitemaps and sections list more than articles
    else:
        why = f"{why}, and {len(urls)} are too few to learn another from"
    fault: Fault = "allow" if path == ("allow",) else "pattern"
    return [Remedy(Edit(path, value), why, tuple((url, fault) for url in sick))]


def _announced(case: _Case) -> list[str]:
    """What feeds name, that the file's domains and `deny` let through; else what looks like an article."""
    feeds = (check for check in case.checks if check.source.kind in FEED_KINDS)
    named = [url for check in feeds for url in check.links] + list(case.site.links)
    urls = [url for url in dict.fromkeys(named) if case.config.leads_to(url)]
    return urls or [url for url in case.site.front_links if case.config.leads_to(url)]


def _sources(case: _Case) -> list[Remedy]:
    """Sources in place of those that are lost, further ones where no other is left, and those that go."""
    config = case.config
    lost = [index for index in range(len(config.sources)) if case.has(case.of(index), *LOST)]
    well = [check for check in case.checks if check.links]
    if not lost and case.checks:
        return []
    known = {url for check in well for url in check.links}
    offered = _offered(case)
    replaced, added, dropped = [], [], []
    for index in lost:
        check = case.of(index)
        assert check is not None
        best = _successor(check, offered, case, known)
        if best is None:
            dropped.append(index)
            continue
        offered.remove(best)
        replaced += _replacement(case, index, check, best)
        known |= _urls(case, best)
    left = [source for source in offered if _is_worth(case, source, known)] if not well else []
    for number, source in enumerate(left):
        entry = {"kind": source.kind, "url": source.url}
        path = ("sources", len(config.sources) + number)
        added.append(Remedy(Edit(path, entry), f"{case.site.home} announces it; {_told(case, source)}", NONE))
    if not (well or replaced or added):
        return []
    if not config.sources and added:
        added = [Remedy(Edit(("sources",), [one.edit.value for one in added]), added[0].why, NONE)]
    return [*replaced, *added, *_dropped(case, dropped)]


def _offered(case: _Case) -> list[Source]:
    """What the site announces and the file does not have."""
    known = {url_key(source.url) for source in case.config.sources}
    known |= {url_key(check.final_url) for check in case.checks if check.status == 200 and check.links}
    sources = [source for source in choose_sources(case.site)[0] if url_key(source.url) not in known]
    return [source for source in sources if not _urls(case, source) or _reached(case, source)]


def _successor(check: SourceCheck, offered: Sequence[Source], case: _Case, known: set[str]) -> Source | None:
    """The source that is likest to a lost one, if it is like it, or brings what no other does."""
    fits = [source for source in offered if _fits(check, source, case, known)]
    return max(fits, key=lambda source: (source.kind == check.source.kind, _likeness(check, source)), default=None)


def _fits(check: SourceCheck, source: Source, case: _Case, known: set[str]) -> bool:
    if case.has(check, "stale") and not _is_fresher(check, source, case):
        return False
    if source.kind == check.source.kind and _likeness(check, source) >= LIKE:
        return True
    return _is_worth(case, source, known)


def _is_fresher(check: SourceCheck, source: Source, case: _Case) -> bool:
    """Whether a source has news of more than two weeks after the newest of another."""
    last = newest(check)
    times = [link.published_at for link in case.site.by_source.get(source.url, ()) if link.published_at]
    return last is not None and bool(times) and max(times) - last > STALE


def _is_worth(case: _Case, source: Source, known: Iterable[str]) -> bool:
    """Whether a source brings links that no other does, or is an index, of which nobody knows."""
    urls = _urls(case, source)
    return not urls or len(urls - set(known)) >= MIN_NEW * len(urls)


def _likeness(check: SourceCheck, source: Source) -> float:
    asked, found = urlsplit(check.source.url), urlsplit(source.url)
    return SequenceMatcher(None, f"{asked.path}?{asked.query}", f"{found.path}?{found.query}").ratio()


def _urls(case: _Case, source: Source) -> set[str]:
    return {link.url for link in case.site.by_source.get(source.url, ())}


def _reached(case: _Case, source: Source) -> int:
    return sum(map(case.config.leads_to, _urls(case, source)))


def _replacement(case: _Case, index: int, check: SourceCheck, source: Source) -> list[Remedy]:
    why = f"{_lost(case, check)}; {case.site.home} announces {source.url}, {_told(case, source)}"
    found = [Remedy(Edit(("sources", index, "url"), source.url), why, _mended(check))]
    if source.kind != check.source.kind:
        found.append(Remedy(Edit(("sources", index, "kind"), source.kind), f"{source.url} is one"))
        if check.source.link_pattern is not None:
            found.append(Remedy(Edit(("sources", index, "link_pattern")), "for sections alone"))
    return found


def _dropped(case: _Case, indexes: Sequence[int]) -> list[Remedy]:
    """Sources that go, the last one first, so that the others keep their places; stale ones stay."""
    checks = [(index, case.of(index)) for index in sorted(indexes, reverse=True)]
    return [
        Remedy(Edit(("sources", index)), f"{_lost(case, check)}; nothing takes its place", _mended(check))
        for index, check in checks
        if check is not None and not case.has(check, "stale")
    ]


def _mended(check: SourceCheck) -> tuple[tuple[str, Fault], ...]:
    return tuple((check.source.url, fault) for fault in LOST)


def _lost(case: _Case, check: SourceCheck) -> str:
    if case.has(check, "stale"):
        return f"newest article of {newest(check):%Y-%m-%d}"
    if check.status is None:
        return check.reason or "no answer"
    return f"status {check.status}" if check.status != 200 else check.error or "no link to an article in it"


def _told(case: _Case, source: Source) -> str:
    urls = _urls(case, source)
    if not urls:
        return "an index of sitemaps" if "sitemap" in source.kind else "a page of links"
    return f"{_reached(case, source)} of its {_links(len(urls))} taken"


def _links(count: int) -> str:
    return f"{count} {'link' if count == 1 else 'links'}"
