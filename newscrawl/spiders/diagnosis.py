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
Fault = Literal["none", "dead", "empty", "robots", "moved", "stale", "outside", "allow", "pattern", "selector", "other"]
"""Of what kind it is; a new look at the site may help against all but `selector` and `other`."""

STALE = timedelta(days=14)
"""Age of the newest article above which a source is taken for one that is kept up no more."""

FEW = 0.5
"""Share of a source's links below which what is taken of them is worth a look at the file's rules."""

FIX = "newscrawl outlets fix finds what the site announces now"

ADVICE: dict[str, tuple[str, Fault]] = {
    "robots": ("its robots.txt forbids it: take it out of the file, or ask the outlet", "robots"),
    "robots_unreachable": ("its robots.txt is out of reach: try again later", "other"),
    "dns": (f"its host is not known: {FIX}", "dead"),
    "refused_address": ("not a public address: --allow-private lets requests reach it", "other"),
}
LATER: tuple[str, Fault] = ("try again later", "other")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that stands out, and what to do."""

    where: str  # a source's URL, or a field of the file
    level: Level
    message: str
    advice: str = ""
    fault: Fault = "other"

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" + (f"; {self.advice}" if self.advice else "")


def diagnose(config: OutletConfig, checks: Sequence[SourceCheck], now: datetime) -> list[Complaint]:
    """What stands out, source by source."""
    if not checks:
        return [Complaint("sources", "wrong", "none", FIX, "none")]
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
        return [_no_answer(check)]
    if not check.links:
        by_pattern = check.source.link_pattern is not None
        advice = "newscrawl outlets fix learns it anew" if by_pattern else FIX
        message = check.error or "no link to an article in it"
        return [Complaint(url, "wrong", message, advice, "pattern" if by_pattern else "empty")]
    found = _rules(config, check)
    if check.error:
        found.append(Complaint(url, "note", check.error))
    if check.moved:
        advice = "newscrawl outlets fix puts that into the file"
        found.append(Complaint(url, "note", f"has moved for good to {check.final_url}", advice, "moved"))
    elif check.final_url != url:
        found.append(Complaint(url, "note", f"answers at {check.final_url}", "leave it, unless that lasts"))
    return found


def _stale(check: SourceCheck, level: Level) -> Complaint:
    message = f"its newest article is of {newest(check):%Y-%m-%d}"
    advice = "it is kept up no more, it seems: take another source"
    return Complaint(check.source.url, level, message, advice, "stale")


def _no_answer(check: SourceCheck) -> Complaint:
    url = check.source.url
    if check.status is None:
        told = f"{check.reason or 'not asked'}{': ' if check.error else ''}{check.error or ''}"
        return Complaint(url, "wrong", told, *ADVICE.get(check.reason or "", LATER))
    advice = LATER
    if check.status in (401, 403):
        advice = "the site refuses us: name a --contact, ask for less, or ask the outlet", "other"
    elif 400 <= check.status < 500 and check.status != 429:
        advice = FIX, "dead"
    return Complaint(url, "wrong", f"status {check.status}", *advice)


def _rules(config: OutletConfig, check: SourceCheck) -> list[Complaint]:
    """Whether the file's domains, `allow` and `deny` fit the links."""
    url, taken, of = check.source.url, admitted(config, check), len(check.links)
    if taken >= FEW * of:
        return []
    level: Level = "note" if taken else "wrong"
    message = f"{taken} of its {of} links are taken for articles"
    outside = Counter(host_of(link) for link in check.links if not within(link, config.domains))
    not_allowed = [link for link in check.links if config.leads_to(link) and not config.admits(link)]
    denied = [link for link in check.links if within(link, config.domains) and not config.leads_to(link)]
    if outside.total() >= max(len(not_allowed), len(denied)):
        where = f"{outside.total()} lie outside {', '.join(config.domains)}, most at {outside.most_common(1)[0][0]}"
        return [Complaint(url, level, message, f"{where}: put it into domains", "outside")]
    if len(not_allowed) >= len(denied):
        advice = f"allow refuses {len(not_allowed)}, such as {not_allowed[0]}: newscrawl outlets fix learns it anew"
        return [Complaint(url, level, message, advice, "allow")]
    return [Complaint(url, level, message, f"deny refuses {len(denied)}, such as {denied[0]}: mend it")]
