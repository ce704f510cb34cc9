"""The kinds of values in outlet files: each says what it expects."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from newscrawl.outlets.selectors import xpath_of
from newscrawl.text import clean_text, squeeze
from newscrawl.urls import host_of, safe_url

MAX_PATTERN = 1000
"""Characters of a regular expression or a selector."""

_CODES = (
    "ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz ca "
    "cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et fi fj fk fm fo fr ga "
    "gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp "
    "ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms "
    "mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs "
    "ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw "
    "tz ua ug um us uy uz va vc ve vg vi vn vu wf ws xk ye yt za zm zw"
)
COUNTRIES = frozenset(_CODES.split())
"""ISO 3166-1 alpha-2, with Kosovo's `xk`, which the European Union uses."""

_AGE = re.compile(r"([1-9]\d{0,3})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
_PLACEHOLDERS = {"{yyyy}": "%Y", "{mm}": "%m", "{dd}": "%d"}


class Config(BaseModel):
    """A part of an outlet file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _http_url(url: str) -> str:
    safe = safe_url(url)
    if safe is None:
        raise ValueError("expected an http(s) URL")
    return safe


def filled(url: str, day: date) -> str:
    """A URL with `{yyyy}`, `{mm}` and `{dd}` in place of a day's numbers, for one day."""
    for name, form in _PLACEHOLDERS.items() if "{" in url else ():
        url = url.replace(name, day.strftime(form))
    return url


def is_dated(url: str) -> bool:
    """Whether a URL is another every day, month or year."""
    return any(name in url for name in _PLACEHOLDERS)


def _source_url(url: str) -> str:
    plain = filled(url, date(2000, 1, 1))
    if "{" in plain or "}" in plain:
        raise ValueError("expected {yyyy}, {mm} or {dd} where a URL has braces")
    safe = _http_url(plain)
    return url if is_dated(url) else safe


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"expected a regular expression ({error})") from None
    return pattern


def _selector(selector: str) -> str:
    xpath_of(selector)
    return selector


def _line(text: str) -> str:
    line = squeeze(clean_text(text))
    if not line:
        raise ValueError("expected some text")
    return line


def _language(tag: str) -> str:
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError("expected a BCP-47 tag such as en, pt-BR or zh-Hant")
    return tag


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise ValueError("expected an ISO 3166-1 code of two small letters such as de, gb or in")
    return code


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, a path, a folder of zones (`America`)
        raise ValueError("expected an IANA time zone such as Europe/Paris") from None
    return name


def _age(age: object) -> timedelta:
    match = _AGE.fullmatch(str(age))
    if match is None or (wait := timedelta(**{_UNITS[match[2]]: int(match[1])})) < timedelta(minutes=10):
        raise ValueError("expected an age such as 30m, 6h or 3d, ten minutes at least")
    return wait


def _written_age(age: timedelta) -> str:
    minutes = age // timedelta(minutes=1)
    if minutes % 60:
        return f"{minutes}m"
    return f"{minutes // 1440}d" if minutes % 1440 == 0 else f"{minutes // 60}h"


def _domain(domain: str) -> str:
    host = host_of(f"http://{domain}/")
    if not host or host != domain.lower():
        raise ValueError("expected a bare host name such as example.com")
    return host


_WrittenAge = Annotated[str, Field(pattern=rf"^{_AGE.pattern}$")]
Age = Annotated[timedelta, BeforeValidator(_age, json_schema_input_type=_WrittenAge), PlainSerializer(_written_age)]
Country = Annotated[str, AfterValidator(_country), Field(json_schema_extra={"enum": sorted(COUNTRIES)})]
Domain = Annotated[str, AfterValidator(_domain)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
Language = Annotated[str, AfterValidator(_language), Field(json_schema_extra={"pattern": f"^{_LANGUAGE.pattern}$"})]
Line = Annotated[str, AfterValidator(_line)]
Pattern = Annotated[str, AfterValidator(_regex), Field(max_length=MAX_PATTERN)]
Select = Annotated[str, AfterValidator(_selector), Field(max_length=MAX_PATTERN)]
SourceUrl = Annotated[str, AfterValidator(_source_url)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
