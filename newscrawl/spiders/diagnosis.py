"""What is wrong with an outlet, of its sources' answers, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from newscrawl.outlets.schema import OutletConfig
from newscrawl.spiders.checkup import SourceCheck
from newscrawl.urls import host_of, within

Level = Literal["wrong", "note"]

STALE = timedelta(days=14)
"""Age of the newest article above which a source is taken for one that is kept up no more."""

FEW = 0.5
"""Share of a source's links below which what is taken of them is worth a look at the file's rules."""

ADVICE = {
    "robots": "its robots.txt forbids it: take it out of the file, or ask the outlet",
    "robots_unreachable": "its robots.txt is out of reach: try again later",
    "dns": "its host is not known: look for a new address with newscrawl outlets add",
    "timeout": "try again later",
    "refused_address": "not a public address: --allow-private lets requests reach it",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that stands out, and what to do."""

    where: str  # a source's URL, or a field of the file
    level: Level
    message: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" + (f"; {self.advice}" if self.advice else "")


def diagnose(config: OutletConfig, checks: Sequence[SourceCheck], now: datetime) -> list[Complaint]:
    """What stands out, source by source."""
    if not checks:
        return [Complaint("sources", "wrong", "none", f"newscrawl outlets add {config.homepage} finds some")]
    found = [complaint for check in checks for complaint in _of_source(config, check)]
    old = [check for check in checks if (last := newest(check)) is not None and now - last > STALE]
    # Where other sources are up to date, it may be a section that seldom has news.
    level: Level = "note" if any(newest(check) for check in checks if check not in old) else "wrong"
    return [*found, *(_stale(check, level) for check in old)]


def newest(check: SourceCheck) -> datetime | None:
    """When the newest article of a source appeared, as it says."""
    return max((link.published_at for link in check.links.values() if link.published_at), default=None)


def admitted(config: OutletConfig, check: SourceCheck) -> int:
    """How many of a source's links the file takes for articles."""
    return sum(map(config.admits, check.links))


def _of_source(config: OutletConfig, check: SourceCheck) -> list[Complaint]:
    url = check.source.url
    if check.status != 200:
        return [_no_answer(config, check)]
    if not check.links:
        advice = f"newscrawl outlets add {config.homepage} finds what the site announces now"
        return [Complaint(url, "wrong", check.error or "no link to an article in it", advice)]
    found = _rules(config, check)
    if check.error:
        found.append(Complaint(url, "note", check.error))
    if check.final_url != url:
        found.append(Complaint(url, "note", f"answers at {check.final_url}", "put that into the file"))
    return found


def _stale(check: SourceCheck, level: Level) -> Complaint:
    message = f"its newest article is of {newest(check):%Y-%m-%d}"
    return Complaint(check.source.url, level, message, "it is kept up no more, it seems: take another source")


def _no_answer(config: OutletConfig, check: SourceCheck) -> Complaint:
    url, find = check.source.url, f"newscrawl outlets add {config.homepage} finds what the site announces now"
    if check.status is None:
        told = f"{check.reason or 'not asked'}{': ' if check.error else ''}{check.error or ''}"
        return Complaint(url, "wrong", told, ADVICE.get(check.reason or "", "try again later"))
    advice = "try again later"
    if check.status in (401, 403):
        advice = "the site refuses us: name a --contact, ask for less, or ask the outlet"
    elif 400 <= check.status < 500 and check.status != 429:
        advice = find
    return Complaint(url, "wrong", f"status {check.status}", advice)


def _rules(config: OutletConfig, check: SourceCheck) -> list[Complaint]:
    """Whether the file's domains, `allow` and `deny` fit the links."""
    taken, of = admitted(config, check), len(check.links)
    if taken >= FEW * of:
        return []
    hosts = Counter(host_of(url) for url in check.links if not within(url, config.domains))
    level: Level = "note" if taken else "wrong"
    message = f"{taken} of its {of} links are taken for articles"
    if hosts.total() > of - taken - hosts.total():
        host = hosts.most_common(1)[0][0]
        advice = f"{hosts.total()} lie outside {', '.join(config.domains)}, most at {host}: put it into domains"
        return [Complaint(check.source.url, level, message, advice)]
    refused = next(url for url in check.links if within(url, config.domains) and not config.admits(url))
    return [Complaint(check.source.url, level, message, f"allow or deny refuse such as {refused}: mend them")]
