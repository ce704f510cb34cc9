"""Which language, country and time zone a site is of: what says so, and how sure that is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from newscrawl.discover.patterns import Sureness
from newscrawl.items import Article, Moment
from newscrawl.outlets.fields import COUNTRIES

# National domains that say nothing of the country.
SOLD_WORLDWIDE = frozenset({"ai", "cc", "co", "eu", "fm", "gg", "io", "ly", "me", "sh", "to", "tv", "ws"})
_DAYS = (datetime(2026, 1, 15), datetime(2026, 7, 15))  # noqa: DTZ001 (of any zone)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A field of an outlet file, what it is taken to be, and what that rests on."""

    field: str
    value: str | None  # None: not told
    sure: Sureness
    source: str  # in words

    def __str__(self) -> str:
        return f"{self.field}: {f'{self.value}, {self.sure}' if self.value else 'not told'} ({self.source})"


@dataclass(frozen=True, slots=True)
class Signs:
    """What a site shows of where it is."""

    host: str
    declared: Mapping[str, str]  # where it says so, as `html lang` -> BCP-47
    articles: Sequence[Article] = ()


def find_origin(signs: Signs) -> tuple[Evidence, Evidence, Evidence]:
    """Language, country and time zone."""
    country = find_country(signs)
    return find_language(signs), country, find_timezone(signs, country)


def find_language(signs: Signs) -> Evidence:
    """The language that most signs name: texts of articles count twice, for templates are often wrong."""
    votes: dict[str, list[str]] = defaultdict(list)
    tags: Counter[str] = Counter(signs.declared.values())
    for where, declared in signs.declared.items():
        votes[_base(declared)].append(where)
    texts = Counter(article.language.tag for article in signs.articles if article.language.method != "declared")
    for tag, count in texts.items():
        if tag:
            votes[_base(tag)] += [f"text of {count} article{'s' * (count > 1)}"] + [""] * (2 * count - 1)
            tags[tag] += 2 * count
    if not votes:
        return Evidence("languages", None, "unsure", "neither pages nor texts tell; add them if you know them")
    best = max(votes, key=lambda base: len(votes[base]))
    value = max((tag for tag in tags if _base(tag) == best), key=lambda tag: (len(tag.split("-")[-1]) == 4, tags[tag]))
    against = [f"but {base}: {', '.join(filter(None, of))}" for base, of in votes.items() if base != best]
    sure: Sureness = "unsure" if 2 * len(votes[best]) <= sum(map(len, votes.values())) else "likely"
    if not against and len(votes[best]) > 1:
        sure = "sure"
    return Evidence("languages", value, sure, "; ".join([", ".join(filter(None, votes[best])), *against]))


def find_country(signs: Signs) -> Evidence:
    """The country of the domain, else the one region that the declared languages name."""
    if by_domain := country_of(signs.host):
        return Evidence("country", by_domain, "sure", f"domain .{signs.host.rsplit('.', 1)[-1]}")
    regions = {where: tag.rsplit("-", 1)[-1] for where, tag in signs.declared.items() if "-" in tag}
    named = {where: region.lower() for where, region in regions.items() if region.lower() in COUNTRIES}
    # `en-US` and `en_US` are the defaults of most software, and say nothing alone.
    telling = {where: region for where, region in named.items() if region != "us"}
    if len(set(telling.values() or named.values())) == 1 and (telling or len(named) > 1):
        region = next(iter((telling or named).values()))
        return Evidence("country", region, "likely" if telling else "unsure", ", ".join(telling or named))
    return Evidence("country", None, "unsure", "the domain names none; add it if you know it")


def find_timezone(signs: Signs, country: Evidence) -> Evidence:
    """The zone of the country; of several, the one whose offset the times of the articles have."""
    stated = [one.published for one in signs.articles if one.published and _has_offset(one.published)]
    offsets = sorted({_offset(moment.at) for moment in stated})
    seen = f"articles' times have {', '.join(offsets)}" if offsets else "no article states an offset"
    zones = zones_of(country.value) if country.value else ()
    fitting = [zone for zone in zones if _fits(zone, stated)] if stated else []
    if len(zones) == 1:
        sure: Sureness = "sure" if country.sure == "sure" else "likely" if stated else "unsure"
        if stated and not fitting:
            sure = "unsure"
        return Evidence("timezone", zones[0], sure, f"the only clock of {country.value}; {seen}")
    if fitting:
        others = f", as do {', '.join(fitting[1:4])}" if len(fitting) > 1 else ""
        sure = "unsure" if others else "likely"
        return Evidence("timezone", fitting[0], sure, f"of {country.value}'s, it fits: {seen}{others}")
    return Evidence("timezone", None, "unsure", f"{seen}; add it if times on its pages state no zone")


def country_of(host: str) -> str | None:
    """The country of a national top-level domain."""
    suffix = host.rsplit(".", 1)[-1]
    code = "gb" if suffix == "uk" else suffix
    return code if code in COUNTRIES - SOLD_WORLDWIDE else None


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The IANA zones of a country whose clocks differ today, mostly the more populous first.

    Source:
        zone.tab of the tzdata package.
    """
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (row.split("\t") for row in table.splitlines() if not row.startswith("#"))
    names = [row[2] for row in rows if row[0] == country.upper()]
    settled = [name for name in names if not name.startswith("Antarctica/")] or names
    by_clock: dict[tuple[object, ...], str] = {}
    for name in settled:
        by_clock.setdefault(tuple(day.replace(tzinfo=ZoneInfo(name)).utcoffset() for day in _DAYS), name)
    return tuple(by_clock.values())


def _base(tag: str) -> str:
    return tag.split("-")[0]


def _has_offset(moment: Moment) -> bool:
    """Whether a time states a zone of its own, and one that is not UTC, which software puts for any."""
    return moment.precision != "day" and bool(moment.at.utcoffset())


def _offset(at: datetime) -> str:
    return f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:5]


def _fits(zone: str, moments: Sequence[Moment]) -> bool:
    return all(moment.at.astimezone(ZoneInfo(zone)).utcoffset() == moment.at.utcoffset() for moment in moments)
