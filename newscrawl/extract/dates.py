"""Times as pages state them: machine formats, and dates people write, in the languages whose months are known here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import yaml

from newscrawl.items import Moment, Precision
from newscrawl.text import fold

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No outlet was on the web before. Source: RFC 1436 times."""

SLACK = timedelta(days=1)
"""How far after the day of the fetch a date may lie: zones reach 14 hours ahead, and clocks are wrong."""

_ISO = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?P<s>[-/.]?)(?P<m>\d\d?)(?P=s)(?P<d>\d\d?)(?![\d.,]*\d)"
    r"(?:(?:T|\s+|\s+-\s+)(?P<h>\d\d?):?(?P<i>\d\d)(?::?(?P<x>\d\d)(?:[.,]\d+)?)?)?"
    r"\s*(?P<z>Z\b|UTC|GMT|(?:GMT|UTC)?[+-]\d\d(?::?\d\d)?\b)?"
)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_SCRIPTED = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d{4}) (\d\d):(\d\d):(\d\d) GMT([+-]\d{4})")

_MONTHS: list[str] = yaml.safe_load(files(__package__).joinpath("months.yaml").read_text("utf-8"))


def _plain_month(name: str) -> str:
    letters = unicodedata.normalize("NFD", fold(name)).replace("ł", "l").replace("ı", "i")
    return "".join(char for char in letters if not unicodedata.combining(char))


_MONTH_OF = {_plain_month(name): number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_TIME = (
    r"(?:\W{0,4}(?:um|at|à|às|a las|alle|ore|klo|kl\.?|saat|om|o|t|—|–|-|\||•|·)?\W{0,4}"
    r"(?P<am>오전|오후|上午|下午|午前|午後)?\s*(?P<h>[0-2]?\d)(?P<c>[:.hH時时시]\s?)(?P<i>[0-5]\d)(?:(?P=c)(?P<x>[0-5]\d))?[分분h]?"
    r"\s*(?P<pm>[ap]\.?m\.?(?![a-z]))?(?:\s*(?:Uhr|Uhr\.|ώρα))?\s*\(?(?P<z>[A-Z]{2,4}\b|МСК|[+-]\d\d:?\d\d)?)?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[年년.\-/]\s?(?P<m>\d\d?)\s?[月월.\-/]\s?(?P<d>\d\d?)(?!\d)\s?[日일.]?"
        r"(?:\s?\([^)]{1,3}\))?",
        r"(?<!\d)(?P<d>\d\d?)(?:st|nd|rd|th|er|[.ºª])?[\s\-/.]{1,2}(?:de\s|of\s)?(?P<n>[^\W\d]{3,14})\.?,?[\s\-/.]{1,2}"
        r"(?:de[l]?\s)?(?P<y>(?:19|20)\d\d)(?!\d)(?:\s?(?:г|р|r)\.)?",
        r"(?<![^\W\d])(?P<n>[^\W\d]{3,14})\.?\s(?P<d>\d\d?)(?:st|nd|rd|th)?\s?,\s?(?P<y>(?:19|20)\d\d)(?!\d)",
        r"(?<![\d.,/])(?P<a>\d\d?)(?P<s>[./-])(?P<b>\d\d?)(?P=s)(?P<y>(?:19|20)\d\d)(?!\d)",
        r"(?<![\d.,/])(?P<d>\d\d?)\.\s(?P<m>\d\d?)\.\s(?P<y>(?:19|20)\d\d)(?!\d)",
        r"(?<![\d.,/-])(?P<d>\d\d)-(?P<m>\d\d)-(?P<y>\d\d)(?=\s\d\d:\d\d:\d\d)",  # agencies
        r"(?<![\d.,/-])(?P<d>\d\d)\.(?P<m>\d\d)\.(?P<y>\d\d)(?![\d.,%])",
    )
)
_ZONES = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC",
    "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "ct": "America/Chicago", "cst": "America/Chicago", "cdt": "America/Chicago", "mt": "America/Denver",
    "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "bst": "Europe/London",
    "cet": "Europe/Berlin", "cest": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin",
    "eet": "Europe/Helsinki", "eest": "Europe/Helsinki", "msk": "Europe/Moscow", "мск": "Europe/Moscow",
    "hkt": "Asia/Hong_Kong", "sgt": "Asia/Singapore", "jst": "Asia/Tokyo", "kst": "Asia/Seoul", "ist": "Asia/Kolkata",
    "wib": "Asia/Jakarta", "pkt": "Asia/Karachi", "aest": "Australia/Sydney", "aedt": "Australia/Sydney",
    "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland", "sast": "Africa/Johannesburg", "wat": "Africa/Lagos",
    "eat": "Africa/Nairobi", "brt": "America/Sao_Paulo", "trt": "Europe/Istanbul",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clock:
    """What decides how a date is read that does not say it all."""

    fetched_at: datetime  # no date later than the next day is believed
    timezone: str | None = None  # IANA name: where the outlet writes
    month_first: bool = False  # 3/4 is March 4th


def parse_moment(raw: str, source: str, clock: Clock) -> Moment | None:
    """A time in a machine's format or as a person writes it; None where none is found or it cannot be true.

    A time without a zone is in the outlet's; where that is not known, the day alone is kept.
    """
    text = " ".join(raw.split())[:200]
    if _EPOCH.fullmatch(text):
        number = int(text)
        found: Moment | None = Moment(
            datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC), "second", source, raw
        )
        return found if _is_plausible(found, clock) else None
    if match := _SCRIPTED.match(text):
        text = "{2}-{0}-{1} {3}:{4}:{5}{6}".format(f"{_MONTH_OF.get(match[1].lower(), 0):02}", *match.groups()[1:])
    if match := _ISO.fullmatch(text):
        found = _moment(match, source, raw, clock)
    else:
        found = _rfc(text, source, raw) or read_date(text, source, clock)
    return found if _is_plausible(found, clock) else None


def read_date(text: str, source: str, clock: Clock) -> Moment | None:
    """The first date that a line of text shows, numbers of full width included."""
    line = fold(text) if not text.isascii() and re.search("[\uff10-\uff19]", text) else text
    for form in _FORMS:
        for match in form.finditer(line):
            found = _moment(match, source, match[0].strip(), clock)
            if _is_plausible(found, clock):
                return found
    return None


def best_of(candidates: Iterable[Moment | None]) -> Moment | None:
    """The first candidate, with the time of a later one that tells it for the same day, or where it was written."""
    known = [moment for moment in candidates if moment is not None]
    if not known:
        return None
    first = known[0]
    if first.precision == "day":
        for other in known[1:]:
            if other.precision != "day" and other.at.date() == first.at.date():
                return other
    elif not first.at.utcoffset():
        return next((other for other in known if other.at == first.at and other.at.utcoffset()), first)
    return first


def with_zone(moment: Moment | None, shown: str, clock: Clock) -> Moment | None:
    """A time known in UTC, with the offset of the place where it was written, as the same time in the text shows it.

    `2024-05-04T06:12:31Z` beside `4 May 2024, 08:12` was written at +02:00.
    """
    if moment is None or moment.precision == "day" or moment.at.utcoffset():
        return moment
    local = read_date(shown, "", replace(clock, timezone="UTC"))
    if local is None or local.precision == "day" or local.at.utcoffset():
        return moment
    offset = local.at.replace(second=0) - moment.at.replace(second=0, microsecond=0)
    if not offset or offset % timedelta(minutes=30) or not timedelta(hours=-11) <= offset <= timedelta(hours=13):
        return moment
    return replace(moment, at=moment.at.astimezone(timezone(offset)))


def _is_plausible(moment: Moment | None, clock: Clock) -> bool:
    return moment is not None and moment.at >= EARLIEST and moment.at.date() <= (clock.fetched_at + SLACK).date()


def _rfc(text: str, source: str, raw: str) -> Moment | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return Moment(at, "second", source, raw) if at.tzinfo else None


def _moment(match: re.Match[str], source: str, raw: str, clock: Clock) -> Moment | None:
    part = match.groupdict()
    day = _day(part, clock)
    if day is None:
        return None
    try:
        at = datetime(*day, tzinfo=UTC)
        if part["h"] is None:
            return Moment(at, "day", source, raw)
        hour = _hour(int(part["h"]), (part.get("pm") or part.get("am") or "").lower())
        local = at.replace(hour=hour, minute=int(part["i"]), second=int(part["x"] or 0), tzinfo=None)
    except ValueError:
        return None
    zone = _zone(part["z"]) or (ZoneInfo(clock.timezone) if clock.timezone else None)
    if zone is None or (part["x"] and not any((local.hour, local.minute, local.second))):
        return Moment(at, "day", source, raw)  # midnight to the second is how a CMS writes a mere day
    precision: Precision = "second" if part["x"] else "minute"
    aware = local.replace(tzinfo=zone)
    offset = aware.utcoffset()
    return Moment(local.replace(tzinfo=timezone(offset) if offset else UTC), precision, source, raw)


def _day(part: dict[str, str | None], clock: Clock) -> tuple[int, int, int] | None:
    year = int(part["y"] or 0)
    year += 2000 if year < 100 else 0
    if part.get("n"):
        month = _MONTH_OF.get(_plain_month(part["n"] or ""))
        return (year, month, int(part["d"] or 0)) if month else None
    if part.get("a"):
        first, second = int(part["a"] or 0), int(part["b"] or 0)
        month_first = second > 12 or (
            first <= 12 and part.get("s") == "/" and (clock.month_first or bool(part.get("pm")))
        )
        return (year, first, second) if month_first else (year, second, first)
    return year, int(part["m"] or 0), int(part["d"] or 0)


def _hour(hour: int, half: str) -> int:
    if half.startswith("p") or half in ("오후", "下午", "午後"):
        return hour if hour >= 12 else hour + 12
    return 0 if half and hour == 12 else hour


@lru_cache(maxsize=512)
def _zone(name: str | None) -> tzinfo | None:
    if not name:
        return None
    key = name.lower()
    if match := re.fullmatch(r"(?:gmt|utc)?([+-])(\d\d):?(\d\d)?", key):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(-offset if match[1] == "-" else offset) if offset < timedelta(hours=24) else None
    return ZoneInfo(_ZONES[key]) if key in _ZONES else None
